//! The types of a package.

use crate::{
    fault::{Faults, Place},
    ir::{Enum, Field, NamedType, Shape, Tagging, TypeRef, Uses, Variant, VariantShape},
};

use super::{
    super::{
        docs::comment,
        names::{key, literal},
        types::Types,
    },
    claimed_properties,
};

/// The declaration of a type.
pub(in super::super) struct Declaration {
    /// The comment above it.
    pub(in super::super) docs: String,
    pub(in super::super) name: String,
    pub(in super::super) form: Form,
}

impl Declaration {
    /// The code without its comments.
    pub(in super::super) fn code(&self) -> String {
        match &self.form {
            Form::Alias(text) => format!("{text}\n"),
            Form::Interface(members) | Form::Union(members) => {
                members.iter().map(|member| format!("{}\n", member.text)).collect()
            }
        }
    }
}

/// What is declared.
pub(in super::super) enum Form {
    /// An interface.
    Interface(Vec<Member>),
    /// Another name for a type.
    Alias(String),
    /// One of several types, each with its own comment.
    Union(Vec<Member>),
}

/// A member of an interface or a union.
pub(in super::super) struct Member {
    /// The comment above it.
    pub(in super::super) docs: String,
    /// The property with its type, or the type alone.
    pub(in super::super) text: String,
}

/// The property that tells the variant where the wire has no name for it.
const KIND: &str = "kind";

/// The property that holds the data of a variant where the wire has no name for it.
pub(super) const VALUE: &str = "value";

/// An object without properties; `{}` would be everything but null.
const EMPTY: &str = "Readonly<Record<string, never>>";

/// The declaration of a named type.
pub(super) fn declaration(named: &NamedType, types: &Types<'_>, faults: &mut Faults) -> Declaration {
    let place = Place::named_type(&named.wire_name);
    let form = match &named.shape {
        Shape::Newtype(inner) => Form::Alias(types.annotation(inner)),
        Shape::Tuple(items) => Form::Alias(types.annotation(&TypeRef::Tuple(items.clone()))),
        Shape::Unit => Form::Alias("null".to_owned()),
        Shape::Struct(of) if of.fields.is_empty() => Form::Alias(EMPTY.to_owned()),
        Shape::Struct(of) => {
            let properties = claimed_properties(&of.fields, &[], &place, faults);
            Form::Interface(interface(&of.fields, &properties, named.uses, types))
        }
        Shape::Enum(of) if of.strings => Form::Union(of.variants.iter().map(choice).collect()),
        Shape::Enum(of) => Form::Union(
            of.variants
                .iter()
                .map(|variant| Member {
                    docs: comment(&variant.docs, variant.deprecated.as_deref(), 2),
                    text: variant_type(of, variant, named.uses, types, &place, faults),
                })
                .collect(),
        ),
    };
    Declaration {
        docs: comment(&named.docs, named.deprecated.as_deref(), 0),
        name: types.names[named.id.as_str()].clone(),
        form,
    }
}

fn choice(variant: &Variant) -> Member {
    Member {
        docs: comment(&variant.docs, variant.deprecated.as_deref(), 2),
        text: literal(&variant.received_as),
    }
}

fn interface(fields: &[Field], properties: &[String], uses: Uses, types: &Types<'_>) -> Vec<Member> {
    fields
        .iter()
        .zip(properties)
        .map(|(field, property)| Member {
            docs: comment(&field.docs, field.deprecated.as_deref(), 2),
            text: property_type(field, property, uses, types),
        })
        .collect()
}

/// The type of an object with these fields.
pub(super) fn object_type(fields: &[Field], properties: &[String], uses: Uses, types: &Types<'_>) -> String {
    braces(&property_types(fields, properties, uses, types))
}

fn property_types(fields: &[Field], properties: &[String], uses: Uses, types: &Types<'_>) -> Vec<String> {
    let pairs = fields.iter().zip(properties);
    pairs
        .map(|(field, property)| property_type(field, property, uses, types))
        .collect()
}

fn property_type(field: &Field, property: &str, uses: Uses, types: &Types<'_>) -> String {
    let annotation = types.annotation(&field.type_ref);
    if types.is_optional(field, uses) {
        format!("readonly {}?: {annotation} | undefined", key(property))
    } else {
        format!("readonly {}: {annotation}", key(property))
    }
}

fn variant_type(
    of: &Enum,
    variant: &Variant,
    uses: Uses,
    types: &Types<'_>,
    place: &Place,
    faults: &mut Faults,
) -> String {
    let place = place.variant(variant.name.source());
    let mut members = Vec::new();
    if of.tagging != Tagging::Untagged {
        let name = literal(&variant.received_as);
        members.push(format!("readonly {}: {name}", key(tag_property(&of.tagging))));
    }
    let mut beside = None;
    match (&variant.shape, &of.tagging) {
        (VariantShape::Unit, Tagging::Untagged) => return "null".to_owned(),
        (VariantShape::Unit, _) => {}
        (VariantShape::Struct(fields), tagging) => {
            let properties = claimed_properties(fields, &own_properties(tagging), &place, faults);
            if let Tagging::Adjacent { content, .. } = tagging {
                let inner = object_type(fields, &properties, uses, types);
                members.push(format!("readonly {}: {inner}", key(content)));
            } else {
                members.extend(property_types(fields, &properties, uses, types));
            }
        }
        (VariantShape::Newtype(inner), tagging) => match (tagging, types.annotation(inner)) {
            (Tagging::Untagged, inner) => return inner,
            (Tagging::External, inner) => members.push(format!("readonly {VALUE}: {inner}")),
            (Tagging::Adjacent { content, .. }, inner) => members.push(format!("readonly {}: {inner}", key(content))),
            // Null has no properties to stand beside the tag.
            (Tagging::Internal { .. }, inner) if inner == "null" => {}
            (Tagging::Internal { .. }, inner) => beside = Some(inner),
        },
        (VariantShape::Tuple(items), tagging) => {
            let tuple = types.annotation(&TypeRef::Tuple(items.clone()));
            match tagging {
                Tagging::Adjacent { content, .. } => members.push(format!("readonly {}: {tuple}", key(content))),
                Tagging::External => members.push(format!("readonly {VALUE}: {tuple}")),
                // serde has no tuple variants with an internal tag.
                Tagging::Untagged | Tagging::Internal { .. } => return tuple,
            }
        }
    }
    match beside {
        Some(inner) => format!("({} & {inner})", braces(&members)),
        None => braces(&members),
    }
}

/// The property that tells the variant; untagged ones have none.
pub(super) fn tag_property(tagging: &Tagging) -> &str {
    match tagging {
        Tagging::External | Tagging::Untagged => KIND,
        Tagging::Internal { tag } | Tagging::Adjacent { tag, .. } => tag,
    }
}

/// The properties that an object of a variant with fields has besides those.
pub(super) fn own_properties(tagging: &Tagging) -> Vec<&str> {
    match tagging {
        Tagging::External => vec![KIND],
        Tagging::Internal { tag } => vec![tag],
        Tagging::Adjacent { .. } | Tagging::Untagged => Vec::new(),
    }
}

fn braces(members: &[String]) -> String {
    if members.is_empty() {
        EMPTY.to_owned()
    } else {
        format!("{{ {} }}", members.join("; "))
    }
}
