//! A value of either codec, as it stood in a payload.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, MapAccess, SeqAccess, Visitor},
    ser::{SerializeMap, SerializeSeq},
};
use serde_json::value::RawValue;

use super::MAX_DEPTH;

/// What stood in a payload, with everything that a type could see: the order of entries, their repetition, keys that are
/// no text, and the widths of floats.
///
/// It deserialises from every self-describing format. Read JSON with [`from_json`](Self::from_json) where integers may be
/// wider than 64 bits: serde_json gives them to those who do not ask for an integer as floats.
///
/// Serialised, it becomes what it was. Integers are written as 64-bit ones where they fit.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Null.
    Null,
    /// A truth value.
    Bool(bool),
    /// An integer that is not negative.
    Unsigned(u128),
    /// An integer below zero.
    Negative(i128),
    /// A float of 32 bits; JSON has none.
    F32(f32),
    /// A float of 64 bits.
    F64(f64),
    /// Text.
    Text(String),
    /// Bytes; JSON has none.
    Bytes(Vec<u8>),
    /// Values in order.
    List(Vec<Value>),
    /// Keys with their values, in order, repeated keys among them.
    Map(Vec<(Value, Value)>),
}

impl Value {
    /// Reads JSON, with integers up to 128 bits.
    ///
    /// # Errors
    ///
    /// If `text` is no JSON or is nested more deeply than [`MAX_DEPTH`](super::MAX_DEPTH).
    pub fn from_json(text: &str) -> Result<Self, serde_json::Error> {
        read(serde_json::from_str(text)?, 0)
    }

    /// The integer `value`.
    pub fn integer(value: i128) -> Self {
        u128::try_from(value).map_or(Value::Negative(value), Value::Unsigned)
    }

    /// The kind of the value, for people.
    pub fn kind(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Unsigned(_) | Value::Negative(_) => "integer",
            Value::F32(_) | Value::F64(_) => "float",
            Value::Text(_) => "string",
            Value::Bytes(_) => "bytes",
            Value::List(_) => "array",
            Value::Map(_) => "object",
        }
    }
}

/// Reads the value in `raw`, which is known to be well-formed.
fn read(raw: &RawValue, depth: usize) -> Result<Value, serde_json::Error> {
    let text = raw.get();
    let inside = || match depth {
        MAX_DEPTH => Err(de::Error::custom(format!("nested more deeply than {MAX_DEPTH} levels"))),
        _ => Ok(depth + 1),
    };
    match text.as_bytes().first() {
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(text)?;
            let depth = inside()?;
            let items: Result<_, _> = items.into_iter().map(|item| read(item, depth)).collect();
            Ok(Value::List(items?))
        }
        Some(b'{') => {
            let Entries(entries) = serde_json::from_str(text)?;
            let depth = inside()?;
            let entries = entries
                .into_iter()
                .map(|(key, value)| Ok((Value::Text(key), read(value, depth)?)));
            Ok(Value::Map(entries.collect::<Result<_, serde_json::Error>>()?))
        }
        // The only integer that serde_json reads as a float: it has no other way to keep the sign.
        Some(b'-' | b'0'..=b'9') if text != "-0" => Ok(serde_json::from_str(text)
            .map(Value::Unsigned)
            .or_else(|_| serde_json::from_str(text).map(Value::Negative))
            .or_else(|_| serde_json::from_str(text).map(Value::F64))?),
        _ => serde_json::from_str(text),
    }
}

/// The entries of a JSON object as they stand.
struct Entries<'t>(Vec<(String, &'t RawValue)>);

impl<'de> Deserialize<'de> for Entries<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Entries<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(Collect)
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any)
    }
}

struct Any;

impl<'de> Visitor<'de> for Any {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of the JSON data model, or bytes")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        Value::deserialize(deserializer)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::integer(value.into()))
    }

    fn visit_i128<E>(self, value: i128) -> Result<Value, E> {
        Ok(Value::integer(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Unsigned(value.into()))
    }

    fn visit_u128<E>(self, value: u128) -> Result<Value, E> {
        Ok(Value::Unsigned(value))
    }

    fn visit_f32<E>(self, value: f32) -> Result<Value, E> {
        Ok(Value::F32(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::F64(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::Text(value))
    }

    fn visit_bytes<E>(self, value: &[u8]) -> Result<Value, E> {
        Ok(Value::Bytes(value.to_owned()))
    }

    fn visit_byte_buf<E>(self, value: Vec<u8>) -> Result<Value, E> {
        Ok(Value::Bytes(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Value::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Value::Map(entries))
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Null => serializer.serialize_unit(),
            Value::Bool(value) => serializer.serialize_bool(*value),
            Value::Unsigned(value) => match u64::try_from(*value) {
                Ok(value) => serializer.serialize_u64(value),
                Err(_) => serializer.serialize_u128(*value),
            },
            Value::Negative(value) => match i64::try_from(*value) {
                Ok(value) => serializer.serialize_i64(value),
                Err(_) => serializer.serialize_i128(*value),
            },
            Value::F32(value) => serializer.serialize_f32(*value),
            Value::F64(value) => serializer.serialize_f64(*value),
            Value::Text(value) => serializer.serialize_str(value),
            Value::Bytes(value) => serializer.serialize_bytes(value),
            Value::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                items.iter().try_for_each(|item| list.serialize_element(item))?;
                list.end()
            }
            Value::Map(entries) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                entries
                    .iter()
                    .try_for_each(|(key, value)| map.serialize_entry(key, value))?;
                map.end()
            }
        }
    }
}
