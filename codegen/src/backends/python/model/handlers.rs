//! What handles the calls of contracts: as classes to be written by users, and as what the runtime part runs.

use super::{
    messages::{MAX_DEPTH, arguments, qualified},
    services::method_name,
};
use crate::{
    backends::python::{
        docs::{docstring, method_docstring, noted_docstring},
        layout::{Code, string},
        modules, names,
        references::Types,
    },
    ir::{Argument, DeclaredError, Kind, Method, Request, Service, TypeRef},
};

/// The contracts that handlers are written for.
#[derive(Default)]
pub(in crate::backends::python) struct Handlers {
    pub(in crate::backends::python) contracts: Vec<Handler>,
}

/// What handles the calls of a contract.
pub(in crate::backends::python) struct Handler {
    /// As the contract's own class is called.
    pub(in crate::backends::python) class: String,
    pub(in crate::backends::python) docs: String,
    pub(in crate::backends::python) methods: Vec<HandlerMethod>,
    /// The statement that defines how its methods are run.
    pub(in crate::backends::python) statement: String,
}

/// A method, blocking and for asyncio.
pub(in crate::backends::python) struct HandlerMethod {
    pub(in crate::backends::python) docs: String,
    pub(in crate::backends::python) blocking: String,
    pub(in crate::backends::python) asyncio: String,
    /// The statement by which one that is not handled fails.
    pub(in crate::backends::python) unhandled: String,
}

/// The name of the constant that says how a contract's methods are run.
pub(super) fn constant(service: &Service) -> String {
    names::constant(&service.name)
}

impl Handlers {
    /// Those of some contracts, each with its methods as they are handled.
    pub(super) fn of<'a>(types: Types<'_>, contracts: impl Iterator<Item = (&'a Service, &'a [Method])>) -> Self {
        let contracts = contracts.map(|(service, methods)| Handler {
            class: names::class(service.name.source()),
            docs: docstring(
                &service.docs,
                &format!("Handles the calls of `{}`.", service.contract),
                service.deprecated.as_deref(),
                4,
            ),
            methods: methods
                .iter()
                .map(|method| HandlerMethod::of(types, service, method))
                .collect(),
            statement: statement(types, service, methods),
        });
        Self {
            contracts: contracts.collect(),
        }
    }

    /// Whether there are none.
    pub(in crate::backends::python) fn is_empty(&self) -> bool {
        self.contracts.is_empty()
    }

    /// `__all__` of a module with the classes, whose names stand between these.
    pub(in crate::backends::python) fn exports(&self, before: &str, after: &str, others: &[&str]) -> String {
        let classes = self
            .contracts
            .iter()
            .map(|handler| format!("{before}{}{after}", handler.class));
        super::all(classes.chain(others.iter().map(|other| (*other).to_owned())).collect())
    }

    /// Whether a signature names something in a module.
    pub(super) fn annotates(&self, module: &str) -> bool {
        let mut methods = self.contracts.iter().flat_map(|handler| &handler.methods);
        methods.any(|method| modules::mentions(&method.blocking, module))
    }

    /// What the annotations need, within the condition for it; empty if that is nothing.
    pub(in crate::backends::python) fn type_imports(&self) -> String {
        let (streams, rest) = (
            self.annotates("_abc."),
            modules::type_imports(|module| self.annotates(module)),
        );
        let standard = rest.starts_with("    import ");
        match (streams, rest.is_empty(), standard) {
            (false, ..) => rest,
            (true, true, _) => ABC.to_owned(),
            (true, false, true) => format!("{ABC}{rest}"),
            (true, false, false) => format!("{ABC}\n{rest}"),
        }
    }

    /// Whether the statements name something in a module.
    fn runs(&self, module: &str) -> bool {
        self.contracts
            .iter()
            .any(|handler| modules::mentions(&handler.statement, module))
    }

    /// What the statements import of the package, where the codecs are in the module of this name.
    /// `beside` tells what stands beside them.
    pub(in crate::backends::python) fn imports(&self, codecs: &str, beside: impl Fn(&str) -> bool) -> Vec<String> {
        let runs = |module: &str| self.runs(module) || beside(module);
        let codecs = match codecs {
            "_codecs" => "from . import _codecs".to_owned(),
            other => format!("from . import {other} as _codecs"),
        };
        let own = [
            (codecs, runs("_codecs.")),
            ("from . import errors as _errors".to_owned(), self.runs("_errors.")),
        ];
        let own = own
            .into_iter()
            .filter_map(|(statement, needed)| needed.then_some(statement));
        own.chain(modules::runtime_imports(runs))
            .chain((!self.is_empty()).then(|| self.serving_import()))
            .collect()
    }

    fn serving_import(&self) -> String {
        let used = [
            ("Argument", "Argument("),
            ("Declared", "Declared("),
            ("Handled", ""),
            ("Whole", "Whole("),
        ];
        let used = used
            .into_iter()
            .filter(|(_, call)| call.is_empty() || self.runs(call))
            .map(|(name, _)| name);
        format!("from ._runtime.serving import {}", used.collect::<Vec<_>>().join(", "))
    }
}

