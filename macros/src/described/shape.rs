//! What serde makes of a type, read the way serde reads it.
//!
//! `serde_derive_internals` is the parser of serde's own derive; its interface is unstable, and this file alone knows it.

use proc_macro2::{Ident, Span};
use serde_derive_internals::{
    Ctxt, Derive,
    ast::{Container, Data, Style},
    attr::{self, TagType},
};
use syn::{Attribute, DeriveInput, Type, ext::IdentExt};

use crate::fault::{Code, Faults};

/// A type that can be described.
pub(super) enum Shape {
    Unit,
    /// Written exactly as the type inside; a transparent one may also be left out where that may.
    Newtype {
        inner: Type,
        transparent: bool,
    },
    Tuple(Vec<Type>),
    Struct {
        fields: Vec<Field>,
        deny_unknown: bool,
    },
    Enum {
        tagging: Tagging,
        variants: Vec<Variant>,
        deny_unknown: bool,
    },
}

pub(super) enum Tagging {
    External,
    Internal { tag: String },
    Adjacent { tag: String, content: String },
    Untagged,
}

/// The names of a field or of a variant.
pub(super) struct Names {
    pub(super) ident: String,
    pub(super) produced: String,
    pub(super) accepted: String,
    pub(super) aliases: Vec<String>,
}

pub(super) struct Field {
    pub(super) names: Names,
    pub(super) attributes: Vec<Attribute>,
    pub(super) written: Type,
    /// It has a default, so it may be left out of what is read.
    pub(super) has_default: bool,
    /// It may be left out of what is written.
    pub(super) sometimes: bool,
}

pub(super) struct Variant {
    pub(super) ident: Ident,
    pub(super) names: Names,
    pub(super) attributes: Vec<Attribute>,
    pub(super) data: VariantData,
}

pub(super) enum VariantData {
    Unit,
    Newtype(Box<Type>),
    Tuple(Vec<Type>),
    Struct(Vec<Field>),
}

/// Judges the type; `None` if it cannot be described. Whatever is wrong is in `faults`.
pub(super) fn judge(input: &DeriveInput, faults: &mut Faults) -> Option<Shape> {
    if let syn::Data::Union(union) = &input.data {
        faults.at(
            &union.union_token,
            Code::NotAType,
            "`#[contract_type]` is for structs and enums",
        );
        return None;
    }
    if !input.generics.params.is_empty() {
        faults.at(
            &input.generics,
            Code::GenericType,
            "a contract type has no generic parameters in this version; write one type for each use",
        );
        return None;
    }
    let context = Ctxt::new();
    let private = Ident::new("__private", Span::call_site());
    let container = Container::from_ast(&context, input, Derive::Deserialize, &private);
    if let Err(errors) = context.check() {
        for error in errors {
            faults.at_span(error.span(), Code::SerdeAttribute, error);
        }
        return None;
    }
    let container = container?;
    check_container(&container, faults)?;
    let deny_unknown = container.attrs.deny_unknown_fields();
    let has_default = !container.attrs.default().is_none();
    match &container.data {
        Data::Enum(variants) => Some(Shape::Enum {
            tagging: tagging(container.attrs.tag()),
            variants: all(variants.iter().filter(|v| !is_skipped(v)).map(|v| variant(v, faults)))?,
            deny_unknown,
        }),
        Data::Struct(style, fields) => {
            if container.attrs.transparent() {
                let inner = fields.iter().find(|field| field.attrs.transparent())?;
                check_field(inner, faults)?;
                return Some(Shape::Newtype {
                    inner: inner.ty.clone(),
                    transparent: true,
                });
            }
            match style {
                Style::Unit => Some(Shape::Unit),
                Style::Newtype => Some(Shape::Newtype {
                    inner: unnamed(fields, faults)?.pop()?,
                    transparent: false,
                }),
                Style::Tuple => Some(Shape::Tuple(unnamed(fields, faults)?)),
                Style::Struct => Some(Shape::Struct {
                    fields: named(fields, has_default, faults)?,
                    deny_unknown,
                }),
            }
        }
    }
}

fn tagging(tag: &TagType) -> Tagging {
    match tag {
        TagType::External => Tagging::External,
        TagType::Internal { tag } => Tagging::Internal { tag: tag.clone() },
        TagType::Adjacent { tag, content } => Tagging::Adjacent {
            tag: tag.clone(),
            content: content.clone(),
        },
        TagType::None => Tagging::Untagged,
    }
}

fn variant(variant: &serde_derive_internals::ast::Variant<'_>, faults: &mut Faults) -> Option<Variant> {
    let attrs = &variant.attrs;
    check(
        variant.original,
        &[
            ("other", attrs.other()),
            ("untagged` on a variant, `untagged", attrs.untagged()),
            ("serialize_with", attrs.serialize_with().is_some()),
            ("deserialize_with", attrs.deserialize_with().is_some()),
            ("skip_serializing", attrs.skip_serializing()),
            ("skip_deserializing", attrs.skip_deserializing()),
        ],
        faults,
    )?;
    Some(Variant {
        ident: variant.ident.clone(),
        names: names(
            variant.ident.unraw().to_string(),
            attrs.name(),
            attrs.aliases().iter().map(|alias| &alias.value),
        ),
        attributes: variant.original.attrs.clone(),
        data: match variant.style {
            Style::Unit => VariantData::Unit,
            Style::Newtype => VariantData::Newtype(Box::new(unnamed(&variant.fields, faults)?.pop()?)),
            Style::Tuple => VariantData::Tuple(unnamed(&variant.fields, faults)?),
            Style::Struct => VariantData::Struct(named(&variant.fields, false, faults)?),
        },
    })
}

