//! How the types of a package are written.

use crate::ir::{Enum, Field, NamedType, Shape, Tagging, TypeRef, Uses, Variant, VariantShape};

use super::{
    super::{
        layout::{list, object},
        names::{access, key, literal},
        references::{HERE, Place, Types},
    },
    codecs::{
        AT_WRITTEN, Block, Body, Case, IN_BRANCH, IN_FUNCTION, Switch, UNKNOWN, enum_body, only_fields, variant_labels,
    },
    merged::{self, Data, data_of},
    models::{VALUE, data_property, own_properties, tag_property, unknown_properties, variant_type},
    properties, words,
};

/// The function that writes a type.
pub(super) fn encoder(named: &NamedType, types: &Types<'_>) -> Body {
    let direct = |reference: &TypeRef| Body::Return(Block::result(types.encode(reference, "value", HERE)));
    match &named.shape {
        Shape::Newtype(inner) => direct(inner),
        Shape::Tuple(items) => direct(&TypeRef::Tuple(items.clone())),
        Shape::Unit => direct(&TypeRef::Unit),
        Shape::Struct(of) => Body::Return(object_block(&of.fields, CHECK, named.uses, types, IN_FUNCTION)),
        Shape::Enum(of) if of.strings => {
            let pair = |variant: &Variant| format!("[{}, {}]", types.label(variant), literal(&variant.sent_as));
            let pairs: Vec<_> = of.variants.iter().map(pair).collect();
            let name = &types.names[named.id.as_str()];
            let taken = format!("const sent{name}: ReadonlyMap<{name}, string> = new Map<{name}, string>();").len();
            Body::Choice(list('[', &pairs, ']', 0, taken))
        }
        Shape::Enum(of) => enum_body(
            of,
            named.uses,
            types,
            |variants| switch(of, variants, named.uses, types),
            |variant| alternative(of, variant, named.uses, types),
        ),
    }
}

/// The check that the value is an object at all.
const CHECK: &str = "encode.object(value, parent, key)";

/// Writes an object with these fields, which `check` is made of first.
fn object_block(fields: &[Field], check: &str, uses: Uses, types: &Types<'_>, margin: usize) -> Block {
    let mut setup = vec![format!("{check};")];
    if !fields.is_empty() {
        setup.push(AT_WRITTEN.to_owned());
    }
    let properties = Properties::of_value(uses, types);
    Block {
        setup,
        result: properties.write(Vec::new(), fields, &[], margin, "return ;".len()),
    }
}

/// An object that a map is written from.
struct Properties<'a, 'b> {
    /// The expression for the object.
    of: &'a str,
    /// Where it stands.
    place: Place<'a>,
    /// The expression for its path, which is that of its properties.
    path: &'a str,
    uses: Uses,
    types: &'a Types<'b>,
}

impl<'a, 'b> Properties<'a, 'b> {
    /// The value itself.
    fn of_value(uses: Uses, types: &'a Types<'b>) -> Self {
        Self {
            of: "value",
            place: HERE,
            path: "at",
            uses,
            types,
        }
    }

    /// The expression for the map: the entries `first`, then those of the fields. The object has the properties
    /// `others` besides.
    fn write(&self, first: Vec<String>, fields: &[Field], others: &[&str], margin: usize, taken: usize) -> String {
        let mut entries = first;
        let mut flattened = Vec::new();
        for (field, property) in fields.iter().zip(properties(fields, others)) {
            let is_optional = self.types.is_optional(field, self.uses);
            if field.flattened {
                let write = |value: &str, place: Place<'_>| merged::encode(&field.type_ref, value, place, self.types);
                flattened.push(property_of(field, is_optional, &property, self.of, self.path, write));
            } else {
                let write = |value: &str, place: Place<'_>| self.types.encode(&field.type_ref, value, place);
                let value = property_of(field, is_optional, &property, self.of, self.path, write);
                entries.push(format!("{}: {value}", key(&field.sent_as)));
            }
        }
        if flattened.is_empty() {
            return object(&entries, margin, taken);
        }
        if !entries.is_empty() {
            flattened.insert(0, object(&entries, margin + 2, 1));
        }
        merge(&flattened, self.place, margin, taken)
    }
}

