//! Documents in the languages of others.

pub mod jsonschema;
