//! The standard library's types, as serde writes them.
//!
//! Three of its types that serde knows are no contract types: `Result`, since a method that returns one declares an
//! error; `OsString`, since it is written differently on each platform; and the weak pointers, since they read as
//! nothing.

mod containers;
mod pointers;
mod ranges;
mod scalars;
mod text;
mod tuples;
