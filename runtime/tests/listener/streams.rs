//! Requests that are answered many times.

use std::sync::atomic::Ordering;

use serde_json::{Value, json};

use crate::{
    peer::{Peer, assert_failure, within},
    probe::Server,
};

fn request(message: &str, payload: &str) -> String {
    format!(
        r#"{{"target":"probe","message_type":"{message}","payload":{payload},"request_id":"s","expects_stream":true}}"#
    )
}

/// Every frame of the stream, of which exactly the last is final.
async fn frames(peer: &mut Peer) -> Vec<Value> {
    let mut frames = Vec::new();
    loop {
        let frame = peer.receive().await;
        assert_eq!(
            (&frame["stream_id"], &frame["sequence"]),
            (&json!("s"), &json!(frames.len())),
            "{frame}"
        );
        let is_final = frame["is_final"].as_bool().unwrap();
        frames.push(frame);
        if is_final {
            peer.works().await;
            return frames;
        }
    }
}

#[tokio::test]
async fn the_last_item_is_final_when_the_end_is_known_at_once() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    peer.send(&request("Count", r#"{"to":25}"#)).await;
    let frames = frames(&mut peer).await;
    assert_eq!(frames.len(), 25);
    assert_eq!(
        frames[24],
        json!({"stream_id": "s", "sequence": 24, "payload": 25, "is_final": true})
    );
}

#[tokio::test]
async fn an_empty_stream_is_one_empty_final_frame() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    peer.send(&request("Count", r#"{"to":0}"#)).await;
    assert_eq!(
        frames(&mut peer).await,
        [json!({"stream_id": "s", "sequence": 0, "payload": null, "is_final": true})]
    );
}

#[tokio::test]
async fn an_item_that_is_null_is_never_final() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    peer.send(&request("Nulls", r#"{"count":2}"#)).await;
    let finals: Vec<_> = frames(&mut peer)
        .await
        .iter()
        .map(|frame| frame["is_final"].clone())
        .collect();
    assert_eq!(finals, [false, false, true]);
}

#[tokio::test]
async fn no_item_is_held_back() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    peer.send(&request("Lagging", r#"{"gate":"g","to":3}"#)).await;
    for n in 1..3 {
        assert_eq!(peer.receive().await["payload"], n);
    }
    server.gates.entered("g").await;
    peer.works().await;
    server.gates.open("g");
    assert_eq!(
        peer.receive().await,
        json!({"stream_id": "s", "sequence": 2, "payload": 3, "is_final": true})
    );
}

#[tokio::test]
async fn an_ask_can_be_read_as_a_stream_of_one() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    peer.send(&request("Add", r#"{"a":1,"b":2}"#)).await;
    assert_eq!(
        frames(&mut peer).await,
        [json!({"stream_id": "s", "sequence": 0, "payload": 3, "is_final": true})]
    );
    peer.send(&request("Nothing", "{}")).await;
    assert_eq!(
        frames(&mut peer).await.len(),
        2,
        "its reply is null, so an empty final frame follows"
    );
    peer.send(&request("Divide", r#"{"a":1,"b":0}"#)).await;
    let failed = frames(&mut peer).await;
    assert_eq!(failed[0]["error_code"], "ContractError");
    assert_eq!(failed[0]["error_details"], json!({"ByZero": {"dividend": 1}}));
}

#[tokio::test]
async fn a_refused_stream_is_one_final_frame() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    for (message, payload, code, retryable) in [
        ("Unheard", "{}", "UnknownMessageType", false),
        ("Count", r#"{"to":"many"}"#, "SerializationError", false),
        ("Note", r#"{"text":""}"#, "ProtocolError", false),
    ] {
        peer.send(&request(message, payload)).await;
        let frames = frames(&mut peer).await;
        assert_eq!(frames.len(), 1);
        assert_failure(&frames[0], code, "no", retryable);
    }
}

#[tokio::test]
async fn the_first_error_ends_a_stream() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    peer.send(&request("Failing", r#"{"after":2}"#)).await;
    let frames = frames(&mut peer).await;
    assert_eq!(frames.len(), 3);
    assert_eq!(frames[2]["error_code"], "ContractError");
    assert_eq!(frames[2]["error_details"], json!({"ByZero": {"dividend": 7}}));
}

#[tokio::test]
async fn a_stream_that_panics_ends_with_a_failure() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    peer.send(&request("Breaking", "{}")).await;
    let frames = frames(&mut peer).await;
    let items: Vec<_> = frames.iter().map(|frame| frame["payload"].clone()).collect();
    assert_eq!(
        items,
        [json!(1), json!(2), json!(null)],
        "what came before the panic arrives"
    );
    assert_failure(frames.last().unwrap(), "ActorFailed", "yes", false);
}

#[tokio::test]
async fn an_item_that_cannot_be_written_ends_the_stream() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    peer.send(&request("Unfit", "{}")).await;
    let frames = frames(&mut peer).await;
    assert_eq!(frames.len(), 3);
    assert_failure(&frames[2], "SerializationError", "yes", false);
    assert_eq!(frames[2]["error_details"]["path"], "payload");
}

#[tokio::test]
async fn a_cancelled_stream_still_ends_with_its_final_frame() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    peer.send(&request("Lagging", r#"{"gate":"g","to":3}"#)).await;
    server.gates.entered("g").await;
    peer.send(r#"{"control":"cancel","request_id":"s"}"#).await;
    let frames = frames(&mut peer).await;
    assert_eq!(frames.len(), 3);
    assert_failure(&frames[2], "Cancelled", "unknown", false);
    server.gates.left("g").await;
}

#[tokio::test]
async fn the_deadline_is_for_the_first_item_alone() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    let late = r#"{"target":"probe","message_type":"Gated","payload":{"gate":"never","to":3},"request_id":"s","expects_stream":true,"timeout_ms":30}"#;
    peer.send(late).await;
    let ended = frames(&mut peer).await;
    assert_eq!(ended.len(), 1);
    assert_failure(&ended[0], "Timeout", "unknown", false);
    server.gates.left("never").await;
    let lagging = r#"{"target":"probe","message_type":"Lagging","payload":{"gate":"g","to":2},"request_id":"s","expects_stream":true,"timeout_ms":30}"#;
    peer.send(lagging).await;
    assert_eq!(peer.receive().await["payload"], 1);
    // Another call with the same time is over long before the stream goes on.
    let other = peer
        .ask(r#"{"target":"probe","message_type":"Wait","payload":{"gate":"never"},"request_id":"w","expects_reply":true,"timeout_ms":60}"#)
        .await;
    assert_failure(&other, "Timeout", "unknown", false);
    server.gates.open("g");
    assert_eq!(
        peer.receive().await,
        json!({"stream_id": "s", "sequence": 1, "payload": 2, "is_final": true})
    );
}

#[tokio::test]
async fn a_stream_is_polled_only_as_far_as_its_peer_reads() {
    let server = Server::setup()
        .listener(|options| options.high_water(64 << 10))
        .start()
        .await;
    let mut peer = server.peer().await;
    peer.send(&request("Endless", r#"{"bytes":10000}"#)).await;
    let polled = || server.polled.load(Ordering::Relaxed);
    // Others have their turns meanwhile, and so would the stream if it were polled on.
    let mut other = server.peer().await;
    for _ in 0..200 {
        other.works().await;
    }
    let full = polled();
    assert!(
        (1..1000).contains(&full),
        "{full} items were asked for though nobody reads"
    );
    for n in 0..full + 100 {
        assert_eq!(peer.receive().await["sequence"], n);
    }
    assert!(polled() > full);
    peer.send(r#"{"control":"cancel","request_id":"s"}"#).await;
    within(async { while peer.receive().await["is_final"] == false {} }).await;
    peer.works().await;
}

#[tokio::test]
async fn an_idle_stream_blocks_nobody() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    peer.send(&request("Gated", r#"{"gate":"g","to":1}"#)).await;
    server.gates.entered("g").await;
    let held = peer
        .ask(r#"{"target":"probe","message_type":"Note","payload":{"text":"x"},"request_id":"n","expects_reply":true}"#)
        .await;
    assert_eq!(held["success"], true);
    let notes = peer
        .ask(r#"{"target":"probe","message_type":"Notes","request_id":"m","expects_reply":true}"#)
        .await;
    assert_eq!(notes["payload"], json!(["x"]));
}
