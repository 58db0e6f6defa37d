//! How a message leaves the process, for an actor outside of it.
//!
//! All of it is marked to be inlined, so that it is compiled only in programs with a mailbox of such an actor.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;

use crate::contract::check::{Contract, Kind, Method, Request};

/// How the arguments of each method write themselves.
pub(super) fn arguments(contract: &Contract) -> TokenStream {
    let arguments = contract.methods.iter().map(|method| {
        let (cfg, message, written) = (&method.cfg, contract.message(method), written(method));
        quote! {
            #(#cfg)*
            impl __callsheet::Arguments for #message {
                #[inline]
                fn encode(
                    &self,
                    codec: __callsheet::Codec,
                    out: &mut ::std::vec::Vec<u8>,
                ) -> ::core::result::Result<(), __callsheet::EncodeError> {
                    #written
                }
            }
        }
    });
    quote!(#(#arguments)*)
}

fn written(method: &Method) -> TokenStream {
    match &method.request {
        Request::Arguments(arguments) => {
            let names: Vec<_> = arguments.iter().map(|argument| &argument.ident).collect();
            let wire_names = names.iter().map(|name| name.unraw().to_string());
            quote!(__callsheet::encode_arguments(codec, &[#((#wire_names, &self.#names)),*], out))
        }
        Request::Message(_) => quote!(__callsheet::encode(codec, &self.0, out)),
    }
}

/// The function of `ContractMessage` that lets a message leave.
pub(super) fn expand(contract: &Contract) -> TokenStream {
    let message_enum = contract.message_enum();
    let arms = contract.methods.iter().map(|method| {
        let (cfg, ident) = (&method.cfg, &method.ident);
        match method.kind {
            Kind::Tell => quote!(#(#cfg)* #message_enum::#ident(message) => ::core::option::Option::Some(__callsheet::Outgoing::tell(message))),
            _ => quote!(#(#cfg)* #message_enum::#ident(message, reply) => ::core::option::Option::Some(__callsheet::Outgoing::call(message, reply))),
        }
    });
    quote! {
        #[inline]
        fn into_outgoing(self) -> ::core::option::Option<__callsheet::Outgoing> {
            match self {
                #(#arms),*
            }
        }
    }
}
