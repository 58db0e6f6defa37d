//! Variants that nothing but their data tells apart, where serde takes the data of one for that of another.
//!
//! In the buffer that untagged variants are read from, bytes are also text and text is also bytes: of the variants, the
//! first is meant in silence, whichever was written. Both have a form of their own only where the type is known.

use std::collections::BTreeSet;

use super::{
    fault::{FaultCode, Faults, Place},
    view::View,
};
use crate::{Field, Shape, Tagging, TypeRef, Variant, VariantShape};

/// Adds a fault for every two untagged variants of which one has bytes where the other has text.
pub(super) fn check(view: View<'_>, faults: &mut Faults) {
    for (name, shape) in view.shapes() {
        let untagged = untagged(shape);
        for (at, second) in untagged.iter().enumerate() {
            let mut comparison = Comparison {
                view,
                seen: BTreeSet::new(),
            };
            let first = untagged[..at]
                .iter()
                .find(|first| comparison.data(Data::of(first), Data::of(second)));
            if let Some(first) = first {
                faults.add(
                    FaultCode::BytesOrText,
                    &Place::named_type(name).variant(&second.name),
                    format!(
                        "of it and of `{}`, one has bytes where the other has text, which serde takes for each other",
                        first.name
                    ),
                    "tag the enum, or use bytes or text in both",
                );
            }
        }
    }
}

fn untagged(shape: &Shape) -> Vec<&Variant> {
    match shape {
        Shape::Enum { tagging, variants, .. } => variants
            .iter()
            .filter(|variant| variant.untagged || *tagging == Tagging::Untagged)
            .collect(),
        _ => Vec::new(),
    }
}

/// What stands at one place of a value.
#[derive(Clone, Copy)]
enum Data<'a> {
    Nothing,
    One(&'a TypeRef),
    Places(&'a [TypeRef]),
    Entries(&'a [Field]),
}

impl<'a> Data<'a> {
    fn of(variant: &'a Variant) -> Self {
        match &variant.shape {
            VariantShape::Unit => Data::Nothing,
            VariantShape::Newtype(inner) => Data::One(inner),
            VariantShape::Tuple(items) => Data::Places(items),
            VariantShape::Struct(fields) => Data::Entries(fields),
        }
    }
}

struct Comparison<'a> {
    view: View<'a>,
    /// The pairs of types that were compared, so that recursive ones end.
    seen: BTreeSet<(&'a TypeRef, &'a TypeRef)>,
}

impl<'a> Comparison<'a> {
    /// Whether one has bytes where the other has text.
    fn data(&mut self, one: Data<'a>, other: Data<'a>) -> bool {
        let (one, other) = (self.opened(one), self.opened(other));
        match (one, other) {
            (Data::One(one), Data::One(other)) => self.types(one, other),
            (Data::Places(one), Data::Places(other)) => {
                one.iter().zip(other).any(|(one, other)| self.types(one, other))
            }
            (Data::Entries(one), Data::Entries(other)) => one.iter().any(|field| {
                let name = field.wire_name(self.view.direction);
                let same = other.iter().find(|other| other.wire_name(self.view.direction) == name);
                same.is_some_and(|same| self.types(&field.type_ref, &same.type_ref))
            }),
            _ => false,
        }
    }

    /// The data behind newtypes, options and names.
    fn opened(&self, data: Data<'a>) -> Data<'a> {
        let Data::One(reference) = data else { return data };
        match self.view.behind_options(reference).0 {
            TypeRef::Tuple(items) => Data::Places(items),
            TypeRef::Named(name) => match self.view.shape(name) {
                Some(Shape::Tuple(items)) => Data::Places(items),
                Some(Shape::Struct { fields, .. }) => Data::Entries(fields),
                _ => data,
            },
            _ => data,
        }
    }

    fn types(&mut self, one: &'a TypeRef, other: &'a TypeRef) -> bool {
        let (one, other) = (self.view.behind_options(one).0, self.view.behind_options(other).0);
        if !self.seen.insert((one, other)) {
            return false;
        }
        let has_variants = |reference: &'a TypeRef| match reference {
            TypeRef::Named(name) => self.view.shape(name).map(untagged).unwrap_or_default(),
            _ => Vec::new(),
        };
        let (ones, others) = (has_variants(one), has_variants(other));
        if ones
            .iter()
            .any(|variant| self.data(Data::of(variant), Data::One(other)))
            || others
                .iter()
                .any(|variant| self.data(Data::One(one), Data::of(variant)))
        {
            return true;
        }
        use TypeRef::{Array, Bytes, List, Map, Named, Set};
        match (one, other) {
            (Bytes, text) | (text, Bytes) => self.is_text(text),
            (List(one) | Set(one) | Array(one, _), List(other) | Set(other) | Array(other, _))
            | (Map(_, one), Map(_, other)) => self.types(one, other),
            (Named(_), _) | (_, Named(_)) | (TypeRef::Tuple(_), _) => {
                let (opened, others) = (self.opened(Data::One(one)), self.opened(Data::One(other)));
                !matches!((opened, others), (Data::One(_), Data::One(_))) && self.data(opened, others)
            }
            _ => false,
        }
    }

    fn is_text(&self, reference: &TypeRef) -> bool {
        match reference {
            TypeRef::String | TypeRef::Char | TypeRef::Text(_) => true,
            TypeRef::Named(name) => match self.view.shape(name) {
                Some(Shape::Enum { tagging, variants, .. }) => {
                    *tagging == Tagging::External
                        && variants
                            .iter()
                            .any(|variant| variant.shape == VariantShape::Unit && !variant.untagged)
                }
                _ => false,
            },
            _ => false,
        }
    }
}
