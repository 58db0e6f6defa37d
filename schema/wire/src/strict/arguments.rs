//! The named arguments of a call: a struct that no type stands for.

use std::fmt;

use serde::de::{DeserializeOwned, IgnoredAny};

use super::Strict;
use super::access::Entries;
use super::found::Missing;
use super::hint::Hint;
use crate::fault::Fault;

/// One argument of a call, to be read by [`Payload::arguments`](crate::Payload::arguments).
///
/// ```
/// use callsheet_wire::{Argument, Codec, Payload};
///
/// let payload = Payload::new(Codec::Json, br#"{"b": 3, "a": 5}"#);
/// let (mut a, mut b, mut c) = (Argument::<i32>::new(), Argument::<i32>::new(), Argument::<Option<i32>>::new());
/// payload.arguments(&["a", "b", "c"], &mut [a.place(), b.place(), c.place()])?;
/// assert_eq!((a.take(), b.take(), c.take()), (Some(5), Some(3), Some(None)));
/// # Ok::<(), callsheet_wire::DecodeError>(())
/// ```
pub struct Argument<T>(Option<T>);

impl<T: DeserializeOwned> Argument<T> {
    /// An argument that is still to be read.
    #[expect(clippy::new_without_default, reason = "an argument has no value by default")]
    pub fn new() -> Self {
        Argument(None)
    }

    /// The place that it is read into.
    pub fn place(&mut self) -> ArgumentPlace<'_> {
        ArgumentPlace(self)
    }

    /// What was read; `None` only before [`Payload::arguments`](crate::Payload::arguments) has succeeded.
    pub fn take(self) -> Option<T> {
        self.0
    }
}

impl<T> fmt::Debug for Argument<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() {
            "Argument(read)"
        } else {
            "Argument(unread)"
        })
    }
}

/// The place of an [`Argument`], of whatever type it is.
pub struct ArgumentPlace<'p>(&'p mut dyn Fill);

impl fmt::Debug for ArgumentPlace<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ArgumentPlace")
    }
}

/// All that is compiled for each type of argument.
trait Fill {
    fn fill(&mut self, value: Strict<'_, '_>) -> Result<(), Fault>;

    fn is_filled(&self) -> bool;
}

impl<T: DeserializeOwned> Fill for Argument<T> {
    fn fill(&mut self, value: Strict<'_, '_>) -> Result<(), Fault> {
        self.0 = Some(T::deserialize(value)?);
        Ok(())
    }

    fn is_filled(&self) -> bool {
        self.0.is_some()
    }
}

impl Strict<'_, '_> {
    /// Reads the arguments with these names into these places, one place for each name.
    pub(crate) fn arguments(
        self,
        names: &'static [&'static str],
        places: &mut [ArgumentPlace<'_>],
    ) -> Result<(), Fault> {
        let site = self.site;
        self.entries(Hint::Struct(names), &mut |entries| read(entries, names, places))?;
        for (name, place) in names.iter().zip(places) {
            if !place.0.is_filled() {
                place.0.fill(Strict {
                    format: &mut Missing(name),
                    site,
                    key: None,
                })?;
            }
        }
        Ok(())
    }
}

fn read(mut entries: Entries<'_, '_>, names: &[&str], places: &mut [ArgumentPlace<'_>]) -> Result<(), Fault> {
    use serde::de::MapAccess as _;

    let mut known = None;
    while entries.key(&mut |key| {
        let key = key.string()?;
        known = names.iter().position(|name| *name == key);
        Ok(())
    })? {
        match known.and_then(|index| places.get_mut(index)) {
            Some(place) => entries.value(&mut |value| place.0.fill(value))?,
            // Unknown arguments are ignored, but not what is wrong inside them.
            None => drop(entries.next_value::<IgnoredAny>()?),
        }
    }
    Ok(())
}
