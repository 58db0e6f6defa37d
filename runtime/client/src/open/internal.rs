//! `{"tag": "Name", …}`: the data's own entries stand beside the tag.

use std::{fmt, marker::PhantomData, vec};

use serde::{
    Deserialize, Deserializer, de,
    de::{DeserializeSeed, EnumAccess, IgnoredAny, MapAccess, VariantAccess, Visitor},
    forward_to_deserialize_any,
};

use super::{
    Data, Open, Value, Variants,
    name::{Keep, Name, NameOf, Otherwise},
    reader::{Reader, in_a_key},
};

/// Reads an enum whose variants' entries stand beside the one that holds the name.
///
/// Where that entry comes first, as serde writes it, nothing is put aside.
///
/// # Errors
///
/// If it is no map, there is no such entry or it holds no string, or the others do not fit the variant.
pub fn internal<'de, T: Open, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    read::<T, Keep, D>(deserializer)
}

pub(super) fn read<'de, T: Variants, O: Otherwise<T>, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_any(Internal::<T, O>(PhantomData))
}

struct Internal<T, O>(PhantomData<(T, O)>);

impl<'de, T: Variants, O: Otherwise<T>> Visitor<'de> for Internal<T, O> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with a variant of {}", T::NAME)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let tag = T::ENTRIES.first().copied().unwrap_or_default();
        let mut before = Vec::new();
        let name = loop {
            match map.next_key()? {
                None => return Err(de::Error::missing_field(tag)),
                Some(Value::Text(key)) if key == tag => break map.next_value_seed(NameOf::<T>(PhantomData))?,
                Some(key) => before.push((key, map.next_value()?)),
            }
        };
        match name {
            Name::Known(index) => T::known(index, Rest::new(before, map)),
            Name::Unknown(name) => {
                while let Some(entry) = map.next_entry()? {
                    before.push(entry);
                }
                O::otherwise(name, Some(Value::Map(before)))
            }
        }
    }
}

/// All entries but the tag: those that came before it, and those that are still to come.
struct Rest<A> {
    before: vec::IntoIter<(Value, Value)>,
    /// The one of them whose value comes next, and its key.
    next: Option<(Value, Value)>,
    map: A,
}

impl<A> Rest<A> {
    fn new(before: Vec<(Value, Value)>, map: A) -> Self {
        Self {
            before: before.into_iter(),
            next: None,
            map,
        }
    }
}

impl<'de, A: MapAccess<'de>> Data<'de> for Rest<A> {
    type Error = A::Error;

    /// What a later version puts there is passed over, as it is in a struct.
    fn unit(mut self) -> Result<(), A::Error> {
        while self.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn value<T: Deserialize<'de>>(self) -> Result<T, A::Error> {
        T::deserialize(self)
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Rest<A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        let Some(next) = self.before.next() else {
            return self.map.next_key_seed(seed);
        };
        let (key, _) = self.next.insert(next);
        seed.deserialize(in_a_key(key)).map(Some).map_err(de::Error::custom)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        match self.next.take() {
            Some((key, value)) => seed.deserialize(Reader::of(&value)).map_err(|error| match &key {
                Value::Text(key) => error.at(key),
                _ => de::Error::custom(error),
            }),
            None => self.map.next_value_seed(seed),
        }
    }
}

/// The data as a value of their own: a map, and whatever is written as one.
impl<'de, A: MapAccess<'de>> Deserializer<'de> for Rest<A> {
    type Error = A::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, A::Error> {
        visitor.visit_map(self)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, A::Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, A::Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, A::Error> {
        self.unit()?;
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, A::Error> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        visitor.visit_enum(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf seq tuple tuple_struct map
        struct identifier ignored_any
    }
}

/// The one entry, which is a variant of another enum.
impl<'de, A: MapAccess<'de>> EnumAccess<'de> for Rest<A> {
    type Error = A::Error;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(mut self, seed: S) -> Result<(S::Value, Self), A::Error> {
        match self.next_key_seed(seed)? {
            Some(name) => Ok((name, self)),
            None => Err(de::Error::custom("expected an entry with a variant's name, found none")),
        }
    }
}

impl<'de, A: MapAccess<'de>> VariantAccess<'de> for Rest<A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        self.newtype_variant()
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(mut self, seed: S) -> Result<S::Value, A::Error> {
        let data = self.next_value_seed(seed)?;
        match self.next_key::<IgnoredAny>()? {
            None => Ok(data),
            Some(_) => Err(de::Error::custom(
                "expected one entry with a variant's name, found several",
            )),
        }
    }

    fn tuple_variant<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, A::Error> {
        self.newtype_variant_seed(super::reader::OfTuple(length, visitor))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        self.newtype_variant_seed(super::reader::OfStruct(fields, visitor))
    }
}
