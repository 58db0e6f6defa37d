//! How long calls take.

use std::time::Duration;

use callsheet_wire::Latency;
use hdrhistogram::Histogram;

/// What is known of a value besides how large it is: two digits, so 1 % of it.
const DIGITS: u8 = 2;

/// Whatever takes longer is counted as this, which bounds what a histogram keeps: 40 KiB for one that has seen it.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// The times that calls of one method took. What it keeps grows with the longest of them, and not with their number.
#[derive(Clone, Debug)]
pub(super) struct Latencies {
    /// In nanoseconds.
    histogram: Histogram<u64>,
    count: u32,
    min: Duration,
    max: Duration,
    sum: Duration,
}

impl Latencies {
    pub(super) fn new() -> Self {
        Latencies {
            histogram: Histogram::new(DIGITS).expect("there are histograms of up to five digits"),
            count: 0,
            min: Duration::MAX,
            max: Duration::ZERO,
            sum: Duration::ZERO,
        }
    }

    pub(super) fn add(&mut self, took: Duration) {
        self.count = self.count.saturating_add(1);
        self.sum = self.sum.saturating_add(took);
        self.min = self.min.min(took);
        self.max = self.max.max(took);
        self.histogram
            .record(nanoseconds(took.min(LONGEST)))
            .expect("a histogram without bounds grows for whatever is no longer than a day");
    }

    pub(super) fn report(&self) -> Latency {
        // The histogram tells the upper end of what it cannot tell apart.
        let quantile = |quantile| {
            let known = self.histogram.value_at_quantile(quantile);
            Duration::from_nanos(known).clamp(self.min, self.max)
        };
        let mut latency = Latency::default();
        latency.count = u64::from(self.count);
        latency.min = self.min;
        latency.mean = self.sum / self.count.max(1);
        (latency.p50, latency.p90, latency.p99) = (quantile(0.5), quantile(0.9), quantile(0.99));
        latency.max = self.max;
        latency
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Latencies;

    #[test]
    fn the_ends_and_the_mean_are_exact_and_what_is_between_is_known_to_one_percent() {
        let mut latencies = Latencies::new();
        // 1 to 1000 microseconds.
        (1..=1000).for_each(|n| latencies.add(Duration::from_micros(n)));
        let told = latencies.report();
        assert_eq!((told.count, told.min), (1000, Duration::from_micros(1)));
        assert_eq!(
            (told.mean, told.max),
            (Duration::from_nanos(500_500), Duration::from_micros(1000))
        );
        for (told, exact) in [(told.p50, 500.0), (told.p90, 900.0), (told.p99, 990.0)] {
            let found = told.as_nanos() as f64 / 1000.0;
            assert!((exact..=exact * 1.01).contains(&found), "{found} and not {exact}");
        }
    }

    #[test]
    fn what_takes_longer_than_a_day_takes_no_more_memory() {
        let mut latencies = Latencies::new();
        latencies.add(Duration::from_secs(90_000));
        latencies.add(Duration::MAX);
        assert!(latencies.histogram.distinct_values() < 6000);
        let told = latencies.report();
        assert_eq!((told.count, told.max), (2, Duration::MAX));
        assert_eq!(told.min, Duration::from_secs(90_000));
    }
}
