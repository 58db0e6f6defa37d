//! What changed between two documents.

mod changes;
mod command;
mod documents;
