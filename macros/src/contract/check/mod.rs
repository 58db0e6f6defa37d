//! A trait is judged: what comes out is a contract that can be expanded.

mod arguments;
mod limit;
mod method;
mod naming;
mod owned;
mod repeated;
mod supertraits;
mod turn;

use std::time::Duration;

use syn::{Attribute, Ident, LitStr, Path, Signature, Type, Visibility, ext::IdentExt};

pub(super) use repeated::REPEATED_STREAM;
pub(super) use supertraits::supertraits;

use self::{
    limit::check_limit,
    method::check_method,
    naming::{check_messages, check_path, check_segment},
};
use super::{ast, attr::ContractOptions};
use crate::fault::{Code, Faults};

/// A contract that can be expanded.
pub(super) struct Contract {
    pub(super) ident: Ident,
    pub(super) visibility: Visibility,
    pub(super) attributes: Vec<Attribute>,
    /// `namespace.Trait`.
    pub(super) name: String,
    /// The traits of the contracts it builds on.
    pub(super) supertraits: Vec<Path>,
    pub(super) methods: Vec<Method>,
    pub(super) events: Vec<Type>,
    pub(super) fake: Option<Fake>,
}

/// The fake that a contract has.
pub(super) struct Fake {
    /// The methods that cannot be expanded, which it must have nevertheless.
    pub(super) faulty: Vec<Signature>,
}

/// A method that can be expanded.
pub(super) struct Method {
    pub(super) ident: Ident,
    pub(super) attributes: Vec<Attribute>,
    pub(super) cfg: Vec<Attribute>,
    pub(super) exclusive: bool,
    pub(super) is_async: bool,
    /// Its calls start in tasks of their own.
    pub(super) parallel: bool,
    /// Its calls, though exclusive, stop when nobody waits for them any more.
    pub(super) cancel_safe: bool,
    /// Where it says that a call does no harm if it is made twice.
    pub(super) idempotent: Option<Attribute>,
    pub(super) kind: Kind,
    pub(super) request: Request,
    pub(super) context: Option<Context>,
    pub(super) message: MessageName,
    pub(super) aliases: Vec<LitStr>,
    /// How long its callers wait, of its own or as the contract says.
    pub(super) timeout: Option<Duration>,
}

/// What a method gives back.
pub(super) enum Kind {
    Tell,
    /// What it returns says which kind of call it is.
    Returns(Type),
    /// `impl Stream` of these items.
    ImplStream(Type),
}

/// What the message of a call carries.
pub(super) enum Request {
    Arguments(Vec<Argument>),
    Message(Argument),
}

pub(super) struct Argument {
    pub(super) ident: Ident,
    pub(super) written: Box<Type>,
}

/// The argument that is no part of the message.
pub(super) struct Context {
    /// Its place among the arguments.
    pub(super) at: usize,
    /// What it refers to.
    pub(super) written: Box<Type>,
}

/// Where the short name of a message comes from.
pub(super) enum MessageName {
    Given(String),
    /// The name of the type of the one argument.
    OfArgument,
}

/// Judges the trait. Whatever is wrong is in `faults`; the contract then has what is right of it, so that what uses that
/// has no errors of its own, and is `None` if nothing can be expanded.
pub(super) fn contract(
    raw: &ast::Trait,
    options: ContractOptions,
    supertraits: Vec<Path>,
    faults: &mut Faults,
) -> Option<Contract> {
    check_trait(raw, faults);
    check_segment(
        &raw.ident().unraw().to_string(),
        raw.ident().span(),
        "a contract's name",
        faults,
    );
    let namespace = check_namespace(raw, &options, faults);
    let limit = options.timeout.as_ref().and_then(|limit| check_limit(limit, faults));
    let (mut methods, mut faulty) = (Vec::new(), Vec::new());
    for method in &raw.methods {
        match check_method(method, limit, faults) {
            Some(sound) => methods.push(sound),
            None => faulty.push(method.signature.clone()),
        }
    }
    check_messages(&methods, faults);
    let generics = &raw.item.generics;
    let can_be_dyn = raw.item.items.is_empty() && generics.params.is_empty() && generics.where_clause.is_none();
    can_be_dyn.then(|| Contract {
        name: format!("{}.{}", namespace.unwrap_or_default(), raw.ident().unraw()),
        ident: raw.ident().clone(),
        visibility: raw.visibility().clone(),
        attributes: raw.item.attrs.clone(),
        supertraits,
        methods,
        events: options.events,
        fake: options.fake.then_some(Fake { faulty }),
    })
}

fn check_trait(raw: &ast::Trait, faults: &mut Faults) {
    let item = &raw.item;
    if !item.generics.params.is_empty() {
        faults.at(
            &item.generics,
            Code::GenericContract,
            "a contract has no generic parameters; write one contract for each type",
        );
    }
    if let Some(clause) = &item.generics.where_clause {
        faults.at(clause, Code::GenericContract, "a contract has no where clause; drop it");
    }
    if let Some(token) = &item.unsafety {
        faults.at(token, Code::Qualifier, "a contract cannot be `unsafe`; drop the word");
    }
}

fn check_namespace(raw: &ast::Trait, options: &ContractOptions, faults: &mut Faults) -> Option<String> {
    let Some(namespace) = &options.namespace else {
        if options.unreadable {
            return None;
        }
        faults.at(
            raw.ident(),
            Code::NoNamespace,
            format!(
                "a contract needs a namespace for its stable name: `#[actor_contract(namespace = \"demo\")]` makes it \
                 `demo.{}`",
                raw.ident().unraw()
            ),
        );
        return None;
    };
    check_path(&namespace.value(), namespace.span(), "a namespace", faults).then(|| namespace.value())
}
