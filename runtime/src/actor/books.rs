//! What became of an actor's messages, counted.

use std::sync::atomic::{AtomicU64, Ordering};

/// What became of the messages that an actor has accepted.
///
/// Always `accepted == handled + failed + dead_lettered + waiting`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Books {
    /// Messages that were put into the queue.
    pub accepted: u64,
    /// Those whose handler returned, be it with a declared error.
    pub handled: u64,
    /// Those that were not handled to the end: the handler panicked or was aborted, the actor stopped before, or nobody waited
    /// for the reply any more. Whoever waits for one is told.
    pub failed: u64,
    /// Those without a caller that were never handled: dead letters, and events that waited when the actor stopped. Of the
    /// latter no [`DeadLetter`](crate::DeadLetter) is published.
    pub dead_lettered: u64,
    /// Those that wait in the queue, or are being handled.
    pub waiting: u64,
}

/// The counts behind [`Books`].
#[derive(Debug, Default)]
pub(crate) struct Tally {
    accepted: Accepted,
    /// What the loop itself handled; it alone writes it.
    here: AtomicU64,
    /// What was handled beside the loop.
    beside: AtomicU64,
    failed: AtomicU64,
    dead_lettered: AtomicU64,
}

/// On a cache line of its own: senders write it, the loop the others.
#[derive(Debug, Default)]
#[repr(align(64))]
struct Accepted(AtomicU64);

impl Tally {
    /// A message is about to be in the queue.
    #[inline]
    pub(crate) fn accept(&self) {
        self.accepted.0.fetch_add(1, Ordering::Relaxed);
    }

    /// The loop handled a message. Called by the loop alone.
    #[inline]
    pub(super) fn handled_here(&self) {
        self.here
            .store(self.here.load(Ordering::Relaxed) + 1, Ordering::Release);
    }

    /// A message was handled beside the loop.
    pub(super) fn handled_beside(&self) {
        self.beside.fetch_add(1, Ordering::Release);
    }

    pub(super) fn failed(&self) {
        self.failed.fetch_add(1, Ordering::Release);
    }

    pub(super) fn dead_lettered(&self) {
        self.dead_lettered.fetch_add(1, Ordering::Release);
    }

    pub(super) fn books(&self) -> Books {
        // What is settled is read before what was accepted, so that it is never more.
        let handled = self.here.load(Ordering::Acquire) + self.beside.load(Ordering::Acquire);
        let failed = self.failed.load(Ordering::Acquire);
        let dead_lettered = self.dead_lettered.load(Ordering::Acquire);
        let accepted = self.accepted.0.load(Ordering::Acquire);
        Books {
            accepted,
            handled,
            failed,
            dead_lettered,
            waiting: accepted.saturating_sub(handled + failed + dead_lettered),
        }
    }
}
