//! The contracts that a client may serve itself, with everything decided.

use std::collections::HashSet;

use proc_macro2::{Ident, TokenStream};

use super::{
    model::{About, tells_errors},
    names::{escaped, led, type_name, value},
    references::Types,
};
use crate::{
    backends::Claims,
    fault::{Faults, Place},
    ir::{self, Api, Kind, NamedType, Request, Shape, TypeRef, VariantShape},
};

/// A contract that an actor serves which is made of a handler.
pub(super) struct Handler {
    pub(super) about: About,
    pub(super) contract: String,
    /// The trait.
    pub(super) ident: Ident,
    pub(super) methods: Vec<Method>,
}

/// A contract that clients host.
pub(super) struct Hosted {
    pub(super) handler: Handler,
    /// The client's methods that host it.
    pub(super) host: Ident,
    pub(super) host_with: Ident,
    pub(super) mailbox: Mailbox,
}

/// A contract that a fake server serves.
pub(super) struct Fake {
    pub(super) handler: Handler,
    /// The server's methods that serve it.
    pub(super) serve: Ident,
    pub(super) serve_at: Ident,
    pub(super) default_target: String,
}

/// An event that a fake server publishes.
pub(super) struct Publication {
    pub(super) about: About,
    pub(super) publish: Ident,
    pub(super) event: String,
    pub(super) type_: TokenStream,
}

/// What a fake server serves and publishes.
pub(super) struct Fakes {
    pub(super) contracts: Vec<Fake>,
    pub(super) events: Vec<Publication>,
    /// The types, as the document calls them, of which a name is written as another one is read: a fake and its clients take
    /// the one for the other.
    pub(super) crossed: Vec<String>,
}

/// The type of a contract's mailboxes, and that of the address in it.
pub(super) struct Mailbox {
    pub(super) ident: Ident,
    pub(super) address: Ident,
}

pub(super) struct Method {
    pub(super) about: About,
    pub(super) ident: Ident,
    pub(super) kind: Kind,
    pub(super) message_type: String,
    pub(super) message: Message,
    pub(super) reply: TokenStream,
    pub(super) error: Option<TokenStream>,
    /// The contract's documentation says what it fails with.
    pub(super) tells_errors: bool,
    /// `Result`, as the file must write it.
    pub(super) result: TokenStream,
}

/// What a handler is given.
pub(super) enum Message {
    /// The one parameter is the payload.
    Whole(Parameter),
    Arguments(Vec<Parameter>),
}

impl Message {
    pub(super) fn parameters(&self) -> &[Parameter] {
        match self {
            Message::Whole(parameter) => std::slice::from_ref(parameter),
            Message::Arguments(parameters) => parameters,
        }
    }
}

pub(super) struct Parameter {
    pub(super) ident: Ident,
    pub(super) wire_name: String,
    pub(super) type_: TokenStream,
}

/// The contracts that clients host. `taken` are the methods that a client has besides.
pub(super) fn of(api: &Api, taken: &[&Ident], faults: &mut Faults) -> Vec<Hosted> {
    let types = Types::of_handlers(api);
    let mut names = Claims::new("trait");
    let mut taken: HashSet<String> = taken.iter().map(ToString::to_string).collect();
    let hosted: Vec<_> = api.services.iter().filter(|of| of.hosted.is_some()).collect();
    // The methods with options come last: that a contract has them takes no other the shorter name.
    let hosts: Vec<_> = hosted
        .iter()
        .map(|of| free(led("host", &of.name), &mut taken))
        .collect();
    let mut lower = |(service, host): (&ir::Service, Ident)| {
        let methods = service.hosted.as_ref()?;
        let mailbox = mailbox(api, &service.contract)?;
        let ident = type_name(&service.name);
        names.claim(ident.to_string(), Place::contract(&service.contract), faults);
        Some(Hosted {
            handler: handler(service, methods, ident, &types, faults),
            host,
            host_with: free(format!("{}_with", led("host", &service.name)), &mut taken),
            mailbox,
        })
    };
    hosted.into_iter().zip(hosts).filter_map(&mut lower).collect()
}

