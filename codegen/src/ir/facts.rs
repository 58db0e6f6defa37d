//! Facts about types that follow from what they refer to.

use std::collections::{BTreeMap, BTreeSet};

use super::{Api, NamedType, Shape, Tagging, TypeRef, VariantShape};

/// What a type holds, itself or through the types that it refers to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// An integer that JavaScript's numbers cannot hold: of 64 bits or more, a duration or a point in time.
    pub wide_integers: bool,
    /// Bytes, which the codecs write differently.
    pub bytes: bool,
    /// An enum with variants that are told by a name, of which a server may have more than a client knows.
    pub open_enums: bool,
    /// Such an enum of which a variant that the client does not know may have data.
    pub unknown_data: bool,
    /// A type that refers to itself, directly or through other types.
    pub recursion: bool,
}

impl Contents {
    /// What either holds.
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            wide_integers: self.wide_integers || other.wide_integers,
            bytes: self.bytes || other.bytes,
            open_enums: self.open_enums || other.open_enums,
            unknown_data: self.unknown_data || other.unknown_data,
            recursion: self.recursion || other.recursion,
        }
    }

    /// What this use of a type holds, without the types that it refers to.
    pub(super) fn directly(reference: &TypeRef) -> Self {
        use TypeRef::*;
        Self {
            wide_integers: matches!(reference, I64 | I128 | U64 | U128 | Duration | SystemTime),
            bytes: matches!(reference, Bytes),
            ..Self::default()
        }
    }

    /// What a named type of this shape holds itself.
    pub(super) fn of_shape(shape: &Shape) -> Self {
        Self {
            open_enums: matches!(shape, Shape::Enum(of) if of.is_open()),
            unknown_data: matches!(shape, Shape::Enum(of) if !of.strings && of.tagging != Tagging::Untagged),
            ..Self::default()
        }
    }
}

/// How the keys of a map are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MapKey {
    /// Strings in both codecs: text of any form, a character, or an enum whose values are all strings.
    Text,
    /// Integers; a string of decimal digits in JSON.
    Integer,
    /// Truth values; `"true"` or `"false"` in JSON.
    Bool,
}

impl Api {
    /// The type that a [`TypeRef::Named`] of this api means.
    ///
    /// # Panics
    ///
    /// If `id` is not from this api.
    pub fn named(&self, id: &str) -> &NamedType {
        self.types.get(id).expect("lowering keeps every type that it refers to")
    }

    /// The named types, each after all that it refers to, as far as no circle prevents it.
    pub fn in_dependency_order(&self) -> impl Iterator<Item = &NamedType> {
        self.dependency_order.iter().map(|id| self.named(id))
    }

    /// What the values of a type hold.
    pub fn contents(&self, reference: &TypeRef) -> Contents {
        let mut contents = Contents::default();
        reference.visit(&mut |part| {
            contents = contents.or(Contents::directly(part));
            if let TypeRef::Named(id) = part {
                contents = contents.or(self.named(id).contents);
            }
        });
        contents
    }

    /// How many types a value can stand within one another before one of them comes again, at most.
    pub fn longest_chain(&self) -> usize {
        let mut sizes: BTreeMap<usize, usize> = BTreeMap::new();
        for of in self.types.values() {
            *sizes.entry(of.circle).or_default() += 1;
        }
        // Circles have their numbers in dependency order: those that one refers to are done before it.
        let mut chains: BTreeMap<usize, usize> = BTreeMap::new();
        for of in self.in_dependency_order() {
            let mut within = 0;
            of.shape.visit(&mut |part| {
                if let TypeRef::Named(id) = part {
                    let inner = self.named(id).circle;
                    if inner != of.circle {
                        within = within.max(chains.get(&inner).copied().unwrap_or_default());
                    }
                }
            });
            let chain = chains.entry(of.circle).or_default();
            *chain = (*chain).max(sizes[&of.circle] + within);
        }
        chains.into_values().max().unwrap_or_default()
    }

    /// The type below all newtypes: what the wire shows.
    ///
    /// A newtype that wraps nothing but itself is returned as it is.
    pub fn underlying<'a>(&'a self, reference: &'a TypeRef) -> &'a TypeRef {
        let mut current = reference;
        for _ in 0..=self.types.len() {
            let TypeRef::Named(id) = current else { break };
            let Shape::Newtype(inner) = &self.named(id).shape else {
                break;
            };
            current = inner;
        }
        current
    }

    /// How a map with keys of this type writes them; `None` if the type cannot be a key, which documents refuse.
    pub fn map_key(&self, key: &TypeRef) -> Option<MapKey> {
        use TypeRef::*;
        match self.underlying(key) {
            I8 | I16 | I32 | I64 | I128 | U8 | U16 | U32 | U64 | U128 | NonZero(_) => Some(MapKey::Integer),
            Bool => Some(MapKey::Bool),
            other => self.is_text(other).then_some(MapKey::Text),
        }
    }

    /// Every value of the type is a string.
    fn is_text<'a>(&'a self, reference: &'a TypeRef) -> bool {
        let (mut seen, mut next) = (BTreeSet::new(), vec![reference]);
        while let Some(reference) = next.pop() {
            match self.underlying(reference) {
                TypeRef::String | TypeRef::Char | TypeRef::Text(_) => {}
                TypeRef::Named(id) if !seen.insert(id) => {}
                TypeRef::Named(id) => {
                    let Shape::Enum(of) = &self.named(id).shape else {
                        return false;
                    };
                    for variant in &of.variants {
                        let alone = variant.untagged || of.tagging == Tagging::Untagged;
                        match &variant.shape {
                            VariantShape::Newtype(inner) if alone => next.push(inner),
                            VariantShape::Unit if !alone && of.tagging == Tagging::External => {}
                            _ => return false,
                        }
                    }
                }
                _ => return false,
            }
        }
        true
    }
}
