//! Ranges and their bounds.

use std::ops::{Bound, Range, RangeFrom, RangeInclusive, RangeTo};

use crate::{
    Describe, Joined, Shape, Tagging, TypeRef, Types, VariantShape,
    describe::implement::{definition, field, name_parts, variant},
};

macro_rules! ranges {
    ($($rust:ident => $docs:literal, $($field:literal),+;)*) => {$(
        name_parts!([T: Describe] $rust<T> => stringify!($rust), T);

        impl<T: Describe> Describe for $rust<T> {
            const NAME: &'static str = Joined::<Self>::NAME;

            fn describe(types: &mut Types) -> TypeRef {
                types.define::<Self>(Self::NAME, |types| {
                    let shape = Shape::Struct {
                        tags: Vec::new(),
                        // serde misses a field even where its type is an option.
                        fields: vec![$(field($field, T::describe(types))),+],
                        deny_unknown: true,
                    };
                    definition($docs, shape)
                })
            }
        }
    )*};
}

ranges! {
    Range => "What is at least `start` and less than `end`.", "start", "end";
    RangeInclusive => "What is at least `start` and at most `end`.", "start", "end";
    RangeFrom => "What is at least `start`.", "start";
    RangeTo => "What is less than `end`.", "end";
}

name_parts!([T: Describe] Bound<T> => "Bound", T);

impl<T: Describe> Describe for Bound<T> {
    const NAME: &'static str = Joined::<Self>::NAME;

    fn describe(types: &mut Types) -> TypeRef {
        types.define::<Self>(Self::NAME, |types| {
            let shape = Shape::Enum {
                tagging: Tagging::External,
                variants: vec![
                    variant("Unbounded", VariantShape::Unit),
                    variant("Included", VariantShape::Newtype(T::describe(types))),
                    variant("Excluded", VariantShape::Newtype(T::describe(types))),
                ],
                deny_unknown: false,
            };
            definition("Where a range begins or ends.", shape)
        })
    }
}
