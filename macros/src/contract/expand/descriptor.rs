//! The contract as data, and the way from a payload to a message.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;

use crate::{
    contract::check::{Contract, Kind, MessageName, Method, Request},
    docs,
};

pub(super) fn expand(contract: &Contract) -> TokenStream {
    let Contract { ident, name, .. } = contract;
    let events: Vec<_> = contract.event_aliases().collect();
    let supertraits: Vec<_> = contract.supertrait_aliases().collect();
    let (message_enum, proxy) = (contract.message_enum(), contract.proxy());
    let infos = contract.methods.iter().enumerate().map(|(index, method)| {
        let (cfg, message, aliases, kind) = (&method.cfg, message_name(method), &method.aliases, kind(method));
        quote! {
            #(#cfg)*
            methods.push(__callsheet::MethodInfo {
                index: #index,
                message: #message,
                aliases: &[#(#aliases),*],
                kind: #kind,
            });
        }
    });
    let decoders = contract
        .methods
        .iter()
        .enumerate()
        .map(|(index, method)| decoder(contract, index, method));
    let descriptions = contract.methods.iter().map(description);
    let markdown = docs::markdown(&contract.attributes);
    let deprecated = docs::deprecation(&contract.attributes);
    let distinct = distinct_messages(contract);
    quote! {
        #distinct

        impl<'a> __callsheet::Contract for dyn #ident + 'a {
            type Message = #message_enum;
            type Proxy = #proxy;
            type Calls<__Next: __callsheet::Link> = #proxy<__Next>;
        }

        #(impl<'a> __callsheet::Extends<#supertraits> for dyn #ident + 'a {})*

        impl __callsheet::ContractMessage for #message_enum {
            const CONTRACT: &'static str = #name;

            fn methods() -> ::std::vec::Vec<__callsheet::MethodInfo> {
                let mut methods = ::std::vec::Vec::new();
                #(#infos)*
                methods
            }

            fn decode(
                index: usize,
                payload: __callsheet::Payload<'_>,
                reply: __callsheet::WireReply,
            ) -> ::core::result::Result<#message_enum, __callsheet::Failure> {
                match index {
                    #(#decoders)*
                    _ => ::core::result::Result::Err(__callsheet::no_such_method(#name, index)),
                }
            }

            fn expose_events(broker: &__callsheet::Broker) {
                #(broker.expose::<#events>();)*
            }

            fn describe(types: &mut __callsheet::schema::Types) -> __callsheet::schema::Contract {
                let mut methods = ::std::vec::Vec::new();
                #(#descriptions)*
                __callsheet::schema::Contract {
                    name: ::std::borrow::ToOwned::to_owned(#name),
                    docs: ::std::borrow::ToOwned::to_owned(#markdown),
                    deprecated: #deprecated,
                    extends: ::std::vec![#(::std::borrow::ToOwned::to_owned(
                        <<#supertraits as __callsheet::Contract>::Message as __callsheet::ContractMessage>::CONTRACT
                    )),*],
                    methods,
                    events: ::std::vec![#(__callsheet::schema::Event {
                        name: ::std::borrow::ToOwned::to_owned(<#events as __callsheet::schema::Describe>::NAME),
                        type_ref: <#events as __callsheet::schema::Describe>::describe(types),
                    }),*],
                }
            }
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

fn message_name(method: &Method) -> TokenStream {
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

fn decoder(contract: &Contract, index: usize, method: &Method) -> TokenStream {
    let (cfg, name, message) = (&method.cfg, &method.ident, contract.message(method));
    let message_enum = contract.message_enum();
    let decoded = match &method.request {
        Request::Arguments(_) => quote!(payload.decode_arguments::<#message>()?),
        Request::Message(_) => {
            let alias = method.argument_alias(0);
            quote!(#message(payload.decode::<#alias>()?))
        }
    };
    let built = match method.kind {
        Kind::Tell => quote!(#message_enum::#name(#decoded)),
        _ => quote!(#message_enum::#name(#decoded, __callsheet::Reply::to_wire(reply))),
    };
    quote!(#(#cfg)* #index => ::core::result::Result::Ok(#built),)
}

fn description(method: &Method) -> TokenStream {
    let cfg = &method.cfg;
    let name = method.ident.unraw().to_string();
    let message = message_name(method);
    let aliases = &method.aliases;
    let kind = kind(method);
    let markdown = docs::markdown(&method.attributes);
    let deprecated = docs::deprecation(&method.attributes);
    let access = if method.exclusive {
        quote!(Exclusive)
    } else {
        quote!(Shared)
    };
    let returned = match method.returns() {
        Some(returns) => quote!(<#returns as __callsheet::Returns>::describe(types)),
        None => quote!((__callsheet::schema::TypeRef::Unit, ::core::option::Option::None)),
    };
    let request = match &method.request {
        Request::Arguments(arguments) => {
            let names = arguments.iter().map(|argument| argument.ident.unraw().to_string());
            let types = method.argument_aliases();
            quote! {
                __callsheet::schema::Request::Arguments(::std::vec![#(__callsheet::schema::Argument {
                    name: ::std::borrow::ToOwned::to_owned(#names),
                    type_ref: <#types as __callsheet::schema::Describe>::describe(types),
                    optional: <#types as __callsheet::schema::Describe>::OPTIONAL,
                }),*])
            }
        }
        Request::Message(argument) => {
            let (name, alias) = (argument.ident.unraw().to_string(), method.argument_alias(0));
            quote! {
                __callsheet::schema::Request::Message {
                    name: ::std::borrow::ToOwned::to_owned(#name),
                    type_ref: <#alias as __callsheet::schema::Describe>::describe(types),
                }
            }
        }
    };
    quote! {
        #(#cfg)*
        {
            let request = #request;
            let (reply, error) = #returned;
            methods.push(__callsheet::schema::Method {
                name: ::std::borrow::ToOwned::to_owned(#name),
                message: ::std::format!("{}.{}", <Self as __callsheet::ContractMessage>::CONTRACT, #message),
                aliases: ::std::vec![
                    #(::std::format!("{}.{}", <Self as __callsheet::ContractMessage>::CONTRACT, #aliases)),*
                ],
                docs: ::std::borrow::ToOwned::to_owned(#markdown),
                deprecated: #deprecated,
                kind: #kind,
                access: __callsheet::schema::Access::#access,
                request,
                reply,
                error,
            });
        }
    }
}
