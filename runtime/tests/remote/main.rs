//! Actors of other processes, and mailboxes that travel.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used, reason = "a test is no library")]

mod by_hand;
mod calls;
mod chains;
mod delivery;
mod lost;
mod mailboxes;
mod replying_elsewhere;
mod room;
mod sides;
mod sizes;
mod streams;
