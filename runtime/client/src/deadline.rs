//! Deadlines, kept by one coarse clock for each connection.
//!
//! A timer for each call would cost more than the call. Instead the connection's task looks at all calls in flight once
//! per [`TICK`], and only while some call has a deadline. No call reads the clock: the first look after it began stamps
//! it, so that a deadline is never early and at most two ticks late.

use std::{
    future::Future,
    pin::{Pin, pin},
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    task::unconstrained,
    time::{Instant, Sleep, sleep},
};

/// The time between two looks at the calls in flight.
const TICK: Duration = Duration::from_millis(20);

/// How long a call may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    timeout: Duration,
    /// Absent until the clock first looked at the call.
    at: Option<Instant>,
}

impl Deadline {
    pub(crate) fn after(timeout: Duration) -> Self {
        Self { timeout, at: None }
    }

    pub(crate) fn has_passed(&mut self, now: Instant) -> bool {
        match self.at {
            Some(at) => at <= now,
            None => {
                // A timeout beyond what the clock can count never passes.
                self.at = now.checked_add(self.timeout);
                false
            }
        }
    }

    pub(crate) fn timeout(self) -> Duration {
        self.timeout
    }

    /// How long it still has: all of it, until somebody has looked at it.
    pub(crate) fn remaining(self) -> Duration {
        self.at
            .map_or(self.timeout, |at| at.saturating_duration_since(Instant::now()))
    }
}

/// The timeout as the envelope carries it: whole milliseconds, rounded up, at least one.
pub(crate) fn in_millis(timeout: Duration) -> u64 {
    u64::try_from(timeout.as_nanos().div_ceil(1_000_000))
        .unwrap_or(u64::MAX)
        .max(1)
}

/// The clock of one connection; it stands still until it is started.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    next: Option<Pin<Box<Sleep>>>,
}

impl Clock {
    pub(crate) fn is_running(&self) -> bool {
        self.next.is_some()
    }

    pub(crate) fn start(&mut self) {
        self.next = Some(Box::pin(sleep(TICK)));
    }

    pub(crate) fn stop(&mut self) {
        self.next = None;
    }

    /// Ready at each tick of a running clock, with the time.
    pub(crate) fn poll_tick(&mut self, cx: &mut Context<'_>) -> Poll<Instant> {
        let Some(next) = &mut self.next else {
            return Poll::Pending;
        };
        // A server that never stops talking may have used up what tokio lets a task do at once; deadlines pass all the same.
        ready!(pin!(unconstrained(next.as_mut())).poll(cx));
        let now = Instant::now();
        next.as_mut().reset(now + TICK);
        Poll::Ready(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn milliseconds_are_rounded_up() {
        assert_eq!(in_millis(Duration::ZERO), 1);
        assert_eq!(in_millis(Duration::from_micros(1001)), 2);
        assert_eq!(in_millis(Duration::from_secs(30)), 30_000);
        assert_eq!(in_millis(Duration::MAX), u64::MAX);
    }

    #[test]
    fn a_deadline_counts_from_the_first_look() {
        let now = Instant::now();
        let mut deadline = Deadline::after(Duration::from_secs(1));
        assert!(!deadline.has_passed(now));
        assert!(!deadline.has_passed(now + Duration::from_millis(999)));
        assert!(deadline.has_passed(now + Duration::from_secs(1)));
    }

    #[test]
    fn what_remains_is_counted_once_it_was_looked_at() {
        let mut deadline = Deadline::after(Duration::from_secs(100));
        assert_eq!(deadline.remaining(), Duration::from_secs(100));
        assert!(!deadline.has_passed(Instant::now()));
        assert!(deadline.remaining() <= Duration::from_secs(100));
        assert!(deadline.remaining() > Duration::from_secs(50));
    }

    #[test]
    fn an_endless_timeout_never_passes() {
        let mut deadline = Deadline::after(Duration::MAX);
        assert!(!deadline.has_passed(Instant::now()));
        assert!(!deadline.has_passed(Instant::now()));
    }
}
