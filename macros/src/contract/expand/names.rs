//! The names of what is generated, and the parts of a method that several expansions need.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::ext::IdentExt;

use crate::contract::check::{Contract, Kind, Method, Request};

impl Contract {
    /// The enum of the contract's messages.
    pub(super) fn message_enum(&self) -> Ident {
        format_ident!("__{}Message", self.ident.unraw())
    }

    /// The calls of the contract on an address.
    pub(super) fn proxy(&self) -> Ident {
        format_ident!("__{}Proxy", self.ident.unraw())
    }

    /// The unused slots of the contract's methods.
    pub(super) fn unused(&self) -> Ident {
        format_ident!("__{}Unused", self.ident.unraw())
    }

    /// What runs the contract's messages.
    pub(super) fn dispatch(&self) -> Ident {
        format_ident!("__{}Dispatch", self.ident.unraw())
    }

    /// The fake.
    pub(super) fn fake(&self) -> Ident {
        format_ident!("Fake{}", self.ident.unraw(), span = self.ident.span())
    }

    /// The message that carries a call of `method`.
    pub(super) fn message(&self, method: &Method) -> Ident {
        format_ident!("__{}_{}", self.ident.unraw(), method.ident.unraw())
    }
}

impl Method {
    /// How long its callers wait, if the contract says so: an `Option<Duration>`.
    pub(super) fn timeout(&self) -> TokenStream {
        match self.timeout {
            Some(limit) => {
                // Limits are bounded, so this always fits.
                let ms = u64::try_from(limit.as_millis()).unwrap_or(u64::MAX);
                quote!(::core::option::Option::Some(::core::time::Duration::from_millis(#ms)))
            }
            None => quote!(::core::option::Option::None),
        }
    }

    /// A call of the method on `state`, with its arguments taken out of `message`, within a turn of its actor.
    pub(super) fn call(&self, contract: &Contract, state: &TokenStream, message: &TokenStream) -> TokenStream {
        let (ident, contract) = (&self.ident, &contract.ident);
        let mut arguments = match &self.request {
            Request::Arguments(arguments) => {
                let fields = arguments.iter().map(|argument| &argument.ident);
                fields.map(|field| quote!(#message.#field)).collect()
            }
            Request::Message(_) => vec![quote!(#message.0)],
        };
        let mut context = None;
        if let Some(taken) = &self.context {
            let alias = self.context_alias();
            arguments.insert(taken.at, quote!(<#alias as __callsheet::Context>::of(&context)));
            context = Some(quote!(let context = __callsheet::context();));
        }
        let call = quote!(<__S as #contract>::#ident(#state, #(#arguments),*));
        let call = if self.is_async { quote!(#call.await) } else { call };
        let call = match self.kind {
            Kind::ImplStream(_) => quote!(::callsheet::Streaming::new(#call)),
            _ => call,
        };
        match context {
            Some(context) => quote!({ #context #call }),
            None => call,
        }
    }
}
