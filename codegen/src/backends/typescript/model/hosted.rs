//! The contracts that clients host: an interface for the handler of each, and what reads its requests and writes its answers.

use crate::{
    backends::{Claims, Integers, prose::line_of_prose},
    fault::{Faults, Place},
    ir::{self, Api, Argument, Kind, Request, TypeRef},
};

use super::{
    super::{
        docs::{comment, method_comment},
        layout::list,
        names::{entry, key, literal, member, parameter},
        references::{self, Types},
    },
    error_class,
};

/// A contract that clients host.
pub(in super::super) struct Hosted {
    /// The comment above the interface.
    pub(in super::super) docs: String,
    /// The interface of its handlers; `object` if it has no methods.
    pub(in super::super) handler: String,
    /// The constant by which it is hosted.
    pub(in super::super) constant: String,
    /// The full name, as a literal.
    pub(in super::super) name: String,
    /// The comment above that.
    pub(in super::super) constant_docs: String,
    pub(in super::super) methods: Vec<HostedMethod>,
}

/// A method of such a contract.
pub(in super::super) struct HostedMethod {
    /// The comment above it.
    pub(in super::super) docs: String,
    pub(in super::super) name: String,
    /// The name in the interface, where a bare `new` would say how the handler is constructed.
    pub(in super::super) signed: String,
    /// The parameters, in brackets.
    pub(in super::super) parameters: String,
    /// The type of what the handler returns.
    pub(in super::super) returns: String,
    /// The full message name, as a key.
    pub(in super::super) message: String,
    /// The kind, as a literal.
    pub(in super::super) kind: &'static str,
    /// Whether there is something to read.
    pub(in super::super) has_payload: bool,
    /// The statements that read the arguments.
    pub(in super::super) setup: Vec<String>,
    /// The arguments, as they are passed on.
    pub(in super::super) arguments: String,
    /// The function that writes the reply or an item.
    pub(in super::super) encode: String,
    /// The class of the declared error, and the function that writes its value.
    pub(in super::super) declared: Option<(String, String)>,
}

/// All contracts that clients host.
pub(super) fn hosted(
    api: &Api,
    types: &Types<'_>,
    integers: &Integers,
    exports: &mut Claims,
    faults: &mut Faults,
) -> Vec<Hosted> {
    let mut all = Vec::new();
    for service in &api.services {
        let Some(methods) = &service.hosted else { continue };
        let place = Place::contract(&service.contract);
        let types = &types.with(integers.of(&service.contract));
        let handler = format!("{}Handler", service.name.upper_camel());
        let constant = format!("{}Contract", service.name.upper_camel());
        if !methods.is_empty() {
            exports.claim(&handler, place.clone(), faults);
        }
        exports.claim(&constant, place, faults);
        let contract = line_of_prose(&service.contract);
        let docs = format!("Serves `{contract}`: an object with these methods, which the client hosts.");
        let constant_docs = format!("By which a client hosts `{contract}`.");
        all.push(Hosted {
            docs: comment(&docs, None, 0),
            constant_docs: comment(&constant_docs, None, 0),
            handler: if methods.is_empty() {
                "object".to_owned()
            } else {
                handler
            },
            constant,
            name: literal(&service.contract),
            methods: methods.iter().map(|method| lower(method, types)).collect(),
        });
    }
    all
}

pub(super) fn lower(method: &ir::Method, types: &Types<'_>) -> HostedMethod {
    let reply = types.annotation(&method.reply);
    let is_unit = matches!(types.api.underlying(&method.reply), TypeRef::Unit);
    let (kind, returns) = match method.kind {
        // Whatever is returned where there is nothing to return is no fault, nor is a promise of it.
        Kind::Tell => ("\"tell\"", "unknown".to_owned()),
        Kind::Ask if is_unit => ("\"ask\"", "unknown".to_owned()),
        Kind::Ask => ("\"ask\"", format!("Awaitable<{reply}>")),
        Kind::Stream => ("\"stream\"", format!("AnyIterable<{reply}>")),
    };
    let arguments = match &method.request {
        Request::Message(argument) => std::slice::from_ref(argument),
        Request::Arguments(arguments) => arguments,
    };
    let names = handed(arguments);
    let mut parameters = Vec::new();
    let mut setup = Vec::new();
    for (argument, name) in arguments.iter().zip(&names) {
        let alternative = if argument.optional { " | undefined" } else { "" };
        parameters.push(format!("{name}: {}{alternative}", types.annotation(&argument.type_ref)));
    }
    match &method.request {
        Request::Message(argument) => {
            let place = references::Place {
                parent: "null",
                key: "\"payload\"",
            };
            let read = types.decode(&argument.type_ref, "payload", place);
            setup.push(format!("const {} = {read};", names[0]));
        }
        Request::Arguments(arguments) if !arguments.is_empty() => {
            setup.push("const from$ = decode.fields(payload, null, \"payload\");".to_owned());
            setup.push("const at$ = decode.inside(null, \"payload\");".to_owned());
            for (argument, name) in arguments.iter().zip(&names) {
                setup.push(format!("const {name} = {};", read(argument, types)));
            }
        }
        Request::Arguments(_) => {}
    }
    parameters.push("call: CallFacts".to_owned());
    let mut passed = names;
    passed.push("call".to_owned());
    let name = member(&method.name, &[]);
    let signed = if name == "new" { literal(&name) } else { name.clone() };
    HostedMethod {
        // Linters would tell of the call that is made here, which whoever still serves the method can do nothing about.
        docs: method_comment(
            &method.docs,
            method.error.as_ref().map(|error| error_class(&error.name)).as_deref(),
            None,
            2,
        ),
        parameters: list('(', &parameters, ')', 2, signed.len() + returns.len() + 4),
        name,
        signed,
        returns,
        message: key(&method.message),
        kind,
        has_payload: !setup.is_empty(),
        setup,
        arguments: list('(', &passed, ')', 8, 40),
        encode: if is_unit {
            "() => null".to_owned()
        } else {
            encoder(&method.reply, types)
        },
        declared: method
            .error
            .as_ref()
            .map(|error| (error_class(&error.name), encoder(&error.type_ref, types))),
    }
}

/// The function that writes a value, which says what it takes where nothing around it does.
fn encoder(reference: &TypeRef, types: &Types<'_>) -> String {
    let function = types.encoder(reference);
    match function.strip_prefix("(value, ") {
        Some(rest) => format!("(value: {}, {rest}", types.annotation(reference)),
        None => function,
    }
}

/// The names of a handler's parameters, beside those that the code around them uses. They differ from each other for callers;
/// what is appended here keeps them different.
fn handed(arguments: &[Argument]) -> Vec<String> {
    const TAKEN: [&str; 5] = ["call", "handler", "payload", "decode", "encode"];
    let theirs: Vec<_> = arguments.iter().map(|argument| parameter(&argument.name)).collect();
    let mut names: Vec<String> = Vec::new();
    for own in &theirs {
        let mut name = own.clone();
        while TAKEN.contains(&name.as_str()) || (name != *own && theirs.contains(&name)) || names.contains(&name) {
            name.push('_');
        }
        names.push(name);
    }
    names
}

fn read(argument: &Argument, types: &Types<'_>) -> String {
    let value = entry("from$", &argument.wire_name);
    let place = references::Place {
        parent: "at$",
        key: &literal(&argument.wire_name),
    };
    let read = types.decode(&argument.type_ref, &value, place);
    if argument.optional {
        format!("{value} === undefined ? undefined : {read}")
    } else {
        read
    }
}
