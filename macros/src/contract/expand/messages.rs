//! The messages that carry calls: a struct for each method, and the enum of them all.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::{Index, ext::IdentExt};

use crate::contract::check::{Contract, Kind, Method, Request};

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
    let unused = contract.unused();
    let pools = contract.methods.iter().filter_map(|method| {
        let (cfg, name, returns) = (&method.cfg, &method.ident, method.returns()?);
        Some(quote!(#(#cfg)* #name: __callsheet::UnusedSlots<__callsheet::Outcome<#returns>>))
    });
    quote! {
        #(#messages)*

        #visibility enum #message_enum {
            #(#variants),*
        }

        #visibility struct #unused {
            #(#pools),*
        }
    }
}

fn message(contract: &Contract, method: &Method) -> TokenStream {
    let (cfg, name, message) = (&method.cfg, &method.ident, contract.message(method));
    let (message_enum, visibility, ident) = (contract.message_enum(), &contract.visibility, &contract.ident);
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
        #visibility struct #message #body
    };
    let decode = decode(contract, method);
    let its_contract = quote_spanned!(ident.span()=> type Contract = dyn #ident;);
    let unused = contract.unused();
    let exclusive = method.exclusive;
    let limit = method.timeout.map(|_| {
        let timeout = method.timeout();
        quote!(const TIMEOUT: ::core::option::Option<::core::time::Duration> = #timeout;)
    });
    let facts = quote!(const EXCLUSIVE: bool = #exclusive; #limit);
    let queued = match method.returns() {
        Some(returns) => {
            // A type that is less visible than the contract is an error here.
            let associated = quote_spanned!(returns.span()=> type Returns = #returns;);
            quote! {
                #(#cfg)*
                impl __callsheet::Message for #message {
                    #its_contract
                    #associated
                    #facts

                    fn unused(of: &#unused) -> &__callsheet::UnusedSlots<__callsheet::Outcome<#returns>> {
                        &of.#name
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
                #its_contract
                #facts

                fn into_queued(self) -> #message_enum {
                    #message_enum::#name(self)
                }
            }
        },
    };
    quote!(#declared #decode #queued)
}

/// The way from a payload. Named arguments are read without a `Deserialize` of their own: serde's derived one would be most
/// of what a contract adds to a build.
fn decode(contract: &Contract, method: &Method) -> TokenStream {
    let (cfg, name, message) = (&method.cfg, &method.ident, contract.message(method));
    let message_enum = contract.message_enum();
    let queued = |message: TokenStream| match method.kind {
        Kind::Tell => quote!(#message_enum::#name(#message)),
        _ => quote!(#message_enum::#name(#message, __callsheet::Reply::to_wire(reply))),
    };
    let decoded = match &method.request {
        Request::Arguments(arguments) if arguments.is_empty() => {
            let queued = queued(quote!(Self {}));
            quote!(payload.arguments(&[], &mut []).map(|()| #queued))
        }
        Request::Arguments(arguments) => {
            let names: Vec<_> = arguments.iter().map(|argument| &argument.ident).collect();
            let wire_names = names.iter().map(|name| name.unraw().to_string());
            let types = method.argument_aliases();
            let at: Vec<_> = (0..names.len()).map(Index::from).collect();
            let bound: Vec<_> = (0..names.len())
                .map(|index| format_ident!("argument_{index}"))
                .collect();
            let queued = queued(quote!(Self { #(#names: #bound),* }));
            quote! {
                let mut arguments = (#(__callsheet::Argument::<#types>::new(),)*);
                match payload.arguments(&[#(#wire_names),*], &mut [#(arguments.#at.place()),*]) {
                    ::core::result::Result::Ok(()) => {}
                    ::core::result::Result::Err(error) => return ::core::result::Result::Err(error),
                }
                match (#(arguments.#at.take(),)*) {
                    (#(::core::option::Option::Some(#bound),)*) => ::core::result::Result::Ok(#queued),
                    _ => ::core::result::Result::Err(__callsheet::DecodeError::unread()),
                }
            }
        }
        Request::Message(_) => {
            let alias = method.argument_alias(0);
            let queued = queued(quote!(Self(value)));
            quote!(payload.decode::<#alias>().map(|value| #queued))
        }
    };
    quote! {
        #(#cfg)*
        impl #message {
            fn decode(
                payload: __callsheet::Payload<'_>,
                reply: __callsheet::WireReply,
            ) -> ::core::result::Result<#message_enum, __callsheet::DecodeError> {
                #decoded
            }
        }
    }
}
