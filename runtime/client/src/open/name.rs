//! The names that tell variants, and the keys of the entries that hold them.

use std::{fmt, marker::PhantomData};

use serde::de::{self, DeserializeSeed, Deserializer, Visitor};

use super::{Open, UnknownVariant, Value, Variants};

/// The name of a variant.
pub(super) enum Name {
    /// By its index.
    Known(usize),
    Unknown(String),
}

/// What becomes of a variant whose name is not known.
pub(super) trait Otherwise<T> {
    fn otherwise<E: de::Error>(name: String, data: Option<Value>) -> Result<T, E>;
}

/// It is kept.
pub(super) struct Keep;

impl<T: Open> Otherwise<T> for Keep {
    fn otherwise<E: de::Error>(name: String, data: Option<Value>) -> Result<T, E> {
        Ok(T::unknown(UnknownVariant::keep(name, data)))
    }
}

/// It is refused.
pub(super) struct Refuse;

impl<T: Variants> Otherwise<T> for Refuse {
    fn otherwise<E: de::Error>(name: String, _: Option<Value>) -> Result<T, E> {
        Err(E::unknown_variant(&name, T::NAMES))
    }
}

/// Reads a name, which is looked for among those of `T`.
pub(super) struct NameOf<T>(pub(super) PhantomData<T>);

impl<'de, T: Variants> DeserializeSeed<'de> for NameOf<T> {
    type Value = Name;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Name, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl<T: Variants> Visitor<'_> for NameOf<T> {
    type Value = Name;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a variant")
    }

    fn visit_str<E>(self, name: &str) -> Result<Name, E> {
        let alias = || {
            T::ALIASES
                .iter()
                .find(|(alias, _)| *alias == name)
                .map(|(_, index)| *index)
        };
        let index = T::NAMES.iter().position(|known| *known == name).or_else(alias);
        Ok(index.map_or_else(|| Name::Unknown(name.to_owned()), Name::Known))
    }
}
