//! What is wrong with the user's code: numbered, at its place, all of it at once.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};

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
    Context = 16,
    // 17 is about types, so rustc says it, in the words of the schema's `OneError`.
    Parallel = 18,
    CancelSafe = 19,
    TimeLimit = 20,
    // 21 is about other contracts, so rustc says it, in the words of the runtime's `Faked`.
    Idempotent = 22,
    NotAType = 101,
    GenericType = 102,
    SerdeAttribute = 103,
    UnsupportedSerde = 104,
    SerdeDerived = 105,
    StatedType = 106,
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

    /// Adds what the parser found wrong with the options of an attribute, and which it `has`.
    pub(crate) fn option(&mut self, error: &syn::Error, has: &str) {
        self.at_span(error.span(), Code::Attribute, format!("{error}; {has}"));
    }

    /// Adds that `name` cannot be a name on the wire; `more` is what else it may have.
    pub(crate) fn name(&mut self, span: Span, name: &str, what: &str, more: &str) {
        let message = format!(
            "`{name}` cannot be {what}: it is made of ASCII letters, digits and `_`, and does not start with a digit{more}"
        );
        self.at_span(span, Code::Name, message);
    }

    /// Adds what is an error already.
    pub(crate) fn push(&mut self, error: syn::Error) {
        match &mut self.0 {
            Some(errors) => errors.combine(error),
            None => self.0 = Some(error),
        }
    }

    /// Whether nothing is wrong.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// The expansion together with the faults. What is expanded on a fault keeps other errors from following.
    pub(crate) fn with(self, expansion: TokenStream) -> TokenStream {
        let errors = self.0.map(syn::Error::into_compile_error);
        quote!(#errors #expansion)
    }
}
