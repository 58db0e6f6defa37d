//! How long to wait before a connection is tried again.

use std::time::Duration;

/// The waits between attempts: each twice as long as the one before, up to a limit, and each cut short by chance, so that
/// the clients of a server that comes back do not all come at once.
#[derive(Clone, Debug)]
pub(super) struct Backoff {
    first: Duration,
    most: Duration,
    /// How many attempts in a row came to nothing.
    failures: u32,
}

impl Backoff {
    pub(super) fn new(first: Duration, most: Duration) -> Self {
        Self {
            first,
            most,
            failures: 0,
        }
    }

    /// Takes note that a connection was lost that had lived so long. One that did not outlive the longest wait counts as
    /// a failed attempt: a server that accepts and hangs up at once must not be asked without end.
    pub(super) fn lost_after(&mut self, lived: Duration) {
        if lived >= self.most {
            self.failures = 0;
        } else {
            self.failed();
        }
    }

    pub(super) fn failed(&mut self) {
        self.failures = self.failures.saturating_add(1);
    }

    /// How long to wait now: nothing after a connection that had lived long, else at least half of what the number of
    /// failures says, and at most all of it.
    pub(super) fn delay(&self) -> Duration {
        let Some(doublings) = self.failures.checked_sub(1) else {
            return Duration::ZERO;
        };
        let factor = 2_u32.checked_pow(doublings).unwrap_or(u32::MAX);
        let full = self.first.saturating_mul(factor).min(self.most);
        full / 2 + (full / 2).mul_f64(fastrand::f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Duration = Duration::from_millis(50);
    const MOST: Duration = Duration::from_secs(5);

    #[test]
    fn waits_double_up_to_the_limit_and_differ_by_up_to_a_half() {
        let mut backoff = Backoff::new(FIRST, MOST);
        for attempt in 0..100_u32 {
            backoff.failed();
            let full = (FIRST * 2_u32.pow(attempt.min(10))).min(MOST);
            let delays: Vec<_> = (0..100).map(|_| backoff.delay()).collect();
            assert!(
                delays.iter().all(|delay| (full / 2..=full).contains(delay)),
                "{delays:?}"
            );
            assert!(delays.iter().any(|delay| *delay != delays[0]), "chance has its part");
        }
    }

    #[test]
    fn only_a_connection_that_outlived_the_longest_wait_starts_anew() {
        let mut backoff = Backoff::new(FIRST, MOST);
        backoff.lost_after(MOST);
        assert_eq!(backoff.delay(), Duration::ZERO);
        for _ in 0..20 {
            backoff.lost_after(MOST - Duration::from_millis(1));
        }
        assert!(backoff.delay() >= MOST / 2);
        backoff.lost_after(MOST);
        assert_eq!(backoff.delay(), Duration::ZERO);
    }
}
