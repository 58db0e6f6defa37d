//! The types that are sent and received.

use proc_macro2::TokenStream;
use quote::quote;

use super::{about, inner_docs, serde};
use crate::backends::rust::model::{Body, Field, Model, Package, Variant};

pub(super) fn models(package: &Package) -> TokenStream {
    let docs = inner_docs(["What is sent and received: the contracts' own types."]);
    let models = package.models.iter().map(model);
    quote!(#docs #(#models)*)
}

fn model(model: &Model) -> TokenStream {
    let Model { ident, derives, .. } = model;
    let (about, serde) = (about(&model.about), serde(&model.serde));
    let item = match &model.body {
        Body::Unit => quote!(pub struct #ident;),
        Body::Tuple(items) => quote!(pub struct #ident(#(pub #items),*);),
        Body::Struct(fields) => {
            let fields = fields.iter().map(|of| field(of, &quote!(pub)));
            quote!(pub struct #ident { #(#fields),* })
        }
        Body::Enum(variants) => {
            let variants = variants.iter().map(variant);
            quote!(pub enum #ident { #(#variants),* })
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
        #[derive(#(#derives,)* serde::Deserialize, serde::Serialize)]
        #serde
        #item
        #error
    }
}

fn variant(variant: &Variant) -> TokenStream {
    let (about, serde, ident) = (about(&variant.about), serde(&variant.serde), &variant.ident);
    let body = match &variant.body {
        Body::Unit | Body::Enum(_) => TokenStream::new(),
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
    quote!(#about #serde #visibility #ident: #type_)
}
