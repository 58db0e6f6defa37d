//! What a listener counts.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

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
}

#[derive(Debug, Default)]
pub(super) struct Counters {
    connections: AtomicUsize,
    processed: AtomicU64,
    errors: AtomicU64,
}

impl Counters {
    pub(super) fn processed(&self, messages: u64) {
        self.processed.fetch_add(messages, Ordering::Relaxed);
    }

    pub(super) fn error(&self) {
        self.errors.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn set_connections(&self, connections: usize) {
        self.connections.store(connections, Ordering::Relaxed);
    }

    pub(super) fn stats(&self) -> ListenerStats {
        ListenerStats {
            active_connections: self.connections.load(Ordering::Relaxed),
            messages_processed: self.processed.load(Ordering::Relaxed),
            errors: self.errors.load(Ordering::Relaxed),
        }
    }
}
