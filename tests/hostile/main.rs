//! Peers that mean harm, or know no better, against one server in a process of its own.
//!
//! It is a black box: what it must do is said in `docs/wire.md`, and each case names the rules there that it holds the server
//! to. After every case somebody else connects and is answered by the same process.

mod case;
mod page;
mod peer;
mod service;

mod controls;
mod descriptors;
mod ending;
mod failures;
mod framing;
mod ids;
mod json;
mod kinds;
mod locks;
mod messagepack;
mod order;
mod requests;
mod restarts;
mod streams;
mod subscriptions;
