//! What serde makes of a type, read the way serde reads it.
//!
//! `serde_derive_internals` is the parser of serde's own derive; its interface is unstable, and this file alone knows it.

use proc_macro2::{Ident, Span};
use serde_derive_internals::{
    Ctxt, Derive,
    ast::{self, Container, Data, Style},
    attr::{self, TagType},
    name::MultiName,
};
use syn::{DeriveInput, Type, ext::IdentExt};

use super::{
    shape::{Absent, Described, Field, Names, Shape, Tagging, Variant, VariantData},
    stated::Stated,
};
use crate::fault::{Code, Faults};

#[derive(Clone, Copy)]
enum Direction {
    Accepted,
    Produced,
}

/// Judges the type; `None` if it cannot be described. Whatever is wrong is in `faults`.
pub(super) fn described(input: &DeriveInput, faults: &mut Faults) -> Option<Described> {
    if let syn::Data::Union(union) = &input.data {
        faults.at(
            &union.union_token,
            Code::NotAType,
            "a contract type is a struct or an enum",
        );
        return None;
    }
    check_generics(input, faults)?;
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
    check(&container, faults)?;
    let attrs = &container.attrs;
    let converted = |into: Option<&Type>| {
        into.map(|inner| Shape::Newtype {
            inner: inner.clone(),
            transparent: true,
        })
    };
    let accepts = match converted(attrs.type_from().or(attrs.type_try_from())) {
        Some(shape) => shape,
        None => shape(&container, Direction::Accepted)?,
    };
    let produces = match converted(attrs.type_into()) {
        Some(shape) => shape,
        None => shape(&container, Direction::Produced)?,
    };
    let variants = match &container.data {
        Data::Enum(variants) => variants
            .iter()
            .map(|variant| (variant.ident.clone(), variant.original.attrs.clone()))
            .collect(),
        Data::Struct(..) => Vec::new(),
    };
    Some(Described {
        produces: (produces != accepts).then_some(produces),
        accepts,
        checked: attrs.type_try_from().is_some(),
        remote: attrs.remote().is_some(),
        variants,
    })
}

fn check_generics(input: &DeriveInput, faults: &mut Faults) -> Option<()> {
    let mut fine = Some(());
    for parameter in &input.generics.params {
        let message = match parameter {
            syn::GenericParam::Type(_) => continue,
            syn::GenericParam::Lifetime(_) => {
                "a contract type cannot borrow, since it crosses the wire: use `String` for `&str`, `Vec<T>` for `&[T]`"
            }
            syn::GenericParam::Const(_) => {
                "a contract type has no const parameters, which other languages do not know; write one type for each use"
            }
        };
        faults.at(parameter, Code::GenericType, message);
        fine = None;
    }
    fine
}

/// Refuses what could not be described exactly: a description that lies is worse than none.
fn check(container: &Container<'_>, faults: &mut Faults) -> Option<()> {
    let attrs = &container.attrs;
    let mut refuse = Refusals { faults, fine: Some(()) };
    let ident = &container.original.ident;
    if !matches!(attrs.identifier(), attr::Identifier::No) {
        refuse.at(
            ident,
            "`variant_identifier` and `field_identifier` are for deserializers written by hand; drop it",
        );
    }
    let fields = match &container.data {
        Data::Struct(_, fields) => fields.iter().collect(),
        Data::Enum(variants) => variants.iter().flat_map(|variant| &variant.fields).collect::<Vec<_>>(),
    };
    if attrs.deny_unknown_fields() {
        if let Some(field) = fields.iter().find(|field| field.attrs.flatten()) {
            let message = "serde does not support `flatten` in a type with `deny_unknown_fields`; drop one of them";
            refuse.at(field.original, message);
        }
        if let (Data::Struct(..), TagType::Internal { .. }) = (&container.data, attrs.tag()) {
            let message =
                "with `deny_unknown_fields` serde would refuse the tag that it writes itself; drop one of them";
            refuse.at(ident, message);
        }
    }
    match &container.data {
        Data::Struct(style, fields) => refuse.unnamed(*style, fields),
        Data::Enum(variants) => {
            for variant in variants {
                refuse.unnamed(variant.style, &variant.fields);
                let (reads, writes) = (variant.attrs.deserialize_with(), variant.attrs.serialize_with());
                refuse.stated(variant.original, &variant.original.attrs, reads, writes);
            }
        }
    }
    for field in fields {
        let (reads, writes) = (field.attrs.deserialize_with(), field.attrs.serialize_with());
        refuse.stated(field.original, &field.original.attrs, reads, writes);
    }
    refuse.fine
}

