//! The attributes of a contract, of its methods and of their arguments.

use proc_macro2::TokenStream;
use syn::{Attribute, LitStr, Path, Token, parse::Parser, punctuated::Punctuated};

use crate::fault::{Code, Faults};

/// `#[actor_contract(…)]`.
#[derive(Default)]
pub(super) struct ContractOptions {
    pub(super) namespace: Option<LitStr>,
    pub(super) events: Vec<Path>,
}

impl ContractOptions {
    pub(super) fn parse(attributes: TokenStream, faults: &mut Faults) -> Self {
        let mut options = ContractOptions::default();
        let parser = syn::meta::parser(|meta| {
            if meta.path.is_ident("namespace") {
                options.namespace = Some(meta.value()?.parse()?);
                Ok(())
            } else if meta.path.is_ident("events") {
                let content;
                syn::parenthesized!(content in meta.input);
                options.events = Punctuated::<Path, Token![,]>::parse_terminated(&content)?
                    .into_iter()
                    .collect();
                Ok(())
            } else {
                Err(meta.error(format!(
                    "CS{:04}: not an option of `#[actor_contract]`; it has `namespace = \"…\"` and `events(A, B)`",
                    Code::Attribute as u16
                )))
            }
        });
        if let Err(error) = parser.parse2(attributes) {
            faults.push(error);
        }
        options
    }
}

/// The attributes of a method that are Callsheet's own.
#[derive(Default)]
pub(super) struct MethodOptions {
    pub(super) tell: Option<Path>,
    pub(super) name: Option<LitStr>,
}

impl MethodOptions {
    /// Takes Callsheet's own attributes out of `attributes`.
    pub(super) fn take(attributes: &mut Vec<Attribute>, faults: &mut Faults) -> Self {
        let mut options = MethodOptions::default();
        attributes.retain(|attribute| {
            if attribute.path().is_ident("tell") {
                if let Err(error) = attribute.meta.require_path_only() {
                    faults.push(error);
                }
                options.tell = Some(attribute.path().clone());
            } else if attribute.path().is_ident("method") {
                let parsed = attribute.parse_nested_meta(|meta| {
                    if meta.path.is_ident("name") {
                        options.name = Some(meta.value()?.parse()?);
                        Ok(())
                    } else {
                        Err(meta.error(format!(
                            "CS{:04}: not an option of `#[method]`; it has `name = \"…\"`",
                            Code::Attribute as u16
                        )))
                    }
                });
                if let Err(error) = parsed {
                    faults.push(error);
                }
            } else if attribute.path().is_ident("message") {
                faults.at(
                    attribute,
                    Code::Attribute,
                    "`#[message]` is not expected here; it belongs on the only argument of a method",
                );
            } else {
                return true;
            }
            false
        });
        options
    }
}

/// Takes `#[message]` out of an argument's attributes; whether it was there.
pub(super) fn take_message(attributes: &mut Vec<Attribute>, faults: &mut Faults) -> bool {
    let mut found = false;
    attributes.retain(|attribute| {
        if attribute.path().is_ident("message") {
            if let Err(error) = attribute.meta.require_path_only() {
                faults.push(error);
            }
            found = true;
            return false;
        }
        if attribute.path().is_ident("tell") || attribute.path().is_ident("method") {
            faults.at(
                attribute,
                Code::Attribute,
                "not expected on an argument; it belongs on a method",
            );
            return false;
        }
        true
    });
    found
}
