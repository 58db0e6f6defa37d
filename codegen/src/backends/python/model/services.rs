//! The contracts as classes, one blocking and one for asyncio, and the messages of their methods.

use super::{
    handlers::Host,
    messages::{arguments, decoder, message_stem, reply_stem},
    subscribe::Subscribe,
};
use crate::{
    backends::{
        Claims,
        prose::line_of_prose,
        python::{
            docs::{docstring, method_docstring},
            layout::{Code, WIDTH, string},
            modules, names,
            references::Types,
        },
    },
    fault::{Faults, Place},
    ir::{Kind, Method, Service},
};

/// The two modules of clients.
pub(in crate::backends::python) struct Services {
    pub(in crate::backends::python) services: Vec<ServiceClass>,
}

/// A contract.
pub(in crate::backends::python) struct ServiceClass {
    pub(in crate::backends::python) class: String,
    pub(in crate::backends::python) docs: String,
    /// The method of the client that makes it.
    pub(in crate::backends::python) accessor: String,
    pub(in crate::backends::python) accessor_docs: String,
    /// The literal of the actor's id.
    target: String,
    /// The line that has the client's method warn, if the contract is deprecated.
    pub(in crate::backends::python) deprecated: String,
    pub(in crate::backends::python) methods: Vec<MethodPair>,
    pub(in crate::backends::python) subscribe: Option<Subscribe>,
    /// How the client hosts an actor of it, if it may.
    pub(in crate::backends::python) host: Option<Host>,
}

/// A method, blocking and for asyncio.
pub(in crate::backends::python) struct MethodPair {
    /// The line that has both warn, if the method is deprecated.
    pub(in crate::backends::python) deprecated: String,
    pub(in crate::backends::python) docs: String,
    arguments: usize,
    pub(in crate::backends::python) blocking: Call,
    pub(in crate::backends::python) asyncio: Call,
}

/// A signature and a body.
pub(in crate::backends::python) struct Call {
    pub(in crate::backends::python) signature: String,
    pub(in crate::backends::python) body: String,
}

impl Services {
    pub(super) fn of(types: Types<'_>, faults: &mut Faults) -> Self {
        let mut accessors = Claims::new("method of the client");
        let all: Vec<String> = types.api.services.iter().map(accessor_name).collect();
        let services = types.api.services.iter().map(|service| {
            let place = Place::contract(&service.contract);
            let accessor = accessor_name(service);
            accessors.claim(&accessor, place.clone(), faults);
            let mut methods = Claims::new("method");
            for method in &service.methods {
                methods.claim(method_name(service, method), place.method(method.name.source()), faults);
            }
            ServiceClass {
                class: names::class(service.name.source()),
                deprecated: deprecation(&service.contract, service.deprecated.as_deref()),
                docs: docstring(
                    &service.docs,
                    &format!("The contract `{}`.", service.contract),
                    service.deprecated.as_deref(),
                    4,
                ),
                accessor_docs: docstring(
                    "",
                    &format!("The contract `{}` of an actor.", service.contract),
                    None,
                    8,
                ),
                accessor,
                target: string(&service.default_target),
                methods: service
                    .methods
                    .iter()
                    .map(|method| MethodPair::of(types, service, method, faults))
                    .collect(),
                subscribe: Subscribe::of(types, service),
                host: Host::of(types, service, &all),
            }
        });
        Services {
            services: services.collect(),
        }
    }

    /// A contract whose actors clients host, to show.
    pub(in crate::backends::python) fn hosting(&self) -> Option<(&ServiceClass, &Host)> {
        self.services
            .iter()
            .find_map(|service| Some((service, service.host.as_ref()?)))
    }

    fn blocking_names(&self) -> Vec<String> {
        let classes = self.services.iter().map(|service| service.class.clone());
        classes.chain(["Client".to_owned()]).collect()
    }

    fn async_names(&self) -> Vec<String> {
        let classes = self.services.iter().map(|service| format!("Async{}", service.class));
        classes.chain(["AsyncClient".to_owned()]).collect()
    }

    /// What the blocking or the asyncio module imports to run. Whatever is imported has an underscore before it, so that no
    /// name of a contract hides it.
    pub(in crate::backends::python) fn imports(&self, asyncio: bool) -> Vec<String> {
        let own: Vec<&str> = [
            ("_codecs", self.runs("_codecs.")),
            ("_contracts", true),
            ("_messages", self.runs("_messages.")),
            ("_served", self.hosts()),
        ]
        .into_iter()
        .filter_map(|(module, needed)| needed.then_some(module))
        .collect();
        let connection = if asyncio { "aio" } else { "blocking" };
        let mut runtime = modules::runtime_imports(|module| self.runs(module));
        runtime.extend(
            [
                (connection, true),
                ("deprecation", self.deprecates()),
                ("hosting", self.hosts()),
                ("limits", true),
                ("subscriptions", self.has_events()),
            ]
            .into_iter()
            .filter(|(_, needed)| *needed)
            .map(|(module, _)| modules::import(module)),
        );
        runtime.sort();
        let own = format!("from . import {}", own.join(", "));
        [own].into_iter().chain(runtime).collect()
    }