struct Refusals<'a> {
    faults: &'a mut Faults,
    fine: Option<()>,
}

impl Refusals<'_> {
    fn at(&mut self, place: &impl quote::ToTokens, message: &str) {
        self.faults.at(place, Code::UnsupportedSerde, message);
        self.fine = None;
    }

    fn unnamed(&mut self, style: Style, fields: &[ast::Field<'_>]) {
        if matches!(style, Style::Struct) {
            return;
        }
        for field in fields {
            let attrs = &field.attrs;
            if attrs.skip_serializing_if().is_some() {
                let message = "a place of a tuple that is sometimes left out moves those after it, so nobody could read it; \
                               drop `skip_serializing_if`, or name the fields";
                self.at(field.original, message);
            }
            if matches!(style, Style::Newtype) && (attrs.skip_serializing() || attrs.skip_deserializing()) {
                let message = "serde ignores `skip` on the only field of a tuple struct in some places and not in others; drop \
                               the field, or name it";
                self.at(field.original, message);
            }
        }
    }

    fn stated(
        &mut self,
        place: &impl quote::ToTokens,
        attributes: &[syn::Attribute],
        reads: Option<&syn::ExprPath>,
        writes: Option<&syn::ExprPath>,
    ) {
        let stated = Stated::of(attributes, self.faults);
        if stated.check(place, reads, writes, self.faults).is_none() {
            self.fine = None;
        }
    }
}

fn shape(container: &Container<'_>, direction: Direction) -> Option<Shape> {
    let attrs = &container.attrs;
    let deny_unknown = attrs.deny_unknown_fields();
    Some(match &container.data {
        Data::Enum(variants) => Shape::Enum {
            tagging: tagging(attrs.tag()),
            variants: variants
                .iter()
                .filter(|variant| !variant_skipped(variant, direction))
                .map(|variant| self::variant(variant, direction))
                .collect(),
            deny_unknown,
        },
        Data::Struct(_, fields) if attrs.transparent() => {
            let inner = fields.iter().find(|field| field.attrs.transparent())?;
            Shape::Newtype {
                inner: written(inner, direction),
                // What a function of the user's reads has to be there.
                transparent: inner.attrs.deserialize_with().is_none(),
            }
        }
        Data::Struct(Style::Unit, _) => Shape::Unit,
        Data::Struct(Style::Newtype, fields) => Shape::Newtype {
            inner: written(fields.first()?, direction),
            transparent: false,
        },
        Data::Struct(Style::Tuple, fields) => Shape::Tuple(unnamed(fields, direction)),
        Data::Struct(Style::Struct, fields) => Shape::Struct {
            tag: match attrs.tag() {
                TagType::Internal { tag } => Some((tag.clone(), attrs.name().serialize_name().value.clone())),
                _ => None,
            },
            fields: named(fields, default_of(container), direction),
            deny_unknown,
        },
    })
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

fn variant(variant: &ast::Variant<'_>, direction: Direction) -> Variant {
    let attrs = &variant.attrs;
    let stated = stated(
        &variant.original.attrs,
        attrs.deserialize_with(),
        attrs.serialize_with(),
        direction,
    );
    Variant {
        names: names(
            variant.ident.unraw().to_string(),
            attrs.name(),
            attrs.aliases().iter().map(|alias| &alias.value),
        ),
        attributes: variant.original.attrs.clone(),
        data: match (stated, variant.style) {
            (Some(stated), _) => VariantData::Newtype(Box::new(stated)),
            (None, Style::Unit) => VariantData::Unit,
            (None, Style::Newtype) => VariantData::Newtype(Box::new(written(&variant.fields[0], direction))),
            (None, Style::Tuple) => VariantData::Tuple(unnamed(&variant.fields, direction)),
            (None, Style::Struct) => VariantData::Struct(named(&variant.fields, Absent::AsTheType, direction)),
        },
        untagged: attrs.untagged(),
        other: attrs.other(),
    }
}

fn variant_skipped(variant: &ast::Variant<'_>, direction: Direction) -> bool {
    match direction {
        Direction::Accepted => variant.attrs.skip_deserializing(),
        Direction::Produced => variant.attrs.skip_serializing(),
    }
}

fn visible<'a, 'b>(
    fields: &'b [ast::Field<'a>],
    direction: Direction,
) -> impl Iterator<Item = &'b ast::Field<'a>> + use<'a, 'b> {
    fields.iter().filter(move |field| match direction {
        Direction::Accepted => !field.attrs.skip_deserializing(),
        Direction::Produced => !field.attrs.skip_serializing(),
    })
}

