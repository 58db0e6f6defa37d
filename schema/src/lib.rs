//! The contract model of Callsheet: contracts and the types they speak of, described as data.
//!
//! A contract is declared once, as a Rust trait. The macros turn it into a [`Contract`]; every type it names describes
//! itself through [`ContractType`]. A [`Document`] holds both, and everything that is made for another language is made
//! from a document alone. This crate knows no macros, no actors and no I/O.
//!
//! ```
//! use callsheet_schema::{Describe, TypeRef, Types};
//!
//! let mut types = Types::default();
//! assert_eq!(<Vec<Option<u32>>>::describe(&mut types).to_string(), "list<option<u32>>");
//! assert_eq!(u64::describe(&mut types), TypeRef::U64);
//! ```
#![forbid(unsafe_code)]

pub mod compat;
pub mod conform;
mod contract;
mod declared;
mod describe;
pub mod descriptor;
mod document;
mod encoding;
pub mod hash;
pub mod names;
mod registered;
mod shape;

pub use contract::{Access, Argument, Contract, Event, Kind, Method, Request};
pub use declared::{Answer, CallError, DeclaredError, OneError, Returned};
pub use describe::{ContractType, Describe, Joined, NameParts, Types};
pub use document::{Document, DocumentError, DocumentFault, FORMAT, FaultCode, Package, Place};
pub use encoding::Encoding;
pub use registered::Registered;
pub use shape::{Definition, Direction, Field, Format, Shape, Tag, Tagging, TypeRef, Variant, VariantShape};

#[doc(hidden)]
pub mod __private {
    pub use crate::describe::Described;
    pub use inventory;
}
