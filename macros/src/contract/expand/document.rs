//! The test item through which `callsheet schema` reads the document out of the user's own build.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::ext::IdentExt;

use crate::contract::check::Contract;

/// A test item is only collected from a named module, so this one stands beside the trait under a mangled name. Its `cfg`
/// is set by the command alone.
pub(super) fn expand(contract: &Contract) -> TokenStream {
    let module = format_ident!("__callsheet_document_{}", contract.ident.unraw());
    quote! {
        #[doc(hidden)]
        #[allow(non_snake_case, unexpected_cfgs)]
        mod #module {
            #[cfg(all(test, callsheet_document))]
            #[::core::prelude::v1::test]
            fn emit() {
                ::callsheet::__private::document::emit();
            }
        }
    }
}
