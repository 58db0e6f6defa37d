//! A deserializer around serde_json's and rmp-serde's that refuses what serde lets through and says where it was.
//!
//! The way down: a type asks [`Strict`] for what it wants, which is remembered as a [`Hint`], and [`Strict`] asks the
//! [`format`] for whatever stands there. The way up: what was [`found`] is checked against the hint before the type's visitor
//! sees it; maps and arrays are handed on inside [`access`] wrappers that count depth, watch for duplicate keys and keep the
//! path. Types see [`Fault`] as the error; where it has to pass through the format's own error type, it is set aside in the
//! [`Run`](crate::fault::Run).
//!
//! All of this is compiled once. Only what must know the type's visitor is compiled for each type, in the crate of the
//! contract: that is the implementation of [`Deserializer`] here and little else, so it is kept short.

mod access;
mod any;
mod arguments;
mod format;
mod found;
mod hint;
mod key;

use std::borrow::Cow;
use std::cell::Cell;

use serde::de::{Deserializer, Visitor};

pub use arguments::{Argument, ArgumentPlace};

use crate::fault::{Fault, Run, Site};
use crate::{Codec, DecodeError};
use access::Entries;
use format::{Ask, Format, Source};
use found::{Bytes, Number};
use hint::Hint;
use key::Key;

/// Takes the value at the root of a payload.
pub(crate) type ReadRoot<'r> = &'r mut dyn FnMut(Strict<'_, '_>) -> Result<(), Fault>;

/// Reads one JSON text, with at most so many values in it.
pub(crate) fn json(text: &str, values: usize, read: ReadRoot<'_>) -> Result<(), DecodeError> {
    let run = Run::new(Codec::Json, text.len()).at_most(values);
    let mut format = serde_json::Deserializer::from_str(text);
    read(Strict::root(&mut Source::new(&mut format), &run))?;
    match format.end() {
        Ok(()) => Ok(()),
        Err(_) => Err(Fault::text("trailing bytes after the value").into()),
    }
}

/// Reads one MessagePack value that [`scan`](crate::scan) has found whole, with at most so many values in it.
#[cfg(feature = "msgpack")]
pub(crate) fn messagepack(value: &[u8], values: usize, read: ReadRoot<'_>) -> Result<(), DecodeError> {
    let run = Run::new(Codec::MessagePack, value.len()).at_most(values);
    let mut format = rmp_serde::Deserializer::from_read_ref(value).with_human_readable();
    read(Strict::root(&mut Source::new(&mut format), &run))?;
    Ok(())
}

/// One value still in its format.
pub(crate) struct Strict<'c, 'de> {
    format: &'c mut dyn Format<'de>,
    site: Site<'c>,
    /// Where the value is to be noted, if it is a map's key.
    key: Option<&'c Cell<Option<Key<'de>>>>,
}

impl<'c, 'de> Strict<'c, 'de> {
    fn root(format: &'c mut dyn Format<'de>, run: &'c Run) -> Self {
        Strict {
            format,
            site: Site::root(run),
            key: None,
        }
    }

    /// Most numbers have 64 bits at most, and their visitors are not compiled for more.
    fn whole<V: Visitor<'de>>(self, asks: Asks, name: &'static str, visitor: V) -> Result<V::Value, Fault> {
        let site = self.site;
        let value = match self.number(asks, name)? {
            Number::Signed(value) => visitor.visit_i64(value),
            Number::Unsigned(value) => visitor.visit_u64(value),
            // No 64 bits hold it, so no visitor takes it.
            _ => Err(Fault::kind("a value", "integer")),
        };
        value.map_err(|fault| said(fault, Hint::Number(name), site))
    }

    fn of_any_width<V: Visitor<'de>>(self, asks: Asks, name: &'static str, visitor: V) -> Result<V::Value, Fault> {
        let site = self.site;
        let value = match self.number(asks, name)? {
            Number::Signed(value) => visitor.visit_i64(value),
            Number::Unsigned(value) => visitor.visit_u64(value),
            Number::Signed128(value) => visitor.visit_i128(value),
            Number::Unsigned128(value) => visitor.visit_u128(value),
            Number::F32(value) => visitor.visit_f32(value),
            Number::F64(value) => visitor.visit_f64(value),
        };
        value.map_err(|fault| said(fault, Hint::Number(name), site))
    }

    fn text<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let site = self.site;
        let value = match self.string()? {
            Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
            Cow::Owned(text) => visitor.visit_string(text),
        };
        value.map_err(|fault| said(fault, Hint::Text, site))
    }

    fn blob<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let (mut visitor, mut value) = (Some(visitor), None);
        self.bytes(&mut |found| {
            if let Some(visitor) = visitor.take() {
                value = Some(match found {
                    Bytes::Borrowed(bytes) => visitor.visit_borrowed_bytes(bytes)?,
                    Bytes::Passing(bytes) => visitor.visit_bytes(bytes)?,
                    Bytes::Numbers(elements) => visitor.visit_seq(elements)?,
                });
            }
            Ok(())
        })?;
        value.ok_or_else(nothing)
    }

    fn array<V: Visitor<'de>>(self, length: Option<usize>, visitor: V) -> Result<V::Value, Fault> {
        let (mut visitor, mut value) = (Some(visitor), None);
        self.elements(length, &mut |elements| {
            if let Some(visitor) = visitor.take() {
                value = Some(visitor.visit_seq(elements)?);
            }
            Ok(())
        })?;
        value.ok_or_else(nothing)
    }

    fn map<V: Visitor<'de>>(self, hint: Hint, visitor: V) -> Result<V::Value, Fault> {
        let (mut visitor, mut value) = (Some(visitor), None);
        self.entries(hint, &mut |entries: Entries<'_, 'de>| {
            if let Some(visitor) = visitor.take() {
                value = Some(visitor.visit_map(entries)?);
            }
            Ok(())
        })?;
        value.ok_or_else(nothing)
    }
}

