//! The primitives of what is model-checked.
//!
//! Modules that take them from the `sync` beside them are compiled a second time in `thread_models`, where that is loom's.

pub(crate) use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};

pub(crate) use parking_lot::Mutex;
