//! What a listener counts for all its connections.

use std::{
    collections::HashMap,
    ptr,
    sync::{
        Arc, Weak,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

use callsheet_wire::{Code, DetailedStats, Failure};
use parking_lot::Mutex;

use super::{
    ListenerStats,
    tally::{CountedMethod, Tally},
};

/// A connection, as whoever adds up sees it.
pub(in crate::listener) trait Counting: Send + Sync {
    /// Lets `read` see what it has counted, while it counts nothing.
    fn with_tally(&self, read: &mut dyn FnMut(&mut Tally));
}

pub(in crate::listener) struct Counters {
    connections: AtomicUsize,
    processed: AtomicU64,
    errors: AtomicU64,
    limited: AtomicU64,
    /// One for each code, in the order of their list.
    refused: [AtomicU64; Code::ALL.len()],
    begun: SystemTime,
    /// The methods that were called, by the full names of their message types.
    methods: Mutex<HashMap<Box<str>, Arc<CountedMethod>>>,
    tallies: Mutex<Tallies>,
}

/// Where what connections count is found. Each of them is in one of the two, and is moved from one to the other under one
/// lock: nothing is lost or counted twice.
#[derive(Default)]
struct Tallies {
    /// Connections that count, by where they are in memory.
    open: HashMap<usize, Weak<dyn Counting>>,
    /// What those have counted that do so no more.
    past: DetailedStats,
}

impl Counters {
    pub(in crate::listener) fn new() -> Self {
        Counters {
            connections: AtomicUsize::default(),
            processed: AtomicU64::default(),
            errors: AtomicU64::default(),
            limited: AtomicU64::default(),
            refused: Default::default(),
            begun: SystemTime::now(),
            methods: Mutex::default(),
            tallies: Mutex::default(),
        }
    }

    pub(in crate::listener) fn processed(&self, messages: u64) {
        self.processed.fetch_add(messages, Ordering::Relaxed);
    }

    /// Counts calls whose connection was lost, so that nobody could be told.
    pub(in crate::listener) fn lost(&self, calls: u64) {
        self.errors.fetch_add(calls, Ordering::Relaxed);
    }

    /// Counts the failure of a call, which somebody is told.
    pub(in crate::listener) fn failed(&self, failure: &Failure) {
        self.errors.fetch_add(1, Ordering::Relaxed);
        if matches!(
            failure.code(),
            Code::LimitExceeded | Code::RateLimited | Code::FrameTooLarge
        ) {
            self.limited(failure);
        }
    }

    /// Counts what was refused before it became a call, or never was to be one.
    pub(in crate::listener) fn refused(&self, failure: &Failure) {
        self.failed(failure);
        self.count_refusal(failure.code());
    }

    /// Counts a connection that is closed because its time is up.
    pub(in crate::listener) fn timed_out(&self, failure: &Failure) {
        self.errors.fetch_add(1, Ordering::Relaxed);
        self.limited(failure);
        self.count_refusal(failure.code());
    }

    fn count_refusal(&self, code: Code) {
        let listed = Code::ALL.iter().position(|known| *known == code);
        if let Some(count) = listed.and_then(|at| self.refused.get(at)) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Counts that somebody has met a limit.
    fn limited(&self, failure: &Failure) {
        self.limited.fetch_add(1, Ordering::Relaxed);
        tracing::debug!(%failure, "a peer met a limit");
    }

    pub(in crate::listener) fn set_connections(&self, connections: usize) {
        self.connections.store(connections, Ordering::Relaxed);
    }

    /// The method of a contract, by the full name of its message type.
    pub(in crate::listener) fn method(&self, contract: &'static str, message: &str) -> Arc<CountedMethod> {
        let mut methods = self.methods.lock();
        if let Some(known) = methods.get(message) {
            return Arc::clone(known);
        }
        let method = Arc::new(CountedMethod::new(contract, message));
        methods.insert(message.into(), Arc::clone(&method));
        method
    }

    /// From now on a connection counts.
    pub(in crate::listener) fn join(&self, connection: &Arc<impl Counting + 'static>) {
        let connection: Weak<dyn Counting> = Arc::downgrade(connection) as Weak<dyn Counting>;
        let place = connection.as_ptr().addr();
        self.tallies.lock().open.insert(place, connection);
    }

    /// A connection counts no more: what it has counted is kept. Must not be called while its tally is in use.
    pub(in crate::listener) fn leave(&self, connection: &impl Counting) {
        let mut tallies = self.tallies.lock();
        let Tallies { open, past } = &mut *tallies;
        if open.remove(&ptr::from_ref(connection).addr()).is_some() {
            connection.with_tally(&mut |tally| {
                tally.add_to(past);
                tally.clear();
            });
        }
    }

    pub(in crate::listener) fn stats(&self) -> ListenerStats {
        ListenerStats {
            active_connections: self.connections.load(Ordering::Relaxed),
            messages_processed: self.processed.load(Ordering::Relaxed),
            errors: self.errors.load(Ordering::Relaxed),
            limited: self.limited.load(Ordering::Relaxed),
        }
    }

    /// All that is known. Must not be called while a tally is in use.
    pub(in crate::listener) fn detailed(&self) -> DetailedStats {
        // Kept beyond the lock: one of them may be dropped by whoever has it last.
        let mut open = Vec::new();
        let mut stats = {
            let tallies = self.tallies.lock();
            let mut stats = tallies.past.clone();
            open.extend(tallies.open.values().filter_map(Weak::upgrade));
            for connection in &open {
                connection.with_tally(&mut |tally| tally.add_to(&mut stats));
            }
            stats
        };
        drop(open);
        for method in self.methods.lock().values() {
            method.add_latency(&mut stats);
        }
        let totals = self.stats();
        let since = self.begun.duration_since(UNIX_EPOCH).unwrap_or_default();
        stats.since_ms = u64::try_from(since.as_millis()).unwrap_or(u64::MAX);
        stats.active_connections = totals.active_connections as u64;
        stats.messages_processed = totals.messages_processed;
        stats.errors = totals.errors;
        stats.limited = totals.limited;
        let counts = self.refused.iter().map(|count| count.load(Ordering::Relaxed));
        let refused = Code::ALL.iter().zip(counts).filter(|(_, count)| *count > 0);
        stats.refused = refused.map(|(code, count)| (code.as_str().to_owned(), count)).collect();
        stats
    }
}
