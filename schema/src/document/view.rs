//! Definitions seen one way: as what the server accepts, or as what it produces.

use std::collections::BTreeMap;

use crate::{Definition, Direction, Field, Shape, TypeRef, Variant};

#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) types: &'a BTreeMap<String, Definition>,
    pub(crate) direction: Direction,
}

impl<'a> View<'a> {
    /// Both ways to look at the definitions.
    pub(crate) fn both(types: &'a BTreeMap<String, Definition>) -> [Self; 2] {
        [Direction::Accepted, Direction::Produced].map(|direction| View { types, direction })
    }

    /// The shape of a named type; `None` if it is not defined.
    pub(crate) fn shape(self, name: &str) -> Option<&'a Shape> {
        self.types.get(name).map(|definition| definition.seen(self.direction))
    }

    /// Every named type with its shape.
    pub(crate) fn shapes(self) -> impl Iterator<Item = (&'a str, &'a Shape)> {
        let types = self.types.iter();
        types.map(move |(name, definition)| (name.as_str(), definition.seen(self.direction)))
    }

    /// The reference behind all newtypes, which the wire does not see.
    pub(crate) fn behind_newtypes(self, mut reference: &'a TypeRef) -> &'a TypeRef {
        // Newtypes that wrap nothing but one another end nowhere.
        for _ in 0..=self.types.len() {
            match reference {
                TypeRef::Named(name) => match self.shape(name) {
                    Some(Shape::Newtype(inner)) => reference = inner,
                    _ => break,
                },
                _ => break,
            }
        }
        reference
    }

    /// The reference behind all newtypes and options, and whether there was an option.
    pub(crate) fn behind_options(self, reference: &'a TypeRef) -> (&'a TypeRef, bool) {
        let mut behind = self.behind_newtypes(reference);
        let mut optional = false;
        for _ in 0..=self.types.len() {
            let TypeRef::Option(inner) = behind else { break };
            (behind, optional) = (self.behind_newtypes(inner), true);
        }
        (behind, optional)
    }

    /// The names of a field on the wire, its first name before its aliases.
    pub(crate) fn field_names(self, field: &'a Field) -> impl Iterator<Item = &'a str> {
        self.names(field.wire_name(self.direction), &field.aliases)
    }

    /// The names of a variant on the wire, its first name before its aliases.
    pub(crate) fn variant_names(self, variant: &'a Variant) -> impl Iterator<Item = &'a str> {
        self.names(variant.wire_name(self.direction), &variant.aliases)
    }

    fn names(self, first: &'a str, aliases: &'a [String]) -> impl Iterator<Item = &'a str> {
        let aliases = match self.direction {
            Direction::Accepted => aliases,
            Direction::Produced => &[],
        };
        std::iter::once(first).chain(aliases.iter().map(String::as_str))
    }
}