fn unnamed(fields: &[ast::Field<'_>], direction: Direction) -> Vec<Type> {
    visible(fields, direction)
        .map(|field| written(field, direction))
        .collect()
}

/// Where the fields of a struct have their defaults from if they say nothing themselves.
fn default_of(container: &Container<'_>) -> Absent {
    match container.attrs.default() {
        attr::Default::None => Absent::AsTheType,
        // It is made of those of the fields' types.
        attr::Default::Default if derives_default(&container.original.attrs) => Absent::Default,
        attr::Default::Default | attr::Default::Path(_) => Absent::OwnDefault,
    }
}

/// Whether a derive says so that is still to be expanded: where none is seen, `Default` may be written by hand.
fn derives_default(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let mut found = false;
        if attribute.path().is_ident("derive") {
            // What is no list of paths is rustc's to refuse.
            let _ = attribute.parse_nested_meta(|meta| {
                found |= meta.path.segments.last().is_some_and(|last| last.ident == "Default");
                Ok(())
            });
        }
        found
    })
}

fn named(fields: &[ast::Field<'_>], default: Absent, direction: Direction) -> Vec<Field> {
    let field = |field: &ast::Field<'_>| {
        let attrs = &field.attrs;
        let ident = match &field.member {
            syn::Member::Named(ident) => ident.unraw().to_string(),
            syn::Member::Unnamed(index) => index.index.to_string(),
        };
        Field {
            names: names(ident, attrs.name(), attrs.aliases().iter().map(|alias| &alias.value)),
            attributes: field.original.attrs.clone(),
            written: written(field, direction),
            absent: absent(attrs, default),
            sometimes: attrs.skip_serializing_if().is_some(),
            flattened: attrs.flatten(),
        }
    };
    visible(fields, direction).map(field).collect()
}

/// What is read where the field is left out, if its struct says `default`.
fn absent(field: &attr::Field, default: Absent) -> Absent {
    let absent = match field.default() {
        attr::Default::None => default,
        attr::Default::Default => Absent::Default,
        attr::Default::Path(_) => Absent::OwnDefault,
    };
    match (absent, field.deserialize_with()) {
        (absent, None) => absent,
        (Absent::AsTheType | Absent::Refused, Some(_)) => Absent::Refused,
        // What the function makes of null need not be the default.
        (Absent::Default | Absent::OwnDefault, Some(_)) => Absent::OwnDefault,
    }
}

/// The field's type on the wire: what it is stated to look like, else the type that was written.
fn written(field: &ast::Field<'_>, direction: Direction) -> Type {
    let attrs = &field.attrs;
    stated(
        &field.original.attrs,
        attrs.deserialize_with(),
        attrs.serialize_with(),
        direction,
    )
    .unwrap_or_else(|| field.ty.clone())
}

/// The stated type where a function of the user's reads or writes; that it is stated has been checked.
fn stated(
    attributes: &[syn::Attribute],
    reads: Option<&syn::ExprPath>,
    writes: Option<&syn::ExprPath>,
    direction: Direction,
) -> Option<Type> {
    let stated = Stated::of(attributes, &mut Faults::default());
    match direction {
        Direction::Accepted => reads.and(stated.accepts),
        Direction::Produced => writes.and(stated.produces),
    }
}

fn names<'a>(ident: String, name: &MultiName, aliases: impl Iterator<Item = &'a String>) -> Names {
    let accepted = name.deserialize_name().value.clone();
    Names {
        ident,
        produced: name.serialize_name().value.clone(),
        aliases: aliases.filter(|alias| **alias != accepted).cloned().collect(),
        accepted,
    }
}
