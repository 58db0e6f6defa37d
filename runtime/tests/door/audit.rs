//! What those who watch are told of refusals.

use callsheet::{AuditEvent, Denied, Events, ListenerOptions, Received, Refusal};
use serde_json::{Value, json};

use crate::{
    house::{House, ask, in_step},
    peer::within,
};

async fn next(events: &mut Events<AuditEvent>) -> AuditEvent {
    match within(events.next()).await {
        Some(Received::Event(event)) => {
            assert_eq!(event.peer.uid, rustix::process::geteuid().as_raw());
            assert!(event.peer.pid.is_some());
            AuditEvent::clone(&event)
        }
        other => panic!("no event: {other:?}"),
    }
}

#[tokio::test]
async fn who_is_not_let_in_is_told_of() {
    let house = House::new(|options| options.admit(|_| Err(Denied::new("a stranger")))).await;
    let mut audit = house.runtime.broker().subscribe();
    let _peer = house.peer();
    let event = next(&mut audit).await;
    assert_eq!(
        (event.reason, &*event.what, event.count),
        (Refusal::NotAdmitted, "a stranger", 1)
    );
}

#[tokio::test]
async fn a_connection_too_many_is_told_of() {
    let house = House::new(|options| options.max_connections(1)).await;
    let mut audit = house.runtime.broker().subscribe();
    in_step(&mut house.peer()).await;
    let first = house.peer();
    let second = house.peer();
    assert_eq!(next(&mut audit).await.reason, Refusal::TooManyConnections);
    drop((first, second));
}

#[tokio::test]
async fn whatever_is_not_authorized_is_told_of() {
    let house = House::new(|options| options.authorize(|_| Err(Denied::new("no")))).await;
    let mut audit = house.runtime.broker().subscribe();
    let mut peer = house.peer();
    ask(&mut peer, "vault", "Look", Value::Null).await;
    let event = next(&mut audit).await;
    let told = (event.reason, &*event.what, event.count);
    assert_eq!(told, (Refusal::NotAuthorized, "`door.Vault.Look` of `vault`: no", 1));
    // What follows at once is counted, whether or not anybody waits for it, and told when the listener ends.
    peer.ask(r#"{"message_types":["door.Alarm"],"request_id":"s"}"#).await;
    peer.send(r#"{"target":"vault","message_type":"Knock","payload":{"times":1}}"#)
        .await;
    peer.ask(r#"{"control":"discover","request_id":"d"}"#).await;
    drop(peer);
    house.listener.shutdown().await;
    drop(house.listener);
    let event = next(&mut audit).await;
    let told = (event.reason, &*event.what, event.count);
    assert_eq!(told, (Refusal::NotAuthorized, "events `door.Alarm`: no", 3));
}

#[tokio::test]
async fn frames_that_break_the_protocol_or_a_limit_are_told_of() {
    let options = |options: ListenerOptions| options.max_frame(1000);
    let house = House::new(options).await;
    let mut audit = house.runtime.broker().subscribe();
    let mut peer = house.peer();
    peer.ask(r#"{"nothing": "that is known"}"#).await;
    assert_eq!(next(&mut audit).await.reason, Refusal::ProtocolError);
    peer.ask(&json!({"target": "x".repeat(1000)}).to_string()).await;
    assert_eq!(next(&mut audit).await.reason, Refusal::FrameTooLarge);
}

#[tokio::test]
async fn what_may_happen_to_anybody_is_not_told_of() {
    let house = House::new(|options| options).await;
    let mut audit = house.runtime.broker().subscribe::<AuditEvent>();
    let mut peer = house.peer();
    ask(&mut peer, "nobody", "Look", Value::Null).await;
    ask(&mut peer, "vault", "Unheard", Value::Null).await;
    ask(&mut peer, "vault", "Open", json!({"key": "none"})).await;
    // It is the first that is told.
    peer.ask("[]").await;
    assert_eq!(next(&mut audit).await.reason, Refusal::ProtocolError);
}
