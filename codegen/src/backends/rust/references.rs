//! Uses of types, as Rust writes them.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;

use super::{derives::has_order, embedding::Embedding, names};
use crate::ir::{Api, Enum, Field, Format, NamedType, Shape, Tagging, TypeRef};

/// The standard library has a type for text of this form.
pub(super) fn is_address(format: Format) -> bool {
    matches!(
        format,
        Format::IpAddress | Format::Ipv4Address | Format::Ipv6Address | Format::SocketAddress
    )
}

/// serde reads and writes no array of so many items: the client's own type is used for them.
pub(super) fn is_long(length: usize) -> bool {
    length > 32
}

/// The type for text of this form; a path may be any string. Those of the client are checked as the addresses are: a variant
/// of an untagged enum is told by them.
fn text(format: Format) -> Option<TokenStream> {
    match format {
        Format::IpAddress => Some(quote!(std::net::IpAddr)),
        Format::Ipv4Address => Some(quote!(std::net::Ipv4Addr)),
        Format::Ipv6Address => Some(quote!(std::net::Ipv6Addr)),
        Format::SocketAddress => Some(quote!(std::net::SocketAddr)),
        Format::Uuid => Some(quote!(callsheet_client::text::Uuid)),
        Format::Timestamp => Some(quote!(callsheet_client::text::Timestamp)),
        Format::DateTime => Some(quote!(callsheet_client::text::DateTime)),
        Format::Date => Some(quote!(callsheet_client::text::Date)),
        Format::Time => Some(quote!(callsheet_client::text::Time)),
        Format::Decimal => Some(quote!(callsheet_client::text::Decimal)),
        Format::Url => Some(quote!(callsheet_client::text::Url)),
        Format::Path => None,
    }
}

/// What a string of this form looks like, where the type does not say it.
pub(super) fn form(reference: &TypeRef) -> Option<&'static str> {
    match reference {
        TypeRef::Option(inner) => form(inner),
        TypeRef::Text(Format::Path) => Some("A path of the server's file system."),
        _ => None,
    }
}

/// How one generated file writes types.
pub(super) struct Types<'a> {
    api: &'a Api,
    embedding: Embedding<'a>,
    /// Before the names of the models; empty where they are defined.
    path: TokenStream,
    /// The type names that the file itself defines: names of the prelude among them are hidden there.
    defined: BTreeSet<String>,
}

impl<'a> Types<'a> {
    /// For the file that defines the models.
    pub(super) fn of_models(api: &'a Api) -> Self {
        let defined = api.types.values().map(|of| of.name.upper_camel()).collect();
        Self {
            api,
            embedding: Embedding::of(api),
            path: TokenStream::new(),
            defined,
        }
    }

    /// For files that define the services, and use the models by way of their module.
    pub(super) fn of_services(api: &'a Api) -> Self {
        let defined = api.services.iter().map(|service| service.name.upper_camel()).collect();
        Self {
            api,
            embedding: Embedding::of(api),
            path: quote!(models::),
            defined,
        }
    }

    /// For files that define the handlers of contracts, and use the models by their paths.
    pub(super) fn of_handlers(api: &'a Api) -> Self {
        Self {
            path: quote!(crate::models::),
            ..Self::of_services(api)
        }
    }

    /// For the files of the fakes, whose own names nothing else has, and which use the models by their paths.
    pub(super) fn of_fakes(api: &'a Api) -> Self {
        Self {
            api,
            embedding: Embedding::of(api),
            path: quote!(crate::models::),
            defined: BTreeSet::new(),
        }
    }

    /// The file itself defines a type of this name.
    pub(super) fn defines(&self, name: &str) -> bool {
        self.defined.contains(name)
    }

