//! What a listener counts.
//!
//! Calls are counted where they are: each connection has a [`tally`] under the lock that its calls take anyway, and what
//! all connections have counted is added up by whoever asks ([`counters`]). A call costs two additions; the clock is read
//! for one of many ([`latency`]).

mod counters;
mod latency;
mod tally;

use std::collections::BTreeSet;

use callsheet_schema::Document;
use callsheet_wire::DetailedStats;

pub(super) use counters::{Counters, Counting};
pub(super) use tally::{Ending, Line, Tally};

/// What a listener has done so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListenerStats {
    /// The connections that are open now.
    pub active_connections: usize,
    /// The frames that were acted on: calls put into an actor's queue, subscriptions, and cancels.
    pub messages_processed: u64,
    /// The failures that callers were told or, where there was no way to tell them, would have been: everything but the
    /// declared errors of contracts.
    pub errors: u64,
    /// How many of the errors told somebody of a limit: what was refused with `LimitExceeded`, `RateLimited` or
    /// `FrameTooLarge`, and the connections that were closed because their time was up.
    pub limited: u64,
}

/// Leaves out what is not in the document: what whoever asks may not use.
pub(super) fn narrow(stats: &mut DetailedStats, shown: &Document) {
    let methods = shown.contracts.iter().flat_map(|contract| &contract.methods);
    let methods: BTreeSet<&str> = methods.map(|method| &*method.message).collect();
    let events = shown.contracts.iter().flat_map(|contract| &contract.events);
    let events: BTreeSet<&str> = events.map(|event| &*event.name).collect();
    stats.contracts.retain(|_, contract| {
        contract.methods.retain(|message, _| methods.contains(&**message));
        !contract.methods.is_empty()
    });
    stats.events.retain(|name, _| events.contains(&**name));
}
