//! Values that were put aside, read as what a type wants of them.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{
        DeserializeSeed, EnumAccess, Error as _, Expected, IntoDeserializer, Unexpected, VariantAccess, Visitor,
        value::{MapDeserializer, SeqDeserializer},
    },
    forward_to_deserialize_any,
};

use super::{Data, Value, ValueError};

/// A value about to be read, by the rules that hold for payloads.
pub(super) struct Reader<'v> {
    value: &'v Value,
    /// It is a key, which is a string in JSON whatever its type.
    is_key: bool,
}

impl<'v> Reader<'v> {
    pub(super) fn of(value: &'v Value) -> Self {
        Self { value, is_key: false }
    }
}

/// The key of an entry about to be read.
pub(super) fn in_a_key(value: &Value) -> Reader<'_> {
    Reader {
        is_key: true,
        ..Reader::of(value)
    }
}

impl<'de> IntoDeserializer<'de, ValueError> for Reader<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Data<'de> for Reader<'_> {
    type Error = ValueError;

    fn unit(self) -> Result<(), ValueError> {
        <()>::deserialize(self)
    }

    fn value<T: Deserialize<'de>>(self) -> Result<T, ValueError> {
        T::deserialize(self)
    }
}

impl Reader<'_> {
    /// Text that is a key, as what it stands for.
    fn key<T: std::str::FromStr>(&self) -> Option<T> {
        match self.value {
            Value::Text(text) if self.is_key => text.parse().ok(),
            _ => None,
        }
    }

    /// MessagePack's integers of 128 bits.
    fn digits(&self) -> Option<[u8; 16]> {
        match self.value {
            Value::Bytes(bytes) => <[u8; 16]>::try_from(&**bytes).ok(),
            _ => None,
        }
    }
}

fn integer<'de, V: Visitor<'de>>(value: i128, visitor: V) -> Result<V::Value, ValueError> {
    match (u64::try_from(value), i64::try_from(value)) {
        (Ok(value), _) => visitor.visit_u64(value),
        (_, Ok(value)) => visitor.visit_i64(value),
        _ => visitor.visit_i128(value),
    }
}

macro_rules! integers {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
            match self.key() {
                Some(value) => integer(value, visitor),
                None => self.deserialize_any(visitor),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for Reader<'_> {
    type Error = ValueError;

    integers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        match self.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Integer(value) => integer(*value, visitor),
            Value::Large(value) => visitor.visit_u128(*value),
            Value::Single(value) => visitor.visit_f32(*value),
            Value::Double(value) => visitor.visit_f64(*value),
            Value::Text(value) => visitor.visit_str(value),
            Value::Bytes(value) => visitor.visit_bytes(value),
            Value::List(items) => {
                let mut items = SeqDeserializer::new(items.iter().map(Reader::of));
                let value = visitor.visit_seq(&mut items)?;
                items.end()?;
                Ok(value)
            }
            Value::Map(entries) => {
                let entries = entries.iter().map(|(key, value)| (in_a_key(key), Reader::of(value)));
                let mut entries = MapDeserializer::new(entries);
                let value = visitor.visit_map(&mut entries)?;
                entries.end()?;
                Ok(value)
            }
        }
    }

    fn deserialize_i128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        match (self.digits(), self.key()) {
            (Some(digits), _) => visitor.visit_i128(i128::from_be_bytes(digits)),
            (_, Some(value)) => visitor.visit_i128(value),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_u128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        match (self.digits(), self.key()) {
            (Some(digits), _) => visitor.visit_u128(u128::from_be_bytes(digits)),
            (_, Some(value)) => visitor.visit_u128(value),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        match self.key() {
            Some(value) => visitor.visit_bool(value),
            None => self.deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        match self.value {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, ValueError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        let (name, data) = match self.value {
            Value::Text(_) => (self.value, None),
            Value::Map(entries) => match entries.as_slice() {
                [(name, data)] => (name, Some(data)),
                _ => return Err(ValueError::invalid_value(Unexpected::Map, &OneVariant)),
            },
            other => return Err(ValueError::invalid_type(kind(other), &OneVariant)),
        };
        visitor.visit_enum(Named { name, data })
    }

    forward_to_deserialize_any! {
        f32 f64 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

fn kind(value: &Value) -> Unexpected<'static> {
    match value {
        Value::Null => Unexpected::Unit,
        Value::Bool(value) => Unexpected::Bool(*value),
        Value::Integer(_) | Value::Large(_) => Unexpected::Other("integer"),
        Value::Single(value) => Unexpected::Float(f64::from(*value)),
        Value::Double(value) => Unexpected::Float(*value),
        Value::Text(_) => Unexpected::Other("string"),
        Value::Bytes(_) => Unexpected::Other("bytes"),
        Value::List(_) => Unexpected::Seq,
        Value::Map(_) => Unexpected::Map,
    }
}

struct OneVariant;

impl Expected for OneVariant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("string or object with one variant")
    }
}

/// A variant of an enum that is told by its name.
struct Named<'v> {
    name: &'v Value,
    data: Option<&'v Value>,
}

impl<'de> EnumAccess<'de> for Named<'_> {
    type Error = ValueError;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self), ValueError> {
        Ok((seed.deserialize(Reader::of(self.name))?, self))
    }
}

impl<'de> VariantAccess<'de> for Named<'_> {
    type Error = ValueError;

    fn unit_variant(self) -> Result<(), ValueError> {
        self.data.map_or(Ok(()), |data| Reader::of(data).unit())
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, ValueError> {
        match self.data {
            Some(data) => seed.deserialize(Reader::of(data)),
            None => Err(ValueError::custom(
                "expected object with this variant's data, found string",
            )),
        }
    }

    fn tuple_variant<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, ValueError> {
        self.newtype_variant_seed(OfTuple(length, visitor))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        self.newtype_variant_seed(OfStruct(fields, visitor))
    }
}

/// Reads a tuple for its visitor.
pub(super) struct OfTuple<V>(pub(super) usize, pub(super) V);

impl<'de, V: Visitor<'de>> DeserializeSeed<'de> for OfTuple<V> {
    type Value = V::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        deserializer.deserialize_tuple(self.0, self.1)
    }
}

/// Reads a struct for its visitor.
pub(super) struct OfStruct<V>(pub(super) &'static [&'static str], pub(super) V);

impl<'de, V: Visitor<'de>> DeserializeSeed<'de> for OfStruct<V> {
    type Value = V::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        deserializer.deserialize_struct("", self.0, self.1)
    }
}
