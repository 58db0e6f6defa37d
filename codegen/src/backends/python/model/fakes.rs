//! What stands in for the server in users' tests.

use super::{
    codecs::Codecs,
    event_class,
    handlers::{self, Handler, Handlers},
};
use crate::{
    backends::python::{
        docs::docstring,
        layout::{Code, string},
        modules, names,
        references::Types,
    },
    ir::{Event, Service},
};

/// The modules for tests.
pub(in crate::backends::python) struct Fakes {
    /// The codecs of the other side.
    pub(in crate::backends::python) codecs: Codecs,
    pub(in crate::backends::python) handlers: Handlers,
    /// For each of the handlers, the method of the server that takes it.
    pub(in crate::backends::python) serves: Vec<Serve>,
    /// The statement that defines the table of events, if there are any.
    pub(in crate::backends::python) events: Option<String>,
    /// What `publish` takes, if there are events.
    pub(in crate::backends::python) publish: Option<Publish>,
}

/// The method of the server that takes a handler.
pub(in crate::backends::python) struct Serve {
    pub(in crate::backends::python) name: String,
    pub(in crate::backends::python) blocking: String,
    pub(in crate::backends::python) asyncio: String,
    pub(in crate::backends::python) docs: String,
    pub(in crate::backends::python) body: String,
}

/// The signatures of the method that publishes.
pub(in crate::backends::python) struct Publish {
    /// The overloads, if an event may be given in more than one way.
    pub(in crate::backends::python) overloads: Vec<String>,
    pub(in crate::backends::python) signature: String,
    /// What is passed on.
    pub(in crate::backends::python) payload: &'static str,
}

impl Fakes {
    /// Those of a mirrored api.
    pub(super) fn of(types: Types<'_>) -> Self {
        // A contract that only publishes has nothing to be called for.
        let called = || types.api.services.iter().filter(|service| !service.methods.is_empty());
        let contracts = called().map(|service| (service, service.methods.as_slice()));
        Fakes {
            codecs: Codecs::of(types),
            handlers: Handlers::of(types, contracts),
            serves: called().map(Serve::of).collect(),
            events: (!types.api.events.is_empty()).then(|| events(types)),
            publish: Publish::of(types),
        }
    }

    /// What the module of how they are served imports.
    pub(in crate::backends::python) fn imports(&self) -> Vec<String> {
        let table = self.events.as_deref().unwrap_or_default();
        let events = |module: &str| modules::mentions(table, module);
        let mut imports = self.handlers.imports("_testing_codecs", events);
        let mut add = |statement: &str, needed: bool, before: &str| {
            if needed {
                let at = imports.iter().position(|one| one.as_str() >= before);
                imports.insert(at.unwrap_or(imports.len()), statement.to_owned());
            }
        };
        add("from . import models as _models", events("_models."), "from ._");
        add("from . import events as _events", events("_events."), "from . import m");
        add(
            "from ._runtime.fakes import Published",
            self.events.is_some(),
            "from ._runtime.s",
        );
        imports
    }

    /// What the module for tests imports for its annotations.
    pub(in crate::backends::python) fn type_imports(&self) -> String {
        let publishes = |module: &str| {
            let publish = self.publish.as_ref();
            publish.is_some_and(|publish| publish.annotates(module))
        };
        let annotates = |module: &str| self.handlers.annotates(module) || publishes(module);
        let mut standard = modules::standard_imports(annotates);
        if annotates("_abc.") {
            standard.push("import collections.abc as _abc".to_owned());
        }
        standard.sort();
        let own = [
            ("from . import models as _models".to_owned(), annotates("_models.")),
            (modules::import("codec"), true),
            (modules::import("moments"), annotates("_moments.")),
            (modules::import("subscriptions"), annotates("_subscriptions.")),
        ];
        let own = own
            .into_iter()
            .filter(|(_, needed)| *needed)
            .map(|(statement, _)| statement);
        let lines = |statements: Vec<String>| -> String {
            statements
                .iter()
                .map(|statement| format!("    {statement}\n"))
                .collect()
        };
        let between = if standard.is_empty() { "" } else { "\n" };
        format!("{}{between}{}", lines(standard), lines(own.collect()))
    }

