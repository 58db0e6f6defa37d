//! Whether a value fits a description.
//!
//! A [`Value`] is what stood in a payload, before any type has read it. [`check`] judges it by a document's types, to the
//! letter of what [`Shape`](crate::Shape) and its parts say:
//!
//! ```
//! use std::collections::BTreeMap;
//!
//! use callsheet_schema::TypeRef;
//! use callsheet_schema::{Direction, conform::{Codec, Value, check}};
//!
//! let types = BTreeMap::new();
//! let ports = TypeRef::List(Box::new(TypeRef::U16));
//! let value = Value::from_json("[80, 443, 65536]")?;
//! let misfit = check(&types, &ports, Direction::Accepted, Codec::Json, &value).expect_err("65536 is no u16");
//! assert_eq!(misfit.to_string(), "payload[2]: expected u16, found integer");
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! What a description says is sometimes less than what serde lets through: the integer 1 where MessagePack writes a
//! 128-bit integer as 16 bytes, or `{"Unit": null}` in place of `"Unit"`. Nobody should send such a value, and a later
//! version may refuse it. The reverse does not happen: a value that fits is accepted, unless its type is
//! [`checked`](crate::Definition::checked).

mod entries;
mod forms;
mod judge;
mod keys;
mod misfit;
mod scalars;
mod sound;
#[cfg(test)]
mod tests;
mod value;
mod variants;

use std::collections::BTreeMap;

pub use misfit::Misfit;
pub use value::Value;

use crate::{Definition, Direction, Format, TypeRef};

impl Format {
    /// Whether `text` has this form.
    ///
    /// ```
    /// use callsheet_schema::Format;
    ///
    /// assert!(Format::Date.fits("2024-02-29"));
    /// assert!(!Format::Date.fits("2023-02-29"));
    /// ```
    pub fn fits(self, text: &str) -> bool {
        forms::fits(self, text)
    }
}

/// The deepest nesting of lists and maps that fits: as deep as payloads are read and written.
pub const MAX_DEPTH: usize = 64;

/// The encoding that a value stood in. A few types differ between the two: see [`Encoding`](crate::Encoding).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Codec {
    /// JSON text.
    Json,
    /// MessagePack, with structs as maps of named fields.
    MessagePack,
}

/// Whether `value` fits `reference`, with `types` as the definitions of the named types.
///
/// The time it takes is linear in the size of the value; where untagged variants are tried one after the other, at worst
/// that times the number of types. The depth of the stack is bounded by [`MAX_DEPTH`] and the number of types.
///
/// # Errors
///
/// The first thing that does not fit, and where it is. A value nested more deeply than [`MAX_DEPTH`] fits nothing, and a
/// reference to a type that is not in `types` is fitted by nothing.
pub fn check(
    types: &BTreeMap<String, Definition>,
    reference: &TypeRef,
    direction: Direction,
    codec: Codec,
    value: &Value,
) -> Result<(), Misfit> {
    sound::check(value, codec, 0)?;
    judge::Judge::new(types, direction, codec).value(reference, value, 0)
}
