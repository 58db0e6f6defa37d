//! Types as the bodies of generated functions write them, so that one that may not stand in a contract is one error.
//!
//! The expansion names a type in a dozen places, each of which asks something of it. Were it written there as the user did,
//! a type that is no contract type would be an error in each. So it is written as what a trait makes of it, which is the
//! type itself: without that trait the compiler knows nothing of the type, says so once, and is silent about what follows.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};

/// Declares the trait `name`, by which every type that implements `bound` is itself.
pub(crate) fn declared(name: &TokenStream, bound: &TokenStream) -> TokenStream {
    quote! {
        pub trait #name {
            type Itself;
        }

        impl<T: #bound> #name for T {
            type Itself = T;
        }
    }
}

/// The type `written`, as what the trait `name` makes of it. All of it has the place of the type.
pub(crate) fn of(name: &TokenStream, written: &impl ToTokens) -> TokenStream {
    let (first, last) = ends(written);
    let open = quote_spanned!(first=> <);
    let close = quote_spanned!(last=> as #name>::Itself);
    quote!(#open #written #close)
}

/// The type `generic` of `written`. All of it has the place of the type that is written.
pub(crate) fn around(written: &impl ToTokens, generic: &TokenStream) -> TokenStream {
    let (first, last) = ends(written);
    let generic = generic.clone().into_iter().map(|mut token| {
        token.set_span(first);
        token
    });
    let open = quote_spanned!(first=> #(#generic)* <);
    let close = quote_spanned!(last=> >);
    quote!(#open #written #close)
}

/// The places of the first and the last token.
fn ends(written: &impl ToTokens) -> (Span, Span) {
    let mut spans = written.to_token_stream().into_iter().map(|token| token.span());
    let first = spans.next().unwrap_or_else(Span::call_site);
    (first, spans.last().unwrap_or(first))
}
