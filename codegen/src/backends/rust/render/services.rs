//! The services: one struct for each contract, one method for each call.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Flavour, about, docs, inner_docs, serde};
use crate::{
    backends::rust::model::{Event, Message, Method, Package, Parameter, Service},
    ir::Kind,
};

pub(super) fn services(package: &Package, flavour: Flavour) -> TokenStream {
    let docs = inner_docs(["The contracts, each as the client of one actor that serves it."]);
    let models = package.uses_models_in_services.then(|| {
        quote!(
            use crate::models;
        )
    });
    let services = package.services.iter().map(|of| service(of, flavour));
    quote!(#docs #models #(#services)*)
}

fn service(service: &Service, flavour: Flavour) -> TokenStream {
    let Service {
        ident, methods, events, ..
    } = service;
    let (about, support) = (about(&service.about), flavour.support());
    let unused = methods
        .is_empty()
        .then(|| quote!(#[allow(dead_code, reason = "a contract without methods calls no actor")]));
    let methods = methods.iter().map(|of| method(of, flavour));
    let events = events.iter().map(|of| event(of, flavour));
    quote! {
        #about
        #[derive(Clone, Debug)]
        pub struct #ident {
            connection: #support::Connection,
            #unused
            target: std::borrow::Cow<'static, str>,
            options: callsheet_client::CallOptions,
        }

        impl #ident {
            pub(crate) fn new(
                connection: #support::Connection,
                target: impl std::convert::Into<std::borrow::Cow<'static, str>>,
            ) -> Self {
                Self {
                    connection,
                    target: target.into(),
                    options: callsheet_client::CallOptions::new(),
                }
            }

            /// The same actor, each of whose calls may take as long as `timeout`.
            #[must_use]
            pub fn with_timeout(&self, timeout: std::time::Duration) -> Self {
                self.with_options(self.options.clone().timeout(timeout))
            }

            /// The same actor, each of whose calls is made with these options.
            #[must_use]
            pub fn with_options(&self, options: callsheet_client::CallOptions) -> Self {
                // By field: a contract may have a method `clone`.
                Self { connection: self.connection.clone(), target: self.target.clone(), options }
            }

            #(#methods)*
            #(#events)*
        }
    }
}

fn method(method: &Method, flavour: Flavour) -> TokenStream {
    let Method {
        ident,
        message_type,
        reply,
        error,
        message,
        ..
    } = method;
    let support = flavour.support();
    let parameters = message
        .parameters()
        .iter()
        .map(|Parameter { ident, type_, .. }| quote!(#ident: #type_));
    let (definition, message) = payload(message);
    let idempotent = method.idempotent.then(|| quote!(.idempotent_by_default()));
    let call = |name: TokenStream| quote!(self.connection.#name(&self.target, #message_type, #message, self.options.clone() #idempotent));

    let failure = match error {
        Some(error) => quote!(callsheet_client::CallError<#error>),
        None => quote!(callsheet_client::Failure),
    };
    let (asyncness, returned, body) = match (method.kind, error) {
        (Kind::Stream, None) => (None, quote!(#support::ReplyStream<#reply>), call(quote!(stream))),
        (Kind::Stream, Some(_)) => (
            None,
            quote!(#support::ReplyStream<#reply, #failure>),
            call(quote!(stream_fallible)),
        ),
        (kind, error) => {
            let name = match (kind, error) {
                (Kind::Tell, _) => quote!(tell),
                (_, None) => quote!(ask),
                (_, Some(_)) => quote!(ask_fallible),
            };
            let (call, awaited, result) = (call(name), flavour.awaited(), &method.result);
            (
                flavour.asyncness(),
                quote!(#result<#reply, #failure>),
                quote!(#call #awaited),
            )
        }
    };
    let about = about(&method.about);
    let errors = docs(method.errors.iter().map(String::as_str));
    quote! {
        #about
        #errors
        pub #asyncness fn #ident(&self, #(#parameters),*) -> #returned {
            #definition
            #body
        }
    }
}

/// What defines the struct of the payload, if it takes one, and the expression of the payload.
fn payload(message: &Message) -> (Option<TokenStream>, TokenStream) {
    match message {
        Message::Empty => (None, quote!(&())),
        Message::Whole(Parameter {
            ident, by_value: true, ..
        }) => (None, quote!(&#ident)),
        Message::Whole(Parameter { ident, .. }) => (None, quote!(#ident)),
        Message::Arguments { parameters, borrows } => {
            let lifetime = borrows.then(|| quote!(<'a>));
            let idents = parameters.iter().map(|parameter| &parameter.ident);
            let fields = parameters.iter().map(|parameter| {
                let Parameter { ident, field_type, .. } = parameter;
                let serde = serde(&parameter.serde);
                quote!(#serde #ident: #field_type)
            });
            let definition = quote! {
                #[derive(serde::Serialize)]
                struct Arguments #lifetime {
                    #(#fields),*
                }
            };
            (Some(definition), quote!(&Arguments { #(#idents),* }))
        }
    }
}

fn event(event: &Event, flavour: Flavour) -> TokenStream {
    let Event {
        ident,
        event,
        type_,
        result,
    } = event;
    let (support, asyncness, awaited) = (flavour.support(), flavour.asyncness(), flavour.awaited());
    let first = format!("Subscribes to the events `{event}`, whoever publishes them.");
    let about = docs([
        first.as_str(),
        "",
        "Where events are lost, a gap stands in their place.",
        "",
        "# Errors",
        "",
        "If the server refuses or does not answer.",
    ]);
    quote! {
        #about
        pub #asyncness fn #ident(&self) -> #result<#support::Events<#type_>, callsheet_client::Failure> {
            self.connection.subscribe(&[#event]) #awaited.map(#support::Subscription::decoded)
        }
    }
}
