//! Maps, arrays and variants on their way from a format to a visitor.

use std::cell::Cell;
use std::collections::HashSet;
use std::hash::BuildHasher;

use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, IgnoredAny, IntoDeserializer, MapAccess, SeqAccess, VariantAccess,
    Visitor,
};

use super::format::{Items, Pairs};
use super::hint::Hint;
use super::key::Key;
use super::{Strict, nothing};
use crate::fault::{Fault, Site};
use crate::place::{Place, Shortened};

/// An array.
pub(super) struct Elements<'c, 'de> {
    format: &'c mut dyn Items<'de>,
    site: Site<'c>,
    index: usize,
    ended: bool,
}

impl<'c, 'de> Elements<'c, 'de> {
    pub(super) fn new(format: &'c mut dyn Items<'de>, site: Site<'c>) -> Self {
        Elements {
            format,
            site,
            index: 0,
            ended: false,
        }
    }

    /// What to say when the visitor has failed: a fixed length that the array falls short of, or what the visitor said.
    #[cold]
    pub(super) fn short_of(&self, hint: Hint, fault: Fault) -> Fault {
        match hint {
            Hint::Array(Some(length)) if self.ended && self.index < length => {
                Fault::text(format!("expected array of {length} elements, found {}", self.index))
            }
            _ => fault,
        }
    }

    /// Refuses elements that the visitor has left: those of a longer array than the type has room for.
    pub(super) fn end(self, hint: Hint) -> Result<(), Fault> {
        if self.ended {
            return Ok(());
        }
        let site = self.site;
        if self.format.next(site, &mut |element| element.skip(site))? {
            let expected = hint.word().unwrap_or("fewer elements".into());
            return Err(Fault::text(format!("expected {expected}, found more")));
        }
        Ok(())
    }
}

impl<'de> Elements<'_, 'de> {
    fn element(&mut self, read: &mut dyn FnMut(Strict<'_, 'de>) -> Result<(), Fault>) -> Result<(), Fault> {
        let place = Place::Index(self.site.place, self.index);
        let site = self.site.step(&place);
        let found = self.format.next(site, &mut |format| {
            read(Strict {
                format,
                site,
                key: None,
            })
        })?;
        self.ended = !found;
        self.index += usize::from(found);
        Ok(())
    }
}

impl<'de> SeqAccess<'de> for &mut Elements<'_, 'de> {
    type Error = Fault;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        let (mut seed, mut value) = (Some(seed), None);
        self.element(&mut |element| {
            if let Some(seed) = seed.take() {
                value = Some(seed.deserialize(element)?);
            }
            Ok(())
        })?;
        Ok(value)
    }

    /// Types reserve by this: no more than the payload has bytes for.
    fn size_hint(&self) -> Option<usize> {
        Some(self.format.size_hint()?.min(self.site.run.bytes))
    }
}

/// A map.
pub(super) struct Entries<'c, 'de> {
    format: &'c mut dyn Pairs<'de>,
    site: Site<'c>,
    /// The names a type knows, if it does. Which of the first 64 have come is kept as bits, all others as hashes: a map of
    /// short keys would take a multiple of its bytes if they were kept themselves. Two keys of one hash, which would count
    /// as one, are not to be expected in the life of a program, and nobody can look for them: each set hashes in its own way.
    fields: &'static [&'static str],
    known: u64,
    seen: Option<HashSet<u64>>,
    /// The key whose value comes next.
    key: Option<Key<'de>>,
}

impl<'c, 'de> Entries<'c, 'de> {
    pub(super) fn new(format: &'c mut dyn Pairs<'de>, site: Site<'c>, fields: &'static [&'static str]) -> Self {
        Entries {
            format,
            site,
            fields,
            known: 0,
            seen: None,
            key: None,
        }
    }

    #[inline]
    fn is_new(&mut self, key: &Key<'de>) -> bool {
        if let Key::Text(text) = key {
            let known = self.fields.iter().take(64).position(|field| field == text);
            if let Some(bit) = known.map(|index| 1 << index) {
                let is_new = self.known & bit == 0;
                self.known |= bit;
                return is_new;
            }
        }
        let seen = self.seen.get_or_insert_default();
        seen.insert(seen.hasher().hash_one(key))
    }
}

impl<'de> Entries<'_, 'de> {
    /// Reads the next key; whether there was one.
    pub(super) fn key(&mut self, read: &mut dyn FnMut(Strict<'_, 'de>) -> Result<(), Fault>) -> Result<bool, Fault> {
        let slot = Cell::new(None);
        let site = self.site;
        let found = self.format.next_key(site, &mut |format| {
            read(Strict {
                format,
                site,
                key: Some(&slot),
            })
        })?;
        self.key = slot.into_inner();
        if let Some(key) = self.key.take() {
            if !self.is_new(&key) {
                return Err(duplicate(&key).at(site.place));
            }
            self.key = Some(key);
        }
        Ok(found)
    }

