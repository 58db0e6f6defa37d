//! A judged contract becomes code: the trait as it is implemented, and beside it, unnamed, everything else.

mod descriptor;
mod dispatch;
mod document;
mod messages;
mod names;
mod proxy;
mod restated;

use proc_macro2::TokenStream;
use quote::quote;

pub(super) use restated::restated;

use super::check::Contract;

/// Everything that stands beside the trait.
pub(super) fn contract(contract: &Contract) -> TokenStream {
    let Contract {
        ident,
        visibility,
        name,
        ..
    } = contract;
    let messages = messages::expand(contract);
    let proxy = proxy::expand(contract);
    let dispatch = dispatch::expand(contract);
    let descriptor = descriptor::expand(contract);
    let document = document::expand(contract);
    let constant_docs = format!("The contract `{name}` as a value, for `.serves({ident})` and `{ident}.at(id)`.");
    let cfg: Vec<_> = contract
        .attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("cfg"))
        .collect();
    quote! {
        #[doc = #constant_docs]
        #[allow(non_upper_case_globals)]
        #(#cfg)*
        #visibility const #ident: ::callsheet::ContractRef<dyn #ident> = ::callsheet::ContractRef::new();

        // Nothing in here has a name outside, so neither a user's type nor a user's module can collide with it.
        #[allow(deprecated, missing_docs, non_camel_case_types, non_snake_case, unused, clippy::all, clippy::pedantic)]
        #(#cfg)*
        const _: () = {
            use ::callsheet::__private as __callsheet;

            #messages
            #proxy
            #dispatch
            #descriptor
        };

        #document
    }
}