/// A variant that is neither read nor written does not exist for anyone outside.
fn is_skipped(variant: &serde_derive_internals::ast::Variant<'_>) -> bool {
    variant.attrs.skip_serializing() && variant.attrs.skip_deserializing()
}

fn unnamed(fields: &[serde_derive_internals::ast::Field<'_>], faults: &mut Faults) -> Option<Vec<Type>> {
    all(fields.iter().map(|field| {
        check_field(field, faults)?;
        check(
            field.original,
            &[
                (
                    "skip",
                    field.attrs.skip_serializing() || field.attrs.skip_deserializing(),
                ),
                (
                    "default` on an unnamed field, `default",
                    !field.attrs.default().is_none(),
                ),
                ("skip_serializing_if", field.attrs.skip_serializing_if().is_some()),
            ],
            faults,
        )?;
        Some(field.ty.clone())
    }))
}

fn named(
    fields: &[serde_derive_internals::ast::Field<'_>],
    container_default: bool,
    faults: &mut Faults,
) -> Option<Vec<Field>> {
    // A field that is neither read nor written does not exist for anyone outside.
    let visible = fields
        .iter()
        .filter(|field| !(field.attrs.skip_serializing() && field.attrs.skip_deserializing()));
    all(visible.map(|field| {
        let attrs = &field.attrs;
        check_field(field, faults)?;
        check(
            field.original,
            &[
                ("skip_serializing", attrs.skip_serializing()),
                ("skip_deserializing", attrs.skip_deserializing()),
            ],
            faults,
        )?;
        let ident = match &field.member {
            syn::Member::Named(ident) => ident.unraw().to_string(),
            syn::Member::Unnamed(index) => index.index.to_string(),
        };
        Some(Field {
            names: names(ident, attrs.name(), attrs.aliases().iter().map(|alias| &alias.value)),
            attributes: field.original.attrs.clone(),
            written: field.ty.clone(),
            has_default: container_default || !attrs.default().is_none(),
            sometimes: attrs.skip_serializing_if().is_some(),
        })
    }))
}

fn names<'a>(
    ident: String,
    name: &serde_derive_internals::name::MultiName,
    aliases: impl Iterator<Item = &'a String>,
) -> Names {
    let accepted = name.deserialize_name().value.clone();
    Names {
        ident,
        produced: name.serialize_name().value.clone(),
        aliases: aliases.filter(|alias| **alias != accepted).cloned().collect(),
        accepted,
    }
}

fn check_container(container: &Container<'_>, faults: &mut Faults) -> Option<()> {
    let attrs = &container.attrs;
    check(
        &container.original.ident,
        &[
            ("from", attrs.type_from().is_some()),
            ("try_from", attrs.type_try_from().is_some()),
            ("into", attrs.type_into().is_some()),
            ("remote", attrs.remote().is_some()),
            (
                "variant_identifier` or `field_identifier",
                !matches!(attrs.identifier(), attr::Identifier::No),
            ),
        ],
        faults,
    )?;
    let is_tagged_struct =
        matches!(container.data, Data::Struct(..)) && matches!(attrs.tag(), TagType::Internal { .. });
    check(
        &container.original.ident,
        &[("tag` on a struct, `tag", is_tagged_struct)],
        faults,
    )
}

fn check_field(field: &serde_derive_internals::ast::Field<'_>, faults: &mut Faults) -> Option<()> {
    let attrs = &field.attrs;
    check(
        field.original,
        &[
            ("flatten", attrs.flatten()),
            ("serialize_with", attrs.serialize_with().is_some()),
            ("deserialize_with", attrs.deserialize_with().is_some()),
            ("getter", attrs.getter().is_some()),
        ],
        faults,
    )
}

/// Refuses what would be described wrongly: a description that lies is worse than none.
fn check(place: &impl quote::ToTokens, unsupported: &[(&str, bool)], faults: &mut Faults) -> Option<()> {
    let mut fine = Some(());
    for (attribute, _) in unsupported.iter().filter(|(_, used)| *used) {
        faults.at(
            place,
            Code::UnsupportedSerde,
            format!(
                "`#[serde({attribute})]` cannot be described in this version; write the type as it looks on the wire, without it"
            ),
        );
        fine = None;
    }
    fine
}

/// All of them, or none; every one is looked at, so that every fault is found.
fn all<T>(parts: impl Iterator<Item = Option<T>>) -> Option<Vec<T>> {
    let parts: Vec<_> = parts.collect();
    parts.into_iter().collect()
}
