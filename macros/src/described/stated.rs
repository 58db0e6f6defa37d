//! `#[contract(…)]`: what a field or a variant looks like on the wire where functions of the user's read and write it.

use proc_macro2::Span;
use syn::{Attribute, LitStr, Type, spanned::Spanned};

use crate::fault::{Code, Faults};

const HAS: &str = "`#[contract]` has `as = \"Type\"`, or `accepts = \"Type\"` and `produces = \"Type\"`";

/// The types that a field or a variant is stated to look like.
#[derive(Default)]
pub(super) struct Stated {
    pub(super) accepts: Option<Type>,
    pub(super) produces: Option<Type>,
    place: Option<Span>,
    unreadable: bool,
}

impl Stated {
    pub(super) fn of(attributes: &[Attribute], faults: &mut Faults) -> Self {
        let mut stated = Stated::default();
        for attribute in attributes.iter().filter(|attribute| is_ours(attribute)) {
            stated.place = Some(attribute.span());
            let parsed = attribute.parse_nested_meta(|meta| {
                let (accepts, produces) = match meta.path.get_ident().map(ToString::to_string).as_deref() {
                    Some("as") => (true, true),
                    Some("accepts") => (true, false),
                    Some("produces") => (false, true),
                    _ => return Err(meta.error("not an option")),
                };
                let written: LitStr = meta.value()?.parse()?;
                let written: Type = written.parse()?;
                if (accepts && stated.accepts.is_some()) || (produces && stated.produces.is_some()) {
                    return Err(meta.error("given twice"));
                }
                if accepts {
                    stated.accepts = Some(written.clone());
                }
                if produces {
                    stated.produces = Some(written);
                }
                Ok(())
            });
            if let Err(error) = parsed {
                stated.unreadable = true;
                faults.option(&error, HAS);
            }
        }
        stated
    }

    /// Judges whether the types are stated that have to be, and no others.
    pub(super) fn check(
        &self,
        place: &impl quote::ToTokens,
        reads: Option<&syn::ExprPath>,
        writes: Option<&syn::ExprPath>,
        faults: &mut Faults,
    ) -> Option<()> {
        if self.unreadable {
            return None;
        }
        if reads.is_none() && writes.is_none() {
            if let Some(attribute) = self.place {
                let message = "a type is stated for a field or variant with `#[serde(with = \"…\")]`, `serialize_with` or \
                               `deserialize_with`; all others speak for themselves, so drop it";
                faults.at_span(attribute, Code::StatedType, message);
                return None;
            }
            return Some(());
        }
        let missing = |function: Option<&syn::ExprPath>, stated: &Option<Type>| function.is_some() && stated.is_none();
        if missing(reads, &self.accepts) || missing(writes, &self.produces) {
            let option = match (reads, writes) {
                (Some(_), Some(_)) => "as",
                (Some(_), None) => "accepts",
                _ => "produces",
            };
            let message = format!(
                "functions of your own read or write it, so what it looks like on the wire has to be stated: add \
                 `#[contract({option} = \"Type\")]` with a type that serde writes the same way"
            );
            faults.at(place, Code::StatedType, message);
            return None;
        }
        Some(())
    }
}

pub(super) fn is_ours(attribute: &Attribute) -> bool {
    attribute.path().is_ident("contract")
}
