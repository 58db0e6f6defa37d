//! Requests without ids are answered in the order of their arrival.

use serde_json::json;

use crate::{peer::assert_failure, probe::Server};

#[tokio::test]
async fn answers_without_ids_keep_the_order_and_those_with_ids_do_not_wait() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    // The notes are exclusive calls, which would wait for this one: they go to another actor.
    peer.send(r#"{"target":"probe","message_type":"Wait","payload":{"gate":"first"},"expects_reply":true}"#)
        .await;
    peer.send(r#"{"target":"probe","message_type":"Add","payload":{"a":1,"b":1},"expects_reply":true}"#)
        .await;
    peer.send(r#"{"target":"nobody","message_type":"Add","payload":{},"expects_reply":true}"#)
        .await;
    peer.send(r#"{"target":"both","message_type":"Note","payload":{"text":"no slot"}}"#)
        .await;
    peer.send("not JSON").await;
    peer.send(r#"{"target":"probe","message_type":"Count","payload":{"to":2},"expects_stream":true}"#)
        .await;
    peer.send(r#"{"target":"both","message_type":"Note","payload":{"text":"x"},"expects_reply":true}"#)
        .await;
    peer.send(r#"{"target":"probe","message_type":"Add","payload":{"a":2,"b":2},"expects_reply":true}"#)
        .await;
    peer.works().await;
    server.gates.open("first");
    assert_eq!(peer.receive().await["payload"], "first");
    assert_eq!(peer.receive().await["payload"], 2);
    assert_failure(&peer.receive().await, "ActorNotFound", "no", true);
    assert_failure(&peer.receive().await, "ProtocolError", "no", false);
    for (sequence, is_final) in [(0, false), (1, true)] {
        let item = peer.receive().await;
        let expected = json!({"stream_id": "~1", "sequence": sequence, "payload": sequence + 1, "is_final": is_final});
        assert_eq!(item, expected);
    }
    assert_eq!(
        peer.receive().await,
        json!({"success": true, "payload": null, "error": null})
    );
    assert_eq!(peer.receive().await["payload"], 4);
}

#[tokio::test]
async fn a_stream_is_not_polled_before_its_slot_is_first() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    peer.send(r#"{"target":"probe","message_type":"Wait","payload":{"gate":"before"},"expects_reply":true}"#)
        .await;
    peer.send(
        r#"{"target":"probe","message_type":"Gated","payload":{"gate":"in stream","to":2},"expects_stream":true}"#,
    )
    .await;
    peer.send(r#"{"target":"probe","message_type":"Add","payload":{"a":1,"b":1},"expects_reply":true}"#)
        .await;
    peer.works().await;
    server.gates.entered("before").await;
    assert_eq!(server.gates.visitors("in stream"), 0);
    server.gates.open("before");
    assert_eq!(peer.receive().await["payload"], "before");
    server.gates.entered("in stream").await;
    server.gates.open("in stream");
    assert_eq!(peer.receive().await["payload"], 1);
    assert_eq!(peer.receive().await["is_final"], true);
    assert_eq!(peer.receive().await["payload"], 2);
}

#[tokio::test]
async fn a_late_call_frees_its_slot() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    peer.send(
        r#"{"target":"probe","message_type":"Wait","payload":{"gate":"g"},"expects_reply":true,"timeout_ms":50}"#,
    )
    .await;
    peer.send(r#"{"target":"probe","message_type":"Add","payload":{"a":1,"b":1},"expects_reply":true}"#)
        .await;
    assert_failure(&peer.receive().await, "Timeout", "unknown", false);
    assert_eq!(peer.receive().await["payload"], 2);
}

#[tokio::test]
async fn streams_that_the_server_named_have_different_names_and_can_be_cancelled_by_them() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    peer.send(r#"{"target":"probe","message_type":"Lagging","payload":{"gate":"g","to":2},"expects_stream":true}"#)
        .await;
    peer.send(r#"{"target":"probe","message_type":"Count","payload":{"to":1},"expects_stream":true}"#)
        .await;
    assert_eq!(
        peer.receive().await,
        json!({"stream_id": "~1", "sequence": 0, "payload": 1, "is_final": false})
    );
    server.gates.entered("g").await;
    peer.send(r#"{"control":"cancel","request_id":"~1"}"#).await;
    let last = peer.receive().await;
    assert_failure(&last, "Cancelled", "unknown", false);
    assert_eq!(
        (&last["stream_id"], &last["sequence"], &last["is_final"]),
        (&json!("~1"), &json!(1), &json!(true))
    );
    server.gates.left("g").await;
    assert_eq!(
        peer.receive().await,
        json!({"stream_id": "~2", "sequence": 0, "payload": 1, "is_final": true})
    );
}
