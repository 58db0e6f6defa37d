//! Values whose entries stand among those of another: flattened fields, and what an internally tagged variant holds.

use crate::ir::{Api, Enum, Field, Shape, Tagging, TypeRef};

use super::{
    super::{
        names::{literal, property},
        references::{HERE, Place, Types},
    },
    codecs::{variant_labels, variant_names},
    models::VALUE,
};

/// How the data of a newtype variant with an internal tag stands in the variant's object.
pub(super) enum Data {
    /// It has no entries.
    None,
    /// A struct's properties stand beside the tag.
    Beside {
        /// The struct reads further entries than those that it names.
        open: bool,
    },
    /// Under this property: it may have entries that the tag's type forbids, or need not be an object.
    Under(&'static str),
}

/// How `data` stands in the object of a variant that `tag` tells.
pub(super) fn data_of(data: &TypeRef, tag: &str, api: &Api) -> Data {
    let under = if tag == VALUE { "value_" } else { VALUE };
    match api.underlying(data) {
        TypeRef::Unit => Data::None,
        TypeRef::Named(id) => match &api.named(id).shape {
            Shape::Unit => Data::None,
            Shape::Struct(of) if of.fields.is_empty() => Data::None,
            Shape::Struct(of) if of.fields.iter().all(|field| property(&field.name, &[]) != tag) => Data::Beside {
                open: of.fields.iter().any(|field| field.flattened),
            },
            _ => Data::Under(under),
        },
        _ => Data::Under(under),
    }
}

/// The expression for the entries in `from` but those of these names.
pub(super) fn without<'a>(from: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.into_iter().map(literal).collect();
    format!("decode.rest({from}, [{}])", names.join(", "))
}

/// The expression for the entries in `from` that the flattened `field`, one of `fields`, may take: neither those of
/// plain fields, nor the `tags`, nor what the flattened enums before it take.
pub(super) fn rest<'a>(field: &'a Field, fields: &'a [Field], from: &str, tags: &[&'a str], api: &'a Api) -> String {
    let plain = fields.iter().filter(|other| !other.flattened);
    let mut names: Vec<&str> = plain.map(|other| other.received_as.as_str()).collect();
    names.extend(tags);
    if enumeration(&field.type_ref, api).is_some_and(|of| matches!(of.tagging, Tagging::Internal { .. })) {
        // Of a variant that the client does not know, all entries are kept: those that are another's are not its own.
        for other in fields.iter().filter(|other| other.flattened && *other != field) {
            own_entries(&other.type_ref, api, &mut names);
        }
    }
    let mut externals = Vec::new();
    for earlier in fields.iter().take_while(|other| *other != field) {
        match enumeration(&earlier.type_ref, api) {
            Some(of) if earlier.flattened => match &of.tagging {
                Tagging::External => externals.push(of),
                Tagging::Adjacent { tag, content } => names.extend([tag.as_str(), content]),
                // No map, nor anything else that takes what is left, stands behind these.
                Tagging::Internal { .. } | Tagging::Untagged => {}
            },
            _ => {}
        }
    }
    externals.into_iter().fold(without(from, names), |entries, of| {
        format!("decode.withoutVariant({entries}, {})", variant_names(of))
    })
}

/// Adds the names that entries of a flattened value have whatever it holds.
fn own_entries<'a>(reference: &'a TypeRef, api: &'a Api, names: &mut Vec<&'a str>) {
    match api.underlying(reference) {
        TypeRef::Option(inner) => own_entries(inner, api, names),
        TypeRef::Named(id) => match &api.named(id).shape {
            Shape::Struct(of) => {
                for field in &of.fields {
                    if field.flattened {
                        own_entries(&field.type_ref, api, names);
                    } else {
                        names.push(&field.received_as);
                    }
                }
            }
            Shape::Enum(of) => match &of.tagging {
                Tagging::Adjacent { tag, content } => names.extend([tag.as_str(), content]),
                Tagging::Internal { tag } => names.push(tag),
                Tagging::External | Tagging::Untagged => {}
            },
            Shape::Newtype(_) | Shape::Tuple(_) | Shape::Unit => {}
        },
        _ => {}
    }
}

