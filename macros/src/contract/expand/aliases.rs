//! The types that the contract speaks of, each with a name for the rest of the expansion.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::ext::IdentExt;

use crate::{
    contract::check::{Argument, Contract, Kind, Method, Request},
    itself,
};

pub(super) fn expand(contract: &Contract) -> TokenStream {
    let visibility = &contract.visibility;
    let contract_type = quote!(__callsheet::schema::ContractType);
    let events = contract
        .events
        .iter()
        .zip(contract.event_aliases())
        .map(|(event, alias)| {
            let event = itself::of(event, &contract_type, &quote!(OPTIONAL));
            quote!(#visibility type #alias = #event;)
        });
    let methods = contract.methods.iter().map(|method| {
        let cfg = &method.cfg;
        let arguments = method.arguments().iter().map(|argument| {
            let alias = method.argument_alias(&argument.ident);
            let argument = itself::of(&argument.written, &contract_type, &quote!(OPTIONAL));
            quote!(#(#cfg)* #visibility type #alias = #argument;)
        });
        let returned = match &method.kind {
            Kind::Tell => None,
            Kind::Returns(written) => Some(quote!(#written)),
            Kind::ImplStream(item) => Some(itself::within(item, &quote!(::callsheet::Streaming<), &quote!(>))),
        };
        let returned = returned.map(|returned| {
            let alias = method.returns_alias();
            let returned = itself::of(&returned, &quote!(__callsheet::Returns), &quote!(KIND));
            quote!(#(#cfg)* #visibility type #alias = #returned;)
        });
        quote!(#(#arguments)* #returned)
    });
    quote!(#(#events)* #(#methods)*)
}

impl Contract {
    /// The names of the types of the events.
    pub(super) fn event_aliases(&self) -> impl Iterator<Item = Ident> {
        (0..self.events.len()).map(|index| format_ident!("__Event_{index}"))
    }
}

impl Method {
    /// The name of the argument's type.
    pub(super) fn argument_alias(&self, argument: &Ident) -> Ident {
        format_ident!("__Argument_{}_{}", self.ident.unraw(), argument.unraw())
    }

    /// What the method returns, as the type that says which kind of call it is; `None` for a tell.
    pub(super) fn returns(&self) -> Option<Ident> {
        (!matches!(self.kind, Kind::Tell)).then(|| self.returns_alias())
    }

    fn returns_alias(&self) -> Ident {
        format_ident!("__Returns_{}", self.ident.unraw())
    }

    fn arguments(&self) -> &[Argument] {
        match &self.request {
            Request::Arguments(arguments) => arguments,
            Request::Message(argument) => std::slice::from_ref(argument),
        }
    }
}
