//! Whether two types cannot be told apart on the wire.

use std::collections::HashSet;

use super::view::{Entry, View};
use crate::{Argument, Direction, Shape, Tag, Tagging, TypeRef, Variant, VariantShape};

/// A comparison. Types that are met again while they are compared are taken to be alike: if they are not, that is found
/// where they were met first.
pub(super) struct Alike<'a> {
    old: View<'a>,
    new: View<'a>,
    met: HashSet<(&'a str, &'a str)>,
}

impl<'a> Alike<'a> {
    /// Both views go the same way.
    pub(super) fn new(old: View<'a>, new: View<'a>) -> Self {
        Self {
            old,
            new,
            met: HashSet::new(),
        }
    }

    pub(super) fn references(&mut self, old: &'a TypeRef, new: &'a TypeRef) -> bool {
        if self.old.mailbox_behind(old) != self.new.mailbox_behind(new) {
            return false;
        }
        let (old, new) = (self.old.behind_newtypes(old), self.new.behind_newtypes(new));
        match (old, new) {
            (TypeRef::Named(old), TypeRef::Named(new)) => self.named(old, new),
            (TypeRef::Named(old), new) => match (self.old.shape(old), new) {
                (Some(Shape::Unit), TypeRef::Unit) => true,
                (Some(Shape::Tuple(old)), TypeRef::Tuple(new)) => self.lists(old, new),
                _ => false,
            },
            (old, TypeRef::Named(new)) => match (old, self.new.shape(new)) {
                (TypeRef::Unit, Some(Shape::Unit)) => true,
                (TypeRef::Tuple(old), Some(Shape::Tuple(new))) => self.lists(old, new),
                _ => false,
            },
            (TypeRef::Array(old, a), TypeRef::Array(new, b)) => a == b && self.references(old, new),
            (TypeRef::Tuple(old), TypeRef::Tuple(new)) => self.lists(old, new),
            (TypeRef::Map(key, old), TypeRef::Map(new_key, new)) => {
                self.references(key, new_key) && self.references(old, new)
            }
            (TypeRef::Option(old), TypeRef::Option(new))
            | (TypeRef::NonZero(old), TypeRef::NonZero(new))
            | (TypeRef::List(old), TypeRef::List(new))
            | (TypeRef::Set(old), TypeRef::Set(new)) => self.references(old, new),
            (old, new) => old == new,
        }
    }

    pub(super) fn named(&mut self, old: &'a str, new: &'a str) -> bool {
        if !self.met.insert((old, new)) {
            return true;
        }
        match (self.old.shape(old), self.new.shape(new)) {
            (Some(old), Some(new)) => self.shapes(old, new),
            _ => false,
        }
    }

    /// Arguments, and the one value that is the whole payload of a message.
    pub(super) fn arguments_and_message(&mut self, arguments: &'a [Argument], message: &'a TypeRef, old: bool) -> bool {
        let (arguments_view, message_view) = if old {
            (self.old, self.new)
        } else {
            (self.new, self.old)
        };
        let TypeRef::Named(name) = message_view.behind_newtypes(message) else {
            return false;
        };
        let Some(Shape::Struct {
            fields,
            deny_unknown: false,
            ..
        }) = message_view.shape(name)
        else {
            return false;
        };
        let arguments = arguments
            .iter()
            .map(|argument| arguments_view.argument(argument))
            .collect();
        let fields = fields.iter().map(|field| message_view.field(field)).collect();
        if old {
            self.entries(arguments, fields)
        } else {
            self.entries(fields, arguments)
        }
    }

    fn lists(&mut self, old: &'a [TypeRef], new: &'a [TypeRef]) -> bool {
        old.len() == new.len() && old.iter().zip(new).all(|(old, new)| self.references(old, new))
    }

    fn shapes(&mut self, old: &'a Shape, new: &'a Shape) -> bool {
        let accepted = self.old.direction == Direction::Accepted;
        match (old, new) {
            (Shape::Unit, Shape::Unit) => true,
            (Shape::Newtype(old), Shape::Newtype(new)) => self.references(old, new),
            (Shape::Tuple(old), Shape::Tuple(new)) => self.lists(old, new),
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
                let refusals = !accepted || old_denies == new_denies;
                let tags = accepted || sorted(old_tags) == sorted(new_tags);
                let (old, new) = (self.fields(self.old, old), self.fields(self.new, new));
                refusals && tags && self.entries(old, new)
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
                (!accepted || old_denies == new_denies)
                    && old_tagging == new_tagging
                    && old.len() == new.len()
                    && self.variants(old_tagging, old, new)
            }
            _ => false,
        }
    }

    fn fields(&self, view: View<'a>, fields: &'a [crate::Field]) -> Vec<Entry<'a>> {
        fields.iter().map(|field| view.field(field)).collect()
    }

    fn entries(&mut self, mut old: Vec<Entry<'a>>, mut new: Vec<Entry<'a>>) -> bool {
        old.sort_by(|a, b| a.names.cmp(&b.names));
        new.sort_by(|a, b| a.names.cmp(&b.names));
        old.len() == new.len()
            && old.iter().zip(&new).all(|(old, new)| {
                old.flattened == new.flattened
                    && (old.flattened || old.names == new.names && old.absent == new.absent)
                    && self.references(old.type_ref, new.type_ref)
            })
    }

    /// Tagged variants are told by their names, untagged ones by their order alone.
    fn variants(&mut self, tagging: &Tagging, old: &'a [Variant], new: &'a [Variant]) -> bool {
        let is_untagged = |variant: &&Variant| *tagging == Tagging::Untagged || variant.untagged;
        let (old_untagged, old_tagged): (Vec<_>, Vec<_>) = old.iter().partition(is_untagged);
        let (new_untagged, new_tagged): (Vec<_>, Vec<_>) = new.iter().partition(is_untagged);
        let (old, new) = (self.told(self.old, old_tagged), self.told(self.new, new_tagged));
        old_untagged.len() == new_untagged.len()
            && old.len() == new.len()
            && old.iter().zip(&new).all(|((old_names, old), (new_names, new))| {
                old_names == new_names && old.other == new.other && self.data(&old.shape, &new.shape)
            })
            && old_untagged
                .iter()
                .zip(&new_untagged)
                .all(|(old, new)| self.data(&old.shape, &new.shape))
    }

    fn told(&self, view: View<'a>, variants: Vec<&'a Variant>) -> Vec<(Vec<&'a str>, &'a Variant)> {
        let names = |variant| super::definitions::variant_names(variant, view.direction);
        let mut told: Vec<_> = variants.into_iter().map(|variant| (names(variant), variant)).collect();
        told.sort_by(|(a, _), (b, _)| a.cmp(b));
        told
    }

    fn data(&mut self, old: &'a VariantShape, new: &'a VariantShape) -> bool {
        match (old, new) {
            (VariantShape::Unit, VariantShape::Unit) => true,
            (VariantShape::Newtype(old), VariantShape::Newtype(new)) => self.references(old, new),
            (VariantShape::Tuple(old), VariantShape::Tuple(new)) => self.lists(old, new),
            (VariantShape::Struct(old), VariantShape::Struct(new)) => {
                let (old, new) = (self.fields(self.old, old), self.fields(self.new, new));
                self.entries(old, new)
            }
            _ => false,
        }
    }
}

fn sorted(tags: &[Tag]) -> Vec<(&str, &str)> {
    let mut tags: Vec<_> = tags.iter().map(|tag| (tag.name.as_str(), tag.value.as_str())).collect();
    tags.sort_unstable();
    tags
}
