//! A type, as serde reads it, becomes code.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, DeriveInput, Type, ext::IdentExt};

use super::shape::{Field, Names, Shape, Tagging, Variant, VariantData};
use crate::docs;

pub(super) fn described(input: &DeriveInput, name: &str, shape: &Shape) -> TokenStream {
    let ident = &input.ident;
    let markdown = docs::markdown(&input.attrs);
    let deprecated = docs::deprecation(&input.attrs);
    let cfg = cfg(&input.attrs);
    let optional = match shape {
        Shape::Newtype {
            inner,
            transparent: true,
        } => quote!(<#inner as __callsheet::Describe>::OPTIONAL),
        _ => quote!(false),
    };
    let summary = match shape {
        Shape::Enum { variants, .. } => summary(name, variants),
        _ => TokenStream::new(),
    };
    let shape = self::shape(shape);
    quote! {
        #[derive(::callsheet::__private::serde::Serialize, ::callsheet::__private::serde::Deserialize)]
        #[serde(crate = "::callsheet::__private::serde")]
        #input

        #[allow(deprecated, unused, clippy::all, clippy::pedantic)]
        #(#cfg)*
        const _: () = {
            use ::callsheet::__private::schema as __callsheet;

            impl __callsheet::Describe for #ident {
                const NAME: &'static str = #name;
                const OPTIONAL: bool = #optional;

                fn describe(types: &mut __callsheet::Types) -> __callsheet::TypeRef {
                    types.define::<Self>(#name, |types| __callsheet::Definition {
                        docs: ::std::string::String::from(#markdown),
                        deprecated: #deprecated,
                        shape: #shape,
                        produces: ::core::option::Option::None,
                        checked: false,
                    })
                }

                #summary
            }
        };
    }
}

/// Which variant a value is, for people.
fn summary(name: &str, variants: &[Variant]) -> TokenStream {
    let arms = variants.iter().map(|variant| {
        let (cfg, ident) = (cfg(&variant.attributes), &variant.ident);
        let text = format!("{name}::{}", ident.unraw());
        quote!(#(#cfg)* Self::#ident { .. } => #text,)
    });
    quote! {
        fn summary(&self) -> ::std::string::String {
            ::std::string::String::from(match self {
                #(#arms)*
                // A variant that never crosses the wire.
                _ => #name,
            })
        }
    }
}

fn shape(shape: &Shape) -> TokenStream {
    match shape {
        Shape::Unit => quote!(__callsheet::Shape::Unit),
        Shape::Newtype { inner, .. } => {
            let inner = reference(inner);
            quote!(__callsheet::Shape::Newtype(#inner))
        }
        Shape::Tuple(items) => {
            let items = items.iter().map(reference);
            quote!(__callsheet::Shape::Tuple(::std::vec![#(#items),*]))
        }
        Shape::Struct { fields, deny_unknown } => {
            let fields = self::fields(fields);
            quote!(__callsheet::Shape::Struct { tags: ::std::vec::Vec::new(), fields: #fields, deny_unknown: #deny_unknown })
        }
        Shape::Enum {
            tagging,
            variants,
            deny_unknown,
        } => {
            let tagging = self::tagging(tagging);
            let variants = variants.iter().map(variant);
            quote! {{
                let mut variants = ::std::vec::Vec::new();
                #(#variants)*
                __callsheet::Shape::Enum { tagging: #tagging, variants, deny_unknown: #deny_unknown }
            }}
        }
    }
}

fn tagging(tagging: &Tagging) -> TokenStream {
    match tagging {
        Tagging::External => quote!(__callsheet::Tagging::External),
        Tagging::Untagged => quote!(__callsheet::Tagging::Untagged),
        Tagging::Internal { tag } => quote! {
            __callsheet::Tagging::Internal { tag: ::std::string::String::from(#tag) }
        },
        Tagging::Adjacent { tag, content } => quote! {
            __callsheet::Tagging::Adjacent {
                tag: ::std::string::String::from(#tag),
                content: ::std::string::String::from(#content),
            }
        },
    }
}

fn variant(variant: &Variant) -> TokenStream {
    let cfg = cfg(&variant.attributes);
    let common = common(&variant.names, &variant.attributes);
    let data = match &variant.data {
        VariantData::Unit => quote!(__callsheet::VariantShape::Unit),
        VariantData::Newtype(inner) => {
            let inner = reference(inner);
            quote!(__callsheet::VariantShape::Newtype(#inner))
        }
        VariantData::Tuple(items) => {
            let items = items.iter().map(reference);
            quote!(__callsheet::VariantShape::Tuple(::std::vec![#(#items),*]))
        }
        VariantData::Struct(fields) => {
            let fields = self::fields(fields);
            quote!(__callsheet::VariantShape::Struct(#fields))
        }
    };
    quote! {
        #(#cfg)*
        variants.push(__callsheet::Variant { #common, untagged: false, other: false, shape: #data });
    }
}

fn fields(fields: &[Field]) -> TokenStream {
    let fields = fields.iter().map(|field| {
        let (cfg, written) = (cfg(&field.attributes), &field.written);
        let common = common(&field.names, &field.attributes);
        let (has_default, sometimes) = (field.has_default, field.sometimes);
        let reference = reference(written);
        quote! {
            #(#cfg)*
            fields.push(__callsheet::Field {
                #common,
                type_ref: #reference,
                optional: #has_default || <#written as __callsheet::Describe>::OPTIONAL,
                sometimes: #sometimes,
                flattened: false,
            });
        }
    });
    quote! {{
        let mut fields = ::std::vec::Vec::new();
        #(#fields)*
        fields
    }}
}

/// What fields and variants have in common.
fn common(names: &Names, attributes: &[Attribute]) -> TokenStream {
    let Names {
        ident,
        produced,
        accepted,
        aliases,
    } = names;
    let other = |name: &str| {
        if name == produced {
            quote!(::core::option::Option::None)
        } else {
            quote!(::core::option::Option::Some(::std::string::String::from(#name)))
        }
    };
    let (ident, accepts) = (other(ident), other(accepted));
    let markdown = docs::markdown(attributes);
    let deprecated = docs::deprecation(attributes);
    quote! {
        name: ::std::string::String::from(#produced),
        ident: #ident,
        accepts: #accepts,
        aliases: ::std::vec![#(::std::string::String::from(#aliases)),*],
        docs: ::std::string::String::from(#markdown),
        deprecated: #deprecated
    }
}

fn reference(written: &Type) -> TokenStream {
    quote!(<#written as __callsheet::Describe>::describe(types))
}

fn cfg(attributes: &[Attribute]) -> Vec<&Attribute> {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("cfg"))
        .collect()
}
