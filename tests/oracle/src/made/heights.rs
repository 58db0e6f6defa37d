//! How deep the smallest value of each type is: where recursion can end, and what has no values at all.

use std::collections::BTreeMap;

use callsheet_schema::{Definition, Field, Shape, TypeRef, Variant, VariantShape};

/// The depth of the smallest value of each named type that has values.
pub(super) struct Heights(BTreeMap<String, usize>);

impl Heights {
    pub(super) fn of(types: &BTreeMap<String, Definition>) -> Self {
        let mut heights = Heights(BTreeMap::new());
        // Each round knows the types whose smallest values are one deeper; after as many rounds as there are types, the
        // rest have none.
        for _ in types {
            for (name, definition) in types {
                if let Some(height) = heights.of_shape(&definition.shape) {
                    heights.0.insert(name.clone(), height + 1);
                }
            }
        }
        heights
    }

    pub(super) fn of_reference(&self, reference: &TypeRef) -> Option<usize> {
        match reference {
            TypeRef::Option(_) | TypeRef::List(_) | TypeRef::Set(_) | TypeRef::Map(..) => Some(0),
            TypeRef::Array(_, 0) => Some(0),
            TypeRef::Array(item, _) => self.of_reference(item),
            TypeRef::Tuple(items) => self.of_all(items.iter()),
            TypeRef::Named(name) => self.0.get(name).copied(),
            _ => Some(0),
        }
    }

    pub(super) fn of_variant(&self, variant: &Variant) -> Option<usize> {
        match &variant.shape {
            VariantShape::Unit => Some(0),
            VariantShape::Newtype(inner) => self.of_reference(inner),
            VariantShape::Tuple(items) => self.of_all(items.iter()),
            VariantShape::Struct(fields) => self.of_fields(fields),
        }
    }

    fn of_shape(&self, shape: &Shape) -> Option<usize> {
        match shape {
            Shape::Unit => Some(0),
            Shape::Newtype(inner) => self.of_reference(inner),
            Shape::Tuple(items) => self.of_all(items.iter()),
            Shape::Struct { fields, .. } => self.of_fields(fields),
            Shape::Enum { variants, .. } => variants.iter().filter_map(|variant| self.of_variant(variant)).min(),
        }
    }

    fn of_fields(&self, fields: &[Field]) -> Option<usize> {
        self.of_all(
            fields
                .iter()
                .filter(|field| !field.optional)
                .map(|field| &field.type_ref),
        )
    }

    fn of_all<'r>(&self, references: impl Iterator<Item = &'r TypeRef>) -> Option<usize> {
        references
            .map(|reference| self.of_reference(reference))
            .try_fold(0, |most, height| Some(most.max(height?)))
    }
}
