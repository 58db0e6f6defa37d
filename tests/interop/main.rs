//! The Rust part of what crosses languages: clients against services that run in processes of their own.

mod service;

#[path = "seeds/rust/hand_written.rs"]
mod seeds;
#[path = "showcase/rust/mod.rs"]
mod showcase;
#[path = "surprise/rust/mod.rs"]
mod surprise;
