//! A type, as serde reads it, becomes code.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{Attribute, DeriveInput, Generics, Type, ext::IdentExt, parse_quote};

use super::{
    serde_attr,
    shape::{Absent, Described, Field, Names, Shape, Tagging, Variant, VariantData},
};
use crate::docs;

/// The type with serde's traits derived, and its description.
pub(super) fn derived(input: &DeriveInput, name: &str, described: &Described) -> TokenStream {
    let item = serde_attr::without_ours(input);
    let description = description(input, name, described);
    quote! {
        #[derive(::callsheet::__private::serde::Serialize, ::callsheet::__private::serde::Deserialize)]
        #[serde(crate = "::callsheet::__private::serde")]
        #item

        #description
    }
}

/// The description of a type whose serde traits the user derives.
pub(super) fn described(input: &DeriveInput, name: &str, described: &Described) -> TokenStream {
    let description = description(input, name, described);
    if !input.generics.params.is_empty() || described.remote {
        return description;
    }
    // Else that they are missing would only be said where the type is used, as if it were no contract type.
    let (ident, cfg) = (&input.ident, cfg(&input.attrs));
    quote! {
        #description

        #(#cfg)*
        const _: fn() = || {
            fn derived<T: ::callsheet::__private::serde::Serialize + ::callsheet::__private::serde::de::DeserializeOwned>() {}
            derived::<#ident>();
        };
    }
}

