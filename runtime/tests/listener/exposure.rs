//! What is reached from outside changes while the program runs.

use callsheet::{ExposeError, Runtime};
use serde_json::json;

use crate::{
    peer::{Peer, assert_failure, within},
    probe::{Adder, Price, Probe, Server, State},
};

fn add(target: &str) -> String {
    json!({
        "target": target, "message_type": "test.Probe.Add", "payload": {"a": 1, "b": 2}, "request_id": "a",
        "expects_reply": true,
    })
    .to_string()
}

async fn assert_reached(peer: &mut Peer, target: &str) {
    assert_eq!(peer.ask(&add(target)).await["payload"], 3, "{target}");
}

async fn assert_unknown(peer: &mut Peer, target: &str) {
    assert_failure(&peer.ask(&add(target)).await, "ActorNotFound", "no", true);
}

#[tokio::test]
async fn an_actor_is_exposed_and_hidden_while_it_runs() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    let late = server.runtime.actor("late", State::default).serves(Probe);
    let late = late.start().await.unwrap();
    assert_unknown(&mut peer, "late").await;
    server.runtime.expose("late", &late).unwrap();
    server.runtime.expose("later", &late).unwrap();
    assert_reached(&mut peer, "late").await;
    assert_reached(&mut peer, "later").await;
    assert!(server.runtime.hide("late") && !server.runtime.hide("late"));
    assert_unknown(&mut peer, "late").await;
    assert_reached(&mut peer, "later").await;
    // Here it is reached as before, and what it was exposed as goes with it.
    assert_eq!(server.runtime.to::<dyn Probe>("late").add(1, 1).await, Ok(2));
    assert_eq!(server.runtime.exposed(), ["both", "later", "probe"].map(Into::into));
    late.stop().await;
    assert_unknown(&mut peer, "later").await;
    assert_eq!(
        server.runtime.expose("late", &late),
        Err(ExposeError::Stopped("late".into()))
    );
}

#[tokio::test]
async fn what_runs_when_its_actor_is_hidden_is_answered() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    let wait =
        r#"{"target":"probe","message_type":"Wait","payload":{"gate":"g"},"request_id":"w","expects_reply":true}"#;
    peer.send(wait).await;
    server.gates.entered("g").await;
    assert!(server.runtime.hide("probe"));
    assert_unknown(&mut peer, "probe").await;
    server.gates.open("g");
    assert_eq!(peer.receive().await["payload"], "g");
}

#[tokio::test]
async fn a_name_is_one_actors() {
    let server = Server::start().await;
    let other = server.runtime.actor("other", State::default).serves(Adder);
    let other = other.start().await.unwrap();
    let taken = server.runtime.expose("probe", &other).unwrap_err();
    assert_eq!(taken, ExposeError::NameTaken("probe".into()));
    for name in ["", "a//b", "tab\t"] {
        let invalid = server.runtime.expose(name, &other).unwrap_err();
        assert!(matches!(invalid, ExposeError::InvalidName(..)), "{invalid}");
    }
    assert!(server.runtime.hide("probe"));
    server.runtime.expose("probe", &other).unwrap();
    let answer = r#"{"target":"probe","message_type":"Add","payload":{"a":4},"request_id":"a","expects_reply":true}"#;
    assert_eq!(server.peer().await.ask(answer).await["payload"], 4);
}

#[tokio::test]
async fn the_events_of_what_is_exposed_later_can_be_subscribed_to() {
    let runtime = Runtime::launch().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let listener = runtime.listen(folder.path().join("s")).await.unwrap();
    let mut peer = Peer::connect(listener.path()).await;
    let probe = runtime
        .actor("probe", State::default)
        .serves(Probe)
        .start()
        .await
        .unwrap();
    let subscribe = r#"{"message_types":["Price"],"request_id":"s"}"#;
    assert_failure(&peer.ask(subscribe).await, "UnknownMessageType", "no", false);
    runtime.expose("probe", &probe).unwrap();
    assert_eq!(peer.ask(subscribe).await["success"], true);
    let symbol = "ACME".to_owned();
    runtime.broker().publish(Price { symbol, price: 1.0 });
    assert_eq!(within(peer.receive()).await["message_type"], "Price");
}

#[tokio::test]
async fn what_the_program_can_be_sent_is_known_by_its_full_name() {
    let runtime = Runtime::launch().unwrap();
    for name in ["test.Probe.Add", "other.Adder.Add", "Price", "DivideError"] {
        assert!(runtime.is_registered(name), "{name}");
    }
    for name in ["Add", "test.Probe", "test.Probe.Subtract", ""] {
        assert!(!runtime.is_registered(name), "{name}");
    }
    let types = runtime.registered_types();
    assert!(
        types.is_sorted() && types.windows(2).all(|pair| pair[0] != pair[1]),
        "{types:?}"
    );
}
