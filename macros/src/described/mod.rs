//! `#[contract_type]`: a struct or an enum, on its way to a type that can describe itself.

mod expand;
mod fallback;
mod serde_attr;
mod shape;

use callsheet_schema::names;
use proc_macro2::TokenStream;
use syn::{DeriveInput, Ident, LitStr, ext::IdentExt, parse::Parser};

use crate::fault::{Code, Faults};

pub(crate) fn expand(attributes: TokenStream, item: TokenStream) -> TokenStream {
    let mut faults = Faults::default();
    let input = match syn::parse2::<DeriveInput>(item.clone()) {
        Ok(input) => input,
        Err(error) => {
            faults.at_span(
                error.span(),
                Code::NotAType,
                "`#[contract_type]` is for structs and enums",
            );
            return faults.with(item);
        }
    };
    let name = wire_name(attributes, &input.ident, &mut faults);
    serde_attr::check(&input, &mut faults);
    let described = shape::judge(&input, &mut faults);
    let expansion = match described {
        Some(shape) if faults.is_empty() => expand::described(&input, &name, &shape),
        _ => fallback::expand(&input),
    };
    faults.with(expansion)
}

/// The name that `name = "…"` gives, else the type's own.
fn wire_name(attributes: TokenStream, ident: &Ident, faults: &mut Faults) -> String {
    let mut given: Option<LitStr> = None;
    let parser = syn::meta::parser(|meta| {
        if meta.path.is_ident("name") {
            given = Some(meta.value()?.parse()?);
            Ok(())
        } else {
            Err(meta.error("not an option"))
        }
    });
    if let Err(error) = parser.parse2(attributes) {
        faults.option(&error, "`#[contract_type]` has `name = \"…\"`");
    }
    let (name, span) = match given {
        Some(given) => (given.value(), given.span()),
        None => (ident.unraw().to_string(), ident.span()),
    };
    if names::fault(&name).is_some() {
        faults.name(span, &name, "a type's name", "; dots may divide it");
    }
    name
}
