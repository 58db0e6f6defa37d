//! The types of a package.

use crate::{
    fault::{Faults, Place},
    ir::{Enum, Field, NamedType, Shape, Tagging, TypeRef, Uses, Variant, VariantShape},
};

use super::{
    super::{
        docs::comment,
        names::{key, literal},
        references::Types,
    },
    claim_properties,
    merged::{Data, data_of},
    properties,
};

/// The declaration of a type.
pub(in super::super) struct Declaration {
    /// The comment above it.
    pub(in super::super) docs: String,
    /// The comment where users find it, if it is deprecated: the package's own code still names it.
    pub(in super::super) exported: Option<String>,
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
    let mut docs = named.docs.clone();
    let form = match &named.shape {
        Shape::Newtype(inner) => {
            docs = with_demand(&named.docs, inner, types);
            Form::Alias(types.annotation(inner))
        }
        Shape::Tuple(items) => Form::Alias(types.annotation(&TypeRef::Tuple(items.clone()))),
        Shape::Unit => Form::Alias("null".to_owned()),
        Shape::Struct(of) if of.fields.is_empty() => Form::Alias(EMPTY.to_owned()),
        Shape::Struct(of) => {
            claim_properties(&of.fields, &[], &place, faults);
            Form::Interface(interface(&of.fields, &properties(&of.fields, &[]), named.uses, types))
        }
        Shape::Enum(of) if of.strings => {
            let names = of.variants.iter().map(choice);
            Form::Union(names.chain([unknown(UNKNOWN_NAME.to_owned())]).collect())
        }
        Shape::Enum(of) => {
            for variant in &of.variants {
                if let VariantShape::Struct(fields) = &variant.shape {
                    let others = own_properties(of, variant);
                    claim_properties(fields, &others, &place.variant(variant.name.source()), faults);
                }
            }
            let known = union(of, named.uses, types).into_iter();
            Form::Union(known.chain(unknown_type(of).map(unknown)).collect())
        }
    };
    Declaration {
        docs: comment(&docs, None, 0),
        exported: named
            .deprecated
            .as_deref()
            .map(|reason| comment(&docs, Some(reason), 2)),
        name: types.names[named.id.as_str()].clone(),
        form,
    }
}

/// The documentation, and what the type asks of a value.
fn with_demand(docs: &str, reference: &TypeRef, types: &Types<'_>) -> String {
    let demand = types.demand(reference);
    if docs.trim().is_empty() || demand.is_empty() {
        format!("{docs}{demand}")
    } else {
        format!("{docs}\n\n{demand}")
    }
}

/// The type of names of variants that the client does not know.
const UNKNOWN_NAME: &str = "UnknownName";

fn unknown(text: String) -> Member {
    let what = if text == UNKNOWN_NAME {
        "A variant that this client does not know: the `default` of a `switch`."
    } else {
        "A variant that this client does not know, with its data as they came: `case UNKNOWN` of a `switch`."
    };
    Member {
        docs: comment(what, None, 2),
        text,
    }
}

/// The type of variants with data that the client does not know, if there can be some.
pub(super) fn unknown_type(of: &Enum) -> Option<String> {
    of.is_open().then(|| {
        let [name, data] = unknown_properties(&of.tagging);
        let tag = key(tag_property(&of.tagging));
        format!("{{ readonly {tag}: typeof UNKNOWN; readonly {name}: string; readonly {data}: unknown }}")
    })
}

/// The properties for the name and for the data of a variant that the client does not know.
pub(super) fn unknown_properties(tagging: &Tagging) -> [&'static str; 2] {
    let tag = tag_property(tagging);
    [
        if tag == "name" { "name_" } else { "name" },
        if tag == "data" { "data_" } else { "data" },
    ]
}

/// The types of an enum's variants. Those that are one type in TypeScript, whatever they are on the wire, are one member.
fn union(of: &Enum, uses: Uses, types: &Types<'_>) -> Vec<Member> {
    struct Alternative<'a> {
        text: String,
        /// What a variant is that is its data alone.
        bare: Option<TypeRef>,
        is_nullable: bool,
        docs: String,
        deprecated: Option<&'a str>,
    }
    let mut alternatives: Vec<Alternative<'_>> = Vec::new();
    for variant in &of.variants {
        let whole = bare_type(of, variant);
        // What is null besides is found once, below.
        let bare = whole.as_ref().map(Types::without_null);
        let text = bare.map_or_else(|| variant_type(of, variant, uses, types), |bare| types.annotation(bare));
        let is_nullable = bare != whole.as_ref();
        let is_known = |known: &&mut Alternative<'_>| {
            let are_same = known.bare.as_ref().zip(bare);
            known.text == text || are_same.is_some_and(|(known, bare)| types.are_same(known, bare))
        };
        match alternatives.iter_mut().find(is_known) {
            Some(known) => {
                known.docs = format!("{}\n\n{}", known.docs, variant.docs);
                known.deprecated = known.deprecated.and(variant.deprecated.as_deref());
                known.is_nullable |= is_nullable;
            }
            None => alternatives.push(Alternative {
                text,
                bare: bare.cloned(),
                is_nullable,
                docs: variant.docs.clone(),
                deprecated: variant.deprecated.as_deref(),
            }),
        }
    }
    let is_null = |alternative: &Alternative<'_>| alternative.bare.as_ref().is_some_and(|bare| types.is_null(bare));
    let mut has_null = alternatives.iter().any(is_null);
    alternatives
        .into_iter()
        .map(|alternative| {
            let adds_null = alternative.is_nullable && !has_null;
            has_null |= adds_null;
            Member {
                docs: comment(&alternative.docs, alternative.deprecated, 2),
                text: if adds_null {
                    format!("{} | null", alternative.text)
                } else {
                    alternative.text
                },
            }
        })
        .collect()
}

