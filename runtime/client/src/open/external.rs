//! `"Name"` without data, else `{"Name": data}`.

use std::{cell::Cell, fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, EnumAccess, VariantAccess, Visitor},
};

use super::{
    Data, Open, Value, Variants,
    name::{Keep, Name, NameOf, Otherwise},
};

/// Reads an enum whose variants are written as their name, or as a map whose one key is the name.
///
/// Flattened into a struct, it reads no variant that it does not know: no entry of the struct tells that it is one.
///
/// # Errors
///
/// If it is neither a string nor a map of one entry, or the data do not fit the variant.
pub fn external<'de, T: Open, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    read::<T, Keep, D>(deserializer)
}

pub(super) fn read<'de, T: Variants, O: Otherwise<T>, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_enum(T::NAME, T::NAMES, External::<T, O>(PhantomData))
}

struct External<T, O>(PhantomData<(T, O)>);

impl<'de, T: Variants, O: Otherwise<T>> Visitor<'de> for External<T, O> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a variant of {}", T::NAME)
    }

    fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<T, A::Error> {
        let (name, data) = access.variant_seed(NameOf::<T>(PhantomData))?;
        let name = match name {
            Name::Known(index) => return T::known(index, Variant(data)),
            Name::Unknown(name) => name,
        };
        let seen = Cell::new(false);
        let data = match data.newtype_variant_seed(Seen(&seen)) {
            Ok(data) => Some(data),
            Err(error) if seen.get() => return Err(error),
            // There are none to read: the name stands alone.
            Err(_) => None,
        };
        O::otherwise(name, data)
    }
}

/// Reads data of any form, and tells that there were some.
struct Seen<'s>(&'s Cell<bool>);

impl<'de> DeserializeSeed<'de> for Seen<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.0.set(true);
        Value::deserialize(deserializer)
    }
}

struct Variant<A>(A);

impl<'de, A: VariantAccess<'de>> Data<'de> for Variant<A> {
    type Error = A::Error;

    fn unit(self) -> Result<(), A::Error> {
        self.0.unit_variant()
    }

    fn value<T: Deserialize<'de>>(self) -> Result<T, A::Error> {
        self.0.newtype_variant()
    }
}
