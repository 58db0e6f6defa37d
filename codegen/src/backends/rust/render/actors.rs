//! The actors that handlers are made into: what reads their calls.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Flavour, inner_docs};
use crate::{
    backends::rust::{
        handlers::{Handler, Message, Method},
        model::Package,
    },
    ir::Kind,
};

pub(super) fn actors(package: &Package, flavour: Flavour) -> TokenStream {
    let docs = inner_docs(["Handlers as actors: what reads the calls that they answer."]);
    let home = flavour.home();
    let actors = package
        .handlers
        .iter()
        .map(|of| actor(&of.handler, &quote!(#home::handlers), flavour));
    quote!(#docs #(#actors)*)
}

/// The actor that a handler is made into, whose trait stands in the module `home`.
pub(super) fn actor(handler: &Handler, home: &TokenStream, flavour: Flavour) -> TokenStream {
    let ident = &handler.ident;
    let threads =
        (flavour == Flavour::Blocking).then(|| quote!(pub(crate) threads: callsheet_client::hosting::Threads,));
    let unknown = quote!(std::result::Result::Err(__call.unknown()));
    let body = if handler.methods.is_empty() {
        // What nobody can call is there for as long as it is hosted.
        let threads = threads.as_ref().map(|_| quote!(let _ = &self.threads;));
        quote! {
            let _ = &self.handler;
            #threads
            #unknown
        }
    } else {
        let arms = handler
            .methods
            .iter()
            .map(|of| arm(of, &quote!(#home::#ident), flavour));
        quote! {
            match __call.message_type() {
                #(#arms)*
                _ => #unknown,
            }
        }
    };
    quote! {
        pub(crate) struct #ident<__H> {
            pub(crate) handler: __H,
            #threads
        }

        impl<__H: #home::#ident> callsheet_client::hosting::Actor for #ident<__H> {
            fn accept(
                self: std::sync::Arc<Self>,
                __call: callsheet_client::hosting::Call<'_>,
            ) -> std::result::Result<callsheet_client::hosting::Accepted, callsheet_client::Failure> {
                #body
            }
        }
    }
}

fn arm(method: &Method, owner: &TokenStream, flavour: Flavour) -> TokenStream {
    let Method {
        ident, message_type, ..
    } = method;
    let read = read(&method.message);
    let parameters = method.message.parameters().iter().map(|of| &of.ident);
    let handled = quote!(#owner::#ident(&self.handler, #(#parameters),*));
    let answered = match (method.kind, flavour) {
        (Kind::Ask, Flavour::Async) => quote!(__call.ask(async move { #handled.await })),
        (Kind::Tell, Flavour::Async) => quote!(__call.tell(async move { #handled.await; })),
        (Kind::Stream, Flavour::Async) => {
            quote!(__call.stream(move |__items| async move { __items.all(#handled).await }))
        }
        (Kind::Ask, Flavour::Blocking) => quote! {
            __call.ask(async move {
                let __threads = self.threads.clone();
                __threads.run(move || #handled).await
            })
        },
        (Kind::Tell, Flavour::Blocking) => quote! {
            __call.tell(async move {
                let __threads = self.threads.clone();
                __threads.done(move || #handled).await;
            })
        },
        (Kind::Stream, Flavour::Blocking) => quote! {
            __call.stream(move |__items| async move {
                let __threads = self.threads.clone();
                let __made = __threads.items(move |__push| {
                    for __item in #handled {
                        if !__push(__item) {
                            break;
                        }
                    }
                });
                __items.all(__made).await
            })
        },
    };
    quote! {
        #message_type => {
            #read
            #answered
        }
    }
}

/// Reads what the handler is given into variables.
fn read(message: &Message) -> TokenStream {
    match message {
        Message::Whole(parameter) => {
            let (ident, type_) = (&parameter.ident, &parameter.type_);
            quote!(let #ident = __call.message::<#type_>()?;)
        }
        Message::Arguments(parameters) => {
            let idents: Vec<_> = parameters.iter().map(|of| &of.ident).collect();
            let (names, types) = (
                parameters.iter().map(|of| &of.wire_name),
                parameters.iter().map(|of| &of.type_),
            );
            quote! {
                #(let mut #idents = callsheet_client::hosting::Argument::<#types>::new();)*
                __call.arguments(&[#(#names),*], &mut [#(#idents.place()),*])?;
                #(let #idents = callsheet_client::hosting::taken(#idents)?;)*
            }
        }
    }
}
