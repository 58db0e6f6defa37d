//! The listener, from outside: real sockets, and frames written by hand.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used, reason = "a test is no library")]

mod acton;
mod bad_input;
mod calls;
mod cancel;
mod codecs;
mod controls;
mod crowd;
mod exposure;
mod forwarding;
mod gates;
mod headers;
mod language;
mod layers;
mod limits;
mod memory;
mod order;
mod peer;
mod probe;
mod push;
mod rate;
mod shutdown;
mod socket;
mod stats;
mod still;
mod streams;
mod times;
