//! Callers that do not want their calls any more.

use serde_json::json;

use crate::{peer::assert_failure, probe::Server};

const CANCEL: &str = r#"{"control":"cancel","request_id":"c"}"#;

#[tokio::test]
async fn a_suspended_shared_call_stops_at_its_next_await() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    peer.send(
        r#"{"target":"probe","message_type":"Wait","payload":{"gate":"g"},"request_id":"c","expects_reply":true}"#,
    )
    .await;
    server.gates.entered("g").await;
    let answer = peer.ask(CANCEL).await;
    assert_failure(&answer, "Cancelled", "unknown", false);
    assert_eq!(answer["request_id"], "c");
    server.gates.left("g").await;
    peer.works().await;
}

#[tokio::test]
async fn an_exclusive_call_runs_to_its_end_and_its_reply_is_dropped() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    peer.send(
        r#"{"target":"probe","message_type":"Hold","payload":{"gate":"g"},"request_id":"c","expects_reply":true}"#,
    )
    .await;
    server.gates.entered("g").await;
    assert_failure(&peer.ask(CANCEL).await, "Cancelled", "unknown", false);
    server.gates.open("g");
    let notes = peer
        .ask(r#"{"target":"probe","message_type":"Notes","expects_reply":true}"#)
        .await;
    assert_eq!(notes["payload"], json!(["g"]));
}

#[tokio::test]
async fn a_call_that_is_cancelled_in_the_queue_is_never_run() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    peer.send(
        r#"{"target":"probe","message_type":"Hold","payload":{"gate":"h"},"request_id":"h","expects_reply":true}"#,
    )
    .await;
    server.gates.entered("h").await;
    peer.send(
        r#"{"target":"probe","message_type":"Hold","payload":{"gate":"never"},"request_id":"c","expects_reply":true}"#,
    )
    .await;
    assert_failure(&peer.ask(CANCEL).await, "Cancelled", "no", true);
    server.gates.open("h");
    assert_eq!(peer.receive().await["payload"], "h");
    peer.works().await;
    assert_eq!(server.gates.visitors("never"), 0);
}

#[tokio::test]
async fn cancelling_what_is_not_in_flight_says_nothing() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    peer.send(CANCEL).await;
    peer.send(r#"{"control":"cancel"}"#).await;
    peer.works().await;
    peer.send(r#"{"control":"cancel","request_id":"works"}"#).await;
    peer.works().await;
}
