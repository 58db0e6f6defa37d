//! Arrays that are longer than serde reads.

use std::{
    fmt,
    marker::PhantomData,
    ops::{Deref, DerefMut},
};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, SeqAccess, Visitor},
    ser::SerializeTuple,
};

/// `[T; N]` of any length, which lies on the heap: what generated clients have for arrays of more than 32 items, since
/// serde reads and writes none of those.
///
/// It is made of an array, dereferences to one, and is written as one: a list of exactly `N` items.
///
/// ```
/// use callsheet_client::Array;
///
/// let mut digest: Array<u8, 48> = [7; 48].into();
/// digest[0] = 1;
/// let json = serde_json::to_string(&digest)?;
/// assert_eq!(serde_json::from_str::<Array<u8, 48>>(&json)?, digest);
/// assert!(serde_json::from_str::<Array<u8, 49>>(&json).is_err());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Array<T, const N: usize>(Box<[T; N]>);

impl<T, const N: usize> Array<T, N> {
    /// The items.
    #[must_use]
    pub fn into_inner(self) -> Box<[T; N]> {
        self.0
    }
}

impl<T, const N: usize> From<[T; N]> for Array<T, N> {
    fn from(items: [T; N]) -> Self {
        Self(Box::new(items))
    }
}

impl<T, const N: usize> From<Box<[T; N]>> for Array<T, N> {
    fn from(items: Box<[T; N]>) -> Self {
        Self(items)
    }
}

impl<T, const N: usize> Deref for Array<T, N> {
    type Target = [T; N];

    fn deref(&self) -> &[T; N] {
        &self.0
    }
}

impl<T, const N: usize> DerefMut for Array<T, N> {
    fn deref_mut(&mut self) -> &mut [T; N] {
        &mut self.0
    }
}

impl<T: Serialize, const N: usize> Serialize for Array<T, N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // As serde writes the shorter ones.
        let mut tuple = serializer.serialize_tuple(N)?;
        self.0.iter().try_for_each(|item| tuple.serialize_element(item))?;
        tuple.end()
    }
}

impl<'de, T: Deserialize<'de>, const N: usize> Deserialize<'de> for Array<T, N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_tuple(N, Items(PhantomData))
    }
}

struct Items<T, const N: usize>(PhantomData<T>);

impl<'de, T: Deserialize<'de>, const N: usize> Visitor<'de> for Items<T, N> {
    type Value = Array<T, N>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an array of {N} items")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Self::Value, A::Error> {
        // What the contract announces is no reason to take memory before the items are there.
        let mut items = Vec::new();
        while let Some(item) = sequence.next_element()? {
            if items.len() == N {
                return Err(de::Error::invalid_length(N.saturating_add(1), &self));
            }
            items.push(item);
        }
        let count = items.len();
        let items = items.try_into().map_err(|_| de::Error::invalid_length(count, &self))?;
        Ok(Array(items))
    }
}
