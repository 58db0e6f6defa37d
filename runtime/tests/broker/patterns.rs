//! Subscriptions to whatever matches.

use std::time::SystemTime;

use callsheet::{AnyEvent, Broker, Events, PatternError, Received, WhenFull};

use crate::{Tick, Tock, is_empty, now, scripted};

fn name(events: &mut Events<AnyEvent>) -> &'static str {
    match now(events) {
        Some(Received::Event(event)) => event.name(),
        other => panic!("an event, not {other:?}"),
    }
}

#[test]
fn events_of_all_types_that_match_come_in_one_subscription_also_of_later_ones() {
    let broker = Broker::default();
    broker.publish(Tick(0));
    let mut all = broker.subscribe_matching("*").unwrap();
    let mut ours = broker.subscribe_matching("test.*").unwrap();
    let mut one = broker.subscribe_matching("test.Toc*").unwrap();
    let mut named = broker.subscribe_matching("test.Tick").unwrap();
    broker.publish(Tick(1));
    broker.publish(Tock(2));
    broker.publish(scripted(3, || {}));
    assert_eq!(
        [name(&mut all), name(&mut all), name(&mut all)],
        ["test.Tick", "test.Tock", "Scripted"]
    );
    assert_eq!([name(&mut ours), name(&mut ours)], ["test.Tick", "test.Tock"]);
    assert_eq!([name(&mut one), name(&mut named)], ["test.Tock", "test.Tick"]);
    assert!(is_empty(&mut all) && is_empty(&mut ours) && is_empty(&mut one) && is_empty(&mut named));
}

#[test]
fn an_event_of_any_type_says_what_it_is_and_gives_itself() {
    let broker = Broker::default();
    broker.publish(Tick(0));
    let mut events = broker.subscribe_matching("test.*").unwrap();
    let before = SystemTime::now();
    broker.publish(Tick(1));
    let Some(Received::Event(event)) = now(&mut events) else {
        panic!("an event")
    };
    assert_eq!((event.name(), event.seq()), ("test.Tick", 1));
    assert!((before..=SystemTime::now()).contains(&event.timestamp()));
    assert_eq!(event.downcast::<Tick>().as_deref(), Some(&Tick(1)));
    assert_eq!(event.downcast::<Tock>(), None);
}

#[test]
fn a_subscription_to_a_pattern_has_one_queue_and_a_rule_of_its_own() {
    let broker = Broker::default();
    let events = broker.subscription_matching("test.*").unwrap();
    let mut events = events.capacity(1).when_full(WhenFull::DropNewest).subscribe();
    broker.publish(Tick(0));
    broker.publish(Tock(0));
    broker.publish(Tick(1));
    assert_eq!(name(&mut events), "test.Tick");
    assert!(matches!(now(&mut events), Some(Received::Missed(2))));
    assert!(is_empty(&mut events));
}

#[test]
fn what_is_no_pattern_is_a_typed_error() {
    let broker = Broker::default();
    assert_eq!(broker.subscribe_matching("").unwrap_err(), PatternError::Empty);
    let error = broker.subscribe_matching("test.*.Tick").unwrap_err();
    let expected = PatternError::Star {
        pattern: "test.*.Tick".into(),
        at: 5,
    };
    assert_eq!(error, expected);
    assert!(error.to_string().contains("byte 5"), "{error}");
}
