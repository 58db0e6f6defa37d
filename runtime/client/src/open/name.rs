//! The names that tell variants, and the keys of the entries that hold them.

use std::fmt;

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

/// Reads a name, which is looked for among these.
pub(super) struct NameOf(pub(super) &'static [&'static str]);

impl<'de> DeserializeSeed<'de> for NameOf {
    type Value = Name;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Name, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for NameOf {
    type Value = Name;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a variant")
    }

    fn visit_str<E>(self, name: &str) -> Result<Name, E> {
        let index = self.0.iter().position(|known| *known == name);
        Ok(index.map_or_else(|| Name::Unknown(name.to_owned()), Name::Known))
    }
}
