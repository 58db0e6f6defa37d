//! The crate's root, and that of its blocking half.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::inner_docs;
use crate::backends::rust::model::Package;

pub(super) fn doorway(package: &Package) -> TokenStream {
    let contracts = package.services.iter().map(|service| {
        format!(
            "- [`{}`](services::{}): the contract `{}`",
            service.ident, service.ident, service.contract
        )
    });
    let mut lines = vec![
        format!("The client `{}`, generated from its contracts.", package.name),
        String::new(),
        "[`Client::connect`] connects to a server's socket; a method for each contract gives its [`services`].".into(),
        "Everything that is sent and received stands in [`models`].".into(),
        String::new(),
    ];
    lines.extend(contracts);
    let recursion_limit = package.recursion_limit.map(|limit| {
        lines.extend([
            String::new(),
            "The types stand so deep within one another that a crate whose tasks hold values of them needs".into(),
            format!("`#![recursion_limit = \"{limit}\"]`, as this one does."),
        ]);
        let limit = limit.to_string();
        quote!(#![recursion_limit = #limit])
    });
    let docs = inner_docs(lines.iter().map(String::as_str));
    let models = (!package.models.is_empty()).then(|| {
        quote!(
            pub use models::*;
        )
    });
    // A contract's own type of that name is what its users look for here; these are in `callsheet_client` too.
    let is_free = |name: &&str| !package.models.iter().any(|model| model.ident == name);
    let notices = ["Gap", "Notice", "UnknownVariant"]
        .into_iter()
        .filter(is_free)
        .map(|name| format_ident!("{name}"));
    let (actors, handlers) = modules(package);
    let hosting = (!package.handlers.is_empty()).then(|| {
        let names = ["HostError", "HostOptions", "Hosted"].into_iter().filter(is_free);
        let names = names.map(|name| format_ident!("{name}"));
        quote! {
            #[doc(no_inline)]
            pub use callsheet_client::hosting::{#(#names),*};
        }
    });
    quote! {
        #docs
        #recursion_limit
        #![forbid(unsafe_code)]
        #![deny(missing_docs)]
        #![allow(deprecated, reason = "what the contracts call deprecated is still there")]
        #![allow(
            rustdoc::bare_urls,
            rustdoc::broken_intra_doc_links,
            rustdoc::invalid_html_tags,
            rustdoc::invalid_rust_codeblocks,
            clippy::doc_lazy_continuation,
            clippy::doc_markdown,
            reason = "the documentation is the contracts' own"
        )]
        #![allow(
            clippy::enum_variant_names,
            clippy::iter_not_returning_iterator,
            clippy::iter_without_into_iter,
            clippy::len_without_is_empty,
            clippy::new_ret_no_self,
            clippy::self_named_constructors,
            clippy::should_implement_trait,
            clippy::similar_names,
            clippy::struct_field_names,
            clippy::wrong_self_convention,
            reason = "the names are the contracts' own"
        )]
        #![allow(
            clippy::fn_params_excessive_bools,
            clippy::ignored_unit_patterns,
            clippy::large_enum_variant,
            clippy::let_unit_value,
            clippy::result_large_err,
            clippy::struct_excessive_bools,
            clippy::too_many_arguments,
            clippy::too_many_lines,
            clippy::type_complexity,
            clippy::zero_sized_map_values,
            reason = "the shapes are the contracts' own"
        )]

        #actors
        #[cfg(feature = "blocking")]
        pub mod blocking;
        mod client;
        #handlers
        pub mod models;
        pub mod services;
        #[cfg(feature = "testing")]
        pub mod testing;

        #[doc(no_inline)]
        pub use callsheet_client::{
            Bytes, CallError, CallOptions, Code, Codec, ConnectOptions, Connection, Delivered, Event, Events, Failure,
            #(#notices,)* ReplyStream,
        };
        #hosting
        pub use client::Client;
        #models
    }
}

/// The modules of the contracts that a client may serve itself, if there are any: what is private, and what is not.
fn modules(package: &Package) -> (Option<TokenStream>, Option<TokenStream>) {
    let has_handlers = !package.handlers.is_empty();
    (
        has_handlers.then(|| {
            quote!(
                mod actors;
            )
        }),
        has_handlers.then(|| {
            quote!(
                pub mod handlers;
            )
        }),
    )
}

pub(super) fn blocking(package: &Package) -> TokenStream {
    let docs = inner_docs([
        "The client for programs without async: every call blocks its thread until it ends.",
        "",
        "Within async code its calls fail at once; use [`crate::Client`] there.",
    ]);
    let (actors, handlers) = modules(package);
    quote! {
        #docs
        #actors
        mod client;
        #handlers
        pub mod services;

        #[doc(no_inline)]
        pub use callsheet_client::blocking::{Connection, Events, ReplyStream};
        pub use client::Client;
    }
}
