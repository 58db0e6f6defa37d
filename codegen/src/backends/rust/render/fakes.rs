//! The fakes: one trait for each contract, and the server that serves what implements them.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Flavour, about, actors, docs, handlers, inner_docs};
use crate::backends::rust::{
    handlers::{Fake, Publication},
    model::Package,
};

pub(super) fn fakes(package: &Package) -> TokenStream {
    let fakes = &package.fakes;
    let mut lines = vec![
        "A server that stands in for the real one, to test what calls it.".to_owned(),
        String::new(),
        "Of the traits, a test implements the methods that it needs, as `async fn`: the others fail with `UnknownMessageType`."
            .to_owned(),
    ];
    if !fakes.crossed.is_empty() {
        lines.push(String::new());
        lines.push("What is renamed in these types is read as another of their fields or variants here:".to_owned());
        lines.push(String::new());
        lines.extend(fakes.crossed.iter().map(|name| format!("- `{name}`")));
    }
    let docs_of_file = inner_docs(lines.iter().map(String::as_str));
    let traits = fakes
        .contracts
        .iter()
        .map(|of| handlers::handler(&of.handler, Flavour::Async, true));
    let events = fakes.events.iter().map(|of| &of.event);
    let serves = fakes.contracts.iter().map(serve);
    let publishes = fakes.events.iter().map(publish);
    quote! {
        #docs_of_file

        mod actors;

        #[doc(no_inline)]
        pub use callsheet_client::hosting::HostError;

        /// A server in this process that serves what a test gives it, and events to all who subscribe.
        ///
        /// It runs on a thread of its own, which ends when this is dropped: it may be made and used with async and without.
        #[derive(Debug)]
        pub struct FakeServer {
            inner: callsheet_client::testing::FakeServer,
        }

        impl FakeServer {
            /// Listens for clients.
            ///
            /// # Errors
            ///
            /// `Internal` if there is no place for a socket or no thread.
            pub fn new() -> Result<Self, callsheet_client::Failure> {
                callsheet_client::testing::FakeServer::new(&[#(#events),*]).map(|inner| Self { inner })
            }

            /// Where it listens: clients of every kind may connect there.
            #[must_use]
            pub fn path(&self) -> &std::path::Path {
                self.inner.path()
            }

            /// A client of this server.
            ///
            /// # Errors
            ///
            /// If it cannot connect.
            pub async fn connect(&self) -> Result<crate::Client, callsheet_client::Failure> {
                crate::Client::connect(self.path()).await
            }

            /// Ends all connections, as a network does that fails. Clients connect anew.
            pub fn drop_connections(&self) {
                self.inner.drop_connections();
            }

            #(#serves)*
            #(#publishes)*
        }

        #(#traits)*
    }
}

/// What makes the handlers actors.
pub(super) fn actors(package: &Package) -> TokenStream {
    let docs = inner_docs(["Fakes as actors: what reads the calls that they answer."]);
    let actors = package
        .fakes
        .contracts
        .iter()
        .map(|of| actors::actor(&of.handler, &quote!(crate::testing), Flavour::Async));
    quote!(#docs #(#actors)*)
}

fn serve(fake: &Fake) -> TokenStream {
    let Fake {
        handler,
        serve,
        serve_at,
        default_target,
    } = fake;
    let (ident, contract) = (&handler.ident, &handler.contract);
    let message_types = handler.methods.iter().map(|of| &of.message_type);
    let here =
        format!("Serves `{contract}` as the actor `{default_target}`, in the place of what has served it there.");
    let there = format!("Serves `{contract}` as the actor `target`, in the place of what has served it there.");
    let (here, there) = (docs([here.as_str()]), docs([there.as_str()]));
    let deprecated = super::deprecated(&handler.about);
    quote! {
        #here
        #deprecated
        pub fn #serve(&self, handler: impl #ident) {
            self.#serve_at(#default_target, handler);
        }

        #there
        #deprecated
        pub fn #serve_at(&self, target: &str, handler: impl #ident) {
            self.inner.serve(target, #contract, &[#(#message_types),*], actors::#ident { handler });
        }
    }
}

fn publish(of: &Publication) -> TokenStream {
    let Publication {
        publish, event, type_, ..
    } = of;
    let about = about(&of.about);
    quote! {
        #about
        ///
        /// # Errors
        ///
        /// `SerializationError` if it cannot be encoded.
        pub fn #publish(&self, event: &#type_) -> Result<(), callsheet_client::Failure> {
            self.inner.publish(#event, event)
        }
    }
}
