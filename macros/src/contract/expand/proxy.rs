//! The calls of the contract on an address: what a mailbox dereferences to.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use crate::contract::check::{Contract, Method, Request};

pub(super) fn expand(contract: &Contract) -> TokenStream {
    let (message_enum, proxy, visibility) = (contract.message_enum(), contract.proxy(), &contract.visibility);
    let methods = contract.methods.iter().map(|method| call(contract, method));
    let next = contract.supertrait_aliases().rev().fold(
        quote!(__Next),
        |next, supertrait| quote!(<#supertrait as __callsheet::Contract>::Calls<#next>),
    );
    // A contract that is less visible than this one is an error here.
    let target = quote_spanned!(contract.place_of_supertraits()=> type Target = #next;);
    quote! {
        #visibility struct #proxy<__Next: __callsheet::Link = __callsheet::End>(__callsheet::Address<#message_enum>, #next);

        impl<__Next: __callsheet::Link> ::core::clone::Clone for #proxy<__Next> {
            fn clone(&self) -> Self {
                Self(::core::clone::Clone::clone(&self.0), ::core::clone::Clone::clone(&self.1))
            }
        }

        impl<__Next: __callsheet::Link> __callsheet::Link for #proxy<__Next> {
            fn at(location: &__callsheet::Location) -> Self {
                Self(__callsheet::Address::new(location), __callsheet::Link::at(location))
            }

            fn outside(location: &__callsheet::Location) -> Self {
                Self(__callsheet::Address::outside(location), __callsheet::Link::outside(location))
            }
        }

        impl<__Next: __callsheet::Link> __callsheet::Proxy for #proxy<__Next> {
            type Message = #message_enum;

            fn address(&self) -> &__callsheet::Address<#message_enum> {
                &self.0
            }
        }

        impl<__Next: __callsheet::Link> ::core::ops::Deref for #proxy<__Next> {
            #target

            fn deref(&self) -> &#next {
                &self.1
            }
        }

        impl<__Next: __callsheet::Link> #proxy<__Next> {
            #(#methods)*
        }
    }
}

fn call(contract: &Contract, method: &Method) -> TokenStream {
    let (ident, message) = (&method.ident, contract.message(method));
    let attributes = method.attributes.iter().filter(|attribute| {
        let path = attribute.path();
        path.is_ident("doc") || path.is_ident("deprecated") || path.is_ident("cfg")
    });
    let (parameters, value) = match &method.request {
        Request::Arguments(arguments) => {
            let names: Vec<_> = arguments.iter().map(|argument| &argument.ident).collect();
            let types = arguments.iter().map(|argument| &argument.written);
            (quote!(#(#names: #types),*), quote!(#message { #(#names),* }))
        }
        Request::Message(argument) => {
            let (name, written) = (&argument.ident, &argument.written);
            (quote!(#name: #written), quote!(#message(#name)))
        }
    };
    let (output, started) = match method.returns() {
        Some(returns) => (
            quote!(<#returns as __callsheet::Returns>::Call<'_, #message>),
            quote!(<#returns as __callsheet::Returns>::call(&self.0, #value)),
        ),
        None => (
            quote!(__callsheet::Tell<'_, #message>),
            quote!(__callsheet::Tell::new(&self.0, #value)),
        ),
    };
    quote! {
        #(#attributes)*
        pub fn #ident(&self, #parameters) -> #output {
            #started
        }
    }
}
