//! Which types are one and the same in TypeScript, whatever they are called and are on the wire.
//!
//! A union names each only once: TypeScript does not mind, but who reads it does, and so do linters.

use std::collections::BTreeSet;

use crate::ir::{Api, Enum, Shape, TypeRef, VariantShape};

use super::references::Types;

/// Pairs of named types that are the same unless something else about them differs.
type Assumed<'a> = BTreeSet<(&'a str, &'a str)>;

impl<'a> Types<'a> {
    /// The type has no value but `null`.
    pub(super) fn is_null(&self, reference: &TypeRef) -> bool {
        let mut current = plain(self.api, reference);
        for _ in 0..=self.api.types.len() {
            let TypeRef::Option(inner) = current else { break };
            current = plain(self.api, inner);
        }
        match current {
            TypeRef::Unit => true,
            TypeRef::Named(id) => match &self.api.named(id).shape {
                Shape::Unit => true,
                Shape::Enum(of) if is_closed(of) => {
                    let mut variants = of.variants.iter();
                    variants.all(|variant| variant.shape == VariantShape::Unit)
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// The type without the `null` that its annotation ends with, if it does.
    pub(super) fn without_null(reference: &TypeRef) -> &TypeRef {
        let mut current = reference;
        while let TypeRef::Option(inner) = current {
            current = inner;
        }
        current
    }

    /// Both are the same type.
    pub(super) fn are_same(&self, one: &'a TypeRef, other: &'a TypeRef) -> bool {
        self.compare(one, other, &mut Assumed::new())
    }

    fn compare(&self, one: &'a TypeRef, other: &'a TypeRef, assumed: &mut Assumed<'a>) -> bool {
        use TypeRef::*;
        let (one, other) = (plain(self.api, one), plain(self.api, other));
        if let (Named(one), Named(other)) = (one, other) {
            // Types that hold themselves come back here: they differ in something that is compared before that, or in nothing.
            if one == other || !assumed.insert((one, other)) {
                return true;
            }
        }
        if let (Some(ones), Some(others)) = (places(self.api, one), places(self.api, other)) {
            let mut pairs = ones.iter().zip(others);
            return ones.len() == others.len() && pairs.all(|(one, other)| self.compare(one, other, assumed));
        }
        match (one, other) {
            (Named(_), _) | (_, Named(_)) => self.is_null(one) && self.is_null(other),
            (Option(one), Option(other)) => self.compare(one, other, assumed),
            (List(one) | Set(one) | Array(one, _), List(other) | Set(other) | Array(other, _)) => {
                self.compare(one, other, assumed)
            }
            (Map(one, of_one), Map(other, of_other)) => {
                self.compare(one, other, assumed) && self.compare(of_one, of_other, assumed)
            }
            // What is left has no parts that have names.
            _ => self.annotation(one) == self.annotation(other),
        }
    }
}

/// The type below all that only give it another name.
fn plain<'a>(api: &'a Api, reference: &'a TypeRef) -> &'a TypeRef {
    let mut current = reference;
    for _ in 0..=api.types.len() {
        current = match api.underlying(current) {
            TypeRef::NonZero(inner) => inner,
            named @ TypeRef::Named(id) => match &api.named(id).shape {
                Shape::Enum(of) if is_closed(of) => match of.variants.as_slice() {
                    [only] => match &only.shape {
                        VariantShape::Newtype(inner) => inner,
                        _ => return named,
                    },
                    _ => return named,
                },
                _ => return named,
            },
            other => return other,
        };
    }
    current
}

/// Every value is the data of a variant alone.
fn is_closed(of: &Enum) -> bool {
    !of.strings && !of.is_open()
}

/// The types of a tuple's places.
fn places<'a>(api: &'a Api, reference: &'a TypeRef) -> Option<&'a [TypeRef]> {
    match reference {
        TypeRef::Tuple(items) => Some(items),
        TypeRef::Named(id) => match &api.named(id).shape {
            Shape::Tuple(items) => Some(items),
            _ => None,
        },
        _ => None,
    }
}
