//! From what was found to a type's visitor: checked before the visitor sees it.

use std::borrow::Cow;
use std::cell::Cell;

use serde::de::Visitor;
use serde::de::value::SeqDeserializer;

use super::Strict;
use super::access::{Elements, Entries, Tagged, Unit};
use super::format::Found;
use super::hint::{Hint, Kind, number_word};
use super::key::Key;
use crate::fault::{Fault, Site};

/// Hands what was found to `visitor`, if `hint` allows it.
pub(super) fn visit<'de, V: Visitor<'de>>(
    found: Found<'_, 'de>,
    visitor: V,
    hint: Hint,
    site: Site<'_>,
    key: Option<&Cell<Option<Key<'de>>>>,
) -> Result<V::Value, Fault> {
    check(&found, hint, key)?;
    match found {
        Found::Null => visitor.visit_unit(),
        Found::Present(format) => visitor.visit_some(Strict { format, site, key }),
        Found::Boolean(value) => visitor.visit_bool(value),
        Found::Signed(value) => visitor.visit_i64(value),
        Found::Unsigned(value) => visitor.visit_u64(value),
        Found::Signed128(value) => visitor.visit_i128(value),
        Found::Unsigned128(value) => visitor.visit_u128(value),
        Found::F32(value) => visitor.visit_f32(value),
        Found::F64(value) => visitor.visit_f64(value),
        // Of an enum a string is a variant without data.
        Found::Text(text) if matches!(hint, Hint::Enum) => visitor.visit_enum(Unit(text)),
        Found::BorrowedText(text) if matches!(hint, Hint::Enum) => visitor.visit_enum(Unit(text)),
        Found::Text(text) => visitor.visit_str(text),
        Found::BorrowedText(text) => visitor.visit_borrowed_str(text),
        // Of an array bytes are its numbers, of a 128-bit integer its digits.
        Found::Bytes(bytes) | Found::BorrowedBytes(bytes) if matches!(hint, Hint::Array(_)) => {
            visitor.visit_seq(SeqDeserializer::<_, Fault>::new(bytes.iter().copied()))
        }
        Found::Bytes(bytes) => match digits(hint, bytes) {
            Some(Digits::Signed(value)) => visitor.visit_i128(value),
            Some(Digits::Unsigned(value)) => visitor.visit_u128(value),
            None => visitor.visit_bytes(bytes),
        },
        Found::BorrowedBytes(bytes) => match digits(hint, bytes) {
            Some(Digits::Signed(value)) => visitor.visit_i128(value),
            Some(Digits::Unsigned(value)) => visitor.visit_u128(value),
            None => visitor.visit_borrowed_bytes(bytes),
        },
        Found::Array(items) => {
            let mut elements = Elements::new(items, site.inside()?);
            let value = visitor
                .visit_seq(&mut elements)
                .map_err(|fault| elements.short_of(hint, fault))?;
            elements.end(hint)?;
            Ok(value)
        }
        Found::Map(pairs) => {
            let fields = if let Hint::Struct(fields) = hint { fields } else { &[] };
            let entries = Entries::new(pairs, site.inside()?, fields);
            if matches!(hint, Hint::Enum) {
                visitor.visit_enum(Tagged(entries))
            } else {
                visitor.visit_map(entries)
            }
        }
        // No visitor takes a null for it.
        Found::Extension => visitor.visit_unit(),
    }
}

enum Digits {
    Signed(i128),
    Unsigned(u128),
}

fn digits(hint: Hint, bytes: &[u8]) -> Option<Digits> {
    let bytes = <[u8; 16]>::try_from(bytes).ok()?;
    match hint {
        Hint::Number("i128") => Some(Digits::Signed(i128::from_be_bytes(bytes))),
        Hint::Number("u128") => Some(Digits::Unsigned(u128::from_be_bytes(bytes))),
        _ => None,
    }
}

/// Refuses what visitors may take although the wire does not, and notes a map's key.
fn check<'de>(found: &Found<'_, 'de>, hint: Hint, slot: Option<&Cell<Option<Key<'de>>>>) -> Result<(), Fault> {
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
    hint.admit(kind, slot.is_some())?;
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
