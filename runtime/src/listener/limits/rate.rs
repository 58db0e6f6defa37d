//! How often something may happen: a bucket that fills evenly and from which each happening takes.
//!
//! The crates that do this (`governor` is the best known) bring clocks, stores of keys and ways to wait. None of it fits
//! here: the time is read once for all that came at once, the rate may change while the bucket is half full, and nobody
//! waits. What is left of them is the one computation below.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

const SECOND: u64 = 1_000_000_000;

/// How often, and how much at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::listener) struct Rate {
    /// In nanoseconds, how long the bucket takes to fill by one.
    each: u64,
    /// In nanoseconds, how long it takes to fill.
    all: u64,
}

impl Rate {
    /// So many in a second, of which so many may come at once; as many as in a second if that is not said.
    pub(in crate::listener) fn new(per_second: usize, burst: Option<usize>) -> Self {
        let count = |number: usize| u64::try_from(number.max(1)).unwrap_or(u64::MAX);
        let each = (SECOND / count(per_second)).max(1);
        let burst = count(burst.unwrap_or(per_second));
        Rate {
            each,
            all: each.saturating_mul(burst),
        }
    }
}

/// A bucket, which is full at first. All times are nanoseconds on one clock.
#[derive(Debug, Default)]
pub(in crate::listener) struct Bucket {
    /// When it will be full again: the one number that tells how full it is at any time, at any rate.
    full_at: AtomicU64,
}

impl Bucket {
    /// Takes one out, if there is one.
    ///
    /// # Errors
    ///
    /// How long until there is one.
    pub(in crate::listener) fn take(&self, now: u64, rate: Rate) -> Result<(), Duration> {
        let after = |full_at: u64| full_at.max(now).saturating_add(rate.each);
        let latest = now.saturating_add(rate.all);
        let taken = self
            .full_at
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |full_at| {
                Some(after(full_at)).filter(|after| *after <= latest)
            });
        taken
            .map(drop)
            .map_err(|full_at| Duration::from_nanos(after(full_at) - latest))
    }

    /// Puts one back that was taken for nothing.
    pub(in crate::listener) fn put_back(&self, rate: Rate) {
        let before = |full_at: u64| Some(full_at.saturating_sub(rate.each));
        // It always has a value, so it never fails.
        let _ = self.full_at.fetch_update(Ordering::Relaxed, Ordering::Relaxed, before);
    }

    pub(in crate::listener) fn is_full(&self, now: u64) -> bool {
        self.full_at.load(Ordering::Relaxed) <= now
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Bucket, Rate, SECOND};

    fn taken(bucket: &Bucket, now: u64, rate: Rate) -> usize {
        (0..1000).take_while(|_| bucket.take(now, rate).is_ok()).count()
    }

    #[test]
    fn a_burst_comes_at_once_and_then_one_at_a_time() {
        let (bucket, rate) = (Bucket::default(), Rate::new(10, Some(3)));
        let start = 5 * SECOND;
        assert_eq!(taken(&bucket, start, rate), 3);
        assert_eq!(bucket.take(start, rate), Err(Duration::from_millis(100)));
        assert_eq!(bucket.take(start + SECOND / 20, rate), Err(Duration::from_millis(50)));
        assert_eq!(taken(&bucket, start + SECOND / 10, rate), 1);
        assert_eq!(
            taken(&bucket, start + 100 * SECOND, rate),
            3,
            "it holds no more, however long it rests"
        );
    }

    #[test]
    fn without_a_burst_a_seconds_worth_may_come_at_once() {
        let (bucket, rate) = (Bucket::default(), Rate::new(7, None));
        assert_eq!(taken(&bucket, 0, rate), 7);
    }

    #[test]
    fn what_is_put_back_can_be_taken_again() {
        let (bucket, rate) = (Bucket::default(), Rate::new(1, Some(2)));
        assert_eq!(taken(&bucket, SECOND, rate), 2);
        bucket.put_back(rate);
        assert_eq!(taken(&bucket, SECOND, rate), 1);
        assert!(!bucket.is_full(SECOND) && bucket.is_full(3 * SECOND));
    }

    #[test]
    fn no_rate_is_too_high_or_too_low_to_be_kept() {
        for (rate, at_least) in [(Rate::new(usize::MAX, None), 1000), (Rate::new(0, Some(0)), 1)] {
            assert_eq!(taken(&Bucket::default(), u64::MAX / 2, rate), at_least);
        }
    }
}
