//! The methods of the contracts as messages, and their events.

use std::ops::Range;

use super::{
    codecs::maker_name,
    event_class,
    records::{Write, parts},
};
use crate::{
    backends::python::{
        docs::docstring,
        layout::{Code, string},
        modules, names,
        references::Types,
    },
    ir::{Argument, Event, Kind, Method, Request, Service, TypeRef},
};

/// So many lists and maps may stand within each other in a payload, its outermost one counted.
pub(super) const MAX_DEPTH: usize = 64;

/// What stands for a contract in the module of messages.
pub(in crate::backends::python) struct Message {
    pub(in crate::backends::python) methods: Vec<MessageMethod>,
    /// The constant of its events.
    pub(in crate::backends::python) events: Option<EventTable>,
}

/// The table of a contract's events by what the user names them with.
pub(in crate::backends::python) struct EventTable {
    /// The annotation of what all payloads are.
    payload: String,
    /// Some of the events are made here, and not taken from the module of events.
    pub(in crate::backends::python) makes_any: bool,
    /// What is looked up in it when the module is imported, and nothing of the annotation.
    entries: String,
    pub(in crate::backends::python) statement: String,
}

/// What stands for a method in the module of messages.
pub(in crate::backends::python) struct MessageMethod {
    pub(in crate::backends::python) constant: String,
    pub(in crate::backends::python) encoder: Option<PayloadEncoder>,
}

/// What writes the payload of a request.
pub(in crate::backends::python) struct PayloadEncoder {
    pub(in crate::backends::python) signature: String,
    pub(in crate::backends::python) summary: String,
    /// The one argument is the payload.
    pub(in crate::backends::python) whole: bool,
    pub(in crate::backends::python) writes: Vec<Write>,
    /// The functions that write some of the arguments each, if there are too many for one.
    pub(in crate::backends::python) parts: Vec<PayloadPart>,
}

/// What writes some of the arguments of a request.
pub(in crate::backends::python) struct PayloadPart {
    pub(in crate::backends::python) signature: String,
    /// The statement that calls it.
    pub(in crate::backends::python) call: String,
    /// Which arguments it writes.
    pub(in crate::backends::python) writes: Range<usize>,
}

/// The messages of all contracts.
pub(super) fn messages(types: Types<'_>) -> Vec<Message> {
    let message = |service: &Service| Message {
        methods: service
            .methods
            .iter()
            .map(|method| MessageMethod::of(types, service, method))
            .collect(),
        events: (!service.events.is_empty()).then(|| events(types, service)),
    };
    types.api.services.iter().map(message).collect()
}

fn events(types: Types<'_>, service: &Service) -> EventTable {
    let entry = |event: &Event| match event_class(types, event) {
        Some(class) => {
            let decoder = decoder(types, &event.type_ref, &event_stem(event));
            let made = Code::call("Event", [Code::text(string(&event.event)), decoder]);
            Code::prefixed(format!("_models.{class}: "), made)
        }
        None => {
            let constant = names::constant(&event.name);
            Code::text(format!("_events.{constant}: _events.{constant}"))
        }
    };
    let payload = match service.events.as_slice() {
        [only] => types.annotation(&only.type_ref, "_models."),
        _ => Code::text("object"),
    };
    let name = format!("EVENTS_OF_{}", service.name.shouty_snake());
    let event = Code::subscript("Event", [payload.clone()]);
    let annotation = Code::subscript("dict", [Code::text("object"), event]);
    let entries = Code::group("{", service.events.iter().map(entry), "}");
    EventTable {
        makes_any: service.events.iter().any(|event| event_class(types, event).is_some()),
        statement: Code::declaration(&name, &annotation, &entries),
        entries: entries.flat(),
        payload: payload.flat(),
    }
}

impl MessageMethod {
    fn of(types: Types<'_>, service: &Service, method: &Method) -> Self {
        let stem = message_stem(service, method);
        let kind = match method.kind {
            Kind::Ask => "ask",
            Kind::Tell => "tell",
            Kind::Stream => "stream",
        };
        let mut parts = vec![Code::text(string(&method.message)), Code::text(string(kind))];
        if let Some(error) = &method.error {
            parts.push(Code::text(format!("_codecs.{}", maker_name(error))));
        }
        if method.idempotent {
            parts.push(Code::text("idempotent=True"));
        }
        let constant = Code::call("Method", parts);
        let arguments = arguments(method);
        let whole = matches!(method.request, Request::Message(_));
        let write = |(at, argument): (usize, &Argument)| {
            let present = match &argument.type_ref {
                TypeRef::Option(inner) if argument.optional => inner,
                other => other,
            };
            let levels = if whole { MAX_DEPTH } else { MAX_DEPTH - 1 };
            let written = qualified(types.encoded_argument(present, levels, Code::text(format!("a{at}"))));
            let entry = format!("wire[{}] = ", string(&argument.wire_name));
            let statement = match (whole, argument.optional) {
                (true, _) => written.statement(8, "return ", ""),
                (false, true) => {
                    format!("        if a{at} is not None:\n{}", written.statement(12, &entry, ""))
                }
                (false, false) => written.statement(8, &entry, ""),
            };
            Write {
                at: string(&names::parameter(&argument.name)),
                statement,
                conditional: argument.optional,
            }
        };
        let writes: Vec<Write> = arguments.iter().enumerate().map(write).collect();
        let parameters = (0..arguments.len()).map(|at| Code::text(format!("a{at}: object")));
        let returns = if whole { "object" } else { "dict[str, object]" };
        let signature = Code::group(format!("def {stem}("), parameters, format!(") -> {returns}:"));
        MessageMethod {
            constant: constant.statement(0, &format!("{} = ", stem.to_uppercase()), ""),
            encoder: (!arguments.is_empty()).then(|| PayloadEncoder {
                signature: signature.statement(0, "", ""),
                summary: docstring("", &format!("The payload of `{}`.", method.message), None, 4),
                whole,
                parts: payload_parts(&stem, &writes),
                writes,
            }),
        }
    }
}

