//! How the types of a package are read.

use crate::ir::{Enum, Field, NamedType, Shape, Tagging, TypeRef, Variant, VariantShape};

use super::{
    super::{
        layout::{list, object},
        names::{entry, key, literal},
        types::{HERE, Place, Types},
    },
    codecs::{AT, Block, Body, Case, IN_BRANCH, IN_FUNCTION, variant_names},
    models::{VALUE, own_properties, tag_property},
    properties,
};

/// The function that reads a type.
pub(super) fn decoder(named: &NamedType, types: &Types<'_>) -> Body {
    let direct = |reference: &TypeRef| Body::Return(Block::result(types.decode(reference, "value", HERE)));
    match &named.shape {
        Shape::Newtype(inner) => direct(inner),
        Shape::Tuple(items) => direct(&TypeRef::Tuple(items.clone())),
        Shape::Unit => direct(&TypeRef::Unit),
        Shape::Struct(of) => Body::Return(object_block(&of.fields, types, IN_FUNCTION)),
        Shape::Enum(of) if of.strings => {
            let names: Vec<_> = of
                .variants
                .iter()
                .map(|variant| literal(&variant.received_as))
                .collect();
            let name = &types.names[named.id.as_str()];
            let taken = format!("const received{name}: ReadonlySet<{name}> = new Set<{name}>();").len();
            Body::Choice(list('[', &names, ']', 0, taken))
        }
        Shape::Enum(of) if of.tagging == Tagging::Untagged => {
            Body::FirstOf(of.variants.iter().map(|variant| alternative(variant, types)).collect())
        }
        Shape::Enum(of) => switch(of, types),
    }
}

/// Reads a map with these fields and nothing else of interest.
fn object_block(fields: &[Field], types: &Types<'_>, margin: usize) -> Block {
    if fields.is_empty() {
        return Block {
            setup: vec!["decode.fields(value, parent, key);".to_owned()],
            result: "{}".to_owned(),
        };
    }
    Block {
        setup: vec![
            "const from = decode.fields(value, parent, key);".to_owned(),
            AT.to_owned(),
        ],
        result: object(&entries(fields, &[], types, "from", "at"), margin, "return ;".len()),
    }
}

fn entries(fields: &[Field], others: &[&str], types: &Types<'_>, from: &str, path: &str) -> Vec<String> {
    fields
        .iter()
        .zip(properties(fields, others))
        .map(|(field, property)| format!("{}: {}", key(&property), types.decode_field(field, from, path)))
        .collect()
}

fn alternative(variant: &Variant, types: &Types<'_>) -> String {
    match &variant.shape {
        VariantShape::Unit => types.decoder(&TypeRef::Unit),
        VariantShape::Newtype(inner) => types.decoder(inner),
        VariantShape::Tuple(items) => types.decoder(&TypeRef::Tuple(items.clone())),
        VariantShape::Struct(fields) => {
            let Block { setup, result } = object_block(fields, types, IN_BRANCH);
            let setup: String = setup.iter().map(|statement| format!("      {statement}\n")).collect();
            format!("(value, parent, key) => {{\n{setup}      return {result};\n    }}")
        }
    }
}

fn switch(of: &Enum, types: &Types<'_>) -> Body {
    let known = variant_names(of);
    let cases = of
        .variants
        .iter()
        .map(|variant| Case {
            label: literal(&variant.received_as),
            block: variant_block(of, variant, types),
        })
        .collect();
    match &of.tagging {
        Tagging::External | Tagging::Untagged => Body::Switch {
            setup: vec![
                "const [name, data] = decode.externallyTagged(value, parent, key);".to_owned(),
                AT.to_owned(),
            ],
            on: "name".to_owned(),
            cases,
            otherwise: format!("decode.unknownVariant({known}, parent, key)"),
        },
        Tagging::Internal { tag } | Tagging::Adjacent { tag, .. } => Body::Switch {
            setup: vec![
                "const from = decode.fields(value, parent, key);".to_owned(),
                AT.to_owned(),
            ],
            on: format!("decode.string({}, at, {})", entry("from", tag), literal(tag)),
            cases,
            otherwise: format!("decode.unknownVariant({known}, at, {})", literal(tag)),
        },
    }
}

fn variant_block(of: &Enum, variant: &Variant, types: &Types<'_>) -> Block {
    let mut members = vec![format!(
        "{}: {}",
        key(tag_property(&of.tagging)),
        literal(&variant.received_as)
    )];
    let mut setup = Vec::new();
    match (&of.tagging, &variant.shape) {
        (_, VariantShape::Unit) => {}
        (Tagging::Internal { .. }, VariantShape::Newtype(inner)) => {
            if types.annotation(inner) != "null" {
                members.push(format!("...{}", types.decode(inner, "value", HERE)));
            }
        }
        (Tagging::Internal { .. }, VariantShape::Struct(fields)) => {
            members.extend(entries(fields, &own_properties(&of.tagging), types, "from", "at"));
        }
        (tagging, shape) => {
            let (data, name, property) = match tagging {
                Tagging::Adjacent { content, .. } => (entry("from", content), literal(content), content.as_str()),
                _ => ("data".to_owned(), literal(&variant.received_as), VALUE),
            };
            let place = Place {
                parent: "at",
                key: &name,
            };
            match shape {
                VariantShape::Struct(fields) if fields.is_empty() && property == VALUE => {}
                VariantShape::Struct(fields) => {
                    setup.push(format!("const fields = decode.fields({data}, at, {name});"));
                    setup.push(format!("const inside = {{ parent: at, key: {name} }};"));
                    let inner = entries(fields, &own_properties(tagging), types, "fields", "inside");
                    match tagging {
                        Tagging::Adjacent { .. } => {
                            let inner = object(&inner, IN_BRANCH + 2, key(property).len() + 3);
                            members.push(format!("{}: {inner}", key(property)));
                        }
                        _ => members.extend(inner),
                    }
                }
                VariantShape::Newtype(inner) => {
                    members.push(format!("{}: {}", key(property), types.decode(inner, &data, place)));
                }
                VariantShape::Tuple(items) => {
                    let tuple = TypeRef::Tuple(items.clone());
                    members.push(format!("{}: {}", key(property), types.decode(&tuple, &data, place)));
                }
                VariantShape::Unit => {}
            }
        }
    }
    Block {
        setup,
        result: object(&members, IN_BRANCH, "return ;".len()),
    }
}
