//! `#[contract_type]`: a struct or an enum, on its way to a type that can describe itself.

mod expand;
mod shape;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, LitStr, parse::Parser};

use crate::fault::{Code, Faults};

pub(crate) fn expand(attributes: TokenStream, item: TokenStream) -> TokenStream {
    let mut faults = Faults::default();
    let fallback = item.clone();
    let input = match syn::parse2::<DeriveInput>(item) {
        Ok(input) => input,
        Err(error) => {
            faults.at_span(
                error.span(),
                Code::NotAType,
                format!("`#[contract_type]` is for structs and enums: {error}"),
            );
            return faults.finish(TokenStream::new, || fallback);
        }
    };
    let name = options(attributes, &mut faults);
    let described = shape::judge(&input, &mut faults);
    // With serde's traits in place, what uses the type has no errors of its own.
    let derived = quote! {
        #[derive(::callsheet::__private::serde::Serialize, ::callsheet::__private::serde::Deserialize)]
        #[serde(crate = "::callsheet::__private::serde")]
        #input
    };
    match described {
        Some(described) => {
            let implementation = expand::implementation(&input, name, &described);
            faults.finish(|| quote!(#derived #implementation), || fallback)
        }
        None => faults.finish(TokenStream::new, || fallback),
    }
}

/// The name that `name = "…"` gives.
fn options(attributes: TokenStream, faults: &mut Faults) -> Option<String> {
    let mut name: Option<LitStr> = None;
    let parser = syn::meta::parser(|meta| {
        if meta.path.is_ident("name") {
            name = Some(meta.value()?.parse()?);
            Ok(())
        } else {
            Err(meta.error(format!(
                "CS{:04}: not an option of `#[contract_type]`; it has `name = \"…\"`",
                Code::Attribute as u16
            )))
        }
    });
    if let Err(error) = parser.parse2(attributes) {
        faults.push(error);
    }
    let name = name?;
    let value = name.value();
    if callsheet_schema::names::fault(&value).is_some() {
        faults.at(
            &name,
            Code::Name,
            format!(
                "`{value}` cannot be a type's name: it is made of ASCII letters, digits and `_`, does not start with a \
                 digit, and may have segments divided by dots"
            ),
        );
    }
    Some(value)
}
