//! The handlers: one trait for each contract that a client may serve itself.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Flavour, about, docs, inner_docs};
use crate::{
    backends::rust::{
        handlers::{Handler, Method, Parameter},
        model::Package,
    },
    ir::Kind,
};

pub(super) fn handlers(package: &Package, flavour: Flavour) -> TokenStream {
    let docs = inner_docs(match flavour {
        Flavour::Async => [
            "What answers the calls of contracts that a client serves itself.",
            "",
            "Methods are implemented as `async fn`, those that stream return any stream.",
        ],
        Flavour::Blocking => [
            "What answers the calls of contracts that a client serves itself, on threads of its own.",
            "",
            "They are answered while some thread waits in a call of the client.",
        ],
    });
    let traits = package.handlers.iter().map(|of| handler(&of.handler, flavour, false));
    quote!(#docs #(#traits)*)
}

/// The trait. One whose methods `may_be_missing` has bodies for them.
pub(super) fn handler(handler: &Handler, flavour: Flavour, may_be_missing: bool) -> TokenStream {
    let (about, ident) = (about(&handler.about), &handler.ident);
    let methods = handler.methods.iter().map(|of| method(of, flavour, may_be_missing));
    quote! {
        #about
        pub trait #ident: std::marker::Send + std::marker::Sync + 'static {
            #(#methods)*
        }
    }
}

fn method(method: &Method, flavour: Flavour, may_be_missing: bool) -> TokenStream {
    let Method {
        ident,
        kind,
        reply,
        result,
        ..
    } = method;
    let parameters = method
        .message
        .parameters()
        .iter()
        .map(|Parameter { ident, type_, .. }| quote!(#ident: #type_));
    let error = match &method.error {
        Some(error) => quote!(callsheet_client::hosting::HostError<#error>),
        None => quote!(callsheet_client::hosting::HostError),
    };
    let answer = quote!(#result<#reply, #error>);
    let future = |output: TokenStream| quote!(-> impl std::future::Future<Output = #output> + std::marker::Send);
    let returned = match (kind, flavour) {
        (Kind::Stream, Flavour::Async) => {
            quote!(-> impl callsheet_client::hosting::Stream<Item = #answer> + std::marker::Send)
        }
        (Kind::Stream, Flavour::Blocking) => quote!(-> impl std::iter::Iterator<Item = #answer>),
        (Kind::Tell, Flavour::Async) => future(quote!(())),
        (Kind::Tell, Flavour::Blocking) => TokenStream::new(),
        (Kind::Ask, Flavour::Async) => future(answer),
        (Kind::Ask, Flavour::Blocking) => quote!(-> #answer),
    };
    let body = if may_be_missing {
        let unused = method.message.parameters().iter().map(|of| &of.ident);
        let missing = match kind {
            Kind::Ask => quote!(callsheet_client::testing::missing()),
            Kind::Stream => quote!(callsheet_client::testing::missing_stream()),
            Kind::Tell => quote!(std::future::ready(())),
        };
        quote!({ #(let _ = #unused;)* #missing })
    } else {
        quote!(;)
    };
    let about = about(&method.about);
    let errors = (*kind == Kind::Ask && flavour == Flavour::Blocking && !method.tells_errors)
        .then(|| docs(["", "# Errors", "", "What the caller gets in place of a reply."]));
    quote! {
        #about
        #errors
        fn #ident(&self, #(#parameters),*) #returned #body
    }
}
