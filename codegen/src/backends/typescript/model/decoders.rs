//! How the types of a package are read.

use crate::ir::{Enum, Field, NamedType, Shape, Tagging, TypeRef, Variant, VariantShape};

use super::{
    super::{
        layout::{list, object},
        names::{entry, key, literal},
        references::{HERE, Place, Types},
    },
    codecs::{AT_READ, Block, Body, Case, IN_BRANCH, IN_FUNCTION, Switch, UNKNOWN, enum_body, only_fields},
    merged::{self, Data, data_of},
    models::{data_property, own_properties, tag_property, unknown_properties},
    properties,
};

/// The function that reads a type.
pub(super) fn decoder(named: &NamedType, types: &Types<'_>) -> Body {
    let direct = |reference: &TypeRef| Body::Return(Block::result(types.decode(reference, "value", HERE)));
    match &named.shape {
        Shape::Newtype(inner) => direct(inner),
        Shape::Tuple(items) => direct(&TypeRef::Tuple(items.clone())),
        Shape::Unit => direct(&TypeRef::Unit),
        Shape::Struct(of) => Body::Return(object_block(&of.fields, MAP, types, IN_FUNCTION)),
        Shape::Enum(of)
            if of.strings && types.mirrored && of.variants.iter().any(|of| of.received_as != of.sent_as) =>
        {
            let entry = |variant: &Variant| format!("[{}, {}]", literal(&variant.received_as), types.label(variant));
            let entries: Vec<_> = of.variants.iter().map(entry).collect();
            let call = format!(
                "decode.renamed<{}>(value, parent, key, ",
                types.names[named.id.as_str()]
            );
            let entries = list('[', &entries, ']', IN_FUNCTION, call.len());
            Body::Return(Block::result(format!("{call}{entries})")))
        }
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
        Shape::Enum(of) => enum_body(
            of,
            named.uses,
            types,
            |variants| switch(of, variants, types),
            |variant| alternative(of, variant, types),
        ),
    }
}

/// The entries of the value.
const MAP: &str = "decode.fields(value, parent, key)";

/// Reads these fields from the entries that the expression `map` gives.
fn object_block(fields: &[Field], map: &str, types: &Types<'_>, margin: usize) -> Block {
    if fields.is_empty() {
        return Block {
            setup: vec![format!("{map};")],
            result: "{}".to_owned(),
        };
    }
    let entries = Entries {
        from: "from",
        place: HERE,
        path: "at",
        tags: &[],
    };
    Block {
        setup: vec![format!("const from = {map};"), AT_READ.to_owned()],
        result: object(&entries.read(fields, &[], types), margin, "return ;".len()),
    }
}

/// A map that fields are read from.
struct Entries<'a> {
    /// The expression for its entries.
    from: &'a str,
    /// Where it stands.
    place: Place<'a>,
    /// The expression for its path, which is that of its entries.
    path: &'a str,
    /// The entries that are no field's.
    tags: &'a [&'a str],
}

impl Entries<'_> {
    /// The properties of an object with these fields, and with `others` besides.
    fn read(&self, fields: &[Field], others: &[&str], types: &Types<'_>) -> Vec<String> {
        fields
            .iter()
            .zip(properties(fields, others))
            .map(|(field, property)| {
                let read = if field.flattened {
                    let rest = merged::rest(field, fields, self.from, self.tags, types.api);
                    merged::decode_field(field, rest, self.place, types)
                } else {
                    types.decode_field(field, self.from, self.path)
                };
                // Linters would tell of a deprecated property to those who check the package's code.
                if field.deprecated.is_some() {
                    format!("...decode.property({}, {read})", literal(&property))
                } else {
                    format!("{}: {read}", key(&property))
                }
            })
            .collect()
    }
}

fn alternative(of: &Enum, variant: &Variant, types: &Types<'_>) -> String {
    let only = only_fields(of, variant, types.api).map(|fields| {
        let names: Vec<_> = fields.iter().map(|field| literal(&field.received_as)).collect();
        format!("decode.only(value, parent, key, [{}])", names.join(", "))
    });
    match &variant.shape {
        VariantShape::Unit => types.decoder(&TypeRef::Unit),
        VariantShape::Newtype(inner) => match only {
            Some(only) => format!("(value, parent, key) => {}", types.decode(inner, &only, HERE)),
            None => types.decoder(inner),
        },
        VariantShape::Tuple(items) => types.decoder(&TypeRef::Tuple(items.clone())),
        VariantShape::Struct(fields) => {
            let map = only.as_deref().unwrap_or(MAP);
            let Block { setup, result } = object_block(fields, map, types, IN_BRANCH);
            let setup: String = setup.iter().map(|statement| format!("      {statement}\n")).collect();
            format!("(value, parent, key) => {{\n{setup}      return {result};\n    }}")
        }
    }
}

