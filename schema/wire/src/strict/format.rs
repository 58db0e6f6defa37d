//! The formats, behind one interface: serde_json's and rmp-serde's deserializers as objects.
//!
//! A contract has hundreds of types, and each has a visitor. Were these handed to the formats themselves, every one would be
//! compiled for both, with all their parsing; so a format only ever sees the one visitor of this file, which is compiled
//! once, and hands on what was [`Found`].

use serde::de::{self, DeserializeSeed, Deserializer, EnumAccess, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::hint::Hint;
use crate::fault::{Fault, Site};

/// What stands at one place of a payload.
pub(super) enum Found<'f, 'de> {
    Null,
    /// Of an option: the value, which is there.
    Present(&'f mut dyn Format<'de>),
    Boolean(bool),
    Signed(i64),
    Unsigned(u64),
    Signed128(i128),
    Unsigned128(u128),
    F32(f32),
    F64(f64),
    Text(&'f str),
    BorrowedText(&'de str),
    Bytes(&'f [u8]),
    BorrowedBytes(&'de [u8]),
    Array(&'f mut dyn Items<'de>),
    Map(&'f mut dyn Pairs<'de>),
    /// What the contracts have no use for.
    Extension,
}

/// How a format is asked for a value.
#[derive(Clone, Copy)]
pub(super) enum Ask {
    Any,
    Option,
    Boolean,
    Signed,
    Unsigned,
    F32,
    F64,
    Signed128,
    Unsigned128,
}

/// Takes what was found.
pub(super) type Taker<'t, 'de> = &'t mut dyn FnMut(Found<'_, 'de>) -> Result<(), Fault>;

/// Takes a value that is still in its format.
pub(super) type Reader<'r, 'de> = &'r mut dyn FnMut(&mut dyn Format<'de>) -> Result<(), Fault>;

/// A value still in its format; it is read once.
pub(super) trait Format<'de> {
    fn read(&mut self, ask: Ask, hint: Hint, site: Site<'_>, take: Taker<'_, 'de>) -> Result<(), Fault>;

    /// Passes over the value, whatever it is.
    fn skip(&mut self, site: Site<'_>) -> Result<(), Fault>;

    /// Whether a newtype around the value may ask for it.
    fn enter_newtype(&self) -> Result<(), Fault> {
        Ok(())
    }
}

/// An array still in its format.
pub(super) trait Items<'de> {
    /// Reads the next element; whether there was one.
    fn next(&mut self, site: Site<'_>, read: Reader<'_, 'de>) -> Result<bool, Fault>;

    fn size_hint(&self) -> Option<usize>;
}

/// A map still in its format.
pub(super) trait Pairs<'de> {
    /// Reads the next key; whether there was one.
    fn next_key(&mut self, site: Site<'_>, read: Reader<'_, 'de>) -> Result<bool, Fault>;

    /// Reads the value of the key that was read.
    fn next_value(&mut self, site: Site<'_>, read: Reader<'_, 'de>) -> Result<(), Fault>;

    fn size_hint(&self) -> Option<usize>;
}

/// A deserializer as an object.
pub(super) struct Source<D>(Option<D>);

impl<D> Source<D> {
    pub(super) fn new(format: D) -> Self {
        Source(Some(format))
    }

    fn take(&mut self) -> Result<D, Fault> {
        self.0.take().ok_or_else(|| Fault::text("a value is read once"))
    }
}

impl<'de, D: Deserializer<'de>> Format<'de> for Source<D> {
    fn read(&mut self, ask: Ask, hint: Hint, site: Site<'_>, take: Taker<'_, 'de>) -> Result<(), Fault> {
        let format = self.take()?;
        let only = Only { take, site };
        let read = match ask {
            Ask::Any => format.deserialize_any(only),
            Ask::Option => format.deserialize_option(only),
            Ask::Boolean => format.deserialize_bool(only),
            Ask::Signed => format.deserialize_i64(only),
            Ask::Unsigned => format.deserialize_u64(only),
            Ask::F32 => format.deserialize_f32(only),
            Ask::F64 => format.deserialize_f64(only),
            Ask::Signed128 => format.deserialize_i128(only),
            Ask::Unsigned128 => format.deserialize_u128(only),
        };
        read.map_err(|error| site.carried().unwrap_or_else(|| hint.foreign(&error, site.run.codec)))
    }

    fn skip(&mut self, site: Site<'_>) -> Result<(), Fault> {
        let skipped = self.take()?.deserialize_ignored_any(IgnoredAny);
        skipped.map(drop).map_err(|error| fault_at(site, error))
    }
}

/// The only visitor that a format sees.
struct Only<'t, 'c, 'de> {
    take: Taker<'t, 'de>,
    site: Site<'c>,
}

impl<'de> Only<'_, '_, 'de> {
    fn found<E: de::Error>(self, found: Found<'_, 'de>) -> Result<(), E> {
        (self.take)(found).map_err(|fault| self.site.carry(fault, E::custom))
    }
}

macro_rules! scalars {
    ($($method:ident($type:ty) $found:ident;)*) => {
        $(
            fn $method<E: de::Error>(self, value: $type) -> Result<(), E> {
                self.found(Found::$found(value))
            }
        )*
    };
}

impl<'de> Visitor<'de> for Only<'_, '_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a value")
    }

    // Narrower integers come as these.
    scalars! {
        visit_bool(bool) Boolean;
        visit_i64(i64) Signed;
        visit_u64(u64) Unsigned;
        visit_i128(i128) Signed128;
        visit_u128(u128) Unsigned128;
        visit_f32(f32) F32;
        visit_f64(f64) F64;
        visit_str(&str) Text;
        visit_borrowed_str(&'de str) BorrowedText;
        visit_bytes(&[u8]) Bytes;
        visit_borrowed_bytes(&'de [u8]) BorrowedBytes;
    }

    fn visit_none<E: de::Error>(self) -> Result<(), E> {
        self.found(Found::Null)
    }

    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        self.found(Found::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, format: D) -> Result<(), D::Error> {
        self.found(Found::Present(&mut Source::new(format)))
    }

    /// How MessagePack's extensions are told; the contracts have none.
    fn visit_newtype_struct<D: Deserializer<'de>>(self, _: D) -> Result<(), D::Error> {
        self.found(Found::Extension)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, format: A) -> Result<(), A::Error> {
        self.found(Found::Array(&mut Access(format)))
    }

    fn visit_map<A: MapAccess<'de>>(self, format: A) -> Result<(), A::Error> {
        self.found(Found::Map(&mut Access(format)))
    }

    /// Formats are never asked for an enum, so none can come.
    fn visit_enum<A: EnumAccess<'de>>(self, _: A) -> Result<(), A::Error> {
        self.found(Found::Extension)
    }
}

/// A format's own access to an array or a map, as an object.
struct Access<A>(A);

impl<'de, A: SeqAccess<'de>> Items<'de> for Access<A> {
    fn next(&mut self, site: Site<'_>, read: Reader<'_, 'de>) -> Result<bool, Fault> {
        let element = self.0.next_element_seed(Inside { read, site });
        element
            .map(|element| element.is_some())
            .map_err(|error| fault_at(site, error))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: MapAccess<'de>> Pairs<'de> for Access<A> {
    fn next_key(&mut self, site: Site<'_>, read: Reader<'_, 'de>) -> Result<bool, Fault> {
        let key = self.0.next_key_seed(Inside { read, site });
        key.map(|key| key.is_some()).map_err(|error| fault_at(site, error))
    }

    fn next_value(&mut self, site: Site<'_>, read: Reader<'_, 'de>) -> Result<(), Fault> {
        let value = self.0.next_value_seed(Inside { read, site });
        value.map_err(|error| fault_at(site, error))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

/// The only seed that a format sees.
struct Inside<'r, 'c, 'de> {
    read: Reader<'r, 'de>,
    site: Site<'c>,
}

impl<'de> DeserializeSeed<'de> for Inside<'_, '_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, format: D) -> Result<(), D::Error> {
        let Inside { read, site } = self;
        let counted = site.count();
        counted
            .and_then(|()| read(&mut Source::new(format)))
            .map_err(|fault| site.carry(fault.at(site.place), <D::Error as de::Error>::custom))
    }
}

/// A fault carried by a format's error, or what the format itself found wrong.
#[cold]
fn fault_at(site: Site<'_>, error: impl std::fmt::Display) -> Fault {
    site.carried()
        .unwrap_or_else(|| Hint::Any.foreign(&error, site.run.codec))
        .at(site.place)
}
