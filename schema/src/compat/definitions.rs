//! The definitions of one named type compared, one way at a time.

use super::{Aspect, Change, Effect, Part, Step, Way, What, alike::Alike, view::View};
use crate::{Definition, Direction, Field, Shape, Tagging, TypeRef, Variant, VariantShape};

/// What changed about a type that both documents have, where it is used the given ways in both.
pub(super) fn compare<'a>(
    place: &[Step<'a>],
    views: &[(View<'a>, View<'a>)],
    old: &'a Definition,
    new: &'a Definition,
) -> Vec<Change<'a>> {
    let mut changes = Vec::new();
    words(
        &mut changes,
        place,
        (&old.docs, &new.docs),
        (&old.deprecated, &new.deprecated),
    );
    let mut one_way = Vec::new();
    for (old_view, new_view) in views {
        let mut comparison = Comparison {
            old: *old_view,
            new: *new_view,
            changes: Vec::new(),
        };
        let (old_shape, new_shape) = (old.seen(old_view.direction), new.seen(new_view.direction));
        comparison.shapes(place, old_shape, new_shape);
        if old_view.direction == Direction::Accepted && old.checked != new.checked {
            let (before, after) = (Part::Flag(old.checked), Part::Flag(new.checked));
            comparison.changed(place, Aspect::Checked, before, after, Effect::Wire);
        }
        if old.mailbox != new.mailbox {
            let [before, after] = [old, new].map(|of| Part::text(of.mailbox.as_deref()));
            comparison.changed(place, Aspect::Mailbox, before, after, Effect::Wire);
        }
        one_way.push(comparison.changes);
    }
    merge(&mut changes, one_way);
    changes
}

/// What changed about the docs of a part and about its deprecation.
pub(super) fn words<'a>(
    changes: &mut Vec<Change<'a>>,
    place: &[Step<'a>],
    docs: (&'a str, &'a str),
    deprecated: (&'a Option<String>, &'a Option<String>),
) {
    let mut changed = |aspect, before, after| {
        changes.push(Change {
            place: place.to_vec(),
            what: What::Changed { aspect, before, after },
            direction: None,
            effect: Effect::Docs,
        });
    };
    if docs.0 != docs.1 {
        changed(Aspect::Docs, Part::Text(docs.0), Part::Text(docs.1));
    }
    if deprecated.0 != deprecated.1 {
        let (before, after) = (deprecated.0.as_deref(), deprecated.1.as_deref());
        changed(Aspect::Deprecated, Part::text(before), Part::text(after));
    }
}

/// The names that mean a variant, the first one before all others.
pub(super) fn variant_names(variant: &Variant, direction: Direction) -> Vec<&str> {
    let mut names = vec![variant.wire_name(direction)];
    if direction == Direction::Accepted {
        let mut aliases: Vec<_> = variant.aliases.iter().map(String::as_str).collect();
        aliases.sort_unstable();
        names.extend(aliases);
    }
    names
}

/// Puts together what changed each way: the same change both ways is one.
fn merge<'a>(changes: &mut Vec<Change<'a>>, one_way: Vec<Vec<Change<'a>>>) {
    let start = changes.len();
    for change in one_way.into_iter().flatten() {
        let known = changes[start..]
            .iter_mut()
            .find(|known| known.place == change.place && known.what == change.what && known.effect == change.effect);
        match known {
            Some(known) if known.direction != change.direction => known.direction = Some(Way::Both),
            Some(_) => {}
            None => changes.push(change),
        }
    }
}

struct Comparison<'a> {
    old: View<'a>,
    new: View<'a>,
    changes: Vec<Change<'a>>,
}

