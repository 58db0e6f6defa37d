//! The types that are sent and received.

use proc_macro2::TokenStream;
use quote::quote;

use super::{about, inner_docs, serde, variants};
use crate::backends::rust::model::{Body, Field, Model, Package, Variant};

pub(super) fn models(package: &Package) -> TokenStream {
    let docs = inner_docs(["What is sent and received: the contracts' own types."]);
    let models = package.models.iter().map(model);
    quote!(#docs #(#models)*)
}

fn model(model: &Model) -> TokenStream {
    let Model { ident, derives, .. } = model;
    let (about, serde) = (about(&model.about), serde(&model.serde));
    // Enums are read by what knows of variants to come.
    let mut read_by_serde = Some(quote!(serde::Deserialize,));
    let (mut non_exhaustive, mut reading) = (None, None);
    let item = match &model.body {
        Body::Unit => quote!(pub struct #ident;),
        Body::Tuple(items) => quote!(pub struct #ident(#(pub #items),*);),
        Body::Struct(fields) => {
            let fields = fields.iter().map(|of| field(of, &quote!(pub)));
            quote!(pub struct #ident { #(#fields),* })
        }
        Body::Enum(variants, by) => {
            read_by_serde = None;
            non_exhaustive = by.unknown.is_some().then(|| quote!(#[non_exhaustive]));
            reading = Some(variants::reading(ident, variants, by));
            let unknown = by.unknown.as_ref().map(|of| variants::unknown(ident, of));
            let variants = variants.iter().map(variant);
            quote!(pub enum #ident { #(#variants,)* #unknown })
        }
    };
    let error = model.is_error.then(|| {
        quote! {
            impl std::fmt::Display for #ident {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    std::fmt::Debug::fmt(self, f)
                }
            }

            impl std::error::Error for #ident {}
        }
    });
    quote! {
        #about
        #[derive(#(#derives,)* #read_by_serde serde::Serialize)]
        #serde
        #non_exhaustive
        #item
        #reading
        #error
    }
}

fn variant(variant: &Variant) -> TokenStream {
    let (about, serde, ident) = (about(&variant.about), serde(&variant.serde), &variant.ident);
    let body = match &variant.body {
        Body::Unit | Body::Enum(..) => TokenStream::new(),
        Body::Tuple(items) => quote!((#(#items),*)),
        Body::Struct(fields) => {
            let fields = fields.iter().map(|of| field(of, &TokenStream::new()));
            quote!({ #(#fields),* })
        }
    };
    quote!(#about #serde #ident #body)
}

fn field(field: &Field, visibility: &TokenStream) -> TokenStream {
    let Field { ident, type_, .. } = field;
    let (about, serde) = (about(&field.about), serde(&field.serde));
    let alias = alias(field);
    quote!(#about #serde #alias #visibility #ident: #type_)
}

/// Has a fake server, and its clients, also read what is written by another name.
pub(super) fn alias(field: &Field) -> Option<TokenStream> {
    let alias = field.alias.as_ref()?;
    Some(quote!(#[cfg_attr(feature = "testing", serde(alias = #alias))]))
}