    /// Whether clients host actors.
    pub(in crate::backends::python) fn hosts(&self) -> bool {
        self.services.iter().any(|service| service.host.is_some())
    }

    /// Whether a call of anything warns.
    fn deprecates(&self) -> bool {
        self.services.iter().any(|service| {
            !service.deprecated.is_empty() || service.methods.iter().any(|method| !method.deprecated.is_empty())
        })
    }

    /// What both modules import of the standard library for their annotations.
    pub(in crate::backends::python) fn standard_imports(&self) -> Vec<String> {
        let mut imports = modules::standard_imports(|module| self.annotates(module));
        imports.extend(["import os as _os".to_owned(), "import types as _types".to_owned()]);
        imports.sort();
        imports
    }

    /// What the blocking or the asyncio module imports of the package for its annotations.
    pub(in crate::backends::python) fn type_imports(&self, asyncio: bool) -> Vec<String> {
        let moments = self.annotates("_moments.") && !self.runs("_moments.");
        let handlers = if asyncio { "async_handlers" } else { "handlers" };
        [
            (format!("from . import {handlers} as _handlers"), self.hosts()),
            ("from . import models as _models".to_owned(), self.annotates("_models.")),
            (modules::import("codec"), true),
            (modules::import("moments"), moments),
            (modules::import("options"), self.annotates("_options.")),
            (modules::import("streams"), self.annotates("_streams.")),
        ]
        .into_iter()
        .filter_map(|(statement, needed)| needed.then_some(statement))
        .collect()
    }

    fn runs(&self, text: &str) -> bool {
        self.services.iter().any(|service| {
            let known = service
                .subscribe
                .as_ref()
                .is_some_and(|subscribe| modules::mentions(&subscribe.choice, text));
            let called = |method: &MethodPair| modules::mentions(&method.blocking.body, text);
            known || service.methods.iter().any(called)
        })
    }

    pub(super) fn annotates(&self, text: &str) -> bool {
        self.services.iter().any(|service| {
            let subscribes = service
                .subscribe
                .as_ref()
                .is_some_and(|subscribe| subscribe.annotates(text));
            let hosts = service.host.as_ref().is_some_and(|host| host.blocking.contains(text));
            subscribes
                || hosts
                || service
                    .methods
                    .iter()
                    .any(|method| method.blocking.signature.contains(text))
        })
    }

    /// The statements that define the type variables of both modules, which run in no program.
    pub(in crate::backends::python) fn variables(&self) -> Vec<&str> {
        let subscribe = self.services.iter().filter_map(|service| service.subscribe.as_ref());
        subscribe
            .filter_map(|subscribe| subscribe.variable.as_deref())
            .collect()
    }

    /// The most arguments that a method has.
    pub(in crate::backends::python) fn most_arguments(&self) -> usize {
        let methods = self.services.iter().flat_map(|service| &service.methods);
        methods.map(|method| method.arguments).max().unwrap_or_default()
    }

    /// Whether a contract has events.
    pub(in crate::backends::python) fn has_events(&self) -> bool {
        self.services.iter().any(|service| service.subscribe.is_some())
    }

    /// Whether any method has a message, so that the module of messages is needed.
    pub(in crate::backends::python) fn has_methods(&self) -> bool {
        self.has_events() || self.services.iter().any(|service| !service.methods.is_empty())
    }

    /// `__all__` of the module of blocking clients.
    pub(in crate::backends::python) fn blocking_exports(&self) -> String {
        super::all(self.blocking_names())
    }

    /// `__all__` of the module of asyncio clients.
    pub(in crate::backends::python) fn async_exports(&self) -> String {
        super::all(self.async_names())
    }
}

impl ServiceClass {
    /// The signature of the client's method, for the class with this prefix.
    pub(in crate::backends::python) fn accessor_signature(&self, prefix: &str) -> String {
        let parameters = [Code::text("self"), Code::text(format!("actor: str = {}", self.target))];
        let returns = format!(") -> {prefix}{}:", self.class);
        Code::group(format!("def {}(", self.accessor), parameters, returns).statement(4, "", "")
    }
}

