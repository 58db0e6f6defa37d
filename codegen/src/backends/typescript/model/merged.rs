//! Values whose entries stand among those of another: flattened fields, and what an internally tagged variant holds.

use crate::ir::{Api, Enum, Field, Shape, Tagging, TypeRef};

use super::{
    super::{
        names::{literal, property},
        references::{Place, Types},
    },
    codecs::variant_names,
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
pub(super) fn rest(field: &Field, fields: &[Field], from: &str, tags: &[&str], api: &Api) -> String {
    let plain = fields.iter().filter(|other| !other.flattened);
    let mut names: Vec<&str> = plain.map(|other| other.received_as.as_str()).collect();
    names.extend(tags);
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

/// The expression that reads a value whose entries stand among those in `rest`. `place` is that of the map itself.
pub(super) fn decode(reference: &TypeRef, rest: String, place: Place<'_>, types: &Types<'_>) -> String {
    let value = match enumeration(reference, types.api) {
        Some(of) if of.tagging == Tagging::External => {
            format!("decode.variantAmong({rest}, {})", variant_names(of))
        }
        _ => rest,
    };
    match types.api.underlying(reference) {
        TypeRef::Option(inner) => {
            let decoder = types.decoder(inner);
            format!("decode.attempt({value}, {}, {}, {decoder})", place.parent, place.key)
        }
        _ => types.decode(reference, &value, place),
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
