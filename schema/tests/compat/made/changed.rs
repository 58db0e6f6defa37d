//! Types that were changed a little.

use std::collections::BTreeMap;

use callsheet_schema::{Definition, Field, Shape, TypeRef, VariantShape};

use super::{
    Dice,
    named::{self, FIELDS, NAMES, VARIANTS},
};

/// Changes one thing about one of the types.
pub(crate) fn change(types: &mut BTreeMap<String, Definition>, dice: &mut Dice) {
    let Some(definition) = types.get_mut(dice.pick(&NAMES)) else {
        return;
    };
    match &mut definition.produces {
        Some(produces) if dice.one_in(2) => change_shape(produces, dice),
        _ => change_shape(&mut definition.shape, dice),
    }
}

fn change_shape(shape: &mut Shape, dice: &mut Dice) {
    if dice.one_in(20) {
        *shape = named::shape(dice);
        return;
    }
    match shape {
        Shape::Unit => *shape = named::shape(dice),
        Shape::Newtype(inner) => change_reference(inner, dice),
        Shape::Tuple(items) => change_items(items, dice),
        Shape::Struct {
            fields,
            deny_unknown,
            tags,
        } => match dice.below(10) {
            0 => *deny_unknown ^= true,
            1 => tags.clear(),
            _ => change_fields(fields, dice),
        },
        Shape::Enum {
            tagging,
            variants,
            deny_unknown,
        } => match dice.below(10) {
            0 => *tagging = named::tagging(dice),
            1 => *deny_unknown ^= true,
            2 | 3 => {
                let name = dice.pick(&VARIANTS);
                let variant = named::variant(dice, name);
                variants.push(variant);
            }
            4 if !variants.is_empty() => drop(variants.remove(dice.below(variants.len()))),
            5 => variants.reverse(),
            _ if variants.is_empty() => {}
            6 => {
                let at = dice.below(variants.len());
                variants[at].other ^= true;
            }
            7 => {
                let at = dice.below(variants.len());
                let variant = &mut variants[at];
                change_names(&mut variant.name, &mut variant.aliases, dice);
            }
            _ => {
                let at = dice.below(variants.len());
                match &mut variants[at].shape {
                    VariantShape::Newtype(inner) if dice.below(4) > 0 => change_reference(inner, dice),
                    VariantShape::Tuple(items) => change_items(items, dice),
                    VariantShape::Struct(fields) => change_fields(fields, dice),
                    data => *data = named::data(dice),
                }
            }
        },
    }
}

fn change_names(name: &mut String, aliases: &mut Vec<String>, dice: &mut Dice) {
    match dice.below(3) {
        0 => {
            aliases.push(name.clone());
            name.push('x');
        }
        1 => aliases.push(format!("{name}y")),
        _ => aliases.clear(),
    }
}

fn change_fields(fields: &mut Vec<Field>, dice: &mut Dice) {
    let name = dice.pick(&FIELDS);
    if fields.is_empty() || dice.one_in(4) {
        let field = named::field(dice, name);
        fields.insert(0, field);
        return;
    }
    let at = dice.below(fields.len());
    match dice.below(7) {
        0 => drop(fields.remove(at)),
        1 => fields[at].optional ^= true,
        2 => fields[at].sometimes ^= true,
        3 => {
            let field = &mut fields[at];
            change_names(&mut field.name, &mut field.aliases, dice);
        }
        _ => change_reference(&mut fields[at].type_ref, dice),
    }
}

fn change_items(items: &mut Vec<TypeRef>, dice: &mut Dice) {
    match dice.below(4) {
        0 => items.push(named::type_ref(dice, 0)),
        1 => drop(items.pop()),
        _ if items.is_empty() => {}
        _ => {
            let at = dice.below(items.len());
            change_reference(&mut items[at], dice);
        }
    }
}

fn change_reference(reference: &mut TypeRef, dice: &mut Dice) {
    use TypeRef::*;
    if matches!(reference, I8 | I16 | I32 | I64 | U8 | U16 | U32 | U64) && dice.below(4) > 0 {
        *reference = match dice.below(6) {
            0 => dice.pick(&[F32, F64, U128]),
            1 => NonZero(Box::new(reference.clone())),
            _ => named::integer(dice),
        };
        return;
    }
    match dice.below(6) {
        0 => *reference = Option(Box::new(reference.clone())),
        1 => *reference = List(Box::new(reference.clone())),
        2 => *reference = named::type_ref(dice, 0),
        _ => match reference {
            Option(inner) if dice.one_in(2) => *reference = (**inner).clone(),
            Option(inner) | List(inner) | Set(inner) => change_reference(inner, dice),
            Array(inner, length) => match dice.below(3) {
                0 => *reference = List(inner.clone()),
                1 => *length += 1,
                _ => change_reference(inner, dice),
            },
            Tuple(items) => change_items(items, dice),
            Map(_, inner) => change_reference(inner, dice),
            NonZero(inner) => *reference = (**inner).clone(),
            Char | Text(_) => *reference = String,
            _ => *reference = named::type_ref(dice, 0),
        },
    }
}