    /// A name of the prelude, with its path if the file hides it.
    pub(super) fn prelude(&self, name: &str) -> TokenStream {
        let ident = names::escaped(name.to_owned());
        if !self.defined.contains(name) {
            return quote!(#ident);
        }
        let module = names::escaped(name.to_lowercase());
        match name {
            "Box" => quote!(std::boxed::Box),
            _ => quote!(std::#module::#ident),
        }
    }

    /// Null is a value of an option, whatever newtypes stand around it.
    pub(super) fn takes_null(&self, reference: &TypeRef) -> bool {
        matches!(self.api.underlying(reference), TypeRef::Option(_))
    }

    /// The field is an internally tagged enum whose entries stand among those of the struct.
    pub(super) fn takes_what_is_left(&self, field: &Field) -> bool {
        let of = match self.api.underlying(&field.type_ref) {
            TypeRef::Option(inner) => self.api.underlying(inner),
            other => other,
        };
        let TypeRef::Named(id) = of else { return false };
        let is_internal = |of: &Enum| matches!(of.tagging, Tagging::Internal { .. });
        field.flattened && matches!(&self.api.named(id).shape, Shape::Enum(of) if is_internal(of))
    }

    /// The type of a value that is owned, outside of the models.
    pub(super) fn owned(&self, reference: &TypeRef) -> TokenStream {
        self.write(reference, None)
    }

    /// The type of a value that is part of `owner`: boxed where the type would otherwise hold itself.
    pub(super) fn part_of(&self, owner: &NamedType, reference: &TypeRef) -> TokenStream {
        self.write(reference, Some(owner))
    }

    fn write(&self, reference: &TypeRef, owner: Option<&NamedType>) -> TokenStream {
        use TypeRef::*;
        match reference {
            Unit => quote!(()),
            Bool => quote!(bool),
            I8 => quote!(i8),
            I16 => quote!(i16),
            I32 => quote!(i32),
            I64 => quote!(i64),
            I128 => quote!(i128),
            U8 => quote!(u8),
            U16 => quote!(u16),
            U32 => quote!(u32),
            U64 => quote!(u64),
            U128 => quote!(u128),
            F32 => quote!(f32),
            F64 => quote!(f64),
            Char => quote!(char),
            String => self.prelude("String"),
            Text(format) => text(*format).unwrap_or_else(|| self.prelude("String")),
            NonZero(inner) => {
                let inner = self.write(inner, owner);
                quote!(std::num::NonZero<#inner>)
            }
            Bytes => quote!(callsheet_client::Bytes),
            Duration => quote!(std::time::Duration),
            SystemTime => quote!(std::time::SystemTime),
            Option(inner) => {
                let (option, inner) = (self.prelude("Option"), self.write(inner, owner));
                quote!(#option<#inner>)
            }
            // What a list, a set, a map or a long array holds lies on the heap already.
            List(item) => self.vec(item),
            Set(item) if !has_order(self.api, item) => self.vec(item),
            Set(item) => {
                let item = self.owned(item);
                quote!(std::collections::BTreeSet<#item>)
            }
            Map(key, value) => {
                let (key, value) = (self.owned(key), self.owned(value));
                quote!(std::collections::BTreeMap<#key, #value>)
            }
            Array(item, length) if is_long(*length) => {
                let (item, length) = (self.owned(item), proc_macro2::Literal::usize_unsuffixed(*length));
                quote!(callsheet_client::Array<#item, #length>)
            }
            Array(item, length) => {
                let (item, length) = (self.write(item, owner), proc_macro2::Literal::usize_unsuffixed(*length));
                quote!([#item; #length])
            }
            // serde writes `()` as null, and this as a list.
            Tuple(items) if items.is_empty() => quote!([(); 0]),
            Tuple(items) => {
                let items = items.iter().map(|item| self.write(item, owner));
                quote!((#(#items,)*))
            }
            Named(id) => {
                let (path, of) = (&self.path, self.api.named(id));
                let name = names::type_name(&of.name);
                if owner.is_some_and(|owner| self.embedding.closes_a_circle(of, owner)) {
                    let of_box = self.prelude("Box");
                    quote!(#of_box<#path #name>)
                } else {
                    quote!(#path #name)
                }
            }
        }
    }

    fn vec(&self, item: &TypeRef) -> TokenStream {
        let (vec, item) = (self.prelude("Vec"), self.owned(item));
        quote!(#vec<#item>)
    }

    /// The type of a parameter, which the caller keeps; `lifetime` stands in its references. Also whether it has any.
    pub(super) fn borrowed(&self, reference: &TypeRef, lifetime: &TokenStream) -> (TokenStream, bool) {
        use TypeRef::*;
        match reference {
            String => (quote!(&#lifetime str), true),
            Text(Format::Path) => (quote!(&#lifetime str), true),
            Text(format) if !is_address(*format) => {
                let owned = self.owned(reference);
                (quote!(&#lifetime #owned), true)
            }
            List(item) => {
                let item = self.owned(item);
                (quote!(&#lifetime [#item]), true)
            }
            Option(inner) => {
                let (option, (inner, borrows)) = (self.prelude("Option"), self.borrowed(inner, lifetime));
                (quote!(#option<#inner>), borrows)
            }
            Bytes | Set(_) | Map(..) | Array(..) | Tuple(_) | Named(_) => {
                let owned = self.owned(reference);
                (quote!(&#lifetime #owned), true)
            }
            _ => (self.owned(reference), false),
        }
    }
}
