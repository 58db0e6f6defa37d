//! The lives of actors: hooks, restarts, the siblings that go along, stops, and the books of it all.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used, reason = "a test is no library")]

mod books;
mod children;
mod escalation;
mod hooks;
mod panics;
mod probe;
mod restarts;
mod runtimes;
mod shutdown;
mod stops;
mod strategies;
