//! The attributes of a contract, of its methods and of their arguments.

use proc_macro2::TokenStream;
use syn::{Attribute, LitStr, Token, Type, meta::ParseNestedMeta, parse::Parser, punctuated::Punctuated};

use super::ast::Role;
use crate::fault::{Code, Faults};

/// `#[actor_contract(…)]`.
#[derive(Default)]
pub(super) struct ContractOptions {
    pub(super) namespace: Option<LitStr>,
    pub(super) events: Vec<Type>,
    pub(super) timeout: Option<LitStr>,
    pub(super) fake: bool,
    /// They could not be read, so what is missing may not be.
    pub(super) unreadable: bool,
}

impl ContractOptions {
    pub(super) fn parse(attributes: TokenStream, faults: &mut Faults) -> Self {
        let mut options = ContractOptions::default();
        let parser = syn::meta::parser(|meta| {
            if meta.path.is_ident("namespace") {
                set(&mut options.namespace, &meta)
            } else if meta.path.is_ident("timeout") {
                set(&mut options.timeout, &meta)
            } else if meta.path.is_ident("events") {
                let content;
                syn::parenthesized!(content in meta.input);
                options
                    .events
                    .extend(Punctuated::<Type, Token![,]>::parse_terminated(&content)?);
                Ok(())
            } else if meta.path.is_ident("fake") {
                mark(&mut options.fake, &meta)
            } else {
                Err(meta.error("not an option"))
            }
        });
        if let Err(error) = parser.parse2(attributes) {
            options.unreadable = true;
            let has = "`#[actor_contract]` has `namespace = \"…\"`, `timeout = \"…\"`, `events(A, B)` and `fake`";
            faults.option(&error, has);
        }
        options
    }
}

/// The attributes of a method that are Callsheet's own.
#[derive(Default)]
pub(super) struct MethodOptions {
    pub(super) tell: Option<Attribute>,
    pub(super) parallel: Option<Attribute>,
    pub(super) cancel_safe: Option<Attribute>,
    pub(super) idempotent: Option<Attribute>,
    pub(super) name: Option<LitStr>,
    pub(super) aliases: Vec<LitStr>,
    pub(super) timeout: Option<LitStr>,
}

impl MethodOptions {
    /// Takes Callsheet's own attributes out of `attributes`.
    pub(super) fn take(attributes: &mut Vec<Attribute>, faults: &mut Faults) -> Self {
        let mut options = MethodOptions::default();
        attributes.retain(|attribute| {
            let marks = [
                ("tell", &mut options.tell),
                ("parallel", &mut options.parallel),
                ("cancel_safe", &mut options.cancel_safe),
                ("idempotent", &mut options.idempotent),
            ];
            for (name, mark) in marks {
                if attribute.path().is_ident(name) {
                    check_bare(attribute, &format!("`#[{name}]` has no options"), faults);
                    if mark.is_some() {
                        let message = format!("`#[{name}]` stands on this method already; drop one");
                        faults.at(attribute, Code::Attribute, message);
                    }
                    *mark = Some(attribute.clone());
                    return false;
                }
            }
            if attribute.path().is_ident("method") {
                let parsed = attribute.parse_nested_meta(|meta| {
                    if meta.path.is_ident("name") {
                        set(&mut options.name, &meta)
                    } else if meta.path.is_ident("alias") {
                        options.aliases.push(meta.value()?.parse()?);
                        Ok(())
                    } else if meta.path.is_ident("timeout") {
                        set(&mut options.timeout, &meta)
                    } else {
                        Err(meta.error("not an option"))
                    }
                });
                if let Err(error) = parsed {
                    let has = "`#[method]` has `name = \"…\"`, `alias = \"…\"` and `timeout = \"…\"`";
                    faults.option(&error, has);
                }
            } else if attribute.path().is_ident("message") {
                faults.at(
                    attribute,
                    Code::Attribute,
                    "`#[message]` is not expected here; it belongs on the only argument of a method",
                );
            } else if attribute.path().is_ident("context") {
                faults.at(
                    attribute,
                    Code::Attribute,
                    "`#[context]` is not expected here; it belongs on an argument, `#[context] cx: &CallContext`",
                );
            } else {
                return true;
            }
            false
        });
        options
    }
}

/// Takes Callsheet's own attributes out of those of an argument.
pub(super) fn take_role(attributes: &mut Vec<Attribute>, faults: &mut Faults) -> Role {
    let mut role = Role::Part;
    attributes.retain(|attribute| {
        for (name, marked) in [("message", Role::Message), ("context", Role::Context)] {
            if attribute.path().is_ident(name) {
                if ![Role::Part, marked].contains(&role) {
                    let message = "an argument is `#[message]` or `#[context]`; take one away";
                    faults.at(attribute, Code::Attribute, message);
                }
                role = marked;
                check_bare(attribute, &format!("`#[{name}]` has no options"), faults);
                return false;
            }
        }
        for name in ["tell", "parallel", "cancel_safe", "idempotent", "method"] {
            if attribute.path().is_ident(name) {
                let message = format!("`#[{name}]` is not expected on an argument; it belongs on a method");
                faults.at(attribute, Code::Attribute, message);
                return false;
            }
        }
        for name in ["cfg", "cfg_attr"] {
            if attribute.path().is_ident(name) {
                let message = format!(
                    "`#[{name}]` is not expected on an argument; write the method twice, each with a `#[cfg]` of its own"
                );
                faults.at(attribute, Code::Attribute, message);
                return false;
            }
        }
        true
    });
    role
}

/// Reads `name = "string"`, which may be given once.
fn set(option: &mut Option<LitStr>, meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
    if option.is_some() {
        return Err(meta.error("given twice"));
    }
    *option = Some(meta.value()?.parse()?);
    Ok(())
}

/// Reads a word that stands alone and may be given once.
fn mark(option: &mut bool, meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
    if *option {
        return Err(meta.error("given twice"));
    }
    if !meta.input.is_empty() && !meta.input.peek(Token![,]) {
        return Err(meta.error("it stands alone, without a value"));
    }
    *option = true;
    Ok(())
}

fn check_bare(attribute: &Attribute, has: &str, faults: &mut Faults) {
    if let Err(error) = attribute.meta.require_path_only() {
        faults.option(&error, has);
    }
}