/// The description alone.
fn description(input: &DeriveInput, name: &str, described: &Described) -> TokenStream {
    let ident = &input.ident;
    let markdown = docs::markdown(&input.attrs);
    let deprecated = docs::deprecation(&input.attrs);
    let cfg = cfg(&input.attrs);
    let optional = match &described.accepts {
        Shape::Newtype {
            inner,
            transparent: true,
        } => quote!(<#inner as __callsheet::Describe>::OPTIONAL),
        _ => quote!(false),
    };
    let summary = summary(name, &described.variants);
    let (accepts, checked) = (shape(&described.accepts), described.checked);
    let produces = match &described.produces {
        Some(produces) => {
            let produces = shape(produces);
            quote!(::core::option::Option::Some(#produces))
        }
        None => quote!(::core::option::Option::None),
    };
    let mut generics = input.generics.clone();
    for parameter in generics.type_params_mut() {
        parameter.bounds.push(parse_quote!(__callsheet::Describe));
    }
    let (parts, wire_name) = wire_name(ident, &generics, name);
    let (implementation, arguments, clause) = generics.split_for_impl();
    quote! {
        #[allow(deprecated, unused, clippy::all, clippy::pedantic)]
        #(#cfg)*
        const _: () = {
            use ::callsheet::__private::described as __callsheet;

            #parts

            impl #implementation __callsheet::Describe for #ident #arguments #clause {
                const NAME: &'static str = #wire_name;
                const OPTIONAL: bool = #optional;

                fn describe(types: &mut __callsheet::Types) -> __callsheet::TypeRef {
                    types.define_as::<Self>(Self::NAME, const {
                        &__callsheet::DefinitionDescriptor {
                            docs: #markdown,
                            deprecated: #deprecated,
                            accepts: #accepts,
                            produces: #produces,
                            checked: #checked,
                        }
                    })
                }

                #summary
            }
        };
    }
}

/// The name, and where it has parts, what joins them.
fn wire_name(ident: &Ident, generics: &Generics, name: &str) -> (TokenStream, TokenStream) {
    let mut parameters = generics.type_params().map(|parameter| &parameter.ident);
    let Some(first) = parameters.next() else {
        return (TokenStream::new(), quote!(#name));
    };
    let (implementation, arguments, clause) = generics.split_for_impl();
    let start = format!("{name}<");
    let parts = quote! {
        impl #implementation __callsheet::NameParts for #ident #arguments #clause {
            const PARTS: &'static [&'static str] = &[
                #start, <#first as __callsheet::Describe>::NAME,
                #(", ", <#parameters as __callsheet::Describe>::NAME,)*
                ">",
            ];
        }
    };
    (parts, quote!(__callsheet::Joined::<Self>::NAME))
}

/// Which variant a value is, for people.
fn summary(name: &str, variants: &[(Ident, Vec<Attribute>)]) -> TokenStream {
    if variants.is_empty() {
        return TokenStream::new();
    }
    let arms = variants.iter().map(|(ident, attributes)| {
        let cfg = cfg(attributes);
        let text = format!("{name}::{}", ident.unraw());
        quote!(#(#cfg)* Self::#ident { .. } => #text,)
    });
    quote! {
        fn summary(&self) -> ::std::string::String {
            ::std::string::String::from(match self {
                #(#arms)*
            })
        }
    }
}

fn shape(shape: &Shape) -> TokenStream {
    match shape {
        Shape::Unit => quote!(__callsheet::ShapeDescriptor::Unit),
        Shape::Newtype { inner, .. } => {
            let inner = describe(inner);
            quote!(__callsheet::ShapeDescriptor::Newtype(#inner))
        }
        Shape::Tuple(items) => {
            let items = items.iter().map(describe);
            quote!(__callsheet::ShapeDescriptor::Tuple(&[#(#items),*]))
        }
        Shape::Struct {
            tag,
            fields,
            deny_unknown,
        } => {
            let tag = tag.iter().map(|(name, value)| quote!((#name, #value)));
            let fields = self::fields(fields);
            quote! {
                __callsheet::ShapeDescriptor::Struct { tags: &[#(#tag),*], fields: #fields, deny_unknown: #deny_unknown }
            }
        }
        Shape::Enum {
            tagging,
            variants,
            deny_unknown,
        } => {
            let tagging = self::tagging(tagging);
            let variants = variants.iter().map(variant);
            quote! {
                __callsheet::ShapeDescriptor::Enum {
                    tagging: #tagging,
                    variants: &[#(#variants),*],
                    deny_unknown: #deny_unknown,
                }
            }
        }
    }
}

fn tagging(tagging: &Tagging) -> TokenStream {
    match tagging {
        Tagging::External => quote!(__callsheet::TaggingDescriptor::External),
        Tagging::Untagged => quote!(__callsheet::TaggingDescriptor::Untagged),
        Tagging::Internal { tag } => quote!(__callsheet::TaggingDescriptor::Internal { tag: #tag }),
        Tagging::Adjacent { tag, content } => {
            quote!(__callsheet::TaggingDescriptor::Adjacent { tag: #tag, content: #content })
        }
    }
}

fn variant(variant: &Variant) -> TokenStream {
    let cfg = cfg(&variant.attributes);
    let names = names(&variant.names, &variant.attributes);
    let data = match &variant.data {
        VariantData::Unit => quote!(Unit),
        VariantData::Newtype(inner) => {
            let inner = describe(inner);
            quote!(Newtype(#inner))
        }
        VariantData::Tuple(items) => {
            let items = items.iter().map(describe);
            quote!(Tuple(&[#(#items),*]))
        }
        VariantData::Struct(fields) => {
            let fields = self::fields(fields);
            quote!(Struct(#fields))
        }
    };
    let (untagged, other) = (variant.untagged, variant.other);
    quote! {
        #(#cfg)*
        __callsheet::VariantDescriptor {
            names: #names,
            untagged: #untagged,
            other: #other,
            shape: __callsheet::VariantShapeDescriptor::#data,
        }
    }
}

fn fields(fields: &[Field]) -> TokenStream {
    let fields = fields.iter().map(|field| {
        let (cfg, written) = (cfg(&field.attributes), &field.written);
        let names = names(&field.names, &field.attributes);
        let (sometimes, flattened) = (field.sometimes, field.flattened);
        let optional = match field.absent {
            Absent::Default | Absent::OwnDefault => quote!(true),
            Absent::AsTheType => quote!(<#written as __callsheet::Describe>::OPTIONAL),
            Absent::Refused => quote!(false),
        };
        let default = match field.absent {
            Absent::Default => quote!(OfType),
            Absent::OwnDefault => quote!(Own),
            Absent::AsTheType | Absent::Refused => quote!(OfDescription),
        };
        let describe = describe(written);
        quote! {
            #(#cfg)*
            __callsheet::FieldDescriptor {
                names: #names,
                describe: #describe,
                optional: #optional,
                default: __callsheet::DefaultDescriptor::#default,
                sometimes: #sometimes,
                flattened: #flattened,
            }
        }
    });
    quote!(&[#(#fields),*])
}

/// What is said of fields and of variants alike.
fn names(names: &Names, attributes: &[Attribute]) -> TokenStream {
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
            quote!(::core::option::Option::Some(#name))
        }
    };
    let (ident, accepted) = (other(ident), other(accepted));
    let markdown = docs::markdown(attributes);
    let deprecated = docs::deprecation(attributes);
    quote! {
        __callsheet::NameDescriptor {
            produced: #produced,
            ident: #ident,
            accepted: #accepted,
            aliases: &[#(#aliases),*],
            docs: #markdown,
            deprecated: #deprecated,
        }
    }
}

fn describe(written: &Type) -> TokenStream {
    quote!(<#written as __callsheet::Describe>::describe)
}

fn cfg(attributes: &[Attribute]) -> Vec<&Attribute> {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("cfg"))
        .collect()
}
