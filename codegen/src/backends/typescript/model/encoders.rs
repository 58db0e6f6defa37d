//! How the types of a package are written.

use crate::ir::{Enum, Field, NamedType, Shape, Tagging, TypeRef, Uses, Variant, VariantShape};

use super::{
    super::{
        layout::{list, object},
        names::{access, key, literal},
        types::{HERE, Place, Types},
    },
    codecs::{AT, Block, Body, Case, IN_BRANCH, IN_FUNCTION, variant_names},
    models::{VALUE, object_type, own_properties, tag_property},
    properties,
};

/// The function that writes a type.
pub(super) fn encoder(named: &NamedType, types: &Types<'_>) -> Body {
    let direct = |reference: &TypeRef| Body::Return(Block::result(types.encode(reference, "value", HERE)));
    match &named.shape {
        Shape::Newtype(inner) => direct(inner),
        Shape::Tuple(items) => direct(&TypeRef::Tuple(items.clone())),
        Shape::Unit => direct(&TypeRef::Unit),
        Shape::Struct(of) => Body::Return(object_block(&of.fields, named.uses, types, IN_FUNCTION)),
        Shape::Enum(of) if of.strings => {
            let pair =
                |variant: &Variant| format!("[{}, {}]", literal(&variant.received_as), literal(&variant.sent_as));
            let pairs: Vec<_> = of.variants.iter().map(pair).collect();
            let name = &types.names[named.id.as_str()];
            let taken = format!("const sent{name}: ReadonlyMap<{name}, string> = new Map<{name}, string>();").len();
            Body::Choice(list('[', &pairs, ']', 0, taken))
        }
        Shape::Enum(of) if of.tagging == Tagging::Untagged => {
            let alternatives = of.variants.iter();
            Body::FirstOf(
                alternatives
                    .map(|variant| alternative(variant, named.uses, types))
                    .collect(),
            )
        }
        Shape::Enum(of) => switch(of, named.uses, types),
    }
}

/// Writes an object with these fields.
fn object_block(fields: &[Field], uses: Uses, types: &Types<'_>, margin: usize) -> Block {
    let mut setup = vec!["encode.object(value, parent, key);".to_owned()];
    if !fields.is_empty() {
        setup.push(AT.to_owned());
    }
    Block {
        setup,
        result: object(
            &entries(fields, &[], uses, types, "value", "at"),
            margin,
            "return ;".len(),
        ),
    }
}

fn entries(fields: &[Field], others: &[&str], uses: Uses, types: &Types<'_>, object: &str, path: &str) -> Vec<String> {
    fields
        .iter()
        .zip(properties(fields, others))
        .map(|(field, property)| {
            let is_optional = types.is_optional(field, uses);
            let value = types.encode_property(&field.type_ref, is_optional, &property, object, path);
            format!("{}: {value}", key(&field.sent_as))
        })
        .collect()
}

fn alternative(variant: &Variant, uses: Uses, types: &Types<'_>) -> String {
    match &variant.shape {
        VariantShape::Unit => types.encoder(&TypeRef::Unit),
        VariantShape::Newtype(inner) => types.encoder(inner),
        VariantShape::Tuple(items) => {
            let tuple = TypeRef::Tuple(items.clone());
            let annotation = types.annotation(&tuple);
            let write = types.encode(&tuple, "value", HERE);
            format!("(value: {annotation}, parent, key, codec) => {write}")
        }
        VariantShape::Struct(fields) => {
            let annotation = object_type(fields, &properties(fields, &[]), uses, types);
            let Block { setup, result } = object_block(fields, uses, types, IN_BRANCH);
            let setup: String = setup.iter().map(|statement| format!("      {statement}\n")).collect();
            format!("(value: {annotation}, parent, key, codec) => {{\n{setup}      return {result};\n    }}")
        }
    }
}

fn switch(of: &Enum, uses: Uses, types: &Types<'_>) -> Body {
    let tag = tag_property(&of.tagging);
    Body::Switch {
        setup: vec!["encode.object(value, parent, key);".to_owned(), AT.to_owned()],
        on: access("value", tag),
        cases: of
            .variants
            .iter()
            .map(|variant| Case {
                label: literal(&variant.received_as),
                block: variant_block(of, variant, uses, types),
            })
            .collect(),
        otherwise: format!("encode.unknownVariant({}, at, {})", variant_names(of), literal(tag)),
    }
}

fn variant_block(of: &Enum, variant: &Variant, uses: Uses, types: &Types<'_>) -> Block {
    let sent = literal(&variant.sent_as);
    let mut setup = Vec::new();
    // The data, where there is some.
    let data = match (&of.tagging, &variant.shape) {
        (_, VariantShape::Unit) => None,
        (Tagging::Internal { tag }, VariantShape::Newtype(inner)) => {
            let mut members = vec![format!("{}: {sent}", key(tag))];
            if types.annotation(inner) != "null" {
                members.push(format!("...({} as object)", types.encode(inner, "value", HERE)));
            }
            return Block::result(object(&members, IN_BRANCH, "return ;".len()));
        }
        (Tagging::Internal { tag }, VariantShape::Struct(fields)) => {
            let mut members = vec![format!("{}: {sent}", key(tag))];
            members.extend(entries(
                fields,
                &own_properties(&of.tagging),
                uses,
                types,
                "value",
                "at",
            ));
            return Block::result(object(&members, IN_BRANCH, "return ;".len()));
        }
        (Tagging::Adjacent { content, .. }, VariantShape::Struct(fields)) => {
            let (value, name) = (access("value", content), literal(content));
            setup.push(format!("encode.object({value}, at, {name});"));
            setup.push(format!("const inside = {{ parent: at, key: {name} }};"));
            Some(object(
                &entries(fields, &[], uses, types, &value, "inside"),
                IN_BRANCH + 2,
                content.len() + 3,
            ))
        }
        (_, VariantShape::Struct(fields)) => {
            let others = own_properties(&of.tagging);
            let inner = entries(fields, &others, uses, types, "value", "at");
            Some(object(&inner, IN_BRANCH + 2, variant.sent_as.len() + 3))
        }
        (tagging, VariantShape::Newtype(_) | VariantShape::Tuple(_)) => {
            let property = match tagging {
                Tagging::Adjacent { content, .. } => content,
                _ => VALUE,
            };
            let place = Place {
                parent: "at",
                key: &literal(property),
            };
            let reference = match &variant.shape {
                VariantShape::Newtype(inner) => inner.clone(),
                VariantShape::Tuple(items) => TypeRef::Tuple(items.clone()),
                VariantShape::Unit | VariantShape::Struct(_) => TypeRef::Unit,
            };
            Some(types.encode(&reference, &access("value", property), place))
        }
    };
    let result = match (&of.tagging, data) {
        (Tagging::Internal { tag } | Tagging::Adjacent { tag, .. }, None) => format!("{{ {}: {sent} }}", key(tag)),
        (Tagging::Adjacent { tag, content }, Some(data)) => {
            let members = [format!("{}: {sent}", key(tag)), format!("{}: {data}", key(content))];
            object(&members, IN_BRANCH, "return ;".len())
        }
        (_, None) => sent,
        (_, Some(data)) => object(
            &[format!("{}: {data}", key(&variant.sent_as))],
            IN_BRANCH,
            "return ;".len(),
        ),
    };
    Block { setup, result }
}
