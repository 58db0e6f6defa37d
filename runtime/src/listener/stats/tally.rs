//! What one connection counts, under the lock that whoever has news of a call holds anyway.

use std::{sync::Arc, time::Duration};

use callsheet_wire::{Code, DetailedStats, EventStats, MethodStats};
use hashbrown::HashMap;
use parking_lot::Mutex;
use tokio::time::Instant;

use super::latency::Latencies;

/// Of so many calls of a method on one connection the first one is timed. The clock is read for no other.
const TIMED: u64 = 64;

/// A method that was called, for all connections of a listener.
#[derive(Debug)]
pub(in crate::listener) struct CountedMethod {
    contract: &'static str,
    /// The full name of its message type.
    message: Box<str>,
    latencies: Mutex<Option<Latencies>>,
}

impl CountedMethod {
    pub(super) fn new(contract: &'static str, message: &str) -> Self {
        CountedMethod {
            contract,
            message: message.into(),
            latencies: Mutex::default(),
        }
    }

    /// Adds how long its calls took to what is told of it, if it was called at all.
    pub(super) fn add_latency(&self, stats: &mut DetailedStats) {
        // A copy, so that no call waits while it is evaluated.
        let latencies = self.latencies.lock().clone();
        if let Some(latencies) = latencies {
            self.of(stats).latency = Some(latencies.report());
        }
    }

    fn of<'s>(&self, stats: &'s mut DetailedStats) -> &'s mut MethodStats {
        let contract = entry(&mut stats.contracts, self.contract);
        entry(&mut contract.methods, &self.message)
    }
}

/// The value of a name, which is copied only if it is new.
fn entry<'m, V: Default>(map: &'m mut std::collections::BTreeMap<String, V>, name: &str) -> &'m mut V {
    if !map.contains_key(name) {
        map.insert(name.to_owned(), V::default());
    }
    map.get_mut(name).expect("it was put there")
}

/// Where a method stands in the tally of one connection, for as long as that lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::listener) struct Line(usize);

/// How a call has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::listener) enum Ending {
    Succeeded,
    /// With the error that the contract declares.
    Declared,
    Failed(Code),
}

/// What one connection has counted so far.
#[derive(Debug, Default)]
pub(in crate::listener) struct Tally {
    lines: Vec<(Arc<CountedMethod>, Counts)>,
    events: HashMap<&'static str, EventStats>,
}

#[derive(Debug, Default)]
struct Counts {
    started: u64,
    succeeded: u64,
    declared: u64,
    /// Those that occurred, which are few.
    failed: Vec<(Code, u64)>,
}

impl Tally {
    /// Where a method stands.
    pub(in crate::listener) fn line(&mut self, method: &Arc<CountedMethod>) -> Line {
        let known = self.lines.iter().position(|(known, _)| Arc::ptr_eq(known, method));
        Line(known.unwrap_or_else(|| {
            self.lines.push((Arc::clone(method), Counts::default()));
            self.lines.len() - 1
        }))
    }

    /// Counts a call that is in flight from now on. Since when, if it is one of those that are timed.
    pub(in crate::listener) fn start(&mut self, Line(at): Line) -> Option<Instant> {
        let (_, counts) = &mut self.lines[at];
        let is_timed = counts.started.is_multiple_of(TIMED);
        counts.started += 1;
        is_timed.then(Instant::now)
    }

    /// Counts that a call in flight has ended and, if it was timed, after how long.
    pub(in crate::listener) fn end(&mut self, Line(at): Line, ending: Ending, took: Option<Duration>) {
        let (method, counts) = &mut self.lines[at];
        counts.end(ending);
        if let Some(took) = took {
            let mut latencies = method.latencies.lock();
            latencies.get_or_insert_with(Latencies::new).add(took);
        }
    }

    /// Counts calls that were over at once: nobody waits for them.
    pub(in crate::listener) fn passed(&mut self, Line(at): Line, calls: u64) {
        let (_, counts) = &mut self.lines[at];
        counts.started += calls;
        counts.succeeded += calls;
    }

    /// Counts a call that has failed at once.
    pub(in crate::listener) fn failed(&mut self, Line(at): Line, code: Code) {
        let (_, counts) = &mut self.lines[at];
        counts.started += 1;
        counts.end(Ending::Failed(code));
    }

    /// Counts an event that was put into the output.
    pub(in crate::listener) fn pushed(&mut self, event: &'static str) {
        self.events.entry(event).or_default().pushed += 1;
    }

    /// Counts an event that was not.
    pub(in crate::listener) fn dropped(&mut self, event: &'static str) {
        self.events.entry(event).or_default().dropped += 1;
    }

    /// Adds what was counted to what is told.
    pub(super) fn add_to(&self, stats: &mut DetailedStats) {
        for (method, counts) in &self.lines {
            if counts.started > 0 {
                counts.add_to(method.of(stats));
            }
        }
        for (event, counted) in &self.events {
            let told = entry(&mut stats.events, event);
            told.pushed += counted.pushed;
            told.dropped += counted.dropped;
        }
    }

    /// Forgets what was counted, but not which methods there are.
    pub(super) fn clear(&mut self) {
        self.lines
            .iter_mut()
            .for_each(|(_, counts)| *counts = Counts::default());
        self.events.clear();
    }
}

impl Counts {
    fn end(&mut self, ending: Ending) {
        match ending {
            Ending::Succeeded => self.succeeded += 1,
            Ending::Declared => self.declared += 1,
            Ending::Failed(code) => match self.failed.iter_mut().find(|(known, _)| *known == code) {
                Some((_, count)) => *count += 1,
                None => self.failed.push((code, 1)),
            },
        }
    }

    fn add_to(&self, told: &mut MethodStats) {
        let mut ended = self.succeeded + self.declared;
        for (code, count) in &self.failed {
            *entry(&mut told.failed, code.as_str()) += count;
            ended += count;
        }
        told.started += self.started;
        told.succeeded += self.succeeded;
        told.contract_errors += self.declared;
        // One lock was held for all of it, so nothing has ended that was not started.
        told.in_flight += self.started - ended;
    }
}
