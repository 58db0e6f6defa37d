//! The messages that carry calls: a struct for each method, and the enum of them all.

use proc_macro2::TokenStream;
use quote::quote;

use crate::contract::check::{Contract, Method, Request};

pub(super) fn expand(contract: &Contract) -> TokenStream {
    let message_enum = contract.message_enum();
    let messages = contract.methods.iter().map(|method| message(contract, method));
    let variants = contract.methods.iter().map(|method| {
        let (cfg, variant, message) = (&method.cfg, &method.variant, contract.message(method));
        match method.returns() {
            Some(returns) => quote!(#(#cfg)* #variant(#message, __callsheet::Reply<#returns>)),
            None => quote!(#(#cfg)* #variant(#message)),
        }
    });
    quote! {
        #(#messages)*

        pub enum #message_enum {
            #(#variants),*
        }
    }
}

fn message(contract: &Contract, method: &Method) -> TokenStream {
    let (cfg, variant, message) = (&method.cfg, &method.variant, contract.message(method));
    let message_enum = contract.message_enum();
    let body = match &method.request {
        Request::Arguments(arguments) => {
            let names = arguments.iter().map(|argument| &argument.ident);
            let types = arguments.iter().map(|argument| &argument.written);
            quote!({ #(#names: #types),* })
        }
        Request::Message(argument) => {
            let written = &argument.written;
            quote!((#written);)
        }
    };
    let declared = quote! {
        #(#cfg)*
        #[derive(__callsheet::serde::Deserialize)]
        #[serde(crate = "::callsheet::__private::serde")]
        pub struct #message #body
    };
    let queued = match method.returns() {
        Some(returns) => quote! {
            #(#cfg)*
            impl __callsheet::Message for #message {
                type Queued = #message_enum;
                type Returns = #returns;

                fn slots() -> &'static __callsheet::Slots<#returns> {
                    static SLOTS: __callsheet::Slots<#returns> = __callsheet::Slots::new();
                    &SLOTS
                }

                fn into_queued(self, reply: __callsheet::Reply<#returns>) -> #message_enum {
                    #message_enum::#variant(self, reply)
                }
            }
        },
        None => quote! {
            #(#cfg)*
            impl __callsheet::TellMessage for #message {
                type Queued = #message_enum;

                fn into_queued(self) -> #message_enum {
                    #message_enum::#variant(self)
                }
            }
        },
    };
    quote!(#declared #queued)
}
