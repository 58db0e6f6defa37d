//! The contracts that a client may serve itself, with everything decided.

use std::collections::HashSet;

use proc_macro2::{Ident, TokenStream};

use super::{
    model::{About, tells_errors},
    names::{escaped, type_name, value},
    references::Types,
};
use crate::{
    backends::Claims,
    fault::{Faults, Place},
    ir::{self, Api, Kind, NamedType, Request, Shape, TypeRef},
};

/// A contract that an actor serves which is made of a handler.
pub(super) struct Handler {
    pub(super) about: About,
    pub(super) contract: String,
    /// The trait.
    pub(super) ident: Ident,
    /// The client's methods that host it.
    pub(super) host: Ident,
    pub(super) host_with: Ident,
    pub(super) mailbox: Mailbox,
    pub(super) methods: Vec<Method>,
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
pub(super) fn of(api: &Api, taken: &[&Ident], faults: &mut Faults) -> Vec<Handler> {
    let types = Types::of_handlers(api);
    let mut names = Claims::new("trait");
    let mut taken: HashSet<String> = taken.iter().map(ToString::to_string).collect();
    let hosted: Vec<_> = api.services.iter().filter(|of| of.hosted.is_some()).collect();
    // The methods with options come last: that a contract has them takes no other the shorter name.
    let hosts: Vec<_> = hosted
        .iter()
        .map(|of| free(format!("host_{}", of.name.snake()), &mut taken))
        .collect();
    let mut lower = |(service, host): (&ir::Service, Ident)| {
        let methods = service.hosted.as_ref()?;
        let mailbox = mailbox(api, &service.contract)?;
        let place = Place::contract(&service.contract);
        let ident = type_name(&service.name);
        names.claim(ident.to_string(), place.clone(), faults);
        let mut claims = Claims::new("method");
        let methods = methods
            .iter()
            .map(|of| method(of, &types, &place.method(of.name.source()), &mut claims, faults))
            .collect();
        Some(Handler {
            about: About::new(
                &service.docs,
                format!("The contract `{}`.", service.contract),
                service.deprecated.as_ref(),
            ),
            contract: service.contract.clone(),
            ident,
            host,
            host_with: free(format!("host_{}_with", service.name.snake()), &mut taken),
            mailbox,
            methods,
        })
    };
    hosted.into_iter().zip(hosts).filter_map(&mut lower).collect()
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
