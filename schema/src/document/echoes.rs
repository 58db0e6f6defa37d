//! Entries that are produced under a name they are not accepted under, beside a flattened map: coming back, they land in the
//! map, and are then written twice.

use std::collections::BTreeSet;

use super::{
    fault::{FaultCode, Faults},
    uses::Level,
    view::View,
};
use crate::{Definition, Direction, TypeRef};

/// Adds a fault for every such entry of the named type `name`. To be called after flattened structs are inlined.
pub(super) fn check(name: &str, definition: &Definition, [accepted, produced]: [View<'_>; 2], faults: &mut Faults) {
    let produced_levels = Level::of_shape(name, definition.seen(Direction::Produced));
    for level in Level::of_shape(name, definition.seen(Direction::Accepted)) {
        let is_map = |reference| matches!(accepted.behind_options(reference).0, TypeRef::Map(..));
        let Some(map) = level.flattened().find(|field| is_map(&field.type_ref)) else {
            continue;
        };
        let Some(written) = produced_levels.iter().find(|written| written.place == level.place) else {
            continue;
        };
        let own = |field: &&crate::Field| !field.flattened;
        let taken: BTreeSet<_> = level
            .fields
            .iter()
            .filter(own)
            .flat_map(|field| accepted.field_names(field))
            .collect();
        for field in written.fields.iter().filter(own) {
            let name = field.wire_name(produced.direction);
            if !taken.contains(name) {
                faults.add(
                    FaultCode::FlattenedOrder,
                    &level.place.field(&map.name),
                    format!("it takes the entry `{name}`, which is produced but not accepted, for its own"),
                    "accept the entry under the name it is produced under, or do not flatten the map",
                );
            }
        }
    }
}
