//! The contracts: a class each, and what its methods are made of.

use crate::{
    backends::{Claims, Integers, prose::line_of_prose},
    fault::{Faults, Place},
    ir::{self, Api, Argument, Kind, Request},
};

use super::{
    super::{
        docs::{comment, method_comment},
        layout::{list, object},
        names::{file, key, literal, member, parameter},
        references::{self, Types},
    },
    error_class,
};

/// A contract.
pub(in super::super) struct Service {
    /// The comment above the class.
    pub(in super::super) docs: String,
    /// The comment where users find the class, if the contract is deprecated.
    pub(in super::super) exported: Option<String>,
    /// The class.
    pub(in super::super) name: String,
    /// The file, without its ending.
    pub(in super::super) file: String,
    /// The method of the client that gives one.
    pub(in super::super) accessor: String,
    /// The comment above that method.
    pub(in super::super) accessor_docs: String,
    /// The full name, as a word of the README.
    pub(in super::super) contract: String,
    /// The full name, as a key.
    pub(in super::super) contract_key: String,
    /// What tells whether a server serves the same, as a literal.
    pub(in super::super) hash: String,
    /// The id of the actor that is called where the user names none, as a literal.
    pub(in super::super) default_target: String,
    pub(in super::super) methods: Vec<Method>,
    pub(in super::super) events: Vec<Event>,
    /// The interface that gives the events their types.
    pub(in super::super) events_name: String,
    /// The comment above it.
    pub(in super::super) events_docs: String,
}

impl Service {
    /// The code without its comments.
    pub(in super::super) fn code(&self) -> String {
        let methods = self.methods.iter().map(|method| {
            let Method {
                type_arguments,
                encode,
                decode,
                declared,
                parameters,
                returns,
                ..
            } = method;
            format!("{type_arguments} {encode} {decode} {declared} {parameters} {returns}\n")
        });
        let events = self
            .events
            .iter()
            .map(|event| format!("{} {}\n", event.annotation, event.decoder));
        methods.chain(events).collect()
    }
}

/// A method of a contract.
pub(in super::super) struct Method {
    /// The comment above it.
    pub(in super::super) docs: String,
    pub(in super::super) name: String,
    /// The constant that describes it.
    pub(in super::super) constant: String,
    /// The full message name, as a literal.
    pub(in super::super) message: String,
    /// The types of what is passed on as the arguments, and of the reply or an item, in brackets.
    pub(in super::super) type_arguments: String,
    /// The function that writes the arguments.
    pub(in super::super) encode: String,
    /// The function that reads the reply or an item.
    pub(in super::super) decode: String,
    /// The function that makes the declared error, or `null`.
    pub(in super::super) declared: String,
    /// The reply or the error may hold integers of 64 bits or more.
    pub(in super::super) wide: bool,
    /// The reply or the error may hold variants that the client does not know.
    pub(in super::super) open: bool,
    /// A call does no harm if it is made twice.
    pub(in super::super) idempotent: bool,
    /// The parameters, in brackets.
    pub(in super::super) parameters: String,
    /// The type of what the method returns.
    pub(in super::super) returns: String,
    /// The method of the runtime's target that makes the call.
    pub(in super::super) call: &'static str,
    /// The expression for the arguments.
    pub(in super::super) values: String,
}

/// An event of a contract.
pub(in super::super) struct Event {
    /// The short name, as a key.
    pub(in super::super) key: String,
    /// The name to subscribe to, as a literal.
    pub(in super::super) event: String,
    pub(in super::super) annotation: String,
    pub(in super::super) decoder: String,
}

/// What the client has besides the accessors.
pub(super) const CLIENT_MEMBERS: [&str; 4] = ["close", "dispose", "host", "isClosed"];

