//! What a listener counts.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use callsheet_wire::{Code, Failure};

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

#[derive(Debug, Default)]
pub(super) struct Counters {
    connections: AtomicUsize,
    processed: AtomicU64,
    errors: AtomicU64,
    limited: AtomicU64,
}

impl Counters {
    pub(super) fn processed(&self, messages: u64) {
        self.processed.fetch_add(messages, Ordering::Relaxed);
    }

    pub(super) fn error(&self) {
        self.errors.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a failure that somebody is told.
    pub(super) fn failed(&self, failure: &Failure) {
        self.error();
        if matches!(
            failure.code(),
            Code::LimitExceeded | Code::RateLimited | Code::FrameTooLarge
        ) {
            self.limited(failure);
        }
    }

    /// Counts that somebody has met a limit.
    pub(super) fn limited(&self, failure: &Failure) {
        self.limited.fetch_add(1, Ordering::Relaxed);
        tracing::debug!(%failure, "a peer met a limit");
    }

    pub(super) fn set_connections(&self, connections: usize) {
        self.connections.store(connections, Ordering::Relaxed);
    }

    pub(super) fn stats(&self) -> ListenerStats {
        ListenerStats {
            active_connections: self.connections.load(Ordering::Relaxed),
            messages_processed: self.processed.load(Ordering::Relaxed),
            errors: self.errors.load(Ordering::Relaxed),
            limited: self.limited.load(Ordering::Relaxed),
        }
    }
}
