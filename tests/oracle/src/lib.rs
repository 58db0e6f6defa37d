//! The oracle: whether the description of a type says what serde does with it.
//!
//! A description is worth what it promises. So every promise is tried, for types written by hand and for generated ones:
//!
//! - values made from the description ([`made`]) are accepted by what the server reads with, and by plain serde;
//! - values changed at random ([`changed`]) are accepted if and only if the description says that they fit, but for what
//!   [`lenient`] lists, each with its reason;
//! - whatever is produced fits what the description says is produced, in both codecs;
//! - what is produced and fits what is accepted becomes the same value again.
//!
//! [`trial`] does all of it for one type; [`types!`] makes [`Case`]s of types.

pub mod case;
pub mod changed;
pub mod codec;
pub mod generated;
mod left_out;
pub mod lenient;
pub mod made;
pub mod trial;

pub use case::Case;
pub use trial::{Difference, Trial};
