//! The client: a connection, and the services behind it.

use proc_macro2::TokenStream;
use quote::quote;

use super::{DOCUMENT, Flavour, docs};
use crate::backends::rust::{
    handlers::{Handler, Hosted, Mailbox},
    model::{Package, Service},
};

pub(super) fn client(package: &Package, flavour: Flavour) -> TokenStream {
    let (support, home) = (flavour.support(), flavour.home());
    let (asyncness, awaited) = (flavour.asyncness(), flavour.awaited());
    let about = docs(match flavour {
        Flavour::Async => [
            "A connection to a server, and the services behind it.",
            "",
            "Cheap to clone; it closes when the last clone, service, stream and subscription is gone.",
        ],
        Flavour::Blocking => [
            "A connection to a server, and the services behind it; each call blocks its thread.",
            "",
            "Cheap to clone and to share; it closes when the last clone, service, stream and subscription is gone.",
        ],
    });
    let services = package.services.iter().map(|of| service(of, &home));
    let hosts = package.handlers.iter().map(|of| host(of, flavour));
    let introducing = match flavour {
        Flavour::Async => introducing(package),
        Flavour::Blocking => quote! {
            /// As [`crate::Client::introducing`].
            #[must_use]
            pub fn introducing(options: callsheet_client::ConnectOptions) -> callsheet_client::ConnectOptions {
                crate::Client::introducing(options)
            }
        },
    };
    let close = match flavour {
        Flavour::Async => quote! {
            /// Writes what was handed to the connection, and closes it; calls that are still open fail.
            pub async fn close(&self) {
                self.connection.close().await;
            }
        },
        Flavour::Blocking => quote! {
            /// Writes what was handed to the connection, and closes it; calls that are still open fail.
            ///
            /// # Errors
            ///
            /// Within async code.
            pub fn close(&self) -> Result<(), callsheet_client::Failure> {
                self.connection.close()
            }
        },
    };
    quote! {
        #about
        #[derive(Clone, Debug)]
        pub struct Client {
            connection: #support::Connection,
        }

        impl Client {
            /// Connects to the Unix socket at `path`.
            ///
            /// # Errors
            ///
            /// If nobody listens there.
            pub #asyncness fn connect(path: impl AsRef<std::path::Path>) -> Result<Self, callsheet_client::Failure> {
                Self::connect_with(path, callsheet_client::ConnectOptions::new()) #awaited
            }

            /// Connects to the Unix socket at `path`, with the codec, limits and timeouts of `options`.
            ///
            /// The client [introduces itself](Self::introducing), unless
            /// [`ConnectOptions::introduce`](callsheet_client::ConnectOptions::introduce) says otherwise.
            ///
            /// # Errors
            ///
            /// If nobody listens there.
            pub #asyncness fn connect_with(
                path: impl AsRef<std::path::Path>,
                options: callsheet_client::ConnectOptions,
            ) -> Result<Self, callsheet_client::Failure> {
                #support::Connection::connect_with(path, Self::introducing(options))
                    #awaited.map(|connection| Self { connection })
            }

            #introducing

            /// The connection, for calls that no contract here speaks of.
            #[must_use]
            pub fn connection(&self) -> &#support::Connection {
                &self.connection
            }

            #close

            #(#services)*
            #(#hosts)*
        }

        impl From<#support::Connection> for Client {
            fn from(connection: #support::Connection) -> Self {
                Self { connection }
            }
        }
    }
}

fn introducing(package: &Package) -> TokenStream {
    let contracts = package.services.iter().map(|service| {
        let Service { contract, hash, .. } = service;
        quote!((#contract, #hash))
    });
    quote! {
        /// These options, by which a client introduces itself as made from the contracts of this package: for a connection
        /// that is made by hand.
        ///
        /// Where the server serves one of them in another form, calls that do not fit fail with `SchemaMismatch`, which
        /// tells the rule and the difference, and the others work.
        #[must_use]
        pub fn introducing(options: callsheet_client::ConnectOptions) -> callsheet_client::ConnectOptions {
            options.made_from(&[#(#contracts),*], include_str!(#DOCUMENT))
        }
    }
}

fn service(service: &Service, home: &TokenStream) -> TokenStream {
    let Service {
        ident,
        accessor,
        accessor_at,
        default_target,
        ..
    } = service;
    let here = format!("The contract `{}` of the actor `{default_target}`.", service.contract);
    let there = format!("The contract `{}` of the actor `target`.", service.contract);
    let (here, there) = (docs([here.as_str()]), docs([there.as_str()]));
    // The service says what it is; that it is deprecated must be said where it is got.
    let deprecated = super::deprecated(&service.about);
    quote! {
        #here
        #deprecated
        #[must_use]
        pub fn #accessor(&self) -> #home::services::#ident {
            #home::services::#ident::new(self.connection.clone(), #default_target)
        }

        #there
        #deprecated
        #[must_use]
        pub fn #accessor_at(&self, target: impl Into<String>) -> #home::services::#ident {
            #home::services::#ident::new(self.connection.clone(), target.into())
        }
    }
}

fn host(hosted: &Hosted, flavour: Flavour) -> TokenStream {
    let Hosted {
        handler: Handler {
            about, ident, contract, ..
        },
        host,
        host_with,
        mailbox: Mailbox {
            ident: mailbox,
            address,
        },
    } = hosted;
    let home = flavour.home();
    let deprecated = super::deprecated(about);
    let first = format!("Serves `{contract}` on this connection, for as long as what is returned is there.");
    let about = docs([
        first.as_str(),
        "",
        "The server calls it once it has been given the mailbox. When the connection was lost and made anew, the mailbox has",
        "to be given away anew.",
    ]);
    let about_with = docs([
        first.as_str(),
        "",
        "# Errors",
        "",
        "If the options have an id that is none, or that another hosted actor of this client has.",
    ]);
    let threads = |options: TokenStream| {
        (flavour == Flavour::Blocking).then(|| quote!(threads: callsheet_client::hosting::Threads::of(#options),))
    };
    let by_default = threads(quote!(&callsheet_client::hosting::HostOptions::new()));
    let by_options = threads(quote!(&options));
    let mailbox_of = quote! {
        |id| {
            crate::models::#mailbox(crate::models::#address {
                contract: #contract.to_owned(),
                id,
                route: std::option::Option::Some("client".to_owned()),
            })
        }
    };
    let hosted = quote!(callsheet_client::hosting::Hosted<crate::models::#mailbox>);
    quote! {
        #about
        #deprecated
        pub fn #host(&self, handler: impl #home::handlers::#ident) -> #hosted {
            self.connection.host(#home::actors::#ident { handler, #by_default }, #mailbox_of)
        }

        #about_with
        #deprecated
        pub fn #host_with(
            &self,
            handler: impl #home::handlers::#ident,
            options: callsheet_client::hosting::HostOptions,
        ) -> Result<#hosted, callsheet_client::Failure> {
            self.connection.host_with(#home::actors::#ident { handler, #by_options }, options, #mailbox_of)
        }
    }
}
