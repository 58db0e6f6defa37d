//! What cannot stand where serde holds a value back before it knows its type.
//!
//! serde reads some values into a buffer of its own first: the data of internally and adjacently tagged enums (the tag
//! may come last), of untagged ones (each variant is tried) and of enums with an untagged variant, and everything
//! flattened. The buffer has no 128-bit integers, and in it the keys of JSON's maps are strings that are read as nothing
//! else. Both hold at any depth inside, and for Rust clients that read what is produced as well.

use std::collections::{BTreeSet, VecDeque};

use super::{
    fault::{FaultCode, Faults, Place},
    keys::{MapKey, map_key},
    uses::{self, Level},
    view::View,
};
use crate::{Shape, Tagging, TypeRef};

/// A use of a type that is read from the buffer.
struct Buffered<'a> {
    place: Place,
    type_ref: &'a TypeRef,
    /// Who has it held back, for people.
    because: String,
}

/// Adds a fault for everything that is held back and cannot be. To be called before flattened structs are inlined: it no
/// longer shows afterwards what was flattened.
pub(super) fn check(view: View<'_>, faults: &mut Faults) {
    let mut seen = BTreeSet::new();
    let mut reported = BTreeSet::new();
    let mut open: VecDeque<Buffered<'_>> = VecDeque::new();
    for (name, shape) in view.shapes() {
        if let Some(how) = holds_back(shape) {
            seen.insert(name);
            open.extend(all(name, shape, &format!("`{name}` is {how}")));
        } else {
            for level in Level::of_shape(name, shape) {
                open.extend(level.flattened().map(|field| Buffered {
                    place: level.place.field(&field.name),
                    type_ref: &field.type_ref,
                    because: format!("`{}` is flattened into `{name}`", field.name),
                }));
            }
        }
    }
    while let Some(buffered) = open.pop_front() {
        buffered.type_ref.visit(&mut |part| {
            if let TypeRef::Named(name) = part
                && let Some(shape) = view.shape(name)
                && seen.insert(name)
            {
                open.extend(all(name, shape, &buffered.because));
            } else if let Some((code, what, remedy)) = unfit(view, part)
                && reported.insert((code, buffered.place.clone()))
            {
                let because = &buffered.because;
                let problem = format!("serde cannot read {what} here: it holds the value back, since {because}");
                faults.add(code, &buffered.place, problem, remedy);
            }
        });
    }
}

/// How the values of a type are held back whole, if they are.
fn holds_back(shape: &Shape) -> Option<&'static str> {
    match shape {
        Shape::Enum { tagging, variants, .. } => match tagging {
            Tagging::Internal { .. } => Some("internally tagged"),
            Tagging::Adjacent { .. } => Some("adjacently tagged"),
            Tagging::Untagged => Some("untagged"),
            Tagging::External => variants
                .iter()
                .any(|variant| variant.untagged)
                .then_some("an enum with an untagged variant"),
        },
        _ => None,
    }
}

fn all<'a>(name: &str, shape: &'a Shape, because: &str) -> impl Iterator<Item = Buffered<'a>> {
    let uses = uses::of_shape(name, shape).into_iter();
    uses.map(move |(place, type_ref)| Buffered {
        place,
        type_ref,
        because: because.to_owned(),
    })
}

fn unfit(view: View<'_>, part: &TypeRef) -> Option<(FaultCode, String, &'static str)> {
    match part {
        TypeRef::I128 | TypeRef::U128 => Some((
            FaultCode::HeldBackWideInteger,
            part.to_string(),
            "use text or 64 bits, or have nothing held back: tag the enum externally, do not flatten",
        )),
        TypeRef::Map(key, _) if matches!(map_key(view, key), Some(MapKey::Integer | MapKey::Bool)) => Some((
            FaultCode::HeldBackMapKey,
            format!("a map with keys of type {key}"),
            "use text as keys or a list of pairs, or have nothing held back: tag the enum externally, do not flatten",
        )),
        _ => None,
    }
}
