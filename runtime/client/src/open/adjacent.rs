//! `{"tag": "Name", "content": data}`.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer, de,
    de::{DeserializeSeed, IgnoredAny, MapAccess, Visitor},
    forward_to_deserialize_any,
};

use super::{
    Data, Open, Value, Variants,
    name::{Keep, Name, NameOf, Otherwise},
    reader::Reader,
};

/// Reads an enum whose variants' name is one entry, and whose data are another.
///
/// # Errors
///
/// If it is no map, the name is missing or no string, or the data do not fit the variant.
pub fn adjacent<'de, T: Open, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    read::<T, Keep, D>(deserializer)
}

pub(super) fn read<'de, T: Variants, O: Otherwise<T>, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_struct(T::NAME, T::ENTRIES, Adjacent::<T, O>(PhantomData))
}

struct Adjacent<T, O>(PhantomData<(T, O)>);

impl<'de, T: Variants, O: Otherwise<T>> Visitor<'de> for Adjacent<T, O> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with a variant of {}", T::NAME)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let (tag, content) = match T::ENTRIES {
            [tag, content, ..] => (*tag, *content),
            _ => ("", ""),
        };
        // The data, where they come before the name.
        let mut early: Option<Value> = None;
        let name = loop {
            match map.next_key_seed(EntryOf { tag, content })? {
                None => return Err(de::Error::missing_field(tag)),
                Some(Entry::Tag) => break map.next_value_seed(NameOf::<T>(PhantomData))?,
                Some(Entry::Content) => early = Some(map.next_value()?),
                Some(Entry::Other) => drop(map.next_value::<IgnoredAny>()?),
            }
        };
        if early.is_none() && !content_is_next(&mut map, tag, content)? {
            return match name {
                Name::Known(index) => T::known(
                    index,
                    Absent {
                        content,
                        error: PhantomData,
                    },
                ),
                Name::Unknown(name) => O::otherwise(name, None),
            };
        }
        let read = match (name, early) {
            (Name::Known(index), Some(data)) => {
                T::known(index, Reader::of(&data)).map_err(|error| error.at(content))?
            }
            (Name::Known(index), None) => T::known(index, Present(&mut map))?,
            (Name::Unknown(name), Some(data)) => O::otherwise(name, Some(data))?,
            (Name::Unknown(name), None) => {
                let data = map.next_value()?;
                O::otherwise(name, Some(data))?
            }
        };
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(read)
    }
}

/// Goes on to the data, if there are any.
fn content_is_next<'de, A: MapAccess<'de>>(
    map: &mut A,
    tag: &'static str,
    content: &'static str,
) -> Result<bool, A::Error> {
    while let Some(entry) = map.next_key_seed(EntryOf { tag, content })? {
        if matches!(entry, Entry::Content) {
            return Ok(true);
        }
        map.next_value::<IgnoredAny>()?;
    }
    Ok(false)
}

enum Entry {
    Tag,
    Content,
    Other,
}

/// Reads a key.
#[derive(Clone, Copy)]
struct EntryOf {
    tag: &'static str,
    content: &'static str,
}

impl<'de> DeserializeSeed<'de> for EntryOf {
    type Value = Entry;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Entry, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for EntryOf {
    type Value = Entry;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Entry, E> {
        Ok(match key {
            key if key == self.tag => Entry::Tag,
            key if key == self.content => Entry::Content,
            _ => Entry::Other,
        })
    }
}

/// The data come next.
struct Present<'m, A>(&'m mut A);

impl<'de, A: MapAccess<'de>> Data<'de> for Present<'_, A> {
    type Error = A::Error;

    fn unit(self) -> Result<(), A::Error> {
        self.0.next_value()
    }

    fn value<T: Deserialize<'de>>(self) -> Result<T, A::Error> {
        self.0.next_value()
    }
}

/// There are no data: what may be null may be left out.
struct Absent<E> {
    content: &'static str,
    error: PhantomData<E>,
}

impl<'de, E: de::Error> Data<'de> for Absent<E> {
    type Error = E;

    fn unit(self) -> Result<(), E> {
        Ok(())
    }

    fn value<T: Deserialize<'de>>(self) -> Result<T, E> {
        T::deserialize(self)
    }
}

impl<'de, E: de::Error> Deserializer<'de> for Absent<E> {
    type Error = E;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, E> {
        Err(E::missing_field(self.content))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        visitor.visit_none()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct newtype_struct
        seq tuple tuple_struct map struct enum identifier ignored_any
    }
}
