//! Types as the expansion writes them, so that one that may not stand in a contract is one error.
//!
//! The expansion names a type in a dozen places, each of which asks something of it. Were it written there as the user did,
//! a type that is no contract type would be an error in each. So the type is written once, as [`of`] does, and has a name
//! for the other places: what it must be is asked by a constant that it depends on, and a type that depends on a constant
//! that has no value is one that the compiler reports once, and says nothing more about.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};

/// Declares the trait that [`of`] needs.
pub(crate) fn declared() -> TokenStream {
    quote! {
        pub trait __Itself<const KNOWN: bool> {
            type Type: ?::core::marker::Sized;
        }

        impl<T: ?::core::marker::Sized, const KNOWN: bool> __Itself<KNOWN> for T {
            type Type = T;
        }
    }
}

/// The type `written`, if it implements `bound`, which has a constant called `constant`.
pub(crate) fn of(written: &impl ToTokens, bound: &TokenStream, constant: &TokenStream) -> TokenStream {
    let asked = within(written, &quote!(<), &quote!(as #bound>::#constant));
    within(
        written,
        &quote!(<),
        &quote!(as __Itself<{
            let _ = #asked;
            true
        }>>::Type),
    )
}

/// `written` between `before` and `after`, which have the places of its ends: errors of the whole are errors of it.
pub(crate) fn within(written: &impl ToTokens, before: &TokenStream, after: &TokenStream) -> TokenStream {
    let written = written.to_token_stream();
    let mut spans = written.clone().into_iter().map(|token| token.span());
    let first = spans.next().unwrap_or_else(Span::call_site);
    let last = spans.last().unwrap_or(first);
    let (before, after) = (moved(before, first), moved(after, last));
    quote!(#before #written #after)
}

/// `tokens` at the place `span`.
fn moved(tokens: &TokenStream, span: Span) -> TokenStream {
    let tokens = tokens.clone().into_iter().map(|mut token| {
        token.set_span(span);
        token
    });
    quote_spanned!(span=> #(#tokens)*)
}
