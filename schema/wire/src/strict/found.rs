//! What was found, checked against what was asked for: the part of reading that knows no type.

use std::borrow::Cow;
use std::cell::Cell;

use super::access::{Elements, Entries, Named};
use super::format::{Ask, Format, Found, Items, Reader, Taker};
use super::hint::{Hint, Kind, number_word};
use super::key::Key;
use super::{Asks, Strict, nothing};
use crate::Codec;
use crate::fault::{Fault, Site};

pub(super) enum Number {
    Signed(i64),
    Unsigned(u64),
    Signed128(i128),
    Unsigned128(u128),
    F32(f32),
    F64(f64),
}

pub(super) enum Bytes<'b, 'c, 'de> {
    Borrowed(&'de [u8]),
    /// Gone when the visitor returns.
    Passing(&'b [u8]),
    /// As JSON writes them.
    Numbers(&'b mut Elements<'c, 'de>),
}

impl<'de> Strict<'_, 'de> {
    /// Hands on what was found, if `hint` allows it.
    pub(super) fn take(self, ask: Ask, hint: Hint, take: Taker<'_, 'de>) -> Result<(), Fault> {
        let Strict { format, site, key } = self;
        let read = format.read(ask, hint, site, &mut |found| {
            check(&found, hint, key)?;
            take(found)
        });
        read.map_err(|fault| super::said(fault, hint, site))
    }

    pub(super) fn number(self, asks: Asks, name: &'static str) -> Result<Number, Fault> {
        let ask = match (self.site.run.codec, self.key) {
            #[cfg(feature = "msgpack")]
            (Codec::MessagePack, _) => Ask::Any,
            (Codec::Json, None) => asks.json,
            (Codec::Json, Some(_)) => asks.json_key,
        };
        let hint = Hint::Number(name);
        let mut number = None;
        self.take(ask, hint, &mut |found| {
            number = match found {
                Found::Signed(value) => Some(Number::Signed(value)),
                Found::Unsigned(value) => Some(Number::Unsigned(value)),
                Found::Signed128(value) => Some(Number::Signed128(value)),
                Found::Unsigned128(value) => Some(Number::Unsigned128(value)),
                Found::F32(value) => Some(Number::F32(value)),
                Found::F64(value) => Some(Number::F64(value)),
                Found::Bytes(bytes) | Found::BorrowedBytes(bytes) => Some(digits(name, bytes)?),
                _ => None,
            };
            Ok(())
        })?;
        number.ok_or_else(nothing)
    }

    pub(super) fn boolean(self) -> Result<bool, Fault> {
        let is_json_key = self.key.is_some() && self.site.run.codec == Codec::Json;
        let ask = if is_json_key { Ask::Boolean } else { Ask::Any };
        let mut value = None;
        self.take(ask, Hint::Boolean, &mut |found| {
            if let Found::Boolean(found) = found {
                value = Some(found);
            }
            Ok(())
        })?;
        value.ok_or_else(nothing)
    }

    pub(super) fn string(self) -> Result<Cow<'de, str>, Fault> {
        let mut text = None;
        self.take(Ask::Any, Hint::Text, &mut |found| {
            text = match found {
                Found::BorrowedText(found) => Some(Cow::Borrowed(found)),
                Found::Text(found) => Some(Cow::Owned(found.to_owned())),
                _ => None,
            };
            Ok(())
        })?;
        text.ok_or_else(nothing)
    }

    pub(super) fn null(self) -> Result<(), Fault> {
        self.take(Ask::Any, Hint::Null, &mut |_| Ok(()))
    }

    pub(super) fn bytes(self, read: &mut dyn FnMut(Bytes<'_, '_, 'de>) -> Result<(), Fault>) -> Result<(), Fault> {
        let site = self.site;
        self.take(Ask::Any, Hint::Bytes, &mut |found| match found {
            Found::BorrowedBytes(bytes) => read(Bytes::Borrowed(bytes)),
            Found::Bytes(bytes) => read(Bytes::Passing(bytes)),
            Found::Array(items) => array(items, Hint::Bytes, site.inside()?, &mut |elements| {
                read(Bytes::Numbers(elements))
            }),
            _ => Ok(()),
        })
    }

    /// Reads an option's value, or that there is none.
    pub(super) fn present(
        self,
        read: &mut dyn FnMut(Option<Strict<'_, 'de>>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let (site, key) = (self.site, self.key);
        self.take(Ask::Option, Hint::Any, &mut |found| match found {
            Found::Present(format) => read(Some(Strict { format, site, key })),
            Found::Null => read(None),
            _ => Err(nothing()),
        })
    }

    pub(super) fn elements(
        self,
        length: Option<usize>,
        read: &mut dyn FnMut(&mut Elements<'_, 'de>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let (site, hint) = (self.site, Hint::Array(length));
        self.take(Ask::Any, hint, &mut |found| match found {
            Found::Array(items) => array(items, hint, site.inside()?, read),
            // Of an array bytes are its numbers; they nest nothing.
            Found::Bytes(bytes) | Found::BorrowedBytes(bytes) => array(&mut Numbers(bytes), hint, site, read),
            _ => Ok(()),
        })
    }

    pub(super) fn entries(
        self,
        hint: Hint,
        read: &mut dyn FnMut(Entries<'_, 'de>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let site = self.site;
        let fields = if let Hint::Struct(fields) = hint { fields } else { &[] };
        self.take(Ask::Any, hint, &mut |found| match found {
            Found::Map(pairs) => read(Entries::new(pairs, site.inside()?, fields)),
            _ => Ok(()),
        })
    }

    pub(super) fn variant(self, read: &mut dyn FnMut(Named<'_, 'de>) -> Result<(), Fault>) -> Result<(), Fault> {
        let site = self.site;
        self.take(Ask::Any, Hint::Enum, &mut |found| match found {
            Found::Map(pairs) => read(Named::with_data(Entries::new(pairs, site.inside()?, &[]))),
            // A string is a variant without data.
            Found::Text(text) | Found::BorrowedText(text) => read(Named::alone(text)),
            _ => Ok(()),
        })
    }
}

/// Reads an array to its end, whose elements are at `inside`.
pub(super) fn array<'de>(
    items: &mut dyn Items<'de>,
    hint: Hint,
    inside: Site<'_>,
    read: &mut dyn FnMut(&mut Elements<'_, 'de>) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let mut elements = Elements::new(items, inside);
    match read(&mut elements) {
        Ok(()) => elements.end(hint),
        Err(fault) => Err(elements.short_of(hint, fault)),
    }
}

/// Bytes as the array that they are in JSON.
struct Numbers<'b>(&'b [u8]);

impl<'de> Items<'de> for Numbers<'_> {
    fn next(&mut self, _: Site<'_>, read: Reader<'_, 'de>) -> Result<bool, Fault> {
        let Some((first, rest)) = self.0.split_first() else {
            return Ok(false);
        };
        self.0 = rest;
        read(&mut Byte(*first))?;
        Ok(true)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.0.len())
    }
}