/// What a visitor has said is wrong with a value.
#[cold]
fn said(fault: Fault, hint: Hint, site: Site<'_>) -> Fault {
    fault.expecting(hint.word()).at(site.place)
}

/// The format has found no value, which none does.
#[cold]
fn nothing() -> Fault {
    Fault::text("expected a value, found none")
}

/// How a number is asked for.
#[derive(Clone, Copy)]
struct Asks {
    /// Of JSON, which reads some numbers exactly only when it is asked by type.
    json: Ask,
    /// Of the text that a key is in JSON.
    json_key: Ask,
}

impl Asks {
    /// In JSON a key is a string, and only read as a number if it is asked for one.
    const fn in_keys(ask: Ask) -> Self {
        Asks {
            json: Ask::Any,
            json_key: ask,
        }
    }

    const fn always(ask: Ask) -> Self {
        Asks {
            json: ask,
            json_key: ask,
        }
    }
}

macro_rules! numbers {
    ($($method:ident $kind:ident($name:literal, $asks:expr);)*) => {
        $(
            fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
                self.$kind($asks, $name, visitor)
            }
        )*
    };
}

impl<'de> Deserializer<'de> for Strict<'_, 'de> {
    type Error = Fault;

    fn is_human_readable(&self) -> bool {
        true
    }

    numbers! {
        deserialize_i8 whole("i8", Asks::in_keys(Ask::Signed));
        deserialize_i16 whole("i16", Asks::in_keys(Ask::Signed));
        deserialize_i32 whole("i32", Asks::in_keys(Ask::Signed));
        deserialize_i64 whole("i64", Asks::in_keys(Ask::Signed));
        deserialize_u8 whole("u8", Asks::in_keys(Ask::Unsigned));
        deserialize_u16 whole("u16", Asks::in_keys(Ask::Unsigned));
        deserialize_u32 whole("u32", Asks::in_keys(Ask::Unsigned));
        deserialize_u64 whole("u64", Asks::in_keys(Ask::Unsigned));
        deserialize_i128 of_any_width("i128", Asks::always(Ask::Signed128));
        deserialize_u128 of_any_width("u128", Asks::always(Ask::Unsigned128));
        deserialize_f32 of_any_width("f32", Asks::always(Ask::F32));
        deserialize_f64 of_any_width("f64", Asks::in_keys(Ask::F64));
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.any(visitor)
    }

    /// Not the format's own way of passing over a value, which would not see what is wrong inside it.
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.any(visitor)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let site = self.site;
        let value = self.boolean()?;
        visitor
            .visit_bool(value)
            .map_err(|fault| said(fault, Hint::Boolean, site))
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.text(visitor)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.text(visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.text(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.text(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.blob(visitor)
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.blob(visitor)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let site = self.site;
        self.null()?;
        visitor.visit_unit().map_err(|fault| said(fault, Hint::Null, site))
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let (mut visitor, mut value) = (Some(visitor), None);
        self.present(&mut |present| {
            if let Some(visitor) = visitor.take() {
                value = Some(match present {
                    Some(present) => visitor.visit_some(present)?,
                    None => visitor.visit_none()?,
                });
            }
            Ok(())
        })?;
        value.ok_or_else(nothing)
    }

    /// A newtype is its content in both codecs; the format is not asked, since some give certain names a meaning.
    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Fault> {
        self.format.enter_newtype()?;
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.array(None, visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Fault> {
        self.array(Some(length), visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.array(Some(length), visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.map(Hint::Map, visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.map(Hint::Struct(fields), visitor)
    }

    /// Neither format's own way is used: one of them takes an array for a map and an index for a name.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let (mut visitor, mut value) = (Some(visitor), None);
        self.variant(&mut |variant| {
            if let Some(visitor) = visitor.take() {
                value = Some(visitor.visit_enum(variant)?);
            }
            Ok(())
        })?;
        value.ok_or_else(nothing)
    }
}
