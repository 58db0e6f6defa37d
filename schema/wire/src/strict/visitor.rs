//! Between a format and a type's visitor: checks what was found before the visitor sees it.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;

use serde::de::value::SeqDeserializer;
use serde::de::{self, Deserializer, EnumAccess, MapAccess, SeqAccess, Visitor};

use super::Strict;
use super::access::{Elements, Entries, Tagged, Unit};
use super::hint::{Hint, Kind, number_word};
use super::key::Key;
use crate::fault::{Fault, Site};

pub(super) struct Checked<'c, 'de, V> {
    pub(super) visitor: V,
    pub(super) hint: Hint,
    pub(super) site: Site<'c>,
    pub(super) key: Option<&'c Cell<Option<Key<'de>>>>,
}

impl<'de, V: Visitor<'de>> Checked<'_, 'de, V> {
    #[inline]
    fn scalar<E: de::Error>(
        self,
        kind: Kind,
        key: impl FnOnce() -> Option<Key<'de>>,
        visit: impl FnOnce(V) -> Result<V::Value, Fault>,
    ) -> Result<V::Value, E> {
        let site = self.site;
        let checked = self.hint.admit(kind, self.key.is_some()).and_then(|()| {
            if let Some(slot) = self.key {
                slot.set(key());
            }
            visit(self.visitor)
        });
        checked.map_err(|fault| site.carry(fault, E::custom))
    }

    /// A string: of an enum it is a variant without data.
    #[inline]
    fn text<E: de::Error>(
        self,
        text: &str,
        key: impl FnOnce() -> Key<'de>,
        visit: impl FnOnce(V) -> Result<V::Value, Fault>,
    ) -> Result<V::Value, E> {
        let is_enum = matches!(self.hint, Hint::Enum);
        self.scalar(
            Kind::Text,
            || Some(key()),
            |visitor| {
                if is_enum {
                    visitor.visit_enum(Unit(text))
                } else {
                    visit(visitor)
                }
            },
        )
    }

    /// Bytes: of an array they are its numbers, of a 128-bit integer its digits.
    #[inline]
    fn bytes<E: de::Error>(
        self,
        bytes: &[u8],
        key: impl FnOnce() -> Key<'de>,
        visit: impl FnOnce(V) -> Result<V::Value, Fault>,
    ) -> Result<V::Value, E> {
        let hint = self.hint;
        self.scalar(
            Kind::Bytes,
            || Some(key()),
            |visitor| match (hint, <[u8; 16]>::try_from(bytes)) {
                (Hint::Array(Some(length)), _) if bytes.len() != length => {
                    let found = bytes.len();
                    Err(Fault::text(format!(
                        "expected array of {length} elements, found {found} bytes"
                    )))
                }
                (Hint::Array(_), _) => visitor.visit_seq(SeqDeserializer::<_, Fault>::new(bytes.iter().copied())),
                (Hint::Number("i128"), Ok(digits)) => visitor.visit_i128(i128::from_be_bytes(digits)),
                (Hint::Number("u128"), Ok(digits)) => visitor.visit_u128(u128::from_be_bytes(digits)),
                _ => visit(visitor),
            },
        )
    }
}

