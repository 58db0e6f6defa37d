//! Who may come in by a listener, and what they may do there: from outside, with frames written by hand.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used, reason = "a test is no library")]

#[cfg(feature = "systemd")]
mod activation;
mod admission;
mod audit;
mod authorization;
mod callers;
mod catalogue;
mod child;
mod events;
mod exhaustion;
#[cfg(feature = "handover")]
mod handover;
mod house;
mod identity;
#[path = "../listener/peer.rs"]
#[allow(dead_code, reason = "the tests of the listener need more of it")]
mod peer;
mod starts;
mod termination;