/// All contracts.
pub(super) fn services(
    api: &Api,
    types: &Types<'_>,
    integers: &Integers,
    exports: &mut Claims,
    faults: &mut Faults,
) -> Vec<Service> {
    let mut accessors = Claims::new("method of the client");
    api.services
        .iter()
        .map(|service| {
            let place = Place::contract(&service.contract);
            let types = &types.with(integers.of(&service.contract));
            // A type of the contract may well have the contract's own name.
            let name = format!("{}Client", service.name.upper_camel());
            exports.claim(&name, place.clone(), faults);
            let accessor = member(&service.name, &CLIENT_MEMBERS);
            accessors.claim(&accessor, place.clone(), faults);
            let events_name = format!("{}Events", service.name.upper_camel());
            if !service.events.is_empty() {
                exports.claim(&events_name, place.clone(), faults);
            }
            // What names it in a sentence.
            let contract = line_of_prose(&service.contract);
            let docs = if service.docs.trim().is_empty() {
                format!("Calls an actor that serves `{contract}`.")
            } else {
                service.docs.clone()
            };
            Service {
                docs: comment(&docs, None, 0),
                exported: service
                    .deprecated
                    .as_deref()
                    .map(|reason| comment(&docs, Some(reason), 2)),
                accessor_docs: comment(
                    &format!("Calls the actor of this id, which serves `{contract}`."),
                    service.deprecated.as_deref(),
                    2,
                ),
                file: file(&service.name),
                accessor,
                events_docs: comment(&format!("The events of `{contract}`, by their names."), None, 0),
                contract,
                contract_key: key(&service.contract),
                hash: literal(&service.hash),
                default_target: literal(&service.default_target),
                methods: methods(service, types, &place, faults),
                events: service.events.iter().map(|event| lower_event(event, types)).collect(),
                events_name,
                name,
            }
        })
        .collect()
}

fn lower_event(event: &ir::Event, types: &Types<'_>) -> Event {
    Event {
        key: key(&event.name.upper_camel()),
        event: literal(&event.event),
        annotation: types.annotation(&event.type_ref),
        decoder: types.decoder(&event.type_ref),
    }
}

fn methods(service: &ir::Service, types: &Types<'_>, place: &Place, faults: &mut Faults) -> Vec<Method> {
    let others: &[&str] = if service.events.is_empty() { &[] } else { &["subscribe"] };
    let mut names = Claims::new("method");
    let mut constants = Claims::new("constant");
    service
        .methods
        .iter()
        .map(|method| {
            let place = place.method(method.name.source());
            let name = member(&method.name, others);
            names.claim(&name, place.clone(), faults);
            let constant = method.name.shouty_snake();
            constants.claim(&constant, place.clone(), faults);
            lower_method(method, name, constant, types, &place, faults)
        })
        .collect()
}

fn lower_method(
    method: &ir::Method,
    name: String,
    constant: String,
    types: &Types<'_>,
    place: &Place,
    faults: &mut Faults,
) -> Method {
    let reply = types.annotation(&method.reply);
    let (call, options, returns) = match method.kind {
        Kind::Ask => ("ask", "AskOptions", format!("Promise<{reply}>")),
        Kind::Tell => ("tell", "CallOptions", "Promise<void>".to_owned()),
        Kind::Stream => ("stream", "CallOptions", format!("Stream<{reply}>")),
    };
    let passed = match &method.request {
        Request::Message(argument) => whole_message(argument, types),
        Request::Arguments(arguments) => separate(arguments, types, place, faults),
    };
    let type_arguments = type_arguments(&passed.values_type, &reply, &constant);
    let Passed {
        encode,
        mut parameters,
        values,
        ..
    } = passed;
    parameters.push(format!("options?: {options}"));
    let error = method.error.as_ref();
    let received = || std::iter::once(&method.reply).chain(error.map(|error| &error.type_ref));
    Method {
        docs: method_comment(
            &method.docs,
            error.map(|error| error_class(&error.name)).as_deref(),
            method.deprecated.as_deref(),
            2,
        ),
        message: literal(&method.message),
        type_arguments,
        encode,
        decode: types.decoder(&method.reply),
        declared: error.map_or_else(
            || "null".to_owned(),
            |error| format!("read{}", error_class(&error.name)),
        ),
        wide: received().any(|reference| types.api.contents(reference).wide_integers),
        open: received().any(|reference| types.api.contents(reference).open_enums),
        idempotent: method.idempotent,
        parameters: list('(', &parameters, ')', 2, name.len() + returns.len() + 4),
        returns,
        call,
        values,
        name,
        constant,
    }
}

