//! A deserializer around serde_json's and rmp-serde's that refuses what serde lets through and says where it was.
//!
//! The way down: [`Strict`] asks the [`format`] for whatever stands there (`deserialize_any`, nearly always), remembering
//! what the type wanted as a [`Hint`]. The way up: [`visitor`] stands between what was found and the type's visitor,
//! refuses what the hint does not allow, and hands maps and arrays on inside [`access`] wrappers that count depth, watch
//! for duplicate keys and keep the path. Types see [`Fault`] as the error; where it has to pass through the format's own
//! error type, it is set aside in the [`Run`](crate::fault::Run).

mod access;
mod format;
mod hint;
mod key;
mod visitor;

use std::cell::Cell;

use serde::de::{DeserializeOwned, Deserializer, Visitor};

use crate::fault::{Fault, Run, Site};
use crate::{Codec, DecodeError};
use format::{Ask, Format, Source};
use hint::Hint;
use key::Key;

/// Decodes one JSON text.
pub(crate) fn json<T: DeserializeOwned>(text: &str) -> Result<T, DecodeError> {
    let run = Run::new(Codec::Json, text.len());
    let mut format = serde_json::Deserializer::from_str(text);
    let value = root(&mut Source::new(&mut format), &run)?;
    match format.end() {
        Ok(()) => Ok(value),
        Err(_) => Err(Fault::text("trailing bytes after the value").into()),
    }
}

/// Decodes one MessagePack value that [`scan`](crate::scan) has found whole.
pub(crate) fn messagepack<T: DeserializeOwned>(value: &[u8]) -> Result<T, DecodeError> {
    let run = Run::new(Codec::MessagePack, value.len());
    let mut format = rmp_serde::Deserializer::from_read_ref(value).with_human_readable();
    root(&mut Source::new(&mut format), &run)
}

fn root<'de, T: DeserializeOwned>(format: &mut dyn Format<'de>, run: &Run) -> Result<T, DecodeError> {
    Ok(T::deserialize(Strict {
        format,
        site: Site::root(run),
        key: None,
    })?)
}

/// One value still in its format.
struct Strict<'c, 'de> {
    format: &'c mut dyn Format<'de>,
    site: Site<'c>,
    /// Where the value is to be noted, if it is a map's key.
    key: Option<&'c Cell<Option<Key<'de>>>>,
}

impl<'de> Strict<'_, 'de> {
    fn visit<V: Visitor<'de>>(self, ask: Ask, hint: Hint, visitor: V) -> Result<V::Value, Fault> {
        let Strict { format, site, key } = self;
        let mut visitor = Some(visitor);
        let mut value = None;
        let read = format.read(ask, hint, site, &mut |found| {
            if let Some(visitor) = visitor.take() {
                value = Some(visitor::visit(found, visitor, hint, site, key)?);
            }
            Ok(())
        });
        match (read, value) {
            (Ok(()), Some(value)) => Ok(value),
            (Ok(()), None) => Err(nothing(site)),
            (Err(fault), _) => Err(fault.expecting(hint.word()).at(site.place)),
        }
    }

    fn any<V: Visitor<'de>>(self, hint: Hint, visitor: V) -> Result<V::Value, Fault> {
        self.visit(Ask::Any, hint, visitor)
    }

    /// JSON's map keys are strings: asked by its type, a number or boolean is read out of one.
    fn is_json_key(&self) -> bool {
        self.key.is_some() && self.site.run.codec == Codec::Json
    }
}

/// The format has called no visitor, which none does.
#[cold]
fn nothing(site: Site<'_>) -> Fault {
    Fault::text("expected a value, found none").at(site.place)
}

macro_rules! read_from_json_keys {
    ($($method:ident $ask:ident $hint:expr;)*) => {
        $(
            fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
                let ask = if self.is_json_key() { Ask::$ask } else { Ask::Any };
                self.visit(ask, $hint, visitor)
            }
        )*
    };
}

/// For numbers that JSON reads exactly only when it is asked for them by type.
macro_rules! read_by_type_in_json {
    ($($method:ident $ask:ident $hint:expr;)*) => {
        $(
            fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
                let ask = match self.site.run.codec {
                    Codec::Json => Ask::$ask,
                    Codec::MessagePack => Ask::Any,
                };
                self.visit(ask, $hint, visitor)
            }
        )*
    };
}

impl<'de> Deserializer<'de> for Strict<'_, 'de> {
    type Error = Fault;

    fn is_human_readable(&self) -> bool {
        true
    }

    read_from_json_keys! {
        deserialize_bool Boolean Hint::Boolean;
        deserialize_i8 Signed Hint::Number("i8");
        deserialize_i16 Signed Hint::Number("i16");
        deserialize_i32 Signed Hint::Number("i32");
        deserialize_i64 Signed Hint::Number("i64");
        deserialize_u8 Unsigned Hint::Number("u8");
        deserialize_u16 Unsigned Hint::Number("u16");
        deserialize_u32 Unsigned Hint::Number("u32");
        deserialize_u64 Unsigned Hint::Number("u64");
        deserialize_f64 F64 Hint::Number("f64");
    }

    read_by_type_in_json! {
        deserialize_f32 F32 Hint::Number("f32");
        deserialize_i128 Signed128 Hint::Number("i128");
        deserialize_u128 Unsigned128 Hint::Number("u128");
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.any(Hint::Any, visitor)
    }

    /// Not the format's own way of passing over a value, which would not see what is wrong inside it.
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.any(Hint::Any, visitor)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.any(Hint::Text, visitor)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.any(Hint::Text, visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.any(Hint::Text, visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.any(Hint::Identifier, visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.any(Hint::Bytes, visitor)
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.any(Hint::Bytes, visitor)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.any(Hint::Null, visitor)
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Fault> {
        self.any(Hint::Null, visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.visit(Ask::Option, Hint::Any, visitor)
    }

    /// A newtype is its content in both codecs; the format is not asked, since some give certain names a meaning.
    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.any(Hint::Array(None), visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Fault> {
        self.any(Hint::Array(Some(length)), visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.any(Hint::Array(Some(length)), visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.any(Hint::Map, visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.any(Hint::Struct(fields), visitor)
    }

    /// Neither format's own way is used: one of them takes an array for a map and an index for a name.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.any(Hint::Enum, visitor)
    }
}
