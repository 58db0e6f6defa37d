//! Types of the standard library and of other crates: their names, their descriptions, and that both codecs write and
//! read them so.

mod expect;

#[cfg(feature = "bytes")]
mod bytes;
#[cfg(feature = "chrono")]
mod chrono;
mod containers;
#[cfg(feature = "indexmap")]
mod indexmap;
mod pointers;
mod ranges;
#[cfg(feature = "rust_decimal")]
mod rust_decimal;
mod scalars;
#[cfg(feature = "serde_bytes")]
mod serde_bytes;
mod text;
#[cfg(feature = "time")]
mod time;
#[cfg(feature = "url")]
mod url;
#[cfg(feature = "uuid")]
mod uuid;