    /// Reads the value of the key that was read.
    pub(super) fn value(&mut self, read: &mut dyn FnMut(Strict<'_, 'de>) -> Result<(), Fault>) -> Result<(), Fault> {
        let key = self.key.take();
        let place = match &key {
            Some(Key::Text(name)) => Place::Name(self.site.place, name),
            Some(key) => Place::Key(self.site.place, key),
            None => *self.site.place,
        };
        let site = self.site.step(&place);
        self.format.next_value(site, &mut |format| {
            read(Strict {
                format,
                site,
                key: None,
            })
        })
    }
}

impl<'de> MapAccess<'de> for Entries<'_, 'de> {
    type Error = Fault;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        let (mut seed, mut found) = (Some(seed), None);
        self.key(&mut |key| {
            if let Some(seed) = seed.take() {
                found = Some(seed.deserialize(key)?);
            }
            Ok(())
        })?;
        Ok(found)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Fault> {
        let (mut seed, mut found) = (Some(seed), None);
        self.value(&mut |value| {
            if let Some(seed) = seed.take() {
                found = Some(seed.deserialize(value)?);
            }
            Ok(())
        })?;
        found.ok_or_else(nothing)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.format.size_hint()?.min(self.site.run.bytes))
    }
}

#[cold]
fn duplicate(key: &Key<'_>) -> Fault {
    match key {
        Key::Text(name) => Fault::text(format!("duplicate field `{}`", Shortened(name))),
        key => Fault::text(format!("duplicate key {key}")),
    }
}

/// The name of a variant, with its data if there is some.
pub(super) struct Named<'c, 'de>(Variant<'c, 'de>);

enum Variant<'c, 'de> {
    /// A map of one entry.
    WithData(Entries<'c, 'de>),
    Alone(&'c str),
    /// What follows the name of a variant without data: nothing.
    Over,
}

impl<'c, 'de> Named<'c, 'de> {
    pub(super) fn with_data(entry: Entries<'c, 'de>) -> Self {
        Named(Variant::WithData(entry))
    }

    pub(super) fn alone(name: &'c str) -> Self {
        Named(Variant::Alone(name))
    }

    /// The map that the data stands in.
    fn data(self) -> Result<Entries<'c, 'de>, Fault> {
        match self.0 {
            Variant::WithData(entry) => Ok(entry),
            Variant::Alone(_) | Variant::Over => {
                Err(Fault::text("expected object with this variant's data, found string"))
            }
        }
    }
}

/// Refuses a second variant.
fn last(mut entry: Entries<'_, '_>) -> Result<(), Fault> {
    match entry.next_key::<IgnoredAny>()? {
        None => Ok(()),
        Some(_) => Err(Fault::text("expected object with one variant, found several")),
    }
}

impl<'de> EnumAccess<'de> for Named<'_, 'de> {
    type Error = Fault;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self), Fault> {
        match self.0 {
            Variant::WithData(mut entry) => match entry.next_key_seed(seed)? {
                Some(name) => Ok((name, Named(Variant::WithData(entry)))),
                None => Err(Fault::text("expected object with one variant, found empty object")),
            },
            Variant::Alone(name) => {
                let name: StrDeserializer<'_, Fault> = name.into_deserializer();
                Ok((seed.deserialize(name)?, Named(Variant::Over)))
            }
            Variant::Over => Err(nothing()),
        }
    }
}

impl<'de> VariantAccess<'de> for Named<'_, 'de> {
    type Error = Fault;

    fn unit_variant(self) -> Result<(), Fault> {
        match self.0 {
            Variant::WithData(mut entry) => {
                entry.value(&mut |value| value.null())?;
                last(entry)
            }
            Variant::Alone(_) | Variant::Over => Ok(()),
        }
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Fault> {
        let mut entry = self.data()?;
        let data = entry.next_value_seed(seed)?;
        last(entry)?;
        Ok(data)
    }

    fn tuple_variant<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Fault> {
        self.newtype_variant_seed(TupleSeed { length, visitor })
    }

    fn struct_variant<V: Visitor<'de>>(self, fields: &'static [&'static str], visitor: V) -> Result<V::Value, Fault> {
        self.newtype_variant_seed(StructSeed { fields, visitor })
    }
}

struct TupleSeed<V> {
    length: usize,
    visitor: V,
}

impl<'de, V: Visitor<'de>> DeserializeSeed<'de> for TupleSeed<V> {
    type Value = V::Value;

    fn deserialize<D: Deserializer<'de>>(self, format: D) -> Result<V::Value, D::Error> {
        format.deserialize_tuple(self.length, self.visitor)
    }
}

struct StructSeed<V> {
    fields: &'static [&'static str],
    visitor: V,
}

impl<'de, V: Visitor<'de>> DeserializeSeed<'de> for StructSeed<V> {
    type Value = V::Value;

    fn deserialize<D: Deserializer<'de>>(self, format: D) -> Result<V::Value, D::Error> {
        format.deserialize_struct("variant", self.fields, self.visitor)
    }
}
