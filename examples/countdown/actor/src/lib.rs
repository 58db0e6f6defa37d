//! Request and stream, over time: an actor that counts down.

use std::time::Duration;

use callsheet::Streaming;
use countdown_contract::{Countdown, CountdownTick};
use futures_util::{StreamExt, stream};

/// Counts down for as many callers as like, beside each other.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counter;

impl Countdown for Counter {
    fn countdown(&self, from: u32, delay_ms: u64) -> Streaming<CountdownTick> {
        let delay = Duration::from_millis(delay_ms);
        let values = stream::iter((1..=from).rev());
        Streaming::new(values.then(move |value| async move {
            // Between the steps, so that the first comes at once and nothing follows the last.
            if value < from {
                tokio::time::sleep(delay).await;
            }
            CountdownTick { value }
        }))
    }
}

#[cfg(test)]
mod tests {
    use callsheet::Runtime;
    use tokio::time::Instant;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_plain_value_counts_down_in_time() {
        let started = Instant::now();
        let ticks: Vec<_> = Counter.countdown(3, 100).map(|tick| tick.value).collect().await;
        assert_eq!(ticks, [3, 2, 1]);
        assert_eq!(started.elapsed(), Duration::from_millis(200));
        assert_eq!(Counter.countdown(0, 100).count().await, 0);
    }

    #[tokio::test]
    async fn a_mailbox_streams() {
        let runtime = Runtime::launch().expect("inside tokio");
        let actor = runtime.actor("countdown", Counter::default).serves(Countdown);
        actor.start().await.expect("the name is free");

        let ticks = Countdown.at("countdown").stream(|c| c.countdown(3, 1));
        let ticks: Vec<_> = ticks.collect().await;
        assert_eq!(ticks, [3, 2, 1].map(|value| Ok(CountdownTick { value })));
    }
}
