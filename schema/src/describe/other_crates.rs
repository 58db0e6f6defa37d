//! Types of crates that many programs use, each crate behind the feature of its name.
//!
//! A definition's name starts with that of the crate: `chrono` and `time` both have a `Weekday`.

#[cfg(feature = "bytes")]
mod bytes;
#[cfg(feature = "chrono")]
mod chrono;
#[cfg(feature = "indexmap")]
mod indexmap;
#[cfg(feature = "rust_decimal")]
mod rust_decimal;
#[cfg(feature = "serde_bytes")]
mod serde_bytes;
#[cfg(feature = "time")]
mod time;
#[cfg(feature = "url")]
mod url;
#[cfg(feature = "uuid")]
mod uuid;

/// An enum whose variants have no data, with the further names under which each is read.
#[cfg(any(feature = "chrono", feature = "time"))]
fn choice(docs: &str, variants: &[(&str, &[&str])]) -> crate::Definition {
    use super::implement::{definition, variant};
    use crate::{Shape, Tagging, Variant, VariantShape};

    let variants = variants.iter().map(|(name, aliases)| Variant {
        aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
        ..variant(name, VariantShape::Unit)
    });
    let shape = Shape::Enum {
        tagging: Tagging::External,
        variants: variants.collect(),
        deny_unknown: false,
    };
    definition(docs, shape)
}
