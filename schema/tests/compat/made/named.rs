//! Named types that refer to one another freely.

use std::collections::BTreeMap;

use callsheet_schema::{Definition, Field, Format, Shape, Tag, Tagging, TypeRef, Variant, VariantShape};

use super::Dice;

pub(super) const NAMES: [&str; 4] = ["T0", "T1", "T2", "T3"];

pub(super) const FIELDS: [&str; 4] = ["a", "b", "c", "d"];

pub(super) const VARIANTS: [&str; 4] = ["A", "B", "C", "D"];

const ALIASES: [&str; 3] = ["p", "q", "r"];

const VARIANT_ALIASES: [&str; 3] = ["P", "Q", "R"];

/// Definitions of all names. Not every one can be a document's.
pub(crate) fn types(dice: &mut Dice) -> BTreeMap<String, Definition> {
    let definition = |name: &&str| {
        let shape = shape(dice);
        let produces = dice.one_in(6).then(|| self::shape(dice));
        let definition = Definition {
            docs: String::new(),
            deprecated: None,
            produces: produces.filter(|produces| *produces != shape),
            shape,
            checked: false,
            mailbox: None,
        };
        ((*name).to_owned(), definition)
    };
    NAMES.iter().map(definition).collect()
}

pub(super) fn integer(dice: &mut Dice) -> TypeRef {
    use TypeRef::*;
    dice.pick(&[I8, I16, I32, I64, U8, U16, U32, U64])
}

fn scalar(dice: &mut Dice) -> TypeRef {
    use TypeRef::*;
    match dice.below(10) {
        0..=4 => integer(dice),
        5 => NonZero(Box::new(integer(dice))),
        6 => dice.pick(&[I128, U128, F32, F64, NonZero(Box::new(U128))]),
        7 => dice.pick(&[String, String, Char]),
        8 => Text(dice.pick(&[
            Format::Uuid,
            Format::IpAddress,
            Format::Ipv4Address,
            Format::Ipv6Address,
            Format::Path,
            Format::Date,
        ])),
        _ => dice.pick(&[Unit, Bool, Bytes, Duration, SystemTime]),
    }
}

pub(super) fn type_ref(dice: &mut Dice, depth: usize) -> TypeRef {
    use TypeRef::*;
    if depth > 2 || dice.one_in(2) {
        return scalar(dice);
    }
    let inner = |dice: &mut Dice| Box::new(type_ref(dice, depth + 1));
    match dice.below(10) {
        0 | 1 => Option(inner(dice)),
        2 => List(inner(dice)),
        3 => dice.pick(&[Set(Box::new(String)), Set(Box::new(U8)), List(Box::new(U8))]),
        4 => {
            let length = dice.below(4);
            Array(inner(dice), length)
        }
        5 => Tuple((0..dice.below(4)).map(|_| type_ref(dice, depth + 1)).collect()),
        6 => map(dice, depth),
        _ => Named(dice.pick(&NAMES).to_owned()),
    }
}

fn map(dice: &mut Dice, depth: usize) -> TypeRef {
    use TypeRef::*;
    let key = dice.pick(&[String, String, Char, U8, I16, Bool, Named("T3".to_owned())]);
    Map(Box::new(key), Box::new(type_ref(dice, depth + 1)))
}

pub(super) fn shape(dice: &mut Dice) -> Shape {
    match dice.below(12) {
        0 => Shape::Unit,
        1 => Shape::Newtype(type_ref(dice, 0)),
        2 => Shape::Tuple((0..dice.below(4)).map(|_| type_ref(dice, 0)).collect()),
        3..=6 => Shape::Struct {
            tags: match dice.one_in(6) {
                true => vec![Tag {
                    name: dice.pick(&["kind", "d"]).to_owned(),
                    value: dice.pick(&["X", "yes"]).to_owned(),
                }],
                false => Vec::new(),
            },
            fields: fields(dice, true),
            deny_unknown: dice.one_in(4),
        },
        _ => Shape::Enum {
            tagging: tagging(dice),
            variants: dice
                .some(&VARIANTS)
                .into_iter()
                .map(|name| variant(dice, name))
                .collect(),
            deny_unknown: dice.one_in(4),
        },
    }
}

pub(super) fn tagging(dice: &mut Dice) -> Tagging {
    let (tag, content) = ("t".to_owned(), "v".to_owned());
    dice.pick(&[
        Tagging::External,
        Tagging::External,
        Tagging::Internal { tag: tag.clone() },
        Tagging::Adjacent { tag, content },
        Tagging::Untagged,
    ])
}

fn fields(dice: &mut Dice, may_flatten: bool) -> Vec<Field> {
    let mut fields: Vec<_> = dice.some(&FIELDS).into_iter().map(|name| field(dice, name)).collect();
    if may_flatten && dice.one_in(4) {
        let flattened = match dice.below(3) {
            0 => TypeRef::Map(Box::new(TypeRef::String), Box::new(type_ref(dice, 1))),
            1 => TypeRef::Named(dice.pick(&NAMES).to_owned()),
            _ => TypeRef::Option(Box::new(TypeRef::Named(dice.pick(&NAMES).to_owned()))),
        };
        fields.push(Field {
            flattened: true,
            aliases: Vec::new(),
            accepts: None,
            optional: false,
            defaulted: false,
            sometimes: false,
            type_ref: flattened,
            ..field(dice, "rest")
        });
    }
    fields
}

pub(super) fn field(dice: &mut Dice, name: &str) -> Field {
    Field {
        name: name.to_owned(),
        ident: None,
        accepts: dice.one_in(10).then(|| format!("{name}{name}")),
        aliases: match dice.one_in(5) {
            true => vec![dice.pick(&ALIASES).to_owned()],
            false => Vec::new(),
        },
        docs: String::new(),
        deprecated: None,
        type_ref: type_ref(dice, 0),
        optional: dice.one_in(3),
        defaulted: false,
        sometimes: dice.one_in(3),
        flattened: false,
    }
}

pub(super) fn variant(dice: &mut Dice, name: &str) -> Variant {
    let shape = data(dice);
    let is_unit = matches!(shape, VariantShape::Unit);
    Variant {
        name: name.to_owned(),
        ident: None,
        accepts: None,
        aliases: match dice.one_in(6) {
            true => vec![dice.pick(&VARIANT_ALIASES).to_owned()],
            false => Vec::new(),
        },
        docs: String::new(),
        deprecated: None,
        untagged: dice.one_in(8),
        other: is_unit && dice.one_in(4),
        shape,
    }
}

pub(super) fn data(dice: &mut Dice) -> VariantShape {
    match dice.below(6) {
        0 | 1 => VariantShape::Unit,
        2 | 3 => VariantShape::Newtype(type_ref(dice, 1)),
        4 => VariantShape::Tuple((0..2).map(|_| type_ref(dice, 1)).collect()),
        _ => VariantShape::Struct(fields(dice, true)),
    }
}
