//! The JSON Schema of documents: valid itself, and of the same opinion on payloads as the descriptions it was made from.

mod exported;
mod scalars;
mod shapes;
mod whole;
