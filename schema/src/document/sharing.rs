//! The rules by which flattened fields share the entries of one map.
//!
//! serde reads them one after the other. The struct's own fields are taken first. A struct without flattened fields of
//! its own, an externally and an adjacently tagged enum take their entries away from what comes later. An internally
//! tagged and an untagged enum, an enum with an untagged variant and a struct that flattens in turn see everything that
//! is left and take nothing away; neither is the tag of a struct taken by anyone. A map takes copies of all it sees. So
//! whatever minds the entries of others (a map, an enum that holds one, an enum that denies unknown entries) must come
//! last, after nothing but what takes its entries away.

use super::{
    entries::{Entries, Role},
    fault::{FaultCode, Faults},
    uses::Level,
    view::View,
};
use crate::{Shape, Tagging, TypeRef};

/// Adds a fault for every flattened field that cannot be flattened, or not where it stands. To be called before flattened
/// structs are inlined.
pub(super) fn check(view: View<'_>, faults: &mut Faults) {
    for (name, shape) in view.shapes() {
        for level in Level::of_shape(name, shape) {
            check_level(view, &level, faults);
        }
    }
}

fn check_level(view: View<'_>, level: &Level<'_>, faults: &mut Faults) {
    let mut parts = Vec::new();
    for field in level.flattened() {
        let place = level.place.field(&field.name);
        let entries = Entries::of(view, &field.type_ref, Role::Flattened);
        if let Some(unfit) = entries.unfit {
            faults.add(
                FaultCode::FlattenedData,
                &place,
                format!("{unfit} has no entries that could be flattened"),
                "flatten a struct, a map or an enum whose variants are maps, or do not flatten",
            );
            continue;
        }
        let (behind, _) = view.behind_options(&field.type_ref);
        if let Some(takes) = takes_entries_away(view, behind) {
            let minds_others = matches!(behind, TypeRef::Map(..)) || (!takes && (entries.open || entries.strict));
            parts.push((field, takes, minds_others));
        }
    }
    if parts.is_empty() {
        return;
    }
    if level.deny_unknown {
        faults.add(
            FaultCode::FlattenedDenyUnknown,
            &level.place,
            "serde cannot deny unknown fields where fields are flattened",
            "leave out `deny_unknown_fields` or `flatten`",
        );
    }
    let Some(at) = parts.iter().position(|(.., minds_others)| *minds_others) else {
        return;
    };
    let place = level.place.field(&parts[at].0.name);
    let problem = if let Some((later, ..)) = parts.get(at + 1) {
        format!(
            "it takes the entries of `{}`, which is flattened after it, for its own",
            later.name
        )
    } else if let Some((earlier, ..)) = parts[..at].iter().find(|(_, takes, _)| !takes) {
        format!(
            "it takes the entries of `{}`, which serde leaves to others, for its own",
            earlier.name
        )
    } else if let Some(tag) = level.tags.first() {
        format!("it takes the tag `{}` of the struct for its own", tag.name)
    } else {
        return;
    };
    faults.add(
        FaultCode::FlattenedOrder,
        &place,
        problem,
        "flatten it last, after nothing but structs and externally or adjacently tagged enums, or do not flatten it",
    );
}

/// Whether serde takes the entries of a flattened value away from what comes later; `None` if it has none.
fn takes_entries_away(view: View<'_>, behind: &TypeRef) -> Option<bool> {
    match behind {
        TypeRef::Unit => None,
        TypeRef::Named(name) => match view.shape(name) {
            Some(Shape::Unit) => None,
            Some(Shape::Struct { tags, fields, .. }) => {
                Some(tags.is_empty() && !fields.iter().any(|field| field.flattened))
            }
            Some(Shape::Enum { tagging, variants, .. }) => Some(
                matches!(tagging, Tagging::External | Tagging::Adjacent { .. })
                    && !variants.iter().any(|variant| variant.untagged),
            ),
            _ => Some(false),
        },
        TypeRef::Duration | TypeRef::SystemTime => Some(true),
        _ => Some(false),
    }
}
