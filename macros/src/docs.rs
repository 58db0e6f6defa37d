//! What the user wrote about an item, and whether it should still be used.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Expr, ExprLit, Lit, Meta, Token, punctuated::Punctuated};

/// The documentation of an item as Markdown, without the space that follows `///`.
pub(crate) fn markdown(attributes: &[Attribute]) -> String {
    let lines: Vec<String> = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("doc"))
        .filter_map(|attribute| text(&attribute.meta))
        .collect();
    let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let common = lines
        .iter()
        .flat_map(|text| text.lines())
        .filter(|line| !line.trim().is_empty())
        .map(indent)
        .min()
        .unwrap_or(0);
    let lines: Vec<_> = lines
        .iter()
        .flat_map(|text| {
            if text.is_empty() {
                vec![""]
            } else {
                text.lines().collect()
            }
        })
        .map(|line| line.get(common..).unwrap_or("").trim_end())
        .collect();
    lines.join("\n").trim_matches('\n').to_owned()
}

/// `Some(reason)` as tokens if the item is deprecated, else `None`.
pub(crate) fn deprecation(attributes: &[Attribute]) -> TokenStream {
    let Some(attribute) = attributes
        .iter()
        .find(|attribute| attribute.path().is_ident("deprecated"))
    else {
        return quote!(::core::option::Option::None);
    };
    let reason = match &attribute.meta {
        Meta::Path(_) => String::new(),
        Meta::NameValue(_) => text(&attribute.meta).unwrap_or_default(),
        Meta::List(list) => list
            .parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
            .into_iter()
            .flatten()
            .find(|meta| meta.path().is_ident("note"))
            .and_then(|meta| text(&meta))
            .unwrap_or_default(),
    };
    quote!(::core::option::Option::Some(#reason))
}

/// The string of `name = "string"`.
fn text(meta: &Meta) -> Option<String> {
    let Meta::NameValue(pair) = meta else { return None };
    match &pair.value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text), ..
        }) => Some(text.value()),
        _ => None,
    }
}