impl<'a> Comparison<'a> {
    fn push(&mut self, place: &[Step<'a>], what: What<'a>, effect: Effect) {
        let way = match self.old.direction {
            Direction::Accepted => Way::Accepted,
            Direction::Produced => Way::Produced,
        };
        self.changes.push(Change {
            place: place.to_vec(),
            what,
            direction: (effect == Effect::Wire).then_some(way),
            effect,
        });
    }

    fn changed(&mut self, place: &[Step<'a>], aspect: Aspect, before: Part<'a>, after: Part<'a>, effect: Effect) {
        if before != after {
            self.push(place, What::Changed { aspect, before, after }, effect);
        }
    }

    fn reference(&mut self, place: &[Step<'a>], aspect: Aspect, old: &'a TypeRef, new: &'a TypeRef) {
        if old != new {
            let alike = Alike::new(self.old, self.new).references(old, new);
            let effect = if alike { Effect::Source } else { Effect::Wire };
            self.changed(place, aspect, Part::Type(old), Part::Type(new), effect);
        }
    }

    /// Types in places that have no names; `aspect` is what holds them, shown as `before` and `after`.
    fn places(&mut self, place: &[Step<'a>], aspect: Aspect, items: [&'a [TypeRef]; 2], parts: [Part<'a>; 2]) {
        let [old, new] = items;
        if old != new {
            let mut alike = Alike::new(self.old, self.new);
            let same = old.len() == new.len() && old.iter().zip(new).all(|(old, new)| alike.references(old, new));
            let effect = if same { Effect::Source } else { Effect::Wire };
            self.changed(place, aspect, parts[0], parts[1], effect);
        }
    }

    fn shapes(&mut self, place: &[Step<'a>], old: &'a Shape, new: &'a Shape) {
        match (old, new) {
            (Shape::Unit, Shape::Unit) => {}
            (Shape::Newtype(old), Shape::Newtype(new)) => self.reference(place, Aspect::Type, old, new),
            (Shape::Tuple(a), Shape::Tuple(b)) => {
                self.places(place, Aspect::Shape, [a, b], [Part::Shape(old), Part::Shape(new)]);
            }
            (
                Shape::Struct {
                    tags: old_tags,
                    fields: old,
                    deny_unknown: old_denies,
                },
                Shape::Struct {
                    tags: new_tags,
                    fields: new,
                    deny_unknown: new_denies,
                },
            ) => {
                if self.old.direction == Direction::Produced {
                    let (before, after) = (Part::Tags(old_tags), Part::Tags(new_tags));
                    self.changed(place, Aspect::Tags, before, after, Effect::Wire);
                }
                self.refusals(place, *old_denies, *new_denies);
                self.fields(place, old, new);
            }
            (
                Shape::Enum {
                    tagging: old_tagging,
                    variants: old,
                    deny_unknown: old_denies,
                },
                Shape::Enum {
                    tagging: new_tagging,
                    variants: new,
                    deny_unknown: new_denies,
                },
            ) => {
                let (before, after) = (Part::Tagging(old_tagging), Part::Tagging(new_tagging));
                self.changed(place, Aspect::Tagging, before, after, Effect::Wire);
                self.refusals(place, *old_denies, *new_denies);
                self.variants(place, (old_tagging, old), (new_tagging, new));
            }
            (old, new) => self.changed(place, Aspect::Shape, Part::Shape(old), Part::Shape(new), Effect::Wire),
        }
    }

    fn refusals(&mut self, place: &[Step<'a>], old: bool, new: bool) {
        if self.old.direction == Direction::Accepted {
            self.changed(
                place,
                Aspect::DenyUnknown,
                Part::Flag(old),
                Part::Flag(new),
                Effect::Wire,
            );
        }
    }

    fn fields(&mut self, place: &[Step<'a>], old: &'a [Field], new: &'a [Field]) {
        let way = self.old.direction;
        let names = |view: View<'a>, field: &'a Field| view.field(field).names;
        let pairs = pair(old, new, |field| names(self.old, field), |field| names(self.new, field));
        for (old, new) in pairs {
            let inner = |field: &'a Field| [place, &[Step::Field(field.wire_name(way))]].concat();
            match (old, new) {
                (Some(old), Some(new)) => self.field(&inner(old), old, new),
                (Some(old), None) => self.push(
                    &inner(old),
                    What::Removed {
                        before: Part::Field(old),
                    },
                    Effect::Wire,
                ),
                (None, Some(new)) => self.push(
                    &inner(new),
                    What::Added {
                        after: Part::Field(new),
                    },
                    Effect::Wire,
                ),
                (None, None) => {}
            }
        }
    }

    fn field(&mut self, place: &[Step<'a>], old: &'a Field, new: &'a Field) {
        let way = self.old.direction;
        let (before, after) = (Part::Text(old.wire_name(way)), Part::Text(new.wire_name(way)));
        self.changed(place, Aspect::Name, before, after, Effect::Wire);
        let (before, after) = (Part::text(old.ident.as_deref()), Part::text(new.ident.as_deref()));
        self.changed(place, Aspect::Ident, before, after, Effect::Source);
        match way {
            Direction::Accepted => {
                self.aliases(place, &old.aliases, &new.aliases);
                let (before, after) = (Part::Flag(old.optional), Part::Flag(new.optional));
                self.changed(place, Aspect::Optional, before, after, Effect::Wire);
                // Whether it may be left out says more.
                if old.optional == new.optional {
                    let (before, after) = (Part::Flag(old.defaulted), Part::Flag(new.defaulted));
                    self.changed(place, Aspect::Defaulted, before, after, Effect::Wire);
                }
            }
            Direction::Produced => {
                let (before, after) = (Part::Flag(old.sometimes), Part::Flag(new.sometimes));
                self.changed(place, Aspect::Sometimes, before, after, Effect::Wire);
            }
        }
        let (before, after) = (Part::Flag(old.flattened), Part::Flag(new.flattened));
        self.changed(place, Aspect::Flattened, before, after, Effect::Wire);
        self.reference(place, Aspect::Type, &old.type_ref, &new.type_ref);
        words(
            &mut self.changes,
            place,
            (&old.docs, &new.docs),
            (&old.deprecated, &new.deprecated),
        );
    }

    fn aliases(&mut self, place: &[Step<'a>], old: &'a [String], new: &'a [String]) {
        if !same_names(old, new) {
            self.changed(place, Aspect::Aliases, Part::Names(old), Part::Names(new), Effect::Wire);
        }
    }

    fn variants(
        &mut self,
        place: &[Step<'a>],
        (old_tagging, old): (&'a Tagging, &'a [Variant]),
        (new_tagging, new): (&'a Tagging, &'a [Variant]),
    ) {
        let way = self.old.direction;
        let pairs = pair(
            old,
            new,
            |variant| variant_names(variant, way),
            |variant| variant_names(variant, way),
        );
        for (old, new) in &pairs {
            let inner = |variant: &'a Variant| [place, &[Step::Variant(variant.wire_name(way))]].concat();
            match (old, new) {
                (Some(old), Some(new)) => self.variant(&inner(old), old, new),
                (Some(old), None) => {
                    self.push(
                        &inner(old),
                        What::Removed {
                            before: Part::Variant(old),
                        },
                        Effect::Wire,
                    );
                }
                (None, Some(new)) => self.push(
                    &inner(new),
                    What::Added {
                        after: Part::Variant(new),
                    },
                    Effect::Wire,
                ),
                (None, None) => {}
            }
        }
        // The first untagged variant that fits is meant; the order of the others does not matter.
        let tried = |tagging: &Tagging, variant: &Variant| *tagging == Tagging::Untagged || variant.untagged;
        let position = |variant: &Variant| new.iter().position(|other| std::ptr::eq(other, variant));
        let both = pairs.iter().filter_map(|(old, new)| (*old).zip(*new));
        let order: Vec<_> = both
            .filter(|(old, new)| tried(old_tagging, old) && tried(new_tagging, new))
            .map(|(_, new)| position(new))
            .collect();
        if !order.is_sorted() {
            self.changed(
                place,
                Aspect::Order,
                Part::Variants(old),
                Part::Variants(new),
                Effect::Wire,
            );
        }
    }

    fn variant(&mut self, place: &[Step<'a>], old: &'a Variant, new: &'a Variant) {
        let way = self.old.direction;
        let (before, after) = (Part::Text(old.wire_name(way)), Part::Text(new.wire_name(way)));
        self.changed(place, Aspect::Name, before, after, Effect::Wire);
        let (before, after) = (Part::text(old.ident.as_deref()), Part::text(new.ident.as_deref()));
        self.changed(place, Aspect::Ident, before, after, Effect::Source);
        let (before, after) = (Part::Flag(old.untagged), Part::Flag(new.untagged));
        self.changed(place, Aspect::Untagged, before, after, Effect::Wire);
        if way == Direction::Accepted {
            self.aliases(place, &old.aliases, &new.aliases);
            let (before, after) = (Part::Flag(old.other), Part::Flag(new.other));
            self.changed(place, Aspect::Other, before, after, Effect::Wire);
        }
        match (&old.shape, &new.shape) {
            (VariantShape::Newtype(old), VariantShape::Newtype(new)) => self.reference(place, Aspect::Data, old, new),
            (VariantShape::Tuple(a), VariantShape::Tuple(b)) => {
                let parts = [Part::Data(&old.shape), Part::Data(&new.shape)];
                self.places(place, Aspect::Data, [a, b], parts);
            }
            (VariantShape::Struct(old), VariantShape::Struct(new)) => self.fields(place, old, new),
            (before, after) => self.changed(place, Aspect::Data, Part::Data(before), Part::Data(after), Effect::Wire),
        }
        words(
            &mut self.changes,
            place,
            (&old.docs, &new.docs),
            (&old.deprecated, &new.deprecated),
        );
    }
}

/// Whether the same names are there, in any order.
pub(super) fn same_names(old: &[String], new: &[String]) -> bool {
    let sorted = |names: &[String]| {
        let mut names = names.to_vec();
        names.sort_unstable();
        names
    };
    sorted(old) == sorted(new)
}

/// What has the same first name in both, then what has any name in both; in the order of the old ones, and of the new
/// ones that are left.
pub(super) fn pair<'a, T>(
    old: &'a [T],
    new: &'a [T],
    old_names: impl Fn(&'a T) -> Vec<&'a str>,
    new_names: impl Fn(&'a T) -> Vec<&'a str>,
) -> Vec<(Option<&'a T>, Option<&'a T>)> {
    let mut left: Vec<(&T, Vec<&str>)> = new.iter().map(|item| (item, new_names(item))).collect();
    let mut pairs: Vec<(Option<&T>, Option<&T>)> = old.iter().map(|item| (Some(item), None)).collect();
    let same: fn(&[&str], &[&str]) -> bool = |old, new| old[0] == new[0];
    let any: fn(&[&str], &[&str]) -> bool = |old, new| old.iter().any(|name| new.contains(name));
    for fits in [same, any] {
        for (old, partner) in pairs.iter_mut().filter(|(_, partner)| partner.is_none()) {
            let names = old.map(&old_names).unwrap_or_default();
            if let Some(at) = left.iter().position(|(_, other)| fits(&names, other)) {
                *partner = Some(left.remove(at).0);
            }
        }
    }
    pairs.extend(left.into_iter().map(|(item, _)| (None, Some(item))));
    pairs
}