/// The expression that reads a value whose entries stand among those in `rest`. `place` is that of the map itself.
pub(super) fn decode(reference: &TypeRef, rest: String, place: Place<'_>, types: &Types<'_>) -> String {
    let Place { parent, key } = place;
    if let TypeRef::Option(inner) = types.api.underlying(reference) {
        let decoder = match enumeration(inner, types.api) {
            Some(of) if of.tagging == Tagging::External => {
                let names = variant_names(of);
                let from = "decode.fields(value, parent, key)";
                let inner = types.decoder(inner);
                format!("(value, parent, key) => decode.variantAmong({from}, parent, key, {names}, {inner})")
            }
            _ => types.decoder(inner),
        };
        return format!("decode.attempt({rest}, {parent}, {key}, {decoder})");
    }
    match enumeration(reference, types.api) {
        Some(of) if of.tagging == Tagging::External => {
            let (names, decoder) = (variant_names(of), types.decoder(reference));
            format!("decode.variantAmong({rest}, {parent}, {key}, {names}, {decoder})")
        }
        _ => types.decode(reference, &rest, place),
    }
}

/// [`decode`] for what an internally tagged variant holds: no entries of others are among those in `rest`.
pub(super) fn decode_left(reference: &TypeRef, rest: String, place: Place<'_>, types: &Types<'_>) -> String {
    let is_option = matches!(types.api.underlying(reference), TypeRef::Option(_));
    match enumeration(reference, types.api) {
        Some(of) if of.tagging == Tagging::External && !is_option => {
            let decoder = types.decoder(reference);
            format!("decode.variantLeft({rest}, {}, {}, {decoder})", place.parent, place.key)
        }
        _ => decode(reference, rest, place, types),
    }
}

/// The expression that writes `value`, whose entries stand among those of others.
pub(super) fn encode(reference: &TypeRef, value: &str, place: Place<'_>, types: &Types<'_>) -> String {
    let closed = |reference: &TypeRef, value: &str, place: Place<'_>| match enumeration(reference, types.api) {
        Some(of) if of.tagging == Tagging::External => {
            let (names, encoder) = (variant_labels(of, types), types.encoder(reference));
            format!(
                "encode.known({value}, {}, {}, codec, {names}, {encoder})",
                place.parent, place.key
            )
        }
        _ => types.encode(reference, value, place),
    };
    match types.api.underlying(reference) {
        TypeRef::Option(inner) if enumeration(inner, types.api).is_some() => {
            let encoder = format!("(value, parent, key, codec) => {}", closed(inner, "value", HERE));
            format!(
                "encode.nullable({value}, {}, {}, codec, {encoder})",
                place.parent, place.key
            )
        }
        _ => closed(reference, value, place),
    }
}

/// [`decode`] for a flattened field.
pub(super) fn decode_field(field: &Field, rest: String, place: Place<'_>, types: &Types<'_>) -> String {
    let underlying = types.api.underlying(&field.type_ref);
    if field.sometimes && !matches!(underlying, TypeRef::Map(..) | TypeRef::Option(_)) {
        let perhaps = TypeRef::Option(Box::new(field.type_ref.clone()));
        format!("{} ?? undefined", decode(&perhaps, rest, place, types))
    } else {
        decode(&field.type_ref, rest, place, types)
    }
}

/// The enum behind newtypes and options.
fn enumeration<'a>(reference: &TypeRef, api: &'a Api) -> Option<&'a Enum> {
    match api.underlying(reference) {
        TypeRef::Option(inner) => enumeration(inner, api),
        TypeRef::Named(id) => match &api.named(id).shape {
            Shape::Enum(of) => Some(of),
            _ => None,
        },
        _ => None,
    }
}