    /// Whether an event stands for itself, as its payload is no class.
    pub(in crate::backends::python) fn has_constants(&self) -> bool {
        let events = self.events.as_deref().unwrap_or_default();
        modules::mentions(events, "_events.")
    }

    /// A handler with the method of the server that takes it, to show.
    pub(in crate::backends::python) fn example(&self) -> Option<(&Handler, &Serve)> {
        self.handlers.contracts.first().zip(self.serves.first())
    }

    /// What that takes from the module of fakes, in the order that linters want.
    pub(in crate::backends::python) fn imported(&self, handler: &Handler) -> String {
        let mut names = [format!("{}Fake", handler.class), "FakeServer".to_owned()];
        names.sort();
        names.join(", ")
    }

    /// Whether there is nothing to serve or to publish.
    pub(in crate::backends::python) fn are_empty(&self) -> bool {
        self.handlers.is_empty() && self.events.is_none()
    }
}

/// The table of the events by what the user names them with.
fn events(types: Types<'_>) -> String {
    let entry = |event: &Event| {
        let key = match event_class(types, event) {
            Some(class) => format!("_models.{class}"),
            None => format!("_events.{}", names::constant(&event.name)),
        };
        let made = [
            Code::text(string(&event.event)),
            handlers::encoder(types, &event.type_ref),
        ];
        Code::prefixed(format!("{key}: "), Code::call("Published", made))
    };
    Code::group("{", types.api.events.iter().map(entry), "}").statement(0, "EVENTS: dict[object, Published] = ", "")
}

impl Serve {
    fn of(service: &Service) -> Self {
        let class = names::class(service.name.source());
        let name = format!("serve_{}", service.name.snake());
        let signature = |prefix: &str| {
            let parameters = [
                Code::text("self"),
                Code::text(format!("handler: {prefix}{class}Fake")),
                Code::text(format!("actor: str = {}", string(&service.default_target))),
            ];
            Code::signature(format!("def {name}("), parameters, Code::text("None"), 4)
        };
        let passed = [
            Code::text(format!("_testing_served.{}", handlers::constant(service))),
            Code::text("handler"),
            Code::text("actor"),
        ];
        Serve {
            blocking: signature(""),
            asyncio: signature("Async"),
            docs: docstring(
                "",
                &format!("Has a handler serve `{}` as this actor.", service.contract),
                None,
                8,
            ),
            body: Code::call("self._serve", passed).statement(8, "", ""),
            name,
        }
    }
}

impl Publish {
    fn annotates(&self, module: &str) -> bool {
        let mut signatures = self.overloads.iter().chain([&self.signature]);
        signatures.any(|signature| modules::mentions(signature, module))
    }

    fn of(types: Types<'_>) -> Option<Self> {
        let (mut classes, mut constants) = (Vec::new(), false);
        for event in &types.api.events {
            match event_class(types, event) {
                Some(class) => classes.push(Code::text(format!("_models.{class}"))),
                None => constants = true,
            }
        }
        let signature = |parameters: Vec<Code>, end: &str| {
            let parameters = [Code::text("self")]
                .into_iter()
                .chain(parameters)
                .chain([Code::text("/")]);
            Code::definition("def publish(", parameters, Code::text("None"), 4, end)
        };
        let alone = || vec![Code::prefixed("event: ", Code::union(classes.clone()))];
        let named = || vec![Code::text("event: _subscriptions.Event[_T]"), Code::text("payload: _T")];
        match (classes.is_empty(), constants) {
            (true, false) => None,
            (false, false) => Some(Self {
                overloads: Vec::new(),
                signature: signature(alone(), ":"),
                payload: "None",
            }),
            (true, true) => Some(Self {
                overloads: Vec::new(),
                signature: signature(named(), ":"),
                payload: "payload",
            }),
            (false, true) => Some(Self {
                overloads: vec![signature(alone(), ": ..."), signature(named(), ": ...")],
                signature: signature(
                    vec![Code::text("event: object"), Code::text("payload: object = None")],
                    ":",
                ),
                payload: "payload",
            }),
        }
    }
}