fn switch(of: &Enum, variants: &[&Variant], types: &Types<'_>) -> Switch {
    let cases: Vec<Case> = variants
        .iter()
        .map(|variant| Case {
            label: literal(&variant.received_as),
            block: variant_block(of, variant, types),
        })
        .collect();
    match &of.tagging {
        Tagging::External | Tagging::Untagged => {
            let mut setup = vec!["const [name, data] = decode.externallyTagged(value, parent, key);".to_owned()];
            // Variants without data, or without fields, need no path to them.
            if cases.iter().any(|case| case.block.mentions("at")) {
                setup.push(AT_READ.to_owned());
            }
            Switch {
                setup,
                on: "name".to_owned(),
                cases,
                otherwise: unknown(of, "kept.external(value, name, data, parent, key)"),
            }
        }
        Tagging::Internal { tag } => Switch {
            setup: told(tag),
            on: "name".to_owned(),
            cases,
            otherwise: unknown(of, &format!("kept.internal(from, {}, parent, key)", literal(tag))),
        },
        Tagging::Adjacent { tag, content } => {
            let data = format!("kept.adjacent({}, at, {})", entry("from", content), literal(content));
            Switch {
                setup: told(tag),
                on: "name".to_owned(),
                cases,
                otherwise: unknown(of, &data),
            }
        }
    }
}

/// The statements that find the name of the variant under `tag`.
fn told(tag: &str) -> Vec<String> {
    vec![
        format!("const from = {MAP};"),
        AT_READ.to_owned(),
        format!(
            "const name = decode.string({}, at, {});",
            entry("from", tag),
            literal(tag)
        ),
    ]
}

/// The object for a variant that the client does not know; `data` is the expression for what it holds.
fn unknown(of: &Enum, data: &str) -> String {
    let [name, held] = unknown_properties(&of.tagging);
    let name = if name == "name" {
        name.to_owned()
    } else {
        format!("{name}: name")
    };
    let members = [
        format!("{}: {UNKNOWN}", key(tag_property(&of.tagging))),
        name,
        format!("{held}: {data}"),
    ];
    object(&members, IN_BRANCH, "return ;".len())
}

fn variant_block(of: &Enum, variant: &Variant, types: &Types<'_>) -> Block {
    let mut members = vec![format!("{}: {}", key(tag_property(&of.tagging)), types.label(variant))];
    let mut setup = Vec::new();
    let property = data_property(&of.tagging);
    let (data, name) = match &of.tagging {
        Tagging::Adjacent { content, .. } => (entry("from", content), literal(content)),
        _ => ("data".to_owned(), literal(&variant.received_as)),
    };
    let place = Place {
        parent: "at",
        key: &name,
    };
    match (&of.tagging, &variant.shape) {
        (_, VariantShape::Unit) => {}
        (Tagging::Internal { tag }, VariantShape::Newtype(inner)) => {
            let rest = || merged::without("from", [tag.as_str()]);
            match data_of(inner, tag, types.api) {
                Data::None => {}
                Data::Beside { open: false } => members.push(format!("...{}", types.decode(inner, "value", HERE))),
                Data::Beside { open: true } => {
                    members.push(format!("...{}", merged::decode(inner, rest(), HERE, types)));
                }
                Data::Under(property) => {
                    let read = merged::decode_left(inner, rest(), HERE, types);
                    members.push(format!("{}: {read}", key(property)));
                }
            }
        }
        (Tagging::Internal { tag }, VariantShape::Struct(fields)) => {
            let entries = Entries {
                from: "from",
                place: HERE,
                path: "at",
                tags: &[tag],
            };
            members.extend(entries.read(fields, &own_properties(of, variant), types));
        }
        (_, VariantShape::Newtype(inner)) => {
            members.push(format!("{}: {}", key(property), types.decode(inner, &data, place)));
        }
        (_, VariantShape::Tuple(items)) => {
            let tuple = TypeRef::Tuple(items.clone());
            members.push(format!("{}: {}", key(property), types.decode(&tuple, &data, place)));
        }
        (tagging, VariantShape::Struct(fields)) => {
            let entries = Entries {
                from: "fields",
                place,
                path: "inside",
                tags: &[],
            };
            let inner = entries.read(fields, &own_properties(of, variant), types);
            if !inner.is_empty() {
                setup.push(format!("const fields = decode.fields({data}, at, {name});"));
                setup.push(format!("const inside = decode.inside(at, {name});"));
            } else if matches!(tagging, Tagging::Adjacent { .. }) {
                setup.push(format!("decode.fields({data}, at, {name});"));
            }
            match tagging {
                Tagging::Adjacent { .. } => {
                    let inner = object(&inner, IN_BRANCH + 2, key(property).len() + 3);
                    members.push(format!("{}: {inner}", key(property)));
                }
                _ => members.extend(inner),
            }
        }
    }
    Block {
        setup,
        result: object(&members, IN_BRANCH, "return ;".len()),
    }
}
