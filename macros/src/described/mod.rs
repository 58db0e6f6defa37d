//! `#[contract_type]` and `#[derive(ContractType)]`: a struct or an enum, on its way to a type that can describe itself.

mod expand;
mod fallback;
mod read;
mod serde_attr;
mod shape;
mod stated;

use callsheet_schema::names;
use proc_macro2::TokenStream;
use syn::{DeriveInput, Ident, LitStr, ext::IdentExt, meta::ParseNestedMeta, parse::Parser};

use crate::fault::{Code, Faults};

/// The attribute: serde's traits are derived too.
pub(crate) fn attribute(attributes: TokenStream, item: TokenStream) -> TokenStream {
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
    let mut given = None;
    let parser = syn::meta::parser(|meta| set_name(&mut given, &meta));
    if let Err(error) = parser.parse2(attributes) {
        faults.option(&error, "`#[contract_type]` has `name = \"…\"`");
    }
    for attribute in input.attrs.iter().filter(|attribute| stated::is_ours(attribute)) {
        let message = "`#[contract]` is not expected here; it belongs on a field, and a name into `#[contract_type(name = \"…\")]`";
        faults.at(attribute, Code::Attribute, message);
    }
    let name = wire_name(given, &input.ident, &mut faults);
    serde_attr::check(&input, &mut faults);
    let expansion = match read::described(&input, &mut faults) {
        Some(described) if faults.is_empty() => expand::derived(&input, &name, &described),
        _ => fallback::item(&input),
    };
    faults.with(expansion)
}

/// The derive: serde's traits are the user's affair.
pub(crate) fn derive(item: TokenStream) -> TokenStream {
    let mut faults = Faults::default();
    let input = match syn::parse2::<DeriveInput>(item) {
        Ok(input) => input,
        Err(error) => return error.into_compile_error(),
    };
    let mut given = None;
    for attribute in input.attrs.iter().filter(|attribute| stated::is_ours(attribute)) {
        if let Err(error) = attribute.parse_nested_meta(|meta| set_name(&mut given, &meta)) {
            faults.option(&error, "`#[contract]` on a type has `name = \"…\"`");
        }
    }
    let name = wire_name(given, &input.ident, &mut faults);
    let expansion = match read::described(&input, &mut faults) {
        Some(described) if faults.is_empty() => expand::described(&input, &name, &described),
        _ => fallback::description(&input),
    };
    faults.with(expansion)
}

fn set_name(name: &mut Option<LitStr>, meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
    if !meta.path.is_ident("name") {
        return Err(meta.error("not an option"));
    }
    *name = Some(meta.value()?.parse()?);
    Ok(())
}

/// The name that `name = "…"` gives, else the type's own.
fn wire_name(given: Option<LitStr>, ident: &Ident, faults: &mut Faults) -> String {
    let (name, span) = match given {
        Some(given) => (given.value(), given.span()),
        None => (ident.unraw().to_string(), ident.span()),
    };
    if names::fault(&name).is_some() {
        faults.name(span, &name, "a type's name", "; dots may divide it");
    }
    name
}
