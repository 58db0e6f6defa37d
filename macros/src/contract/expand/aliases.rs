//! The types that the contract speaks of, each with a name for the rest of the expansion.

use std::collections::HashMap;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::{ext::IdentExt, spanned::Spanned};

use crate::{
    contract::check::{Argument, Contract, Kind, Method, Request},
    itself,
};

pub(super) fn expand(contract: &Contract) -> TokenStream {
    let visibility = &contract.visibility;
    let described = quote!(__callsheet::schema::__private::Described);
    let supertraits = contract
        .supertraits
        .iter()
        .zip(contract.supertrait_aliases())
        .map(|(path, alias)| {
            let contract = itself::within(path, &quote!(dyn), &quote!());
            let contract = itself::of(&contract, &quote!(__callsheet::Contract), &quote!(IS));
            quote!(#visibility type #alias = #contract;)
        });
    let events = contract
        .events
        .iter()
        .zip(contract.event_aliases())
        .map(|(event, alias)| {
            let event = itself::of(event, &described, &quote!(IS));
            quote!(#visibility type #alias = #event;)
        });
    let (mut asked_arguments, mut asked_returns) = (Asked::default(), Asked::default());
    let methods = contract.methods.iter().map(|method| {
        let cfg = &method.cfg;
        let arguments = method
            .arguments()
            .iter()
            .zip(method.argument_aliases())
            .map(|(argument, alias)| {
                let argument = asked_arguments.once(&argument.written, &alias, method, |written| {
                    itself::of(written, &described, &quote!(IS))
                });
                quote!(#(#cfg)* #visibility type #alias = #argument;)
            });
        let context = method.context.as_ref().map(|context| {
            let alias = method.context_alias();
            let context = itself::of(&context.written, &quote!(__callsheet::Context), &quote!(IS));
            quote!(#(#cfg)* #visibility type #alias = #context;)
        });
        let returned = match &method.kind {
            Kind::Tell => None,
            Kind::Returns(written) => Some(quote!(#written)),
            Kind::ImplStream(item) => Some(itself::within(item, &quote!(::callsheet::Streaming<), &quote!(>))),
        };
        let returned = returned.map(|returned| {
            let alias = method.returns_alias();
            let returned = asked_returns.once(&returned, &alias, method, |written| {
                itself::of(written, &quote!(__callsheet::Returns), &quote!(KIND))
            });
            quote!(#(#cfg)* #visibility type #alias = #returned;)
        });
        quote!(#(#arguments)* #context #returned)
    });
    quote!(#(#supertraits)* #(#events)* #(#methods)*)
}

/// The types that were asked what they are, by what is written. One that is written twice is asked once: each time costs
/// the user's build, and would be another error.
#[derive(Default)]
struct Asked(HashMap<String, Ident>);

impl Asked {
    /// What `alias` stands for: the alias of the same type before it, or what `ask` makes of the type.
    fn once<T: ToTokens>(
        &mut self,
        written: &T,
        alias: &Ident,
        method: &Method,
        ask: impl FnOnce(&T) -> TokenStream,
    ) -> TokenStream {
        let text = written.to_token_stream().to_string();
        if let Some(earlier) = self.0.get(&text) {
            return quote!(#earlier);
        }
        // A method that may not exist is no place to ask for others, and `$crate` may mean two crates.
        if method.cfg.is_empty() && !text.contains('$') {
            self.0.insert(text, alias.clone());
        }
        ask(written)
    }
}

impl Contract {
    /// The names of the contracts it builds on, as trait objects.
    pub(super) fn supertrait_aliases(&self) -> impl DoubleEndedIterator<Item = Ident> {
        (0..self.supertraits.len()).map(|index| format_ident!("__Supertrait_{index}"))
    }

    /// Where it says what it builds on.
    pub(super) fn place_of_supertraits(&self) -> Span {
        self.supertraits
            .first()
            .map_or_else(|| self.ident.span(), Spanned::span)
    }

    /// The names of the types of the events.
    pub(super) fn event_aliases(&self) -> impl Iterator<Item = Ident> {
        (0..self.events.len()).map(|index| format_ident!("__Event_{index}"))
    }
}

impl Method {
    /// The names of the arguments' types.
    pub(super) fn argument_aliases(&self) -> impl Iterator<Item = Ident> {
        (0..self.arguments().len()).map(|index| self.argument_alias(index))
    }

    /// The name of the type of the argument `index`.
    pub(super) fn argument_alias(&self, index: usize) -> Ident {
        format_ident!("__Argument_{index}_{}", self.ident.unraw())
    }

    /// The name of the type of the context.
    pub(super) fn context_alias(&self) -> Ident {
        format_ident!("__Context_{}", self.ident.unraw())
    }

    /// What the method returns, as the type that says which kind of call it is; `None` for a tell.
    pub(super) fn returns(&self) -> Option<Ident> {
        (!matches!(self.kind, Kind::Tell)).then(|| self.returns_alias())
    }

    fn returns_alias(&self) -> Ident {
        let place = match &self.kind {
            Kind::Tell => self.ident.span(),
            Kind::Returns(written) | Kind::ImplStream(written) => written.span(),
        };
        format_ident!("__Returns_{}", self.ident.unraw(), span = place)
    }

    fn arguments(&self) -> &[Argument] {
        match &self.request {
            Request::Arguments(arguments) => arguments,
            Request::Message(argument) => std::slice::from_ref(argument),
        }
    }
}
