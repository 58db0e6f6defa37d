//! What is wrong with the user's code: numbered, at its place, all of it at once.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

/// The numbers are stable; `docs/errors.md` has a section for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    NotATrait = 1,
    GenericContract = 2,
    Supertrait = 3,
    NotAMethod = 4,
    Receiver = 5,
    GenericMethod = 6,
    BorrowedType = 7,
    ArgumentPattern = 8,
    TellReturns = 9,
    SameMessage = 10,
    WholeMessage = 11,
    Attribute = 12,
    Name = 13,
    Qualifier = 14,
    NoNamespace = 15,
    NotAType = 101,
    GenericType = 102,
    SerdeAttribute = 103,
    UnsupportedSerde = 104,
}

/// Collects faults; they are not forgotten, since an expansion is only to be had together with them.
#[derive(Default)]
pub(crate) struct Faults(Option<syn::Error>);

impl Faults {
    /// Adds a fault at `place`.
    pub(crate) fn at(&mut self, place: &impl ToTokens, code: Code, message: impl std::fmt::Display) {
        self.push(syn::Error::new_spanned(
            place,
            format!("CS{:04}: {message}", code as u16),
        ));
    }

    /// Adds a fault where there is only a span.
    pub(crate) fn at_span(&mut self, span: Span, code: Code, message: impl std::fmt::Display) {
        self.push(syn::Error::new(span, format!("CS{:04}: {message}", code as u16)));
    }

    /// Adds what the parser found wrong.
    pub(crate) fn push(&mut self, error: syn::Error) {
        match &mut self.0 {
            Some(errors) => errors.combine(error),
            None => self.0 = Some(error),
        }
    }

    /// The expansion if nothing is wrong; else the errors and `fallback`, which keeps other errors from following.
    pub(crate) fn finish(
        self,
        expansion: impl FnOnce() -> TokenStream,
        fallback: impl FnOnce() -> TokenStream,
    ) -> TokenStream {
        match self.0 {
            None => expansion(),
            Some(errors) => {
                let mut tokens = errors.into_compile_error();
                tokens.extend(fallback());
                tokens
            }
        }
    }
}
