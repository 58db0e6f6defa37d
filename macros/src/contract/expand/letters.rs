//! What a queued message says of itself, and how it is refused: one short arm for each method, since an actor's loop asks
//! for either only where it does not run the message.

use proc_macro2::TokenStream;
use quote::quote;

use super::descriptor::message_name;
use crate::contract::check::{Contract, Kind};

/// The functions of `ContractMessage` that ask a message.
pub(super) fn expand(contract: &Contract) -> TokenStream {
    let (name, message_enum) = (&contract.name, contract.message_enum());
    let letters = contract.methods.iter().map(|method| {
        let (cfg, ident, short) = (&method.cfg, &method.ident, message_name(method));
        match method.kind {
            Kind::Tell => quote!(#(#cfg)* #message_enum::#ident(..) => (#short, false)),
            _ => quote!(#(#cfg)* #message_enum::#ident(_, ref reply) => (#short, reply.is_awaited())),
        }
    });
    let refusals = contract.methods.iter().map(|method| {
        let (cfg, ident) = (&method.cfg, &method.ident);
        match method.kind {
            Kind::Tell => quote!(#(#cfg)* #message_enum::#ident(..) => {}),
            _ => quote!(#(#cfg)* #message_enum::#ident(_, reply) => reply.fail(failure)),
        }
    });
    quote! {
        fn letter(&self) -> __callsheet::Letter {
            let (method, awaited): (&'static str, bool) = match *self {
                #(#letters),*
            };
            __callsheet::Letter { contract: #name, method, awaited }
        }

        fn refuse(self, failure: __callsheet::Failure) {
            match self {
                #(#refusals),*
            }
        }
    }
}
