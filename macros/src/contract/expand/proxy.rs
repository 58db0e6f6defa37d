//! The calls of the contract on an address: what a mailbox dereferences to.

use proc_macro2::TokenStream;
use quote::quote;

use crate::contract::check::{Contract, Method, Request};

pub(super) fn expand(contract: &Contract) -> TokenStream {
    let (message_enum, proxy, visibility) = (contract.message_enum(), contract.proxy(), &contract.visibility);
    let methods = contract.methods.iter().map(|method| call(contract, method));
    quote! {
        #[derive(Clone)]
        #visibility struct #proxy(__callsheet::Address<#message_enum>);

        impl __callsheet::Proxy for #proxy {
            type Message = #message_enum;

            fn new(address: __callsheet::Address<#message_enum>) -> Self {
                Self(address)
            }

            fn address(&self) -> &__callsheet::Address<#message_enum> {
                &self.0
            }
        }

        impl #proxy {
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