/// What a variant is that is its data alone; one with fields is nothing that could be used elsewhere.
fn bare_type(of: &Enum, variant: &Variant) -> Option<TypeRef> {
    match &variant.shape {
        _ if !is_bare(of, variant) => None,
        VariantShape::Unit => Some(TypeRef::Unit),
        VariantShape::Newtype(inner) => Some(inner.clone()),
        VariantShape::Tuple(items) => Some(TypeRef::Tuple(items.clone())),
        VariantShape::Struct(_) => None,
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
            docs: comment(
                &with_demand(&field.docs, &field.type_ref, types),
                field.deprecated.as_deref(),
                2,
            ),
            text: property_type(field, property, uses, types),
        })
        .collect()
}

/// The type of an object with these fields.
fn object_type(fields: &[Field], uses: Uses, types: &Types<'_>) -> String {
    braces(&property_types(fields, &[], uses, types))
}

fn property_types(fields: &[Field], others: &[&str], uses: Uses, types: &Types<'_>) -> Vec<String> {
    let pairs = fields.iter().zip(properties(fields, others));
    pairs
        .map(|(field, property)| property_type(field, &property, uses, types))
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

/// The type of a variant's values.
pub(super) fn variant_type(of: &Enum, variant: &Variant, uses: Uses, types: &Types<'_>) -> String {
    if is_bare(of, variant) {
        return match &variant.shape {
            VariantShape::Unit => "null".to_owned(),
            VariantShape::Newtype(inner) => types.annotation(inner),
            VariantShape::Tuple(items) => types.annotation(&TypeRef::Tuple(items.clone())),
            VariantShape::Struct(fields) => object_type(fields, uses, types),
        };
    }
    let mut members = vec![format!(
        "readonly {}: {}",
        key(tag_property(&of.tagging)),
        types.label(variant)
    )];
    let mut member = |property: &str, annotation: String| {
        members.push(format!("readonly {}: {annotation}", key(property)));
    };
    match (&variant.shape, &of.tagging) {
        (VariantShape::Unit, _) => {}
        (VariantShape::Struct(fields), Tagging::Adjacent { content, .. }) => {
            member(content, object_type(fields, uses, types));
        }
        (VariantShape::Struct(fields), _) => {
            members.extend(property_types(fields, &own_properties(of, variant), uses, types));
        }
        (VariantShape::Newtype(inner), Tagging::Internal { tag }) => match data_of(inner, tag, types.api) {
            Data::None => {}
            Data::Under(property) => member(property, types.annotation(inner)),
            Data::Beside { .. } => return format!("({} & {})", braces(&members), types.annotation(inner)),
        },
        (VariantShape::Newtype(inner), tagging) => member(data_property(tagging), types.annotation(inner)),
        (VariantShape::Tuple(items), tagging) => {
            member(data_property(tagging), types.annotation(&TypeRef::Tuple(items.clone())));
        }
    }
    braces(&members)
}

/// Whether the variant is its data alone, without anything that tells it.
pub(super) fn is_bare(of: &Enum, variant: &Variant) -> bool {
    variant.untagged || of.tagging == Tagging::Untagged
}

/// The property that tells the variant; bare ones have none.
pub(super) fn tag_property(tagging: &Tagging) -> &str {
    match tagging {
        Tagging::External | Tagging::Untagged => KIND,
        Tagging::Internal { tag } | Tagging::Adjacent { tag, .. } => tag,
    }
}

/// The property that holds a variant's data, where that stands under a property of its own.
pub(super) fn data_property(tagging: &Tagging) -> &str {
    match tagging {
        Tagging::Adjacent { content, .. } => content,
        Tagging::External | Tagging::Internal { .. } | Tagging::Untagged => VALUE,
    }
}

/// The properties that an object of a variant with fields has besides those.
pub(super) fn own_properties<'a>(of: &'a Enum, variant: &Variant) -> Vec<&'a str> {
    match &of.tagging {
        _ if variant.untagged => Vec::new(),
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