impl PayloadEncoder {
    /// The arguments that a part writes.
    pub(in crate::backends::python) fn written_by(&self, part: &PayloadPart) -> &[Write] {
        &self.writes[part.writes.clone()]
    }
}

fn payload_parts(stem: &str, writes: &[Write]) -> Vec<PayloadPart> {
    let parts = parts(writes, Write::cost);
    if parts.len() == 1 {
        return Vec::new();
    }
    let mut start = 0;
    let part = |(number, part): (usize, &[Write])| {
        let writes = start..start + part.len();
        start = writes.end;
        let name = format!("_write_{stem}__part_{}", number + 1);
        let parameters = writes.clone().map(|at| Code::text(format!("a{at}: object")));
        let parameters = [Code::text("wire: dict[str, object]")].into_iter().chain(parameters);
        let passed = writes.clone().map(|at| Code::text(format!("a{at}")));
        PayloadPart {
            signature: Code::signature(format!("def {name}("), parameters, Code::text("None"), 0),
            call: Code::call(&name, [Code::text("wire")].into_iter().chain(passed)).statement(4, "", ""),
            writes,
        }
    };
    parts.into_iter().enumerate().map(part).collect()
}

impl Message {
    /// Whether an annotation that is needed for nothing else names something in this module.
    pub(in crate::backends::python) fn annotates(&self, module: &str) -> bool {
        self.events
            .as_ref()
            .is_some_and(|events| modules::mentions(&events.payload, module))
    }

    /// Whether any code here that runs names something in this module.
    pub(in crate::backends::python) fn mentions(&self, text: &str) -> bool {
        let in_events = self
            .events
            .as_ref()
            .is_some_and(|events| modules::mentions(&events.entries, text));
        let in_constants = self
            .methods
            .iter()
            .any(|method| modules::mentions(&method.constant, text));
        let encoders = self.methods.iter().filter_map(|method| method.encoder.as_ref());
        in_events
            || in_constants
            || encoders
                .flat_map(|encoder| &encoder.writes)
                .any(|write| modules::mentions(&write.statement, text))
    }
}

/// What the names of a method's message begin with. Casing leaves no double underscores, so these are unique.
pub(super) fn message_stem(service: &Service, method: &Method) -> String {
    format!("{}__{}", names::snake(&service.name), method.name.snake())
}

pub(super) fn arguments(method: &Method) -> &[Argument] {
    match &method.request {
        Request::Message(argument) => std::slice::from_ref(argument),
        Request::Arguments(arguments) => arguments,
    }
}

/// What decodes a reply or an event, as the modules beside the codecs name it.
pub(super) fn decoder(types: Types<'_>, of: &TypeRef, stem: &str) -> Code {
    match types.decoder(of) {
        Code::Text(name) if !types.is_recursive(of) => qualified(Code::Text(name)),
        _ => Code::text(format!("_codecs.decode_{stem}")),
    }
}

/// What the name of a reply's own decoder ends in: with two double underscores, which those of types do not have.
pub(super) fn reply_stem(service: &Service, method: &Method) -> String {
    format!("reply__{}", message_stem(service, method))
}

/// What the name of an event's own decoder ends in.
pub(super) fn event_stem(event: &Event) -> String {
    format!("event__payload__{}", event.name.snake())
}

/// Code of the codecs as other modules name what is in it.
pub(super) fn qualified(code: Code) -> Code {
    match code {
        Code::Text(text) => Code::Text(modules::qualified(text)),
        Code::Prefixed(prefix, inner) => Code::prefixed(prefix, qualified(*inner)),
        Code::Suffixed(inner, suffix) => Code::suffixed(qualified(*inner), suffix),
        Code::Assigned(inner, default) => Code::Assigned(Box::new(qualified(*inner)), default),
        Code::Quoted(inner) => Code::Quoted(Box::new(qualified(*inner))),
        Code::Parenthesized(inner) => Code::Parenthesized(Box::new(qualified(*inner))),
        Code::Union(members) => Code::Union(members.into_iter().map(qualified).collect()),
        Code::Group {
            open,
            items,
            close,
            lone,
        } => Code::Group {
            open: modules::qualified(open),
            items: items.into_iter().map(qualified).collect(),
            close,
            lone,
        },
    }
}
