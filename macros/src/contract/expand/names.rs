//! The names of what is generated, and the parts of a method that several expansions need.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::{Type, ext::IdentExt};

use crate::{
    contract::check::{Argument, Contract, Kind, Method, Request},
    itself,
};

impl Contract {
    /// The enum of the contract's messages.
    pub(super) fn message_enum(&self) -> Ident {
        format_ident!("__{}Message", self.ident.unraw())
    }

    /// The calls of the contract on an address.
    pub(super) fn proxy(&self) -> Ident {
        format_ident!("__{}Proxy", self.ident.unraw())
    }

    /// What runs the contract's messages.
    pub(super) fn dispatch(&self) -> Ident {
        format_ident!("__{}Dispatch", self.ident.unraw())
    }

    /// The struct of the messages that carry calls of `method`.
    pub(super) fn message_struct(&self, method: &Method) -> Ident {
        format_ident!("__{}_{}", self.ident.unraw(), method.ident.unraw())
    }

    /// The type of the message that carries a call of `method`.
    pub(super) fn message(&self, method: &Method) -> TokenStream {
        let message = self.message_struct(method);
        let arguments = method.arguments().iter().map(|argument| &argument.written);
        quote!(#message<#(#arguments),*>)
    }
}

impl Method {
    /// What the method returns, as the type that says which kind of call it is; `None` for a tell.
    pub(super) fn returns(&self) -> Option<TokenStream> {
        match &self.kind {
            Kind::Tell => None,
            Kind::Returns(written) => Some(quote!(#written)),
            Kind::ImplStream(item) => Some(itself::around(item, &quote!(::callsheet::Streaming))),
        }
    }

    /// What the method returns, for the body of a function: see [`itself`].
    pub(super) fn replies(&self) -> TokenStream {
        self.returns()
            .map_or_else(|| quote!(()), |returns| itself::of(&quote!(__Returns), &returns))
    }

    /// What the method's message carries.
    pub(super) fn arguments(&self) -> &[Argument] {
        match &self.request {
            Request::Arguments(arguments) => arguments,
            Request::Message(argument) => std::slice::from_ref(argument),
        }
    }

    /// A call of the method on `state`, with its arguments taken out of `message`.
    pub(super) fn call(&self, contract: &Contract, state: &TokenStream, message: &TokenStream) -> TokenStream {
        let (ident, contract) = (&self.ident, &contract.ident);
        let arguments = match &self.request {
            Request::Arguments(arguments) => {
                let fields = arguments.iter().map(|argument| &argument.ident);
                quote!(#(#message.#fields),*)
            }
            Request::Message(_) => quote!(#message.0),
        };
        let call = quote!(<__S as #contract>::#ident(#state, #arguments));
        let call = if self.is_async { quote!(#call.await) } else { call };
        match self.kind {
            Kind::ImplStream(_) => quote!(::callsheet::Streaming::new(#call)),
            _ => call,
        }
    }
}

/// An argument or an event, for the body of a function: see [`itself`].
pub(super) fn crossing(written: &Type) -> TokenStream {
    itself::of(&quote!(__ContractType), written)
}
