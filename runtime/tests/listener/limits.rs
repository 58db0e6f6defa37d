//! How much a peer may have at once, and that these limits can be changed.

use callsheet::ListenerLimits;
use serde_json::{Value, json};

use crate::{
    peer::{Peer, assert_failure, pack},
    probe::Server,
};

fn text(failure: &Value) -> &str {
    failure["error"].as_str().unwrap()
}

fn stream(id: &str) -> String {
    json!({
        "target": "probe", "message_type": "Endless", "payload": {"bytes": 1},
        "request_id": id, "expects_stream": true, "credit": 0,
    })
    .to_string()
}

/// Whether the listener lets one more connection in, and which it is or what it was told.
async fn one_more(server: &Server) -> Result<Peer, Value> {
    let mut peer = server.peer().await;
    // Whoever is refused may find the connection closed already.
    let _ = tokio::io::AsyncWriteExt::write_all(
        &mut peer.socket,
        &crate::peer::frame(br#"{"control":"ping","request_id":"p"}"#),
    )
    .await;
    let answer = peer.receive().await;
    if answer["success"] == true {
        return Ok(peer);
    }
    assert_failure(&answer, "LimitExceeded", "no", true);
    Err(answer)
}

#[tokio::test]
async fn so_many_connections_may_be_open_and_so_many_of_one_user() {
    let options = Server::setup().listener(|options| options.max_connections(3).max_connections_per_user(2));
    let server = options.start().await;
    let [first, second] = [one_more(&server).await.unwrap(), one_more(&server).await.unwrap()];
    let refused = one_more(&server).await.err().expect("it is the third of this user");
    assert!(text(&refused).contains("2 connections of one user"), "{refused}");
    // Both limits can be changed.
    let mut limits = server.listener.limits();
    limits.max_connections_per_user = None;
    server.listener.set_limits(limits.clone());
    let third = one_more(&server).await.unwrap();
    let refused = one_more(&server).await.err().expect("it is the fourth");
    assert!(text(&refused).contains("3 connections may be open"), "{refused}");
    limits.max_connections = 1;
    server.listener.set_limits(limits.clone());
    for mut peer in [first, second, third] {
        // Who was let in stays.
        peer.works().await;
    }
    while server.listener.stats().active_connections > 0 {
        tokio::task::yield_now().await;
    }
    let mut only = one_more(&server).await.unwrap();
    assert!(one_more(&server).await.is_err());
    only.works().await;
    assert_eq!(server.listener.stats().limited, 3);
}

#[tokio::test]
async fn so_many_streams_may_be_open() {
    let server = Server::setup().listener(|options| options.max_streams(2)).start().await;
    let mut peer = server.peer().await;
    for id in ["a", "b"] {
        peer.send(&stream(id)).await;
    }
    let refused = peer.ask(&stream("c")).await;
    assert_failure(&refused, "LimitExceeded", "no", true);
    assert_eq!(
        (&refused["stream_id"], &refused["is_final"]),
        (&json!("c"), &json!(true))
    );
    assert!(text(&refused).contains("2 streams may be open"), "{refused}");
    // Calls are no streams, and a stream that has ended makes room.
    peer.works().await;
    peer.send(r#"{"control":"cancel","request_id":"a"}"#).await;
    assert_eq!(peer.receive().await["stream_id"], "a");
    peer.send(&stream("c")).await;
    peer.works().await;
    assert_failure(&peer.ask(&stream("d")).await, "LimitExceeded", "no", true);
    assert_eq!(server.listener.stats().limited, 2);
}

#[tokio::test]
async fn so_many_names_and_patterns_may_be_subscribed_to() {
    let server = Server::setup()
        .listener(|options| options.max_subscriptions(3))
        .start()
        .await;
    let mut peer = server.peer().await;
    let subscribe = |names: &[&str]| json!({"message_types": names, "request_id": "s"}).to_string();
    assert_eq!(peer.ask(&subscribe(&["Price", "later.*"])).await["success"], true);
    let refused = peer.ask(&subscribe(&["Trade", "other.*"])).await;
    assert_failure(&refused, "LimitExceeded", "no", true);
    assert!(text(&refused).contains("3 names and patterns"), "{refused}");
    // What is subscribed to already is no more, and what was refused is none.
    assert_eq!(
        peer.ask(&subscribe(&["Price", "later.*", "Trade"])).await["success"],
        true
    );
    assert_failure(&peer.ask(&subscribe(&["other.*"])).await, "LimitExceeded", "no", true);
    let unsubscribe = r#"{"control":"unsubscribe","message_types":["P*"],"request_id":"u"}"#;
    assert_eq!(peer.ask(unsubscribe).await["success"], true);
    assert_eq!(peer.ask(&subscribe(&["other.*"])).await["success"], true);
    assert_failure(&peer.ask(&subscribe(&["Price"])).await, "LimitExceeded", "no", true);
    peer.ask(r#"{"control":"unsubscribe","request_id":"u"}"#).await;
    assert_eq!(peer.ask(&subscribe(&["Price"])).await["success"], true);
}

#[tokio::test]
async fn a_payload_holds_so_many_values_and_no_more_in_either_codec() {
    let server = Server::setup().listener(|options| options.max_values(10)).start().await;
    let mut peer = server.peer().await;
    // Two keys, two values, one more key, its array and four elements.
    let payload = |elements: usize| json!({"a": 1, "b": 2, "more": vec![0; elements]});
    let ask = |elements: usize| json!({"target": "probe", "message_type": "Add", "payload": payload(elements), "request_id": "a", "expects_reply": true});
    let first_too_many = "payload.more[4]";
    assert_eq!(peer.ask(&ask(4).to_string()).await["payload"], 3);
    peer.send_packed(&ask(4)).await;
    assert_eq!(peer.receive_packed().await["payload"], 3);
    let in_json = peer.ask(&ask(5).to_string()).await;
    peer.send_packed(&ask(5)).await;
    let packed = peer.receive_packed().await;
    for refused in [in_json, packed] {
        assert_failure(&refused, "SerializationError", "no", false);
        assert!(
            text(&refused).contains("more than 10 values in one payload"),
            "{refused}"
        );
        assert_eq!(refused["error_details"]["path"], first_too_many);
    }
    // A map of keys counts as well as a list does.
    let keys = json!({"target": "probe", "message_type": "Add", "expects_reply": true, "payload": {
        "a": 1, "b": 2, "more": {"1": 1, "2": 2, "3": 3},
    }});
    peer.send_raw(&crate::peer::frame(&pack(&keys))).await;
    assert_failure(&peer.receive_packed().await, "SerializationError", "no", false);
}

#[tokio::test]
async fn a_frame_has_so_many_names_and_so_many_unknown_fields() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    let names = |count: usize| json!({"message_types": vec!["Price"; count], "request_id": "n"});
    let fields = |count: usize| {
        let mut frame = json!({"control": "ping", "request_id": "n"});
        let unknown = (0..count).map(|n| (format!("x{n}"), Value::Null));
        frame.as_object_mut().unwrap().extend(unknown);
        frame
    };
    for (fits, too_many) in [(names(1024), names(1025)), (fields(256), fields(257))] {
        assert_eq!(peer.ask(&fits.to_string()).await["success"], true);
        let in_json = peer.ask(&too_many.to_string()).await;
        peer.send_packed(&too_many).await;
        for refused in [in_json, peer.receive_packed().await] {
            assert_failure(&refused, "ProtocolError", "no", false);
            assert_eq!(refused["request_id"], "n");
        }
    }
}

#[tokio::test]
async fn limits_can_be_read_and_changed_while_calls_are_in_flight() {
    let server = Server::setup()
        .listener(|options| options.max_in_flight(0).max_frame(4096))
        .start()
        .await;
    let expected = {
        let mut limits = ListenerLimits::default();
        (limits.max_in_flight, limits.max_frame) = (1, 4096);
        limits
    };
    assert_eq!(server.listener.limits(), expected);
    let mut peer = server.peer().await;
    let wait = |id: &str| json!({"target": "probe", "message_type": "Wait", "payload": {"gate": "g"}, "request_id": id, "expects_reply": true});
    peer.send(&wait("1").to_string()).await;
    let refused = peer.ask(&wait("2").to_string()).await;
    assert_failure(&refused, "LimitExceeded", "no", true);
    let long = "x".repeat(5000);
    let ping = format!(r#"{{"control":"ping","request_id":"p","x":"{long}"}}"#);
    assert_failure(&peer.ask(&ping).await, "FrameTooLarge", "no", false);
    let mut limits = expected.clone();
    (limits.max_in_flight, limits.max_frame) = (2, 8192);
    server.listener.set_limits(limits.clone());
    assert_eq!(server.listener.limits(), limits);
    peer.send(&wait("2").to_string()).await;
    assert_eq!(peer.ask(&ping).await["success"], true);
    assert_failure(&peer.ask(&wait("3").to_string()).await, "LimitExceeded", "no", true);
    // Fewer than there are: these go on.
    server.listener.set_limits(expected);
    assert_failure(&peer.ask(&ping).await, "FrameTooLarge", "no", false);
    server.gates.open("g");
    let answered = [peer.receive().await, peer.receive().await];
    assert!(answered.iter().all(|answer| answer["payload"] == "g"), "{answered:?}");
    assert_eq!(server.listener.stats().limited, 4);
}
