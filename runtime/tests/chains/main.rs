//! Chains of calls: which are refused, which are let past, and which are nobody's business.
#![allow(missing_docs, unreachable_pub, reason = "a test documents itself by its names")]

mod admitted;
mod any_calls;
mod given_up;
mod hooks;
mod refused;
mod runtimes;
mod station;
mod undetected;