/// The name of the client's method that makes a contract.
fn accessor_name(service: &Service) -> String {
    names::method(&service.name, &["close", "connect"])
}

/// The name of a method in the class of its contract.
pub(super) fn method_name(service: &Service, method: &Method) -> String {
    let own: &[&str] = if service.events.is_empty() { &[] } else { &["subscribe"] };
    names::method(&method.name, own)
}

impl MethodPair {
    fn of(types: Types<'_>, service: &Service, method: &Method, faults: &mut Faults) -> Self {
        let place = Place::contract(&service.contract).method(method.name.source());
        let mut parameters = Claims::new("parameter");
        for argument in arguments(method) {
            let place = place.argument(argument.name.source());
            parameters.claim(names::parameter(&argument.name), place, faults);
        }
        MethodPair {
            deprecated: deprecation(&method.message, method.deprecated.as_deref()),
            docs: method_docstring(method, &format!("Calls `{}`.", method.message), 8),
            arguments: arguments(method).len(),
            blocking: call(types, service, method, "_streams.Stream", false),
            asyncio: call(types, service, method, "_streams.AsyncStream", true),
        }
    }
}

/// The decorator that has each call of something warn, if it is deprecated; else nothing.
fn deprecation(name: &str, note: Option<&str>) -> String {
    let Some(note) = note else { return String::new() };
    let note = line_of_prose(note);
    let message = format!("{name} is deprecated: {note}");
    let message = message.trim_end_matches([':', ' ']);
    let line = format!("    {DECORATED}{})\n", string(message));
    if line.chars().count() <= WIDTH + 1 {
        return line;
    }
    let mut pieces = vec![String::new()];
    for word in message.split_inclusive(' ') {
        let last = pieces.last_mut().expect("there is a piece from the start");
        if 8 + string(&format!("{last}{word}")).chars().count() > WIDTH {
            pieces.push(word.to_owned());
        } else {
            last.push_str(word);
        }
    }
    let lines: String = pieces
        .iter()
        .map(|piece| format!("        {}\n", string(piece)))
        .collect();
    format!("    {DECORATED}\n{lines}    )\n")
}

/// What stands before the message of a deprecation.
const DECORATED: &str = "@_deprecation.deprecated(";

fn call(types: Types<'_>, service: &Service, method: &Method, stream: &str, asyncio: bool) -> Call {
    let reply = types.annotation(&method.reply, "_models.");
    let (function, returns) = match method.kind {
        Kind::Ask => ("ask", reply),
        Kind::Tell => ("tell", Code::text("None")),
        Kind::Stream => ("stream", Code::subscript(stream, [reply])),
    };
    let is_nothing = returns.flat() == "None";
    let waits = asyncio && method.kind != Kind::Stream;

    let mut parameters = vec![Code::text("self")];
    let arguments = arguments(method);
    for (at, argument) in arguments.iter().enumerate() {
        let name = names::parameter(&argument.name);
        let mut annotation = types.annotation(&argument.type_ref, "_models.");
        if argument.optional {
            annotation = annotation.nullable();
            // In Python nothing without a default follows what has one.
            if arguments[at..].iter().all(|later| later.optional) {
                annotation = Code::suffixed(annotation, " = None");
            }
        }
        parameters.push(Code::prefixed(format!("{name}: "), annotation));
    }
    let options = match method.kind {
        Kind::Ask => "AskOptions",
        Kind::Tell | Kind::Stream => "CallOptions",
    };
    parameters.push(Code::prefixed(
        "**options: ",
        Code::subscript("_typing.Unpack", [Code::text(format!("_options.{options}"))]),
    ));
    let head = if waits { "async def" } else { "def" };
    let open = format!("{head} {}(", method_name(service, method));
    let signature = Code::signature(open, parameters, returns, 4);

    let stem = message_stem(service, method);
    let payload = if arguments.is_empty() {
        Code::text("{}")
    } else {
        let names = arguments
            .iter()
            .map(|argument| Code::text(names::parameter(&argument.name)));
        Code::call(format!("_messages.{stem}"), names)
    };
    let mut passed = vec![
        Code::text(format!("_messages.{}", stem.to_uppercase())),
        Code::text("self._target"),
        payload,
        Code::text("options"),
    ];
    if method.kind != Kind::Tell {
        passed.push(decoder(types, &method.reply, &reply_stem(service, method)));
    }
    let call = Code::call(format!("self._connection.{function}"), passed);
    let before = match (is_nothing, waits) {
        (true, true) => "await ",
        (true, false) => "",
        (false, true) => "return await ",
        (false, false) => "return ",
    };
    Call {
        signature,
        body: call.statement(8, before, ""),
    }
}