/// The expression that writes the property `property` of `object`; `path` is the expression for the object's path. A deprecated
/// one is not named as others are: linters would tell those who check the package's code.
fn property_of(
    field: &Field,
    is_optional: bool,
    property: &str,
    object: &str,
    path: &str,
    write: impl Fn(&str, Place<'_>) -> String,
) -> String {
    let name = literal(property);
    let place = Place {
        parent: path,
        key: &name,
    };
    let value = if field.deprecated.is_none() {
        access(object, property)
    } else {
        let value = format!("encode.property({object}, {name})");
        if is_optional {
            return format!("encode.optional({value}, (given) => {})", write("given", place));
        }
        value
    };
    let written = write(&value, place);
    if is_optional {
        format!("{value} === undefined ? undefined : {written}")
    } else {
        written
    }
}

/// The expression for one map that has the entries of all `parts`, and stands at `place`.
fn merge(parts: &[String], place: Place<'_>, margin: usize, taken: usize) -> String {
    let call = format!("encode.merge({}, {}, ", place.parent, place.key);
    let parts = list('[', parts, ']', margin, taken + call.len() + 1);
    format!("{call}{parts})")
}

fn alternative(of: &Enum, variant: &Variant, uses: Uses, types: &Types<'_>) -> String {
    let only = only_fields(of, variant, types.api).map(|fields| {
        let names: Vec<_> = properties(fields, &[]).iter().map(|name| literal(name)).collect();
        format!("encode.only(value, parent, key, [{}])", names.join(", "))
    });
    let annotation = variant_type(of, variant, uses, types);
    let whole = |reference: &TypeRef, value: &str| {
        let write = types.encode(reference, value, HERE);
        format!("(value: {annotation}, parent, key, codec) => {write}")
    };
    match &variant.shape {
        VariantShape::Unit => types.encoder(&TypeRef::Unit),
        VariantShape::Newtype(inner) => match only {
            Some(only) => whole(inner, &only),
            None => {
                let encoder = types.encoder(inner);
                // Only what has a name tells the type of its values itself.
                if encoder.contains("=>") {
                    whole(inner, "value")
                } else {
                    encoder
                }
            }
        },
        VariantShape::Tuple(items) => whole(&TypeRef::Tuple(items.clone()), "value"),
        VariantShape::Struct(fields) => {
            let check = only.as_deref().unwrap_or(CHECK);
            let Block { setup, result } = object_block(fields, check, uses, types, IN_BRANCH);
            let setup: String = setup.iter().map(|statement| format!("      {statement}\n")).collect();
            let codec = if words(&result).contains("codec") {
                ", codec"
            } else {
                ""
            };
            format!("(value: {annotation}, parent, key{codec}) => {{\n{setup}      return {result};\n    }}")
        }
    }
}

fn switch(of: &Enum, variants: &[&Variant], uses: Uses, types: &Types<'_>) -> Switch {
    let tag = tag_property(&of.tagging);
    Switch {
        setup: vec![format!("{CHECK};"), AT_WRITTEN.to_owned()],
        on: match variants {
            // To compare a value with all that it can be is no decision to a type checker.
            [_] if !of.is_open() => format!("{} as string", access("value", tag)),
            _ => access("value", tag),
        },
        cases: variants
            .iter()
            .map(|variant| Case {
                label: types.label(variant),
                block: variant_block(of, variant, uses, types),
            })
            .chain(unknown(of))
            .collect(),
        otherwise: format!(
            "encode.unknownVariant({}, at, {})",
            variant_labels(of, types),
            literal(tag)
        ),
    }
}

/// The case of a variant that the client does not know.
fn unknown(of: &Enum) -> Option<Case> {
    let [name, data] = unknown_properties(&of.tagging);
    let held = format!("value.{name}, value.{data}, parent, key, codec");
    let write = match &of.tagging {
        Tagging::External => format!("kept.writeExternal({held})"),
        Tagging::Internal { tag } => format!("kept.writeInternal({}, {held})", literal(tag)),
        Tagging::Adjacent { tag, content } => {
            let names = format!("{{ tag: {}, content: {} }}", literal(tag), literal(content));
            format!("kept.writeAdjacent({names}, {held})")
        }
        Tagging::Untagged => return None,
    };
    Some(Case {
        label: UNKNOWN.to_owned(),
        block: Block::result(write),
    })
}

fn variant_block(of: &Enum, variant: &Variant, uses: Uses, types: &Types<'_>) -> Block {
    if let Tagging::Internal { tag } = &of.tagging {
        return Block::result(beside_tag(of, variant, tag, uses, types));
    }
    let mut setup = Vec::new();
    // The data, where there is some.
    let data = match (&of.tagging, &variant.shape) {
        (_, VariantShape::Unit) => None,
        (Tagging::Adjacent { content, .. }, VariantShape::Struct(fields)) => {
            let (value, name) = (access("value", content), literal(content));
            setup.push(format!("encode.object({value}, at, {name});"));
            if !fields.is_empty() {
                setup.push(format!("const inside = encode.inside(at, {name});"));
            }
            let properties = Properties {
                of: &value,
                place: Place {
                    parent: "at",
                    key: &name,
                },
                path: "inside",
                uses,
                types,
            };
            Some(properties.write(Vec::new(), fields, &[], IN_BRANCH + 2, content.len() + 3))
        }
        (_, VariantShape::Struct(fields)) => {
            let properties = Properties::of_value(uses, types);
            let others = own_properties(of, variant);
            Some(properties.write(Vec::new(), fields, &others, IN_BRANCH + 2, variant.sent_as.len() + 3))
        }
        (tagging, VariantShape::Newtype(inner)) => Some(encode_data(inner, data_property(tagging), types)),
        (tagging, VariantShape::Tuple(items)) => Some(encode_data(
            &TypeRef::Tuple(items.clone()),
            data_property(tagging),
            types,
        )),
    };
    let sent = literal(&variant.sent_as);
    let result = match (&of.tagging, data) {
        (Tagging::Adjacent { tag, .. }, None) => format!("{{ {}: {sent} }}", key(tag)),
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

/// The expression that writes a variant whose data stands beside its tag.
fn beside_tag(of: &Enum, variant: &Variant, tag: &str, uses: Uses, types: &Types<'_>) -> String {
    let told = format!("{}: {}", key(tag), literal(&variant.sent_as));
    let taken = "return ;".len();
    let data = match &variant.shape {
        VariantShape::Unit => return object(&[told], IN_BRANCH, taken),
        VariantShape::Struct(fields) => {
            let properties = Properties::of_value(uses, types);
            return properties.write(vec![told], fields, &own_properties(of, variant), IN_BRANCH, taken);
        }
        VariantShape::Newtype(inner) => match data_of(inner, tag, types.api) {
            Data::None => return object(&[told], IN_BRANCH, taken),
            Data::Beside { open: false } => {
                let spread = format!("...({} as object)", types.encode(inner, "value", HERE));
                return object(&[told, spread], IN_BRANCH, taken);
            }
            Data::Beside { open: true } => types.encode(inner, "value", HERE),
            Data::Under(property) => encode_data(inner, property, types),
        },
        // serde has none of these; a server would refuse them.
        VariantShape::Tuple(items) => encode_data(&TypeRef::Tuple(items.clone()), VALUE, types),
    };
    merge(&[format!("{{ {told} }}"), data], HERE, IN_BRANCH, taken)
}

/// The expression that writes the data that stands under `property` of a variant's object.
fn encode_data(reference: &TypeRef, property: &str, types: &Types<'_>) -> String {
    let place = Place {
        parent: "at",
        key: &literal(property),
    };
    types.encode(reference, &access("value", property), place)
}
