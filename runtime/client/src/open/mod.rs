//! Enums of generated clients, which keep the variants that they do not know.
//!
//! A service may get a variant that a client knows nothing of. The client reads it as an [`UnknownVariant`]: its name and its
//! data, as they came, which are written back as they came.
//!
//! The enums themselves are generated. What stands here reads and writes every one of them, so that an enum adds little to
//! the build: of itself it only says which names it knows ([`Variants::NAMES`]), how they are written
//! ([`Variants::ENTRIES`]), and how a variant is made of its data ([`Variants::known`]).
//!
//! | written | reads it |
//! | -- | -- |
//! | `"Name"`, `{"Name": data}` | [`external`] |
//! | `{"tag": "Name", …}` | [`internal`] |
//! | `{"tag": "Name", "content": data}` | [`adjacent`] |
//! | some variants as their data alone | [`mixed`] |
//! | all variants as their data alone | [`untagged`] |

mod adjacent;
mod external;
mod internal;
mod name;
mod reader;
mod unknown;
mod untagged;
mod value;

use serde::{Deserialize, Serialize, Serializer, de, ser::SerializeMap};

pub use adjacent::adjacent;
pub use external::external;
pub use internal::internal;
pub use unknown::UnknownVariant;
pub use untagged::{mixed, untagged};
pub use value::{Value, ValueError};

/// An enum whose variants are read one by one.
pub trait Variants: Sized {
    /// What errors call it.
    const NAME: &'static str;
    /// The names of the variants that are told by one, in their order, as they are received.
    const NAMES: &'static [&'static str];
    /// Other names that are read as variants of [`NAMES`](Self::NAMES), each with the index of its variant. Beside a fake server,
    /// an enum reads what it writes.
    const ALIASES: &'static [(&'static str, usize)] = &[];
    /// The entries that tell the variant: none if its name is a string or the one key of a map; the one that holds the name;
    /// or that and the one that holds the data.
    const ENTRIES: &'static [&'static str];

    /// The variant of this index, made of its data. Those that are written as their data alone come after those of
    /// [`NAMES`](Self::NAMES).
    ///
    /// # Errors
    ///
    /// If the data do not fit the variant, or there is [none](no_variant) of this index.
    fn known<'de, D: Data<'de>>(index: usize, data: D) -> Result<Self, D::Error>;
}

/// An enum that keeps the variants whose names it does not know.
pub trait Open: Variants {
    /// The variant that holds them.
    fn unknown(variant: UnknownVariant) -> Self;
}

/// The data of one variant that is being read.
pub trait Data<'de> {
    /// What reading them fails with.
    type Error: de::Error;

    /// Finds that there are none.
    ///
    /// # Errors
    ///
    /// If there are some.
    fn unit(self) -> Result<(), Self::Error>;

    /// Reads them.
    ///
    /// # Errors
    ///
    /// If there are none, or they do not fit the type.
    fn value<T: Deserialize<'de>>(self) -> Result<T, Self::Error>;
}

/// That an enum has no variant of an index, which its readers never ask for.
///
/// # Errors
///
/// Always.
pub fn no_variant<T, E: de::Error>() -> Result<T, E> {
    Err(E::custom("there is no such variant"))
}

/// Writes a variant that the enum `T` does not know, as `T` writes those that it knows: for
/// `#[serde(serialize_with = "callsheet_client::open::write::<…, _>")]`.
///
/// # Errors
///
/// Those of the serializer; and where data stand beside the tag, if they are no [`Value::Map`].
pub fn write<T: Variants, S: Serializer>(variant: &UnknownVariant, serializer: S) -> Result<S::Ok, S::Error> {
    let (name, data) = (variant.name(), variant.data());
    match (T::ENTRIES, data) {
        ([], None) => serializer.serialize_str(name),
        ([], Some(data)) => entries(serializer, None, [(&name, data)]),
        ([tag], None) => entries(serializer, Some((*tag, name)), NOTHING),
        ([tag], Some(Value::Map(data))) => entries(
            serializer,
            Some((*tag, name)),
            data.iter().map(|(key, value)| (key, value)),
        ),
        ([_], Some(_)) => {
            let fault = format!(
                "the data of a variant of `{}` stand beside its tag: give a map",
                T::NAME
            );
            Err(serde::ser::Error::custom(fault))
        }
        ([tag, ..], None) => entries(serializer, Some((*tag, name)), NOTHING),
        ([tag, content, ..], Some(data)) => entries(serializer, Some((*tag, name)), [(content, data)]),
    }
}

/// No entry beside the tag.
const NOTHING: [(&str, &Value); 0] = [];

fn entries<'v, S: Serializer, K: Serialize + 'v>(
    serializer: S,
    tag: Option<(&str, &str)>,
    others: impl IntoIterator<Item = (K, &'v Value), IntoIter: ExactSizeIterator>,
) -> Result<S::Ok, S::Error> {
    let others = others.into_iter();
    let mut map = serializer.serialize_map(Some(others.len() + usize::from(tag.is_some())))?;
    if let Some((tag, name)) = tag {
        map.serialize_entry(tag, name)?;
    }
    for (key, value) in others {
        map.serialize_entry(&key, value)?;
    }
    map.end()
}
