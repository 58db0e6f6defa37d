//! The method that subscribes to the events of a contract.

use std::collections::BTreeMap;

use super::event_class;
use crate::{
    backends::python::{layout::Code, names, references::Types},
    ir::Service,
};

/// The method that subscribes to the events of a contract.
pub(in crate::backends::python) struct Subscribe {
    /// The statement that defines the type variable of the overloads, if one has it.
    pub(in crate::backends::python) variable: Option<String>,
    /// The overloads, if there are several events.
    pub(in crate::backends::python) overloads: Vec<(String, String)>,
    pub(in crate::backends::python) blocking: String,
    pub(in crate::backends::python) asyncio: String,
    /// The statement that looks up what was chosen in the constant that knows all.
    pub(in crate::backends::python) choice: String,
}

/// What a user names an event with.
struct Choice {
    is_class: bool,
    /// The annotation of it.
    annotation: Code,
    payload: Code,
}

impl Choice {
    fn new(generic: &str, payload: Code) -> Self {
        Self {
            is_class: generic == "type",
            annotation: Code::subscript(generic, [payload.clone()]),
            payload,
        }
    }
}

/// What stands for an event whose payload is no class.
const EVENT: &str = "_subscriptions.Event";

impl Subscribe {
    pub(super) fn of(types: Types<'_>, service: &Service) -> Option<Self> {
        let choices: BTreeMap<String, Choice> = service
            .events
            .iter()
            .map(|event| {
                let generic = event_class(types, event).map_or(EVENT, |_| "type");
                Choice::new(generic, types.annotation(&event.type_ref, "_models."))
            })
            .map(|choice| (choice.annotation.flat(), choice))
            .collect();
        let looked_up = |chosen: &str| {
            let known = format!("_messages.EVENTS_OF_{}", service.name.shouty_snake());
            let call = Code::call("_subscriptions.chosen_events", [Code::text(chosen), Code::text(known)]);
            call.statement(8, "events_by_name = ", "")
        };
        match service.events.as_slice() {
            [] => None,
            [_] => choices.values().next().map(|only| {
                let (blocking, asyncio) = signatures(&alone(only), &only.payload, ":");
                Self {
                    variable: None,
                    overloads: Vec::new(),
                    blocking,
                    asyncio,
                    choice: looked_up("(event,)"),
                }
            }),
            _ => {
                let payload = Code::union(choices.values().map(|of| of.payload.clone()));
                let annotation = Code::union(choices.values().map(|of| of.annotation.clone()));
                let (variable, single) = one_by_one(service, choices.into_values().collect());
                let mut overloads: Vec<_> = single
                    .iter()
                    .map(|one| signatures(&alone(one), &one.payload, ": ..."))
                    .collect();
                let any = [Code::prefixed("*events: ", annotation)];
                overloads.push(signatures(&any, &payload, ": ..."));
                let (blocking, asyncio) = signatures(&[Code::text("*events: object")], &Code::text("object"), ":");
                Some(Self {
                    variable,
                    overloads,
                    blocking,
                    asyncio,
                    choice: looked_up("events"),
                })
            }
        }
    }

    /// Whether an annotation names something in this module.
    pub(super) fn annotates(&self, text: &str) -> bool {
        let overloads = self.overloads.iter().map(|(one, _)| one);
        [&self.blocking]
            .into_iter()
            .chain(overloads)
            .chain(&self.variable)
            .any(|code| code.contains(text))
    }
}

/// What is chosen alone, each with an overload of its own.
///
/// Of events that are no classes, the payload of one may be a case of another's, as a boolean is of a number: overloads for
/// both would overlap. So one overload stands for all of them, with a variable for the payload.
fn one_by_one(service: &Service, choices: Vec<Choice>) -> (Option<String>, Vec<Choice>) {
    let (mut single, constants): (Vec<_>, Vec<_>) = choices.into_iter().partition(|choice| choice.is_class);
    if constants.len() < 2 {
        single.extend(constants);
        return (None, single);
    }
    let name = format!("_{}Payload", names::class(service.name.source()));
    let bound = Code::union(constants.into_iter().map(|choice| choice.payload));
    let arguments = [Code::text(format!("\"{name}\"")), Code::prefixed("bound=", bound)];
    let variable = Code::call("_typing.TypeVar", arguments).statement(4, &format!("{name} = "), "");
    single.push(Choice::new(EVENT, Code::text(name)));
    (Some(variable), single)
}

/// The parameters of a choice of one.
fn alone(choice: &Choice) -> [Code; 3] {
    [
        Code::prefixed("event: ", choice.annotation.clone()),
        Code::text("/"),
        Code::text("*"),
    ]
}

/// The signature in the blocking module, and in that for asyncio.
fn signatures(parameters: &[Code], payload: &Code, end: &str) -> (String, String) {
    let signature = |subscription: &str| {
        let parameters = [Code::text("self")]
            .into_iter()
            .chain(parameters.iter().cloned())
            .chain([
                Code::text("buffer: int = _subscriptions.DEFAULT_BUFFER"),
                Code::text("timeout: float | None = None"),
            ]);
        let returns = Code::subscript(subscription, [payload.clone()]);
        Code::definition("def subscribe(", parameters, returns, 4, end)
    };
    (
        signature("_subscriptions.Subscription"),
        signature("_subscriptions.AsyncSubscription"),
    )
}