/// The type of what is passed on.
enum ValuesType {
    /// Any type.
    Whole(String),
    /// An object with these properties.
    Object(Vec<String>),
}

/// How a method's arguments become what is passed on.
struct Passed {
    values_type: ValuesType,
    encode: String,
    parameters: Vec<String>,
    values: String,
}

/// The one argument is the whole payload.
fn whole_message(argument: &Argument, types: &Types<'_>) -> Passed {
    let name = parameter(&argument.name);
    let annotation = types.annotation(&argument.type_ref);
    Passed {
        encode: types.encoder(&argument.type_ref),
        parameters: vec![format!("{name}: {annotation}")],
        values_type: ValuesType::Whole(annotation),
        values: name,
    }
}

/// Each argument is an entry of the payload.
fn separate(arguments: &[Argument], types: &Types<'_>, place: &Place, faults: &mut Faults) -> Passed {
    if arguments.is_empty() {
        return Passed {
            values_type: ValuesType::Whole("undefined".to_owned()),
            encode: "() => ({})".to_owned(),
            parameters: Vec::new(),
            values: "undefined".to_owned(),
        };
    }
    let mut claims = Claims::new("parameter");
    let names: Vec<_> = arguments
        .iter()
        .map(|argument| {
            let name = parameter(&argument.name);
            claims.claim(&name, place.argument(argument.name.source()), faults);
            name
        })
        .collect();
    // What can be left out at the end of the call needs no `undefined` there.
    let required = arguments
        .iter()
        .rposition(|argument| !argument.optional)
        .map_or(0, |last| last + 1);
    let mut members = Vec::new();
    let mut entries = Vec::new();
    let mut parameters = Vec::new();
    for (at, (argument, name)) in arguments.iter().zip(&names).enumerate() {
        let annotation = types.annotation(&argument.type_ref);
        let alternative = if argument.optional { " | undefined" } else { "" };
        members.push(format!("readonly {name}: {annotation}{alternative}"));
        parameters.push(if at < required {
            format!("{name}: {annotation}{alternative}")
        } else {
            format!("{name}?: {annotation}")
        });
        entries.push(format!(
            "{}: {}",
            key(&argument.wire_name),
            encode_argument(argument, name, types)
        ));
    }
    let body = object(&entries, 2, "encode: (values, _parent, _key, codec) => (),".len());
    Passed {
        values_type: ValuesType::Object(members),
        encode: format!("(values, _parent, _key, codec) => ({body})"),
        values: object(&names, 4, "return this.#target.stream(, options);".len()),
        parameters,
    }
}

/// An argument stands at the top of what is sent: its path is its name.
fn encode_argument(argument: &Argument, name: &str, types: &Types<'_>) -> String {
    let value = format!("values.{name}");
    let place = references::Place {
        parent: "null",
        key: &literal(name),
    };
    let write = types.encode(&argument.type_ref, &value, place);
    if argument.optional {
        format!("{value} === undefined ? undefined : {write}")
    } else {
        write
    }
}

/// The arguments of the type `Method`, in brackets.
fn type_arguments(values: &ValuesType, reply: &str, constant: &str) -> String {
    let members = match values {
        ValuesType::Whole(values) => return format!("<{values}, {reply}>"),
        ValuesType::Object(members) => members,
    };
    let line = format!("<{{ {} }}, {reply}>", members.join("; "));
    if constant.len() + line.len() <= 90 {
        return line;
    }
    let members: String = members.iter().map(|member| format!("    {member};\n")).collect();
    format!("<\n  {{\n{members}  }},\n  {reply}\n>")
}
