//! Enums of which some variants, or all, are written as their data alone: the first that fits is meant.
//!
//! One that fits without anything unknown goes before one that keeps something, whatever their order. Who keeps something
//! counts it, and the alternatives are compared by whether the count moved.

use std::{cell::Cell, ops::Range};

use serde::{Deserialize, Deserializer, de};

use super::{
    Open, Value, Variants, adjacent, external, internal,
    name::{Keep, Refuse},
    reader::Reader,
};

thread_local! {
    /// How many variants were kept on this thread; a value is read on one.
    static KEPT: Cell<usize> = const { Cell::new(0) };
}

/// Counts a variant that was kept.
pub(super) fn count() {
    KEPT.set(KEPT.get().wrapping_add(1));
}

/// Reads an enum all of whose variants are written as their data alone; there are `alternatives` of them.
///
/// # Errors
///
/// If the value fits none.
pub fn untagged<'de, T: Variants, D: Deserializer<'de>>(deserializer: D, alternatives: usize) -> Result<T, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let chosen = Chosen::new().among(&value, 0..alternatives);
    chosen.ok_or_else(|| de::Error::custom(format_args!("the value fits no variant of {}", T::NAME)))
}

/// Reads an enum of which the last variants, so many of them, are written as their data alone.
///
/// What tells one of the others is that; else it is the first of the last ones that fits, and if none does, a variant that
/// is not known.
///
/// # Errors
///
/// If the value is none of these.
pub fn mixed<'de, T: Open, D: Deserializer<'de>>(deserializer: D, untagged: usize) -> Result<T, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let mut chosen = Chosen::new();
    chosen.consider(|| match T::ENTRIES.len() {
        0 => external::read::<T, Refuse, _>(Reader::of(&value)),
        1 => internal::read::<T, Refuse, _>(Reader::of(&value)),
        _ => adjacent::read::<T, Refuse, _>(Reader::of(&value)),
    });
    let told = T::NAMES.len();
    if let Some(value) = chosen.among(&value, told..told + untagged) {
        return Ok(value);
    }
    let unknown = match T::ENTRIES.len() {
        0 => external::read::<T, Keep, _>(Reader::of(&value)),
        1 => internal::read::<T, Keep, _>(Reader::of(&value)),
        _ => adjacent::read::<T, Keep, _>(Reader::of(&value)),
    };
    unknown.map_err(de::Error::custom)
}

/// The best alternative so far.
struct Chosen<T> {
    /// What had been kept before.
    before: usize,
    /// The value, and what was kept within it.
    best: Option<(T, usize)>,
}

impl<T> Chosen<T> {
    fn new() -> Self {
        Self {
            before: KEPT.get(),
            best: None,
        }
    }

    fn is_clean(&self) -> bool {
        matches!(self.best, Some((_, 0)))
    }

    /// Tries an alternative, unless one was found that nothing goes before.
    fn consider<E>(&mut self, read: impl FnOnce() -> Result<T, E>) {
        if self.is_clean() {
            return;
        }
        let read = read();
        let kept = KEPT.replace(self.before).wrapping_sub(self.before);
        if let Ok(value) = read
            && (self.best.is_none() || kept == 0)
        {
            self.best = Some((value, kept));
        }
    }

    /// Considers the variants of these indices.
    fn among(mut self, value: &Value, indices: Range<usize>) -> Option<T>
    where
        T: Variants,
    {
        for index in indices {
            self.consider(|| T::known(index, Reader::of(value)));
        }
        let (value, kept) = self.best?;
        KEPT.set(self.before.wrapping_add(kept));
        Some(value)
    }
}