/// What the docs of a method that hosts an actor say.
const HOSTED: &str = "The server calls the handler once it is given the mailbox. At most `concurrency` of its calls run at \
    once, begun in their order. `actor` is its id, which no other one of this client may have; left out, it is made up.";

/// What streams are annotated with.
const ABC: &str = "    import collections.abc as _abc\n";

impl HandlerMethod {
    fn of(types: Types<'_>, service: &Service, method: &Method) -> Self {
        HandlerMethod {
            docs: method_docstring(method, &format!("Handles `{}`.", method.message), 8),
            blocking: signature(types, service, method, false),
            asyncio: signature(types, service, method, true),
            unhandled: Code::call("_fakes.unhandled", [Code::text(string(&method.message))]).statement(8, "raise ", ""),
        }
    }
}

fn signature(types: Types<'_>, service: &Service, method: &Method, asyncio: bool) -> String {
    let reply = types.annotation(&method.reply, "_models.");
    let (head, returns) = match (method.kind, asyncio) {
        (Kind::Stream, false) => ("def", Code::subscript("_abc.Iterable", [reply])),
        (Kind::Stream, true) => ("def", Code::subscript("_abc.AsyncIterable", [reply])),
        (Kind::Tell, false) => ("def", Code::text("None")),
        (Kind::Tell, true) => ("async def", Code::text("None")),
        (Kind::Ask, false) => ("def", reply),
        (Kind::Ask, true) => ("async def", reply),
    };
    let mut parameters = vec![Code::text("self")];
    for argument in arguments(method) {
        let annotation = types.annotation(&argument.type_ref, "_models.");
        let annotation = if argument.optional {
            annotation.nullable()
        } else {
            annotation
        };
        parameters.push(Code::prefixed(
            format!("{}: ", names::parameter(&argument.name)),
            annotation,
        ));
    }
    if parameters.len() > 1 {
        // Whoever implements it may call them otherwise.
        parameters.push(Code::text("/"));
    }
    Code::signature(
        format!("{head} {}(", method_name(service, method)),
        parameters,
        returns,
        4,
    )
}

/// How the methods of a contract are run.
fn statement(types: Types<'_>, service: &Service, methods: &[Method]) -> String {
    let handled = methods.iter().map(|method| handled(types, service, method));
    Code::tuple(handled).statement(0, &format!("{}: tuple[Handled, ...] = ", constant(service)), "")
}

fn handled(types: Types<'_>, service: &Service, method: &Method) -> Code {
    let kind = match method.kind {
        Kind::Ask => "ask",
        Kind::Tell => "tell",
        Kind::Stream => "stream",
    };
    let read = match &method.request {
        Request::Message(argument) => Code::call("Whole", [decoder(types, &argument.type_ref)]),
        Request::Arguments(arguments) => Code::tuple(arguments.iter().map(|one| passed(types, one))),
    };
    let mut parts = vec![
        Code::text(string(&method.message)),
        Code::text(string(kind)),
        Code::text(string(&method_name(service, method))),
        read,
    ];
    if method.kind != Kind::Tell {
        let written = encoder(types, &method.reply);
        parts.push(match &method.error {
            Some(error) => declared(types, written, error),
            None => written,
        });
    }
    Code::call("Handled", parts)
}

fn passed(types: Types<'_>, argument: &Argument) -> Code {
    let present = match &argument.type_ref {
        TypeRef::Option(inner) if argument.optional => inner,
        other => other,
    };
    let mut parts = vec![Code::text(string(&argument.wire_name)), decoder(types, present)];
    if argument.optional {
        parts.push(Code::text("optional=True"));
    }
    Code::call("Argument", parts)
}

fn declared(types: Types<'_>, written: Code, error: &DeclaredError) -> Code {
    Code::call(
        "Declared",
        [
            written,
            Code::text(format!("_errors.{}", names::error_class(&error.name))),
            encoder(types, &error.type_ref),
        ],
    )
}

