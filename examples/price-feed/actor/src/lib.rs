//! Events that others subscribe to: an actor that publishes prices and trades.

mod market;

use std::time::Duration;

use callsheet::Broker;
use price_feed_contract::PriceFeed;
use tokio::{task::JoinHandle, time};

pub use market::Market;

/// Publishes a price and a trade at each tick, as long as it exists.
///
/// The actor owns the task that publishes, so the events end with the actor.
#[derive(Debug)]
pub struct Feed {
    publisher: JoinHandle<()>,
}

impl Feed {
    /// Begins to publish, at once and then every `period`.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime, or if `period` is zero.
    pub fn start(broker: Broker, period: Duration) -> Self {
        let mut ticks = time::interval(period);
        Feed {
            publisher: tokio::spawn(async move {
                for (update, trade) in Market::default() {
                    ticks.tick().await;
                    broker.publish(update);
                    broker.publish(trade);
                }
            }),
        }
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        self.publisher.abort();
    }
}

impl PriceFeed for Feed {}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use callsheet::{Event, Events, Received, Runtime};

    use super::*;

    const PERIOD: Duration = Duration::from_secs(1);

    async fn next<E: Event>(events: &mut Events<E>) -> Option<Received<E>> {
        time::timeout(10 * PERIOD, events.next()).await.ok().flatten()
    }

    #[tokio::test(start_paused = true)]
    async fn it_publishes_at_each_tick_until_it_is_dropped() {
        let broker = Broker::default();
        let (mut updates, mut trades) = (broker.subscribe(), broker.subscribe());
        let started = time::Instant::now();
        let feed = Feed::start(broker, PERIOD);
        for (update, trade) in Market::default().take(3) {
            assert_eq!(next(&mut updates).await, Some(Received::Event(Arc::new(update))));
            assert_eq!(next(&mut trades).await, Some(Received::Event(Arc::new(trade))));
        }
        assert_eq!(started.elapsed(), 2 * PERIOD);
        drop(feed);
        assert_eq!(next(&mut updates).await, None);
    }

    #[tokio::test(start_paused = true)]
    async fn its_events_end_with_the_actor() {
        let runtime = Runtime::launch().expect("inside tokio");
        let broker = runtime.broker().clone();
        let mut updates = broker.subscribe();
        let feed = move || Feed::start(broker.clone(), PERIOD);
        let actor = runtime.actor("price_feed", feed).serves(PriceFeed);
        actor.start().await.expect("the name is free");
        for (update, _) in Market::default().take(3) {
            assert_eq!(next(&mut updates).await, Some(Received::Event(Arc::new(update))));
        }
        runtime.shutdown().await;
        assert_eq!(next(&mut updates).await, None);
    }
}
