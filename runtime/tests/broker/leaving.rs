//! What a subscriber leaves behind: nothing.

use std::sync::{
    Arc, Weak,
    atomic::{AtomicUsize, Ordering},
};

use callsheet::{Broker, Received};

use crate::{Scripted, Tick, Tock, now, scripted};

#[test]
fn a_subscriber_that_is_dropped_takes_its_queue_with_it() {
    let broker = Broker::default();
    let dropped = Arc::new(AtomicUsize::new(0));
    let mut events = broker.subscribe::<Scripted>();
    let matching = broker.subscribe_matching("*").unwrap();
    assert_eq!(broker.subscribers::<Scripted>(), 2);
    for n in 0..3 {
        let dropped = Arc::clone(&dropped);
        broker.publish(scripted(n, move || {
            dropped.fetch_add(1, Ordering::SeqCst);
        }));
    }
    let Some(Received::Event(kept)) = now(&mut events) else {
        panic!("an event")
    };
    drop(matching);
    assert_eq!(broker.subscribers::<Scripted>(), 1);
    assert_eq!(dropped.load(Ordering::SeqCst), 0);
    drop(events);
    assert_eq!(broker.subscribers::<Scripted>(), 0);
    assert_eq!(
        dropped.load(Ordering::SeqCst),
        2,
        "all but the one that the reader keeps"
    );
    let last: Weak<Scripted> = Arc::downgrade(&kept);
    drop(kept);
    assert!(last.upgrade().is_none(), "nobody else has it");
}

#[test]
fn dropping_a_subscription_may_drop_events_that_publish() {
    let broker = Broker::default();
    let mut ticks = broker.subscribe::<Tick>();
    let events = broker.subscribe::<Scripted>();
    let publisher = broker.clone();
    broker.publish(scripted(0, move || {
        publisher.publish(Tick(5));
        publisher.publish(scripted(1, || {}));
    }));
    drop(events);
    assert_eq!(now(&mut ticks), crate::tick(5));
}

#[test]
fn what_is_published_later_does_not_reach_who_has_left() {
    let broker = Broker::default();
    let matching = broker.subscribe_matching("test.*").unwrap();
    drop(matching);
    broker.publish(Tock(0));
    assert_eq!(broker.subscribers::<Tock>(), 0);
}

#[test]
fn subscribers_are_counted_by_what_they_receive() {
    let broker = Broker::default();
    let _tick = broker.subscribe::<Tick>();
    let _all = broker.subscribe_matching("*").unwrap();
    let _tocks = broker.subscribe_matching("test.Tock").unwrap();
    assert_eq!((broker.subscribers::<Tick>(), broker.subscribers::<Tock>()), (2, 2));
}
