//! What the keys of a map may be.
//!
//! JSON writes every key as a string. Text stays what it is; integers and booleans are written as such strings, and read
//! back where serde knows the type of the key. Floats could be, but no two languages write them alike.

use std::collections::BTreeSet;

use super::{
    fault::{FaultCode, Faults},
    uses,
    view::View,
};
use crate::{Contract, Shape, Tagging, TypeRef, VariantShape};

/// How the keys of a map are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MapKey {
    /// As strings in both codecs.
    Text,
    /// As decimal digits in JSON.
    Integer,
    /// As `true` or `false` in JSON.
    Bool,
}

/// How keys of this type are written; `None` if the type cannot be a key.
pub(crate) fn map_key(view: View<'_>, key: &TypeRef) -> Option<MapKey> {
    use TypeRef::*;
    match view.behind_newtypes(key) {
        I8 | I16 | I32 | I64 | I128 | U8 | U16 | U32 | U64 | U128 | NonZero(_) => Some(MapKey::Integer),
        Bool => Some(MapKey::Bool),
        other => is_text(view, other).then_some(MapKey::Text),
    }
}

/// Every value of the type is a string.
fn is_text(view: View<'_>, reference: &TypeRef) -> bool {
    let mut open = vec![reference];
    let mut seen = BTreeSet::new();
    while let Some(reference) = open.pop() {
        match view.behind_newtypes(reference) {
            TypeRef::String | TypeRef::Char | TypeRef::Text(_) => {}
            TypeRef::Named(name) => {
                let Some(Shape::Enum { tagging, variants, .. }) = view.shape(name) else {
                    return false;
                };
                if !seen.insert(name) {
                    continue;
                }
                for variant in variants {
                    match (&variant.shape, tagging) {
                        (VariantShape::Newtype(inner), _) if variant.untagged => open.push(inner),
                        (VariantShape::Newtype(inner), Tagging::Untagged) => open.push(inner),
                        (VariantShape::Unit, Tagging::External) if !variant.untagged => {}
                        _ => return false,
                    }
                }
            }
            _ => return false,
        }
    }
    true
}

/// Adds a fault for every map whose keys cannot be keys.
pub(super) fn check(contracts: &[Contract], view: View<'_>, faults: &mut Faults) {
    let of_contracts = contracts.iter().flat_map(uses::of_contract);
    let of_types = view.shapes().flat_map(|(name, shape)| uses::of_shape(name, shape));
    for (place, used) in of_contracts.chain(of_types) {
        used.visit(&mut |part| {
            let TypeRef::Map(key, _) = part else { return };
            // What is not defined is another fault.
            let defined = !matches!(view.behind_newtypes(key), TypeRef::Named(name) if view.shape(name).is_none());
            if defined && map_key(view, key).is_none() {
                faults.add(
                    FaultCode::MapKey,
                    &place,
                    format!("{key} cannot be the key of a map"),
                    "use text, an integer, a bool or an enum of variants without data, or a list of pairs",
                );
            }
        });
    }
}
