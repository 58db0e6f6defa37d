//! The contract as data, and the way from a payload to a message.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{ext::IdentExt, spanned::Spanned};

use super::{letters, outgoing};
use crate::{
    contract::check::{Contract, MessageName, Method, REPEATED_STREAM, Request},
    docs,
};

pub(super) fn expand(contract: &Contract) -> TokenStream {
    let Contract { ident, name, .. } = contract;
    let events: Vec<_> = contract.event_aliases().collect();
    let supertraits: Vec<_> = contract.supertrait_aliases().collect();
    let (message_enum, proxy) = (contract.message_enum(), contract.proxy());
    let methods = contract.methods.iter().map(|method| {
        let (cfg, descriptor, message) = (&method.cfg, descriptor(method), contract.message(method));
        let timeout = method.timeout();
        quote! {
            #(#cfg)*
            __callsheet::WireMethod { descriptor: #descriptor, decode: #message::decode, timeout: #timeout }
        }
    });
    let unused = contract.unused();
    let pools = contract.methods.iter().filter_map(|method| {
        let (cfg, name) = (&method.cfg, &method.ident);
        method.returns()?;
        Some(quote!(#(#cfg)* #name: __callsheet::UnusedSlots::new()))
    });
    let markdown = docs::markdown(&contract.attributes);
    let deprecated = docs::deprecation(&contract.attributes);
    let rust_name = ident.unraw().to_string();
    let distinct = distinct_messages(contract);
    let repeated = contract.methods.iter().filter_map(only_asks_are_repeated);
    let (letters, outgoing) = (letters::expand(contract), outgoing::expand(contract));
    quote! {
        #distinct
        #(#repeated)*

        impl<'a> __callsheet::Contract for dyn #ident + 'a {
            type Message = #message_enum;
            type Proxy = #proxy;
            type Calls<__Next: __callsheet::Link> = #proxy<__Next>;
        }

        #(impl<'a> __callsheet::Extends<#supertraits> for dyn #ident + 'a {})*

        impl __callsheet::ContractMessage for #message_enum {
            const DESCRIPTOR: __callsheet::descriptor::ContractDescriptor = __callsheet::descriptor::ContractDescriptor {
                name: #name,
                path: ::core::concat!(::core::module_path!(), "::", #rust_name),
                docs: #markdown,
                deprecated: #deprecated,
                extends: &[#(
                    <<#supertraits as __callsheet::Contract>::Message as __callsheet::ContractMessage>::DESCRIPTOR.name
                ),*],
                events: &[#(__callsheet::descriptor::EventDescriptor {
                    name: <#events as __callsheet::schema::Describe>::NAME,
                    describe: <#events as __callsheet::schema::Describe>::describe,
                }),*],
            };

            const METHODS: &'static [__callsheet::WireMethod<#message_enum>] = &[#(#methods),*];

            type Unused = #unused;

            fn unused() -> &'static ::std::thread::LocalKey<#unused> {
                ::std::thread_local! {
                    static UNUSED: #unused = const { #unused { #(#pools),* } };
                }
                &UNUSED
            }

            fn expose_events(broker: &__callsheet::Broker) {
                #(broker.expose::<#events>();)*
            }

            #letters

            #outgoing
        }

        __callsheet::inventory::submit! {
            __callsheet::schema::Registered { describe: <#message_enum as __callsheet::ContractMessage>::describe }
        }
    }
}

/// Judges the names that are only known where the expansion is compiled, if there are any.
fn distinct_messages(contract: &Contract) -> Option<TokenStream> {
    let is_known = |method: &Method| method.cfg.is_empty() && matches!(method.message, MessageName::Given(_));
    if contract.methods.iter().all(is_known) {
        return None;
    }
    let names = contract.methods.iter().map(|method| {
        let (cfg, aliases) = (&method.cfg, &method.aliases);
        let message = match &method.message {
            MessageName::Given(name) => quote!(#name),
            MessageName::OfArgument => {
                let alias = method.argument_alias(0);
                quote!(<#alias as __callsheet::schema::Describe>::NAME)
            }
        };
        let cfg = quote!(#(#cfg)*);
        quote!(#cfg #message, #(#cfg #aliases,)*)
    });
    let same = "CS0010: two methods have a message of one name; give one another name with `#[method(name = \"…\")]`";
    Some(quote_spanned! {contract.ident.span()=>
        const _: () = ::core::assert!(__callsheet::are_distinct(&[#(#names)*]), #same);
    })
}

/// Judges an idempotent method where what it returns says whether it is a stream.
fn only_asks_are_repeated(method: &Method) -> Option<TokenStream> {
    let (cfg, returns) = (&method.cfg, method.returns()?);
    let place = method.idempotent.as_ref()?.span();
    Some(quote_spanned! {place=>
        #(#cfg)*
        const _: () = ::core::assert!(
            !::core::matches!(<#returns as __callsheet::Returns>::KIND, __callsheet::schema::Kind::Stream),
            #REPEATED_STREAM,
        );
    })
}

/// The short name of the method's message.
pub(super) fn message_name(method: &Method) -> TokenStream {
    match &method.message {
        MessageName::Given(name) => quote!(#name),
        MessageName::OfArgument => {
            let alias = method.argument_alias(0);
            quote!(__callsheet::schema::names::short(<#alias as __callsheet::schema::Describe>::NAME))
        }
    }
}

fn kind(method: &Method) -> TokenStream {
    match method.returns() {
        Some(returns) => quote!(<#returns as __callsheet::Returns>::KIND),
        None => quote!(__callsheet::schema::Kind::Tell),
    }
}

fn descriptor(method: &Method) -> TokenStream {
    let name = method.ident.unraw().to_string();
    let (message, aliases, kind) = (message_name(method), &method.aliases, kind(method));
    let markdown = docs::markdown(&method.attributes);
    let deprecated = docs::deprecation(&method.attributes);
    let access = if method.exclusive {
        quote!(Exclusive)
    } else {
        quote!(Shared)
    };
    let idempotent = method.idempotent.is_some();
    let returned = match method.returns() {
        Some(returns) => quote!(::core::option::Option::Some(<#returns as __callsheet::Returns>::describe)),
        None => quote!(::core::option::Option::None),
    };
    let request = match &method.request {
        Request::Arguments(arguments) => {
            let names = arguments.iter().map(|argument| argument.ident.unraw().to_string());
            let types = method.argument_aliases();
            quote! {
                __callsheet::descriptor::RequestDescriptor::Arguments(&[#(__callsheet::descriptor::ArgumentDescriptor {
                    name: #names,
                    describe: <#types as __callsheet::schema::Describe>::describe,
                    optional: <#types as __callsheet::schema::Describe>::OPTIONAL,
                }),*])
            }
        }
        Request::Message(argument) => {
            let (name, alias) = (argument.ident.unraw().to_string(), method.argument_alias(0));
            quote! {
                __callsheet::descriptor::RequestDescriptor::Message {
                    name: #name,
                    describe: <#alias as __callsheet::schema::Describe>::describe,
                }
            }
        }
    };
    quote! {
        __callsheet::descriptor::MethodDescriptor {
            name: #name,
            message: #message,
            aliases: &[#(#aliases),*],
            docs: #markdown,
            deprecated: #deprecated,
            kind: #kind,
            access: __callsheet::schema::Access::#access,
            idempotent: #idempotent,
            request: #request,
            returned: #returned,
        }
    }
}
