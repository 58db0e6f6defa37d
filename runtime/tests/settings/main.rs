//! Settings: where they are read from, what wins, and what is said of those that are wrong.
#![cfg(feature = "settings")]
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used, reason = "a test is no library")]

mod environment;
mod file;
mod keys;
mod loading;
mod program;