macro_rules! scalars {
    ($($method:ident($type:ty) $kind:ident, $value:ident => $key:expr;)*) => {
        $(
            #[inline]
            fn $method<E: de::Error>(self, $value: $type) -> Result<V::Value, E> {
                self.scalar(Kind::$kind, || Some($key), |visitor| visitor.$method($value))
            }
        )*
    };
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Checked<'_, 'de, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visitor.expecting(f)
    }

    scalars! {
        visit_bool(bool) Boolean, value => Key::Boolean(value);
        visit_i8(i8) Integer, value => Key::signed(value.into());
        visit_i16(i16) Integer, value => Key::signed(value.into());
        visit_i32(i32) Integer, value => Key::signed(value.into());
        visit_i64(i64) Integer, value => Key::signed(value.into());
        visit_i128(i128) Integer, value => Key::signed(value);
        visit_u8(u8) Integer, value => Key::Unsigned(value.into());
        visit_u16(u16) Integer, value => Key::Unsigned(value.into());
        visit_u32(u32) Integer, value => Key::Unsigned(value.into());
        visit_u64(u64) Integer, value => Key::Unsigned(value.into());
        visit_u128(u128) Integer, value => Key::Unsigned(value);
        visit_f32(f32) Float, value => Key::Float(f64::from(value).to_bits());
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<V::Value, E> {
        /// The first magnitude at which no 64-bit integer is left.
        const BEYOND_INTEGERS: f64 = 18_446_744_073_709_551_616.0;
        let hint = self.hint;
        self.scalar(
            Kind::Float,
            || Some(Key::Float(value.to_bits())),
            |visitor| match hint {
                // JSON's digits turn into a float when they are too many for 64 bits.
                Hint::Number(name) if number_word(name) == "integer" && value.abs() >= BEYOND_INTEGERS / 2.0 => {
                    Err(Fault::text(format!("expected {name}, found integer out of range")))
                }
                _ => visitor.visit_f64(value),
            },
        )
    }

    fn visit_char<E: de::Error>(self, value: char) -> Result<V::Value, E> {
        self.visit_str(value.encode_utf8(&mut [0; 4]))
    }

    #[inline]
    fn visit_str<E: de::Error>(self, value: &str) -> Result<V::Value, E> {
        self.text(
            value,
            || Key::Text(Cow::Owned(value.to_owned())),
            |visitor| visitor.visit_str(value),
        )
    }

    #[inline]
    fn visit_borrowed_str<E: de::Error>(self, value: &'de str) -> Result<V::Value, E> {
        self.text(
            value,
            || Key::Text(Cow::Borrowed(value)),
            |visitor| visitor.visit_borrowed_str(value),
        )
    }

    fn visit_string<E: de::Error>(self, value: String) -> Result<V::Value, E> {
        self.visit_str(&value)
    }

    fn visit_bytes<E: de::Error>(self, value: &[u8]) -> Result<V::Value, E> {
        self.bytes(
            value,
            || Key::Bytes(Cow::Owned(value.to_owned())),
            |visitor| visitor.visit_bytes(value),
        )
    }

    fn visit_borrowed_bytes<E: de::Error>(self, value: &'de [u8]) -> Result<V::Value, E> {
        self.bytes(
            value,
            || Key::Bytes(Cow::Borrowed(value)),
            |visitor| visitor.visit_borrowed_bytes(value),
        )
    }

    fn visit_byte_buf<E: de::Error>(self, value: Vec<u8>) -> Result<V::Value, E> {
        self.visit_bytes(&value)
    }

    fn visit_none<E: de::Error>(self) -> Result<V::Value, E> {
        self.scalar(Kind::Null, || None, |visitor| visitor.visit_none())
    }

    fn visit_unit<E: de::Error>(self) -> Result<V::Value, E> {
        self.scalar(Kind::Null, || None, |visitor| visitor.visit_unit())
    }

    #[inline]
    fn visit_some<D: Deserializer<'de>>(self, format: D) -> Result<V::Value, D::Error> {
        let Checked { visitor, site, key, .. } = self;
        visitor
            .visit_some(Strict { format, site, key })
            .map_err(|fault| site.carry(fault, <D::Error as de::Error>::custom))
    }

    /// How MessagePack's extensions are told; the contracts have none.
    fn visit_newtype_struct<D: Deserializer<'de>>(self, _: D) -> Result<V::Value, D::Error> {
        self.scalar(Kind::Extension, || None, |visitor| visitor.visit_unit())
    }

    #[inline]
    fn visit_seq<A: SeqAccess<'de>>(self, format: A) -> Result<V::Value, A::Error> {
        let Checked {
            visitor,
            hint,
            site,
            key,
        } = self;
        let checked = hint.admit(Kind::Array, key.is_some()).and_then(|()| {
            let mut elements = Elements::new(format, site.inside()?);
            let value = visitor
                .visit_seq(&mut elements)
                .map_err(|fault| elements.short_of(hint, fault))?;
            elements.end(hint)?;
            Ok(value)
        });
        checked.map_err(|fault| site.carry(fault, <A::Error as de::Error>::custom))
    }

    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, format: A) -> Result<V::Value, A::Error> {
        let Checked {
            visitor,
            hint,
            site,
            key,
        } = self;
        let checked = hint.admit(Kind::Map, key.is_some()).and_then(|()| {
            let fields = if let Hint::Struct(fields) = hint { fields } else { &[] };
            let entries = Entries::new(format, site.inside()?, fields);
            if matches!(hint, Hint::Enum) {
                visitor.visit_enum(Tagged(entries))
            } else {
                visitor.visit_map(entries)
            }
        });
        checked.map_err(|fault| site.carry(fault, <A::Error as de::Error>::custom))
    }

    /// Formats are never asked for an enum, so none can come.
    fn visit_enum<A: EnumAccess<'de>>(self, _: A) -> Result<V::Value, A::Error> {
        self.scalar(Kind::Extension, || None, |visitor| visitor.visit_unit())
    }
}
