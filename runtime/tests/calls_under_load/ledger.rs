//! What the server itself knows of the calls: how often it ran each, and what is still running.

use std::sync::{
    Arc,
    atomic::{AtomicU8, AtomicU64, Ordering},
};

/// Counts, for each call, how often its handler began.
#[derive(Debug)]
pub struct Ledger {
    runs: Vec<AtomicU8>,
    /// So many of them belong to each connection.
    each: u32,
    running: AtomicU64,
    /// Calls that nobody can have made.
    strays: AtomicU64,
}

/// A handler that runs, from its beginning until its future is dropped.
#[derive(Debug)]
pub struct Run(Arc<Ledger>);

impl Drop for Run {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::Release);
    }
}

impl Ledger {
    pub fn new(connections: u32, each: u32) -> Arc<Self> {
        let calls = connections as usize * each as usize;
        Arc::new(Ledger {
            runs: std::iter::repeat_with(AtomicU8::default).take(calls).collect(),
            each,
            running: AtomicU64::new(0),
            strays: AtomicU64::new(0),
        })
    }

    /// The handler of the call with this number begins.
    pub fn begin(self: &Arc<Self>, number: u64) -> Run {
        let (connection, call) = (number >> 32, number & u64::from(u32::MAX));
        let place = connection.checked_mul(self.each.into()).map(|first| first + call);
        let runs = place.and_then(|place| self.runs.get(usize::try_from(place).ok()?));
        match runs {
            Some(runs) if call < u64::from(self.each) => runs.fetch_add(1, Ordering::Relaxed),
            _ => return self.stray(),
        };
        self.running.fetch_add(1, Ordering::Relaxed);
        Run(Arc::clone(self))
    }

    fn stray(self: &Arc<Self>) -> Run {
        self.strays.fetch_add(1, Ordering::Relaxed);
        self.running.fetch_add(1, Ordering::Relaxed);
        Run(Arc::clone(self))
    }

    pub fn running(&self) -> u64 {
        self.running.load(Ordering::Acquire)
    }

    pub fn strays(&self) -> u64 {
        self.strays.load(Ordering::Relaxed)
    }

    /// How often each call was run: all of the first connection, then all of the second, and so on.
    pub fn written(&self) -> Vec<u8> {
        self.runs.iter().map(|runs| runs.load(Ordering::Relaxed)).collect()
    }
}
