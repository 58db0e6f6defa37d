//! The client against a server that the test plays itself, over a real socket.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod asks;
mod attempts;
mod blocking;
mod endings;
mod fakes;
mod greeting;
mod hosted_tells;
mod hosting;
mod open_enums;
mod reconnect;
mod server;
mod streams;
mod subscriptions;