/// All that a server in memory has. What it publishes has the names of its methods before what it serves.
pub(super) fn fakes(api: &Api, faults: &mut Faults) -> Fakes {
    let types = Types::of_fakes(api);
    let mut taken = HashSet::new();
    let events = api.services.iter().flat_map(|service| &service.events);
    let events = events
        .map(|event| Publication {
            about: About::new(
                "",
                format!("Tells `{}` to all who have subscribed to it.", event.event),
                None,
            ),
            publish: free(led("publish", &event.name), &mut taken),
            event: event.event.clone(),
            type_: types.owned(&event.type_ref),
        })
        .collect();
    let served: Vec<_> = api.services.iter().filter(|of| !of.methods.is_empty()).collect();
    let serves: Vec<_> = served
        .iter()
        .map(|of| free(led("serve", &of.name), &mut taken))
        .collect();
    let mut lower = |(service, serve): (&ir::Service, Ident)| {
        let ident = escaped(format!("{}Fake", service.name.upper_camel()));
        Fake {
            handler: handler(service, &service.methods, ident, &types, faults),
            serve,
            serve_at: free(format!("{}_at", led("serve", &service.name)), &mut taken),
            default_target: service.default_target.clone(),
        }
    };
    Fakes {
        contracts: served.into_iter().zip(serves).map(&mut lower).collect(),
        events,
        crossed: api
            .types
            .values()
            .filter(|of| is_crossed(&of.shape))
            .map(|of| of.wire_name.clone())
            .collect(),
    }
}

fn names(fields: &[ir::Field]) -> Vec<(&String, &String)> {
    fields.iter().map(|of| (&of.sent_as, &of.received_as)).collect()
}

/// Something in it is written by the name that something else beside it is read by.
fn is_crossed(shape: &Shape) -> bool {
    let cross = |names: Vec<(&String, &String)>| {
        let mut renamed = names.iter().filter(|(sent, received)| sent != received);
        renamed.any(|(sent, _)| names.iter().any(|(_, received)| received == sent))
    };
    match shape {
        Shape::Unit | Shape::Newtype(_) | Shape::Tuple(_) => false,
        Shape::Struct(of) => cross(names(&of.fields)),
        Shape::Enum(of) => {
            let told = of.variants.iter().filter(|variant| !variant.untagged);
            cross(told.map(|of| (&of.sent_as, &of.received_as)).collect())
                || of.variants.iter().any(|variant| match &variant.shape {
                    VariantShape::Struct(fields) => cross(names(fields)),
                    _ => false,
                })
        }
    }
}

fn handler(
    service: &ir::Service,
    methods: &[ir::Method],
    ident: Ident,
    types: &Types<'_>,
    faults: &mut Faults,
) -> Handler {
    let place = Place::contract(&service.contract);
    let mut claims = Claims::new("method");
    Handler {
        about: About::new(
            &service.docs,
            format!("The contract `{}`.", service.contract),
            service.deprecated.as_ref(),
        ),
        contract: service.contract.clone(),
        ident,
        methods: methods
            .iter()
            .map(|of| method(of, types, &place.method(of.name.source()), &mut claims, faults))
            .collect(),
    }
}

/// The type of the mailboxes that clients send of a contract.
fn mailbox(api: &Api, contract: &str) -> Option<Mailbox> {
    let is_sent = |of: &&NamedType| of.mailbox.as_deref() == Some(contract) && of.uses.sent;
    let of = api.types.values().find(is_sent)?;
    let Shape::Newtype(TypeRef::Named(address)) = &of.shape else {
        return None;
    };
    Some(Mailbox {
        ident: type_name(&of.name),
        address: type_name(&api.named(address).name),
    })
}

fn method(of: &ir::Method, types: &Types<'_>, place: &Place, claims: &mut Claims, faults: &mut Faults) -> Method {
    let ident = value(&of.name);
    claims.claim(ident.to_string(), place.clone(), faults);
    let mut parameters = Claims::new("parameter");
    let mut lower = |argument: &ir::Argument| {
        let ident = value(&argument.name);
        parameters.claim(ident.to_string(), place.argument(argument.name.source()), faults);
        Parameter {
            ident,
            wire_name: argument.wire_name.clone(),
            type_: types.owned(&argument.type_ref),
        }
    };
    let message = match &of.request {
        Request::Message(argument) => Message::Whole(lower(argument)),
        Request::Arguments(arguments) => Message::Arguments(arguments.iter().map(&mut lower).collect()),
    };
    Method {
        about: About::new(&of.docs, format!("Answers `{}`.", of.message), of.deprecated.as_ref()),
        ident,
        kind: of.kind,
        message_type: of.message.clone(),
        message,
        reply: types.owned(&of.reply),
        error: of.error.as_ref().map(|error| types.owned(&error.type_ref)),
        tells_errors: tells_errors(of),
        result: types.prelude("Result"),
    }
}

/// The name, with underscores after it as long as it is taken, which it is from now on.
fn free(mut name: String, taken: &mut HashSet<String>) -> Ident {
    while !taken.insert(name.clone()) {
        name.push('_');
    }
    escaped(name)
}
