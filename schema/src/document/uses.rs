//! Every use of a type, with the place it stands at.

use super::fault::Place;
use crate::{Contract, Field, Request, Shape, TypeRef, VariantShape};

/// The uses in a contract, each whole.
pub(crate) fn of_contract(contract: &Contract) -> Vec<(Place, &TypeRef)> {
    let place = Place::contract(&contract.name);
    let mut uses = Vec::new();
    for method in &contract.methods {
        let place = place.method(&method.name);
        match &method.request {
            Request::Arguments(arguments) => {
                let arguments = arguments.iter();
                uses.extend(arguments.map(|argument| (place.argument(&argument.name), &argument.type_ref)));
            }
            Request::Message { name, type_ref } => uses.push((place.argument(name), type_ref)),
        }
        uses.push((place.reply(), &method.reply));
        uses.extend(method.error.iter().map(|error| (place.error(), error)));
    }
    let events = contract.events.iter();
    uses.extend(events.map(|event| (place.event(&event.name), &event.type_ref)));
    uses
}

/// The uses in the shape of the named type `name`, each whole.
pub(crate) fn of_shape<'a>(name: &str, shape: &'a Shape) -> Vec<(Place, &'a TypeRef)> {
    let place = Place::named_type(name);
    match shape {
        Shape::Unit => Vec::new(),
        Shape::Newtype(inner) => vec![(place, inner)],
        Shape::Tuple(items) => items.iter().map(|item| (place.clone(), item)).collect(),
        Shape::Struct { fields, .. } => of_fields(&place, fields),
        Shape::Enum { variants, .. } => variants
            .iter()
            .flat_map(|variant| of_variant(&place.variant(&variant.name), &variant.shape))
            .collect(),
    }
}

/// The uses in the data of the variant at `place`, each whole.
fn of_variant<'a>(place: &Place, shape: &'a VariantShape) -> Vec<(Place, &'a TypeRef)> {
    match shape {
        VariantShape::Unit => Vec::new(),
        VariantShape::Newtype(inner) => vec![(place.clone(), inner)],
        VariantShape::Tuple(items) => items.iter().map(|item| (place.clone(), item)).collect(),
        VariantShape::Struct(fields) => of_fields(place, fields),
    }
}

fn of_fields<'a>(place: &Place, fields: &'a [Field]) -> Vec<(Place, &'a TypeRef)> {
    let fields = fields.iter();
    fields
        .map(|field| (place.field(&field.name), &field.type_ref))
        .collect()
}

/// Fields that share one map: those of a struct, or of a variant with named fields.
pub(crate) struct Level<'a> {
    pub(crate) place: Place,
    pub(crate) tags: &'a [crate::Tag],
    pub(crate) fields: &'a [Field],
    pub(crate) deny_unknown: bool,
}

impl<'a> Level<'a> {
    /// The levels of the named type `name`.
    pub(crate) fn of_shape(name: &str, shape: &'a Shape) -> Vec<Self> {
        let place = Place::named_type(name);
        match shape {
            Shape::Newtype(_) | Shape::Tuple(_) | Shape::Unit => Vec::new(),
            Shape::Struct {
                tags,
                fields,
                deny_unknown,
            } => vec![Level {
                place,
                tags,
                fields,
                deny_unknown: *deny_unknown,
            }],
            Shape::Enum {
                variants, deny_unknown, ..
            } => variants
                .iter()
                .filter_map(|variant| match &variant.shape {
                    VariantShape::Struct(fields) => Some(Level {
                        place: place.variant(&variant.name),
                        tags: &[],
                        fields,
                        deny_unknown: *deny_unknown,
                    }),
                    _ => None,
                })
                .collect(),
        }
    }

    /// The flattened fields, in order.
    pub(crate) fn flattened(&self) -> impl Iterator<Item = &'a Field> {
        self.fields.iter().filter(|field| field.flattened)
    }
}
