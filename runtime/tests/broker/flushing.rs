//! Waiting until all subscribers have caught up.

use std::{sync::Arc, time::Duration};

use callsheet::{Broker, FlushError, Received, WhenFull};
use futures_util::FutureExt;
use tokio::time::Instant;

use crate::{Tick, Tock, Woken, now, poll_with, tick};

const LIMIT: Duration = Duration::from_secs(3);

#[tokio::test(start_paused = true)]
async fn a_flush_returns_when_all_has_been_received_that_was_published_before() {
    let broker = Broker::default();
    let (mut ticks, mut tocks) = (broker.subscribe::<Tick>(), broker.subscribe::<Tock>());
    let mut both = broker.subscribe_matching("*").unwrap();
    broker.publish(Tick(0));
    broker.publish(Tock(0));
    let woken = Arc::new(Woken::default());
    let mut flush = Box::pin(broker.flush(LIMIT));
    assert!(poll_with(&mut flush, &woken).is_pending());
    broker.publish(Tick(1));
    assert_eq!(now(&mut ticks), tick(0));
    now(&mut both);
    now(&mut both);
    assert_eq!(woken.times(), 0, "one has not caught up");
    now(&mut tocks);
    assert_eq!(woken.times(), 1);
    assert_eq!(
        flush.now_or_never(),
        Some(Ok(())),
        "although another event has followed"
    );
}

#[tokio::test(start_paused = true)]
async fn a_flush_ends_at_its_limit_and_says_how_many_lag() {
    let broker = Broker::default();
    let _one = broker.subscribe::<Tick>();
    let _other = broker.subscribe_matching("test.*").unwrap();
    let mut third = broker.subscribe::<Tick>();
    broker.publish(Tick(0));
    broker.publish(Tock(0));
    now(&mut third);
    let started = Instant::now();
    let error: FlushError = broker.flush(LIMIT).await.unwrap_err();
    assert_eq!((error.lagging, error.limit), (2, LIMIT));
    assert_eq!(started.elapsed(), LIMIT);
    assert!(
        error
            .to_string()
            .starts_with("2 of the subscribers had not taken within 3s"),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_flush_of_nothing_is_done_at_once() {
    let broker = Broker::default();
    assert_eq!(broker.flush(LIMIT).now_or_never(), Some(Ok(())));
    let mut ticks = broker.subscribe::<Tick>();
    assert_eq!(broker.flush(LIMIT).now_or_never(), Some(Ok(())));
    broker.publish(Tick(0));
    now(&mut ticks);
    assert_eq!(broker.flush(Duration::ZERO).now_or_never(), Some(Ok(())));
}

#[tokio::test(start_paused = true)]
async fn what_a_subscriber_loses_by_its_rule_is_not_waited_for() {
    let broker = Broker::default();
    let mut oldest = broker.subscription::<Tick>().capacity(1).subscribe();
    broker.publish(Tick(0));
    let flush = tokio::spawn({
        let broker = broker.clone();
        async move { broker.flush(LIMIT).await }
    });
    tokio::task::yield_now().await;
    assert!(!flush.is_finished());
    // It displaces what the flush waits for.
    broker.publish(Tick(1));
    let started = Instant::now();
    assert_eq!(flush.await.unwrap(), Ok(()));
    assert_eq!(started.elapsed(), Duration::ZERO);
    assert!(matches!(now(&mut oldest), Some(Received::Missed(1))));
}

#[tokio::test(start_paused = true)]
async fn a_subscriber_that_leaves_or_closes_holds_up_no_flush() {
    let broker = Broker::default();
    let leaves = broker.subscribe::<Tick>();
    let mut closes = broker.subscription_matching("*").unwrap();
    closes = closes.capacity(1).when_full(WhenFull::Close);
    let mut closes = closes.subscribe();
    broker.publish(Tick(0));
    let mut flush = Box::pin(broker.flush(LIMIT));
    assert!(flush.as_mut().now_or_never().is_none());
    drop(leaves);
    assert!(flush.as_mut().now_or_never().is_none());
    broker.publish(Tock(0));
    assert_eq!(flush.now_or_never(), Some(Ok(())));
    assert_eq!(broker.flush(LIMIT).now_or_never(), Some(Ok(())));
    assert_eq!(
        broker.subscribers::<Tick>(),
        0,
        "it is forgotten where it was not full too"
    );
    assert!(matches!(now(&mut closes), Some(Received::Event(_))));
    assert!(matches!(now(&mut closes), Some(Received::Closed)));
}

#[tokio::test(start_paused = true)]
async fn a_flush_waits_for_events_whose_publishers_wait() {
    let broker = Broker::default();
    let rule = WhenFull::Block(Duration::from_secs(1));
    let mut blocks = broker.subscription::<Tick>().capacity(1).when_full(rule).subscribe();
    broker.publish(Tick(0));
    let mut waits = Box::pin(broker.publish_and_wait(Tick(1)));
    assert!(waits.as_mut().now_or_never().is_none());
    let mut flush = Box::pin(broker.flush(LIMIT));
    assert!(flush.as_mut().now_or_never().is_none());
    assert_eq!(now(&mut blocks), tick(0));
    assert!(flush.as_mut().now_or_never().is_none());
    assert_eq!(now(&mut blocks), tick(1));
    assert_eq!(flush.now_or_never(), Some(Ok(())));
    waits.await;
}
