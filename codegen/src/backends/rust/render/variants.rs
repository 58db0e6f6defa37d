//! How the variants of an enum are read: what the enum itself has to say of it.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use super::{models::alias, serde};
use crate::backends::rust::{
    model::{Body, Field, Variant},
    names::without_escape,
    reading::Reading,
};

/// The most items of a tuple that serde reads.
const MOST_ITEMS: usize = 16;

/// The variant for those whose names are not known.
pub(super) fn unknown(owner: &Ident, ident: &Ident) -> TokenStream {
    let write = format!("callsheet_client::open::write::<{owner}, _>");
    quote! {
        /// One that this client does not know: its name and its data, as they came.
        #[serde(untagged, serialize_with = #write)]
        #ident(callsheet_client::open::UnknownVariant)
    }
}

pub(super) fn reading(ident: &Ident, variants: &[Variant], by: &Reading) -> TokenStream {
    let Reading {
        read,
        names,
        entries,
        unknown,
        result,
        ..
    } = by;
    let name = without_escape(ident);
    let known = known(variants, by);
    let aliases = variants.iter().take(names.len()).enumerate();
    let aliases: Vec<_> = aliases
        .filter_map(|(index, variant)| {
            let (alias, index) = (variant.alias.as_ref()?, Literal::usize_unsuffixed(index));
            Some(quote!((#alias, #index)))
        })
        .collect();
    let aliases = (!aliases.is_empty()).then(|| {
        quote! {
            #[cfg(feature = "testing")]
            const ALIASES: &'static [(&'static str, usize)] = &[#(#aliases),*];
        }
    });
    let open = unknown.as_ref().map(|unknown| {
        quote! {
            impl callsheet_client::open::Open for #ident {
                fn unknown(variant: callsheet_client::open::UnknownVariant) -> Self {
                    Self::#unknown(variant)
                }
            }
        }
    });
    quote! {
        impl callsheet_client::open::Variants for #ident {
            const NAME: &'static str = #name;
            const NAMES: &'static [&'static str] = &[#(#names),*];
            const ENTRIES: &'static [&'static str] = &[#(#entries),*];
            #aliases

            fn known<'de, __D: callsheet_client::open::Data<'de>>(
                index: usize,
                data: __D,
            ) -> #result<Self, __D::Error> {
                #known
            }
        }

        #open

        impl<'de> serde::Deserialize<'de> for #ident {
            fn deserialize<__D: serde::Deserializer<'de>>(deserializer: __D) -> #result<Self, __D::Error> {
                callsheet_client::open::#read
            }
        }
    }
}

/// Makes the variant of an index.
fn known(variants: &[Variant], by: &Reading) -> TokenStream {
    if variants.is_empty() {
        return quote! {
            let _ = (index, data);
            callsheet_client::open::no_variant()
        };
    }
    let arms = variants.iter().enumerate().map(|(index, variant)| {
        let (index, ident) = (Literal::usize_unsuffixed(index), &variant.ident);
        let made = match &variant.body {
            Body::Unit | Body::Enum(..) => quote!(data.unit().map(|()| Self::#ident)),
            Body::Tuple(items) if items.len() == 1 => quote!(data.value().map(Self::#ident)),
            Body::Tuple(items) => of_items(ident, items, by),
            Body::Struct(fields) => of_fields(ident, fields, by),
        };
        quote!(#index => #made,)
    });
    quote! {
        match index {
            #(#arms)*
            _ => callsheet_client::open::no_variant(),
        }
    }
}

fn of_items(ident: &Ident, items: &[TokenStream], by: &Reading) -> TokenStream {
    let names: Vec<_> = (0..items.len()).map(|index| format_ident!("item{index}")).collect();
    if (1..=MOST_ITEMS).contains(&items.len()) {
        return quote!(data.value().map(|(#(#names),*)| Self::#ident(#(#names),*)));
    }
    let fields = &by.fields;
    quote!({
        #[derive(serde::Deserialize)]
        struct #fields(#(#items),*);
        data.value().map(|#fields(#(#names),*)| Self::#ident(#(#names),*))
    })
}

fn of_fields(ident: &Ident, of: &[Field], by: &Reading) -> TokenStream {
    let (fields, names) = (&by.fields, of.iter().map(|field| &field.ident).collect::<Vec<_>>());
    let deny = serde(
        &by.deny_unknown
            .then(|| quote!(deny_unknown_fields))
            .into_iter()
            .collect::<Vec<_>>(),
    );
    let defined = of.iter().map(|field| {
        let Field { ident, type_, .. } = field;
        let (serde, alias) = (serde(&field.serde), alias(field));
        quote!(#serde #alias #ident: #type_)
    });
    quote!({
        #[derive(serde::Deserialize)]
        #deny
        struct #fields {
            #(#defined),*
        }
        data.value().map(|#fields { #(#names),* }| Self::#ident { #(#names),* })
    })
}
