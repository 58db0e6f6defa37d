//! One value and one order for all, whatever code of the user's runs on the way.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use callsheet::{AnyEvent, Broker, Events, Received, WhenFull};
use futures_util::{FutureExt, StreamExt};

use crate::{Scripted, Tick, Tock, Woken, is_empty, missed, now, poll_with, scripted, tick};

fn event<E>(events: &mut Events<E>) -> Arc<E> {
    match now(events) {
        Some(Received::Event(event)) => event,
        _ => panic!("an event"),
    }
}

#[test]
fn all_subscribers_share_one_value() {
    let broker = Broker::default();
    let (mut one, mut other) = (broker.subscribe::<Tick>(), broker.subscribe::<Tick>());
    let mut matching = broker.subscribe_matching("*").unwrap();
    broker.publish(Tick(1));
    let (one, other) = (event(&mut one), event(&mut other));
    assert!(Arc::ptr_eq(&one, &other));
    assert!(Arc::ptr_eq(&one, &event(&mut matching).downcast().unwrap()));
}

#[test]
fn a_subscriber_that_never_reads_delays_nobody() {
    let broker = Broker::default();
    let block = WhenFull::Block(Duration::MAX);
    let stuck = [WhenFull::DropOldest, WhenFull::DropNewest, WhenFull::Close, block];
    let _stuck = stuck.map(|rule| broker.subscription::<Tick>().capacity(1).when_full(rule).subscribe());
    let mut reads = broker.subscribe();
    for n in 0..5000 {
        broker.publish(Tick(n));
        assert_eq!(now(&mut reads), tick(n));
    }
}

#[test]
fn all_subscribers_see_concurrent_events_in_one_order_under_their_numbers() {
    const EACH: u32 = 2000;
    let broker = Broker::default();
    let subscribe = || broker.subscription::<Tick>().capacity(10_000).subscribe();
    let (mut one, mut other) = (subscribe(), subscribe());
    let mut matching = broker
        .subscription_matching("test.*")
        .unwrap()
        .capacity(10_000)
        .subscribe();
    thread::scope(|scope| {
        for publisher in 0..4 {
            let broker = &broker;
            scope.spawn(move || (0..EACH).for_each(|n| broker.publish(Tick(publisher * EACH + n))));
        }
    });
    for seq in 0..u64::from(4 * EACH) {
        let any: Arc<AnyEvent> = event(&mut matching);
        assert_eq!((any.name(), any.seq()), ("test.Tick", seq));
        let expected = any.downcast::<Tick>().unwrap();
        assert!(Arc::ptr_eq(&event(&mut one), &expected) && Arc::ptr_eq(&event(&mut other), &expected));
    }
}

#[test]
fn an_event_may_publish_others_when_it_is_dropped() {
    let broker = Broker::default();
    let mut ticks = broker.subscribe::<Tick>();
    let mut newest = broker.subscription::<Scripted>().capacity(1).subscribe();
    let publish = |n, follower| {
        let publisher = broker.clone();
        broker.publish(scripted(n, move || {
            publisher.publish(Tick(n));
            assert_eq!(publisher.subscribers::<Scripted>(), 1);
            if follower {
                publisher.publish(scripted(n + 10, || {}));
            }
        }));
    };
    publish(0, true);
    // It displaces the first, whose drop publishes one of the same type, which displaces this one.
    publish(1, false);
    assert_eq!((now(&mut ticks), now(&mut ticks)), (tick(0), tick(1)));
    assert!(matches!(now(&mut newest), Some(Received::Missed(2))));
    assert_eq!(event(&mut newest).n, 10);
}

#[test]
fn an_event_nobody_wants_is_dropped_under_no_lock() {
    let broker = Broker::default();
    let publisher = broker.clone();
    broker.publish(scripted(0, move || publisher.publish(scripted(1, || {}))));
    let mut ticks = broker.subscribe_matching("*").unwrap();
    broker.publish(scripted(2, || {}));
    assert_eq!(event(&mut ticks).seq(), 2);
}

#[test]
fn an_event_that_panics_when_it_is_dropped_is_no_fault_of_the_publisher() {
    let broker = Broker::default();
    let mut events = broker.subscription::<Scripted>().capacity(1).subscribe();
    broker.publish(scripted(0, || panic!("dropped")));
    broker.publish(scripted(1, || {}));
    assert!(matches!(now(&mut events), Some(Received::Missed(1))));
    assert_eq!(event(&mut events).n, 1);
}

#[test]
fn a_waker_may_publish() {
    struct Publishes(Broker, AtomicUsize);
    impl std::task::Wake for Publishes {
        fn wake(self: Arc<Self>) {
            self.1.fetch_add(1, Ordering::SeqCst);
            self.0.publish(Tick(1));
        }
    }
    let broker = Broker::default();
    let mut events = broker.subscribe::<Tick>();
    let waker = Arc::new(Publishes(broker.clone(), AtomicUsize::new(0)));
    let mut next = Box::pin(events.next());
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(next.poll_unpin(&mut cx).is_pending());
    let publishing = std::task::Waker::from(Arc::clone(&waker));
    assert!(
        next.poll_unpin(&mut std::task::Context::from_waker(&publishing))
            .is_pending()
    );
    broker.publish(Tick(0));
    drop(next);
    assert_eq!(waker.1.load(Ordering::SeqCst), 1);
    assert_eq!((now(&mut events), now(&mut events)), (tick(0), tick(1)));
}

#[tokio::test]
async fn events_come_from_threads_outside_tokio() {
    let broker = Broker::default();
    let mut events = broker.subscribe();
    let publisher = broker.clone();
    let outside = thread::spawn(move || publisher.publish(Tick(7)));
    assert_eq!(events.next().await, tick(7));
    outside.join().unwrap();
}

#[test]
fn a_wait_for_the_next_event_that_is_given_up_takes_nothing() {
    let broker = Broker::default();
    let mut events = broker.subscribe();
    let woken = Arc::new(Woken::default());
    let mut next = Box::pin(events.next());
    assert!(poll_with(&mut next, &woken).is_pending());
    broker.publish(Tick(0));
    assert_eq!(woken.times(), 1);
    drop(next);
    broker.publish(Tick(1));
    assert_eq!((now(&mut events), now(&mut events)), (tick(0), tick(1)));
}

#[tokio::test]
async fn a_subscription_is_a_stream() {
    let broker = Broker::default();
    let events = broker.subscription::<Tick>().capacity(2).subscribe();
    for n in 0..3 {
        broker.publish(Tick(n));
    }
    drop(broker);
    let received: Vec<_> = events.map(Some).collect().await;
    assert_eq!(received, [missed(1), tick(1), tick(2)]);
}

#[tokio::test]
async fn a_subscriber_whose_queue_is_never_empty_lets_others_run() {
    let broker = Broker::default();
    let mut events = broker.subscribe::<Tick>();
    let other = tokio::spawn(async {});
    for _ in 0..10_000 {
        broker.publish(Tick(0));
        events.next().await;
    }
    assert!(other.is_finished());
}

#[test]
fn types_do_not_share_their_events() {
    let broker = Broker::default();
    let (mut ticks, mut tocks) = (broker.subscribe::<Tick>(), broker.subscribe::<Tock>());
    broker.publish(Tock(1));
    assert!(is_empty(&mut ticks));
    assert_eq!(event(&mut tocks).0, 1);
}
