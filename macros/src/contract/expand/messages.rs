//! The messages that carry calls: a struct for each method, and the enum of them all.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use crate::contract::check::{Contract, Method, Request};

pub(super) fn expand(contract: &Contract) -> TokenStream {
    let (message_enum, visibility) = (contract.message_enum(), &contract.visibility);
    let messages = contract.methods.iter().map(|method| message(contract, method));
    let variants = contract.methods.iter().map(|method| {
        let (cfg, name, message) = (&method.cfg, &method.ident, contract.message(method));
        match method.returns() {
            Some(returns) => quote!(#(#cfg)* #name(#message, __callsheet::Reply<#returns>)),
            None => quote!(#(#cfg)* #name(#message)),
        }
    });
    quote! {
        #(#messages)*

        #visibility enum #message_enum {
            #(#variants),*
        }
    }
}

fn message(contract: &Contract, method: &Method) -> TokenStream {
    let (cfg, name, message) = (&method.cfg, &method.ident, contract.message(method));
    let (message_enum, visibility) = (contract.message_enum(), &contract.visibility);
    let body = match &method.request {
        Request::Arguments(arguments) => {
            let names = arguments.iter().map(|argument| &argument.ident);
            let types = method.argument_aliases();
            quote!({ #(#names: #types),* })
        }
        Request::Message(_) => {
            let alias = method.argument_alias(0);
            quote!((#alias);)
        }
    };
    let declared = quote! {
        #(#cfg)*
        #[derive(__callsheet::serde::Deserialize)]
        #[serde(crate = "::callsheet::__private::serde")]
        #visibility struct #message #body
    };
    let queued = match method.returns() {
        Some(returns) => {
            // A type that is less visible than the contract is an error here.
            let associated = quote_spanned!(returns.span()=> type Returns = #returns;);
            quote! {
                #(#cfg)*
                impl __callsheet::Message for #message {
                    type Queued = #message_enum;
                    #associated

                    fn slots() -> &'static __callsheet::Slots<__callsheet::Outcome<#returns>> {
                        ::std::thread_local! {
                            static UNUSED: __callsheet::UnusedSlots<__callsheet::Outcome<#returns>> =
                                const { __callsheet::UnusedSlots::new() };
                        }
                        static SLOTS: __callsheet::Slots<__callsheet::Outcome<#returns>> = __callsheet::Slots::new(&UNUSED);
                        &SLOTS
                    }

                    fn into_queued(self, reply: __callsheet::Reply<#returns>) -> #message_enum {
                        #message_enum::#name(self, reply)
                    }
                }
            }
        }
        None => quote! {
            #(#cfg)*
            impl __callsheet::TellMessage for #message {
                type Queued = #message_enum;

                fn into_queued(self) -> #message_enum {
                    #message_enum::#name(self)
                }
            }
        },
    };
    quote!(#declared #queued)
}
