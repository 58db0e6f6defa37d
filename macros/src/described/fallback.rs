//! What a faulty type becomes, so that what uses it has no errors of its own.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, Generics, parse_quote};

use super::serde_attr;

/// The type without what serde's derives would read, and the traits of a contract type, which never run: an error has been
/// emitted.
pub(super) fn item(input: &DeriveInput) -> TokenStream {
    let ident = &input.ident;
    let bare = serde_attr::without(input);
    let Some(generics) = with_bounds(input) else {
        return quote!(#bare);
    };
    let mut with_lifetime = generics.clone();
    with_lifetime.params.insert(0, parse_quote!('de));
    let (implementation, arguments, clause) = generics.split_for_impl();
    let (deserialize, ..) = with_lifetime.split_for_impl();
    let description = description(input);
    quote! {
        #bare

        const _: () = {
            use ::callsheet::__private::serde as __serde;

            impl #implementation __serde::Serialize for #ident #arguments #clause {
                fn serialize<__S: __serde::Serializer>(&self, _: __S) -> ::core::result::Result<__S::Ok, __S::Error> {
                    loop {}
                }
            }

            impl #deserialize __serde::Deserialize<'de> for #ident #arguments #clause {
                fn deserialize<__D: __serde::Deserializer<'de>>(_: __D) -> ::core::result::Result<Self, __D::Error> {
                    loop {}
                }
            }
        };

        #description
    }
}

/// A description that is never asked for.
pub(super) fn description(input: &DeriveInput) -> TokenStream {
    let ident = &input.ident;
    let generics = with_bounds(input);
    let generics = generics.iter().map(|generics| {
        let (implementation, arguments, clause) = generics.split_for_impl();
        quote! {
            impl #implementation __schema::Describe for #ident #arguments #clause {
                const NAME: &'static str = "";

                fn describe(_: &mut __schema::Types) -> __schema::TypeRef {
                    loop {}
                }
            }
        }
    });
    quote! {
        const _: () = {
            use ::callsheet::__private::schema as __schema;
            #(#generics)*
        };
    }
}

/// The parameters as those of a contract type; `None` if it borrows, which is a fault in a contract too.
fn with_bounds(input: &DeriveInput) -> Option<Generics> {
    let mut generics = input.generics.clone();
    if generics.lifetimes().next().is_some() {
        return None;
    }
    for parameter in generics.type_params_mut() {
        parameter.bounds.push(parse_quote!(::core::marker::Send));
        parameter.bounds.push(parse_quote!('static));
    }
    Some(generics)
}
