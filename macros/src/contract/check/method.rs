//! One method: how it is called, and what it gives back.

use std::time::Duration;

use callsheet_schema::names;
use quote::ToTokens;
use syn::{ReceiverKind, Safety, Type, ext::IdentExt};

use super::{
    Kind, MessageName, Method, Request,
    arguments::{check_context, check_request},
    limit::check_limit,
    naming::check_segment,
    owned::check_owned,
    repeated::check_idempotent,
    turn::{check_cancel_safe, check_parallel},
};
use crate::{
    contract::ast::{self, impl_stream_item},
    fault::{Code, Faults},
};

/// Judges a method of a contract whose methods have the time limit `limit`, if they say nothing else.
pub(super) fn check_method(method: &ast::Method, limit: Option<Duration>, faults: &mut Faults) -> Option<Method> {
    let signature = &method.signature;
    let fine = check_qualifiers(method, faults);
    let exclusive = check_receiver(method, faults);
    let parallel = check_parallel(method, exclusive, faults);
    let cancel_safe = check_cancel_safe(method, exclusive, faults);
    let kind = check_returns(method, faults);
    let idempotent = check_idempotent(method, kind.as_ref(), faults);
    let context = check_context(method, faults);
    let request = check_request(method, faults);
    let message = match (&method.options.name, &request) {
        (Some(name), _) => {
            check_segment(&name.value(), name.span(), "a message's name", faults);
            MessageName::Given(name.value())
        }
        (None, Some(Request::Message(_))) => MessageName::OfArgument,
        (None, _) => {
            let (name, span) = (signature.ident.unraw().to_string(), signature.ident.span());
            let message = names::message_of(&name);
            // `_1` is a name, and what PascalCase leaves of it is none.
            if check_segment(&name, span, "a method's name", faults) && names::fault(&message).is_some() {
                let more = format!("; name the message of `{name}` with `#[method(name = \"…\")]`");
                faults.name(span, &message, "a message's name", &more);
            }
            MessageName::Given(message)
        }
    };
    for alias in &method.options.aliases {
        check_segment(&alias.value(), alias.span(), "a message's name", faults);
    }
    let own_limit = method.options.timeout.as_ref().map(|own| check_limit(own, faults));
    if !fine {
        return None;
    }
    Some(Method {
        ident: signature.ident.clone(),
        attributes: method.attributes.clone(),
        cfg: method.cfg().into_iter().cloned().collect(),
        exclusive: exclusive?,
        is_async: signature.asyncness.is_some(),
        parallel,
        cancel_safe,
        idempotent,
        kind: kind?,
        request: request?,
        context: context?,
        message,
        aliases: method.options.aliases.clone(),
        timeout: own_limit.unwrap_or(limit),
    })
}

/// Whether a call of the method needs its arguments and nothing else.
fn check_qualifiers(method: &ast::Method, faults: &mut Faults) -> bool {
    let signature = &method.signature;
    let generics = &signature.generics;
    let mut fine = true;
    let mut fault = |place: &dyn ToTokens, code, message| {
        faults.at(&place.to_token_stream(), code, message);
        fine = false;
    };
    if !generics.params.is_empty() {
        let message = "a contract's method has no generic parameters and no lifetimes of its own; write its types out";
        fault(generics, Code::GenericMethod, message);
    }
    if let Some(clause) = &generics.where_clause {
        fault(
            clause,
            Code::GenericMethod,
            "a contract's method has no where clause; drop it",
        );
    }
    if let Some(token) = &signature.constness {
        fault(
            token,
            Code::Qualifier,
            "a contract's method cannot be `const`; drop the word",
        );
    }
    if let Safety::Unsafe(token) = &signature.safety {
        fault(
            token,
            Code::Qualifier,
            "a contract's method cannot be `unsafe`; drop the word",
        );
    }
    if let Some(abi) = &signature.abi {
        fault(
            abi,
            Code::Qualifier,
            "a contract's method cannot be `extern`; drop the words",
        );
    }
    fine
}

/// Whether the method needs the state alone.
fn check_receiver(method: &ast::Method, faults: &mut Faults) -> Option<bool> {
    const WANTED: &str = "a contract's method takes `&self`, if it shares the actor's state, or `&mut self`, if it needs the state \
                          alone";
    let Some(receiver) = method.signature.receiver() else {
        faults.at(&method.signature.ident, Code::Receiver, WANTED);
        return None;
    };
    match &receiver.kind {
        ReceiverKind::Reference(_, None, mutability) => Some(mutability.is_some()),
        _ => {
            faults.at(receiver, Code::Receiver, WANTED);
            None
        }
    }
}

fn check_returns(method: &ast::Method, faults: &mut Faults) -> Option<Kind> {
    let written = method.returns();
    let is_unit = written.is_none_or(|written| matches!(written, Type::Tuple(tuple) if tuple.elems.is_empty()));
    if method.options.tell.is_some() {
        if is_unit {
            return Some(Kind::Tell);
        }
        if let Some(written) = written {
            faults.at(
                written,
                Code::TellReturns,
                "a `#[tell]` has no reply, so its method returns nothing; drop `#[tell]` to make it an ask",
            );
        }
        return None;
    }
    let Some(written) = written else {
        return Some(Kind::Returns(syn::parse_quote!(())));
    };
    if let Some(item) = impl_stream_item(written) {
        if method.signature.asyncness.is_some() {
            faults.at(
                written,
                Code::Qualifier,
                "a method that returns `impl Stream` cannot be `async`; drop the word, or return `Streaming<T>`",
            );
        }
        return check_owned(&item, "an item of a stream", faults).then_some(Kind::ImplStream(item));
    }
    check_owned(written, "a reply", faults).then(|| Kind::Returns(written.clone()))
}