/// A function that reads a value that is received.
fn decoder(types: Types<'_>, of: &TypeRef) -> Code {
    let read = match types.is_recursive(of) {
        true => Code::lambda("item", types.decoded_payload(of, Code::text("item"))),
        false => types.decoder(of),
    };
    qualified(uncast(read))
}

/// The same code without the types of what it makes, for which nobody asks here.
fn uncast(code: Code) -> Code {
    match code {
        Code::Group { open, mut items, .. } if open == "cast(" && items.len() == 2 => uncast(items.remove(1)),
        Code::Group {
            open,
            items,
            close,
            lone,
        } => Code::Group {
            open,
            items: items.into_iter().map(uncast).collect(),
            close,
            lone,
        },
        Code::Prefixed(prefix, inner) => Code::prefixed(prefix, uncast(*inner)),
        other => other,
    }
}

/// A function that writes a value that is sent, of which a payload has room for so many levels as there are.
pub(super) fn encoder(types: Types<'_>, of: &TypeRef) -> Code {
    let written = match types.is_recursive(of) || types.keeps_data(of) {
        true => Code::lambda("item", types.encoded_argument(of, MAX_DEPTH, Code::text("item"))),
        false => types.encoder(of),
    };
    qualified(written)
}

/// How a client hosts an actor of a contract.
pub(in crate::backends::python) struct Host {
    pub(in crate::backends::python) name: String,
    pub(in crate::backends::python) blocking: String,
    pub(in crate::backends::python) asyncio: String,
    pub(in crate::backends::python) docs: String,
    /// The statement that hosts it.
    pub(in crate::backends::python) body: String,
    /// What makes the mailbox for an id.
    pub(in crate::backends::python) mailbox: Maker,
}

/// A function that makes a mailbox.
pub(in crate::backends::python) struct Maker {
    pub(in crate::backends::python) signature: String,
    pub(in crate::backends::python) docs: String,
    pub(in crate::backends::python) body: String,
}

impl Host {
    /// That of a contract whose mailboxes clients send, in a client that has these other methods.
    pub(super) fn of(types: Types<'_>, service: &Service, others: &[String]) -> Option<Self> {
        service.hosted.as_ref()?;
        let mut sent = types.api.types.values().filter(|of| of.uses.sent);
        let alias = sent.find(|of| of.mailbox.as_deref() == Some(&service.contract))?;
        let reference = TypeRef::Named(alias.id.clone());
        let TypeRef::Named(class) = types.api.underlying(&reference) else {
            return None;
        };
        let mailbox = types.annotation(&reference, "_models.");
        let mut name = format!("host_{}", service.name.snake());
        if others.contains(&name) {
            name.push('_');
        }
        let signature = |prefix: &str| {
            let handler = format!("{prefix}{}Handler", names::class(service.name.source()));
            let parameters = [
                Code::text("self"),
                Code::text(format!("handler: _handlers.{handler}")),
                Code::text("*"),
                Code::text("actor: str | None = None"),
                Code::text("concurrency: int = _hosting.CONCURRENCY"),
            ];
            let returns = Code::subscript("_hosting.Hosted", [mailbox.clone()]);
            Code::signature(format!("def {name}("), parameters, returns, 4)
        };
        let maker = format!("{}__mailbox", service.name.snake());
        let body = Code::call(
            "self._connection.host",
            [
                Code::text(format!("_served.{}", constant(service))),
                Code::text("handler"),
                Code::text(format!("_served.{maker}")),
                Code::text("actor"),
                Code::text("concurrency"),
            ],
        );
        let made = Code::call(
            format!("_models.{}", types.names.class(class)),
            [
                Code::text(format!("contract={}", string(&service.contract))),
                Code::text("id=actor"),
                Code::text("route=\"client\""),
            ],
        );
        Some(Self {
            blocking: signature(""),
            asyncio: signature("Async"),
            docs: noted_docstring(
                "",
                &format!("Hosts an actor of the contract `{}`.", service.contract),
                HOSTED,
                None,
                8,
            ),
            body: body.statement(8, "return ", ""),
            name,
            mailbox: Maker {
                signature: Code::signature(format!("def {maker}("), [Code::text("actor: str")], mailbox, 0),
                docs: docstring(
                    "",
                    &format!("The mailbox of an actor of `{}` that a client hosts.", service.contract),
                    None,
                    4,
                ),
                body: made.statement(4, "return ", ""),
            },
        })
    }
}