/// One of them.
struct Byte(u8);

impl<'de> Format<'de> for Byte {
    fn read(&mut self, ask: Ask, _: Hint, _: Site<'_>, take: Taker<'_, 'de>) -> Result<(), Fault> {
        match ask {
            Ask::Option => take(Found::Present(self)),
            _ => take(Found::Unsigned(self.0.into())),
        }
    }

    fn skip(&mut self, _: Site<'_>) -> Result<(), Fault> {
        Ok(())
    }
}

/// A value that is not there: only an option may be left out, and what is written as one.
pub(super) struct Missing(pub(super) &'static str);

impl<'de> Format<'de> for Missing {
    fn read(&mut self, ask: Ask, _: Hint, _: Site<'_>, take: Taker<'_, 'de>) -> Result<(), Fault> {
        match ask {
            Ask::Option => take(Found::Null),
            _ => Err(<Fault as serde::de::Error>::missing_field(self.0)),
        }
    }

    fn skip(&mut self, _: Site<'_>) -> Result<(), Fault> {
        Ok(())
    }

    /// serde asks a newtype for its content only if there is one.
    fn enter_newtype(&self) -> Result<(), Fault> {
        Err(<Fault as serde::de::Error>::missing_field(self.0))
    }
}

/// A 128-bit integer is its digits in MessagePack.
fn digits(name: &'static str, bytes: &[u8]) -> Result<Number, Fault> {
    match (name, <[u8; 16]>::try_from(bytes)) {
        ("i128", Ok(bytes)) => Ok(Number::Signed128(i128::from_be_bytes(bytes))),
        ("u128", Ok(bytes)) => Ok(Number::Unsigned128(u128::from_be_bytes(bytes))),
        _ => Err(Fault::kind(name, "bytes")),
    }
}

/// Refuses what the wire does not allow, and notes a map's key.
pub(super) fn check<'de>(
    found: &Found<'_, 'de>,
    hint: Hint,
    slot: Option<&Cell<Option<Key<'de>>>>,
) -> Result<(), Fault> {
    /// The first magnitude at which no 64-bit integer is left.
    const BEYOND_INTEGERS: f64 = 18_446_744_073_709_551_616.0;
    let kind = match found {
        // What is there is judged when it is read.
        Found::Present(_) => return Ok(()),
        Found::Null => Kind::Null,
        Found::Boolean(_) => Kind::Boolean,
        Found::Signed(_) | Found::Unsigned(_) | Found::Signed128(_) | Found::Unsigned128(_) => Kind::Integer,
        Found::F32(_) | Found::F64(_) => Kind::Float,
        Found::Text(_) | Found::BorrowedText(_) => Kind::Text,
        Found::Bytes(_) | Found::BorrowedBytes(_) => Kind::Bytes,
        Found::Array(_) => Kind::Array,
        Found::Map(_) => Kind::Map,
        Found::Extension => Kind::Extension,
    };
    match (found, hint) {
        // JSON's digits turn into a float when they are too many for 64 bits.
        (Found::F64(value), Hint::Number(name))
            if number_word(name) == "integer" && value.abs() >= BEYOND_INTEGERS / 2.0 =>
        {
            return Err(Fault::text(format!("expected {name}, found integer out of range")));
        }
        (Found::Bytes(bytes) | Found::BorrowedBytes(bytes), Hint::Array(Some(length))) if bytes.len() != length => {
            let found = bytes.len();
            return Err(Fault::text(format!(
                "expected array of {length} elements, found {found} bytes"
            )));
        }
        _ => {}
    }
    hint.admit(kind, slot.is_some())?;
    if let Some(slot) = slot {
        slot.set(key(found));
    }
    Ok(())
}

/// What was found as a map's key.
fn key<'de>(found: &Found<'_, 'de>) -> Option<Key<'de>> {
    Some(match *found {
        Found::Boolean(value) => Key::Boolean(value),
        Found::Signed(value) => Key::signed(value.into()),
        Found::Unsigned(value) => Key::Unsigned(value.into()),
        Found::Signed128(value) => Key::signed(value),
        Found::Unsigned128(value) => Key::Unsigned(value),
        Found::F32(value) => Key::Float(f64::from(value).to_bits()),
        Found::F64(value) => Key::Float(value.to_bits()),
        Found::Text(text) => Key::Text(Cow::Owned(text.to_owned())),
        Found::BorrowedText(text) => Key::Text(Cow::Borrowed(text)),
        Found::Bytes(bytes) => Key::Bytes(Cow::Owned(bytes.to_owned())),
        Found::BorrowedBytes(bytes) => Key::Bytes(Cow::Borrowed(bytes)),
        Found::Null | Found::Present(_) | Found::Array(_) | Found::Map(_) | Found::Extension => return None,
    })
}
