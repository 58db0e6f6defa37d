//! A document without what is said to people: all that a judgement needs.

use super::Document;
use crate::{Field, Shape, VariantShape};

impl Document {
    /// The same contracts and types without documentation and deprecation. Its hashes are the same, and
    /// [`compat::breaks`](crate::compat::breaks) finds the same.
    #[must_use]
    pub fn without_docs(mut self) -> Self {
        for contract in &mut self.contracts {
            strip(&mut contract.docs, &mut contract.deprecated);
            for method in &mut contract.methods {
                strip(&mut method.docs, &mut method.deprecated);
            }
        }
        for definition in self.types.values_mut() {
            strip(&mut definition.docs, &mut definition.deprecated);
            of_shape(&mut definition.shape);
            definition.produces.iter_mut().for_each(of_shape);
        }
        self
    }
}

fn strip(docs: &mut String, deprecated: &mut Option<String>) {
    docs.clear();
    *deprecated = None;
}

fn of_shape(shape: &mut Shape) {
    match shape {
        Shape::Newtype(_) | Shape::Tuple(_) | Shape::Unit => {}
        Shape::Struct { fields, .. } => of_fields(fields),
        Shape::Enum { variants, .. } => {
            for variant in variants {
                strip(&mut variant.docs, &mut variant.deprecated);
                if let VariantShape::Struct(fields) = &mut variant.shape {
                    of_fields(fields);
                }
            }
        }
    }
}

fn of_fields(fields: &mut [Field]) {
    for field in fields {
        strip(&mut field.docs, &mut field.deprecated);
    }
}
