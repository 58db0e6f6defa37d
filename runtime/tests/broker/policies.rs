//! What happens to events that a subscriber has no room for.

use std::{sync::Arc, time::Duration};

use callsheet::{Broker, Events, Received, WhenFull};
use futures_util::FutureExt;
use tokio::time::Instant;

use crate::{Tick, Woken, is_empty, missed, now, poll_with, tick};

const SECOND: Duration = Duration::from_secs(1);

fn subscribe(broker: &Broker, capacity: usize, when_full: WhenFull) -> Events<Tick> {
    broker
        .subscription()
        .capacity(capacity)
        .when_full(when_full)
        .subscribe()
}

fn publish(broker: &Broker, ticks: impl IntoIterator<Item = u32>) {
    ticks.into_iter().for_each(|n| broker.publish(Tick(n)));
}

#[test]
fn unless_told_otherwise_a_subscriber_keeps_the_newest_1024() {
    let broker = Broker::default();
    let mut events = broker.subscribe();
    publish(&broker, 0..1030);
    assert_eq!(now(&mut events), missed(6));
    for n in 6..1030 {
        assert_eq!(now(&mut events), tick(n));
    }
    assert!(is_empty(&mut events));
}

#[test]
fn the_oldest_events_are_missed_where_they_were() {
    let broker = Broker::default();
    let mut events = subscribe(&broker, 2, WhenFull::DropOldest);
    publish(&broker, 0..2);
    assert_eq!(now(&mut events), tick(0));
    publish(&broker, 2..5);
    assert_eq!(now(&mut events), missed(2));
    // It was told, so what is lost now is counted anew.
    publish(&broker, 5..6);
    assert_eq!(now(&mut events), missed(1));
    assert_eq!(now(&mut events), tick(4));
    assert_eq!(now(&mut events), tick(5));
    assert!(is_empty(&mut events));
}

#[test]
fn the_newest_events_are_missed_where_they_would_have_been() {
    let broker = Broker::default();
    let mut events = subscribe(&broker, 2, WhenFull::DropNewest);
    publish(&broker, 0..4);
    assert_eq!(now(&mut events), tick(0));
    publish(&broker, [4]);
    assert_eq!(now(&mut events), tick(1));
    assert_eq!(now(&mut events), missed(2));
    assert_eq!(now(&mut events), tick(4));
    publish(&broker, 5..8);
    assert_eq!(now(&mut events), tick(5));
    assert_eq!(now(&mut events), tick(6));
    assert_eq!(now(&mut events), missed(1), "although nothing follows");
    assert!(is_empty(&mut events));
}

#[test]
fn gaps_at_one_place_add_up() {
    let broker = Broker::default();
    let mut events = subscribe(&broker, 1, WhenFull::DropOldest);
    publish(&broker, 0..3);
    publish(&broker, 3..6);
    assert_eq!(now(&mut events), missed(5));
    assert_eq!(now(&mut events), tick(5));
}

#[test]
fn a_capacity_of_nothing_is_a_capacity_of_one() {
    let broker = Broker::default();
    let mut events = subscribe(&broker, 0, WhenFull::DropNewest);
    publish(&broker, 0..2);
    assert_eq!(now(&mut events), tick(0));
    assert_eq!(now(&mut events), missed(1));
}

#[test]
fn a_subscription_that_closes_says_so_after_what_is_queued() {
    let broker = Broker::default();
    let mut events = subscribe(&broker, 2, WhenFull::Close);
    publish(&broker, 0..2);
    assert_eq!(broker.subscribers::<Tick>(), 1);
    publish(&broker, 2..4);
    assert_eq!(broker.subscribers::<Tick>(), 0);
    assert_eq!(now(&mut events), tick(0));
    publish(&broker, 4..5);
    assert_eq!(now(&mut events), tick(1));
    assert_eq!(now(&mut events), Some(Received::Closed));
    assert_eq!(now(&mut events), None);
}

#[test]
fn the_end_of_the_broker_can_be_told_from_a_subscription_that_closed() {
    let broker = Broker::default();
    let mut events = subscribe(&broker, 2, WhenFull::Close);
    let mut matching = broker.subscribe_matching("*").unwrap();
    publish(&broker, 0..1);
    let woken = Arc::new(Woken::default());
    let mut unmatched = broker.subscribe_matching("other.*").unwrap();
    let mut waits = Box::pin(unmatched.next());
    assert!(poll_with(&mut waits, &woken).is_pending());
    drop(broker);
    assert_eq!(woken.times(), 1);
    assert!(matches!(waits.now_or_never(), Some(None)));
    assert_eq!(now(&mut events), tick(0));
    assert_eq!(now(&mut events), None);
    assert!(matches!(now(&mut matching), Some(Received::Event(_))));
    assert!(now(&mut matching).is_none());
}

