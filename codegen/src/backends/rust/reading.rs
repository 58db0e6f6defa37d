//! How the enums of a package are read.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::{model::Variant, names::escaped, references::Types};
use crate::ir::{self, Tagging};

/// How an enum is read.
pub(super) struct Reading {
    /// The function of `callsheet_client::open` that does it, and what it has to know besides.
    pub(super) read: TokenStream,
    /// What tells the variants that are told by a name.
    pub(super) names: Vec<String>,
    /// The entries that hold the name and the data, where there are such.
    pub(super) entries: Vec<String>,
    /// The variant for those whose names are not known.
    pub(super) unknown: Option<Ident>,
    /// Entries that no field names are refused in variants with fields.
    pub(super) deny_unknown: bool,
    /// The name of the structs that variants' fields are read as, which no model has.
    pub(super) fields: Ident,
    /// `Result`, as the models' file must write it.
    pub(super) result: TokenStream,
}

impl Reading {
    /// What is read is the same whether the enum is sent, received, or both.
    pub(super) fn of(of: &ir::Enum, variants: &[Variant], types: &Types<'_>) -> Self {
        let told = |variant: &&ir::Variant| !variant.untagged && of.tagging != Tagging::Untagged;
        let names: Vec<_> = of
            .variants
            .iter()
            .filter(told)
            .map(|of| of.received_as.clone())
            .collect();
        let alone = proc_macro2::Literal::usize_unsuffixed(variants.len() - names.len());
        let (read, entries) = match &of.tagging {
            Tagging::External => (quote!(external(deserializer)), Vec::new()),
            Tagging::Internal { tag } => (quote!(internal(deserializer)), vec![tag.clone()]),
            Tagging::Adjacent { tag, content } => (quote!(adjacent(deserializer)), vec![tag.clone(), content.clone()]),
            Tagging::Untagged => (quote!(untagged(deserializer, #alone)), Vec::new()),
        };
        let is_open = of.tagging != Tagging::Untagged;
        let is_mixed = is_open && names.len() < variants.len();
        let is_taken = |name: &str| variants.iter().any(|variant| variant.ident == name);
        Reading {
            read: if is_mixed {
                quote!(mixed(deserializer, #alone))
            } else {
                read
            },
            names,
            entries,
            unknown: is_open.then(|| escaped(free(&["Unknown", "UnknownVariant"], is_taken))),
            deny_unknown: of.deny_unknown,
            fields: escaped(free(&["Fields", "VariantFields"], |name| types.defines(name))),
            result: types.prelude("Result"),
        }
    }
}

/// The first of the names that is free, if need be with underscores after it.
fn free(names: &[&str], is_taken: impl Fn(&str) -> bool) -> String {
    let mut name = names
        .iter()
        .find(|name| !is_taken(name))
        .or(names.last())
        .map_or_else(String::new, ToString::to_string);
    while is_taken(&name) {
        name.push('_');
    }
    name
}
