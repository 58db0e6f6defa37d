//! A judged contract becomes code: the trait as it is implemented, and beside it, unnamed, everything else.

mod aliases;
mod descriptor;
mod dispatch;
mod document;
mod fake;
mod letters;
mod messages;
mod names;
mod outgoing;
mod proxy;
mod restated;

use proc_macro2::TokenStream;
use quote::quote;
use syn::Attribute;

pub(super) use restated::restated;

use super::check::Contract;
use crate::itself;

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
    let itself = itself::declared();
    let aliases = aliases::expand(contract);
    let outgoing = outgoing::arguments(contract);
    let (fake, faked) = (fake::declared(contract), fake::expand(contract));
    let constant_docs = format!("The contract `{name}` as a value, for `.serves({ident})` and `{ident}.at(id)`.");
    let attributes = |names: &[&str]| -> Vec<_> {
        let named = |attribute: &&Attribute| names.iter().any(|name| attribute.path().is_ident(name));
        contract.attributes.iter().filter(named).collect()
    };
    let (cfg, carried) = (attributes(&["cfg"]), attributes(&["cfg", "deprecated"]));
    quote! {
        #[doc = #constant_docs]
        #[allow(deprecated, non_upper_case_globals)]
        #(#carried)*
        #visibility const #ident: ::callsheet::ContractRef<dyn #ident> = ::callsheet::ContractRef::new();

        #fake

        // Nothing in here has a name outside, so neither a user's type nor a user's module can collide with it.
        #[allow(
            deprecated, missing_debug_implementations, missing_docs, non_camel_case_types, non_snake_case, private_bounds,
            private_interfaces, unreachable_pub, unused, clippy::all, clippy::pedantic
        )]
        #(#cfg)*
        const _: () = {
            use ::callsheet::__private as __callsheet;

            #itself
            #aliases
            #messages
            #outgoing
            #proxy
            #dispatch
            #descriptor
            #faked
        };

        #(#cfg)*
        #document
    }
}