#[tokio::test(start_paused = true)]
async fn publish_never_waits_for_a_subscriber_that_blocks() {
    let broker = Broker::default();
    let mut events = subscribe(&broker, 1, WhenFull::Block(SECOND));
    publish(&broker, 0..3);
    assert_eq!(now(&mut events), tick(0));
    assert_eq!(now(&mut events), missed(2));
    assert!(is_empty(&mut events));
}

#[tokio::test(start_paused = true)]
async fn a_publisher_that_waits_goes_on_as_soon_as_there_is_room() {
    let broker = Broker::default();
    let mut events = subscribe(&broker, 1, WhenFull::Block(60 * SECOND));
    let mut other = broker.subscribe::<Tick>();
    let started = Instant::now();
    broker.publish_and_wait(Tick(0)).await;
    let woken = Arc::new(Woken::default());
    let mut waits = Box::pin(broker.publish_and_wait(Tick(1)));
    assert!(poll_with(&mut waits, &woken).is_pending());
    // Nobody else waits, and nobody overtakes.
    assert_eq!((now(&mut other), now(&mut other)), (tick(0), tick(1)));
    publish(&broker, 2..3);
    assert_eq!(now(&mut other), tick(2));
    assert_eq!(woken.times(), 0);
    assert_eq!(now(&mut events), tick(0));
    assert_eq!(woken.times(), 1);
    waits.await;
    assert_eq!(now(&mut events), tick(1));
    assert_eq!(
        now(&mut events),
        missed(1),
        "what was published meanwhile without waiting"
    );
    assert!(is_empty(&mut events));
    assert_eq!(started.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn each_subscriber_is_waited_for_as_long_as_its_own_limit() {
    let broker = Broker::default();
    let mut patient = subscribe(&broker, 1, WhenFull::Block(5 * SECOND));
    let mut hasty = subscribe(&broker, 1, WhenFull::Block(SECOND));
    publish(&broker, 0..1);
    let started = Instant::now();
    let reader = tokio::spawn(async move {
        tokio::time::sleep(3 * SECOND).await;
        assert_eq!(now(&mut hasty), tick(0));
        assert_eq!(now(&mut hasty), missed(1));
        hasty
    });
    broker.publish_and_wait(Tick(1)).await;
    assert_eq!(started.elapsed(), 5 * SECOND);
    assert_eq!(now(&mut patient), tick(0));
    assert_eq!(now(&mut patient), missed(1));
    let mut hasty = reader.await.unwrap();
    assert!(is_empty(&mut hasty) && is_empty(&mut patient));
}

#[tokio::test(start_paused = true)]
async fn a_publisher_that_gives_up_waiting_leaves_a_gap_where_its_event_was() {
    let broker = Broker::default();
    let mut events = subscribe(&broker, 1, WhenFull::Block(Duration::MAX));
    publish(&broker, 0..1);
    let mut given_up = Box::pin(broker.publish_and_wait(Tick(1)));
    let mut waits = Box::pin(broker.publish_and_wait(Tick(2)));
    assert!(given_up.as_mut().now_or_never().is_none());
    assert!(waits.as_mut().now_or_never().is_none());
    drop(given_up);
    assert_eq!(now(&mut events), tick(0));
    waits.await;
    assert_eq!(now(&mut events), missed(1));
    assert_eq!(now(&mut events), tick(2));
}

#[tokio::test(start_paused = true)]
async fn a_subscriber_that_leaves_releases_the_publishers_that_wait_for_it() {
    let broker = Broker::default();
    let events = subscribe(&broker, 1, WhenFull::Block(60 * SECOND));
    publish(&broker, 0..1);
    let started = Instant::now();
    let waits = tokio::spawn({
        let broker = broker.clone();
        async move { broker.publish_and_wait(Tick(1)).await }
    });
    tokio::task::yield_now().await;
    drop(events);
    waits.await.unwrap();
    assert_eq!(started.elapsed(), Duration::ZERO);
}
