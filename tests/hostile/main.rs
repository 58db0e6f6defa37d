//! Peers that mean harm, or know no better, against one server in a process of its own.
//!
//! It is a black box: what it must do is said in `docs/wire.md` and `docs/acton.md`, and each case names the rules there that it
//! holds the server to. After every case somebody else connects and is answered by the same process.

mod case;
mod page;
mod peer;
mod service;

mod acton;
mod callbacks;
mod chains;
mod controls;
mod descriptors;
mod ending;
mod failures;
mod forwarding;
mod framing;
mod hosted_streams;
mod ids;
mod json;
mod kinds;
mod locks;
mod mailboxes;
mod messagepack;
mod order;
mod requests;
mod restarts;
mod stats;
mod streams;
mod subscriptions;
