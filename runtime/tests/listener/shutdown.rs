//! A listener that ends.

use std::time::Duration;

use tokio::{io::AsyncWriteExt, net::UnixStream};

use crate::{
    peer::{self, assert_failure, within},
    probe::Server,
};

#[tokio::test]
async fn what_is_in_flight_is_answered_and_what_is_new_is_refused() {
    let server = Server::start().await;
    let path = server.path();
    let mut idle = server.peer().await;
    idle.works().await;
    let mut peer = server.peer().await;
    peer.send(
        r#"{"target":"probe","message_type":"Wait","payload":{"gate":"g"},"request_id":"w","expects_reply":true}"#,
    )
    .await;
    server.gates.entered("g").await;
    let shutdown = async {
        server.listener.shutdown().await;
        server.listener.shutdown().await;
    };
    let calls = async {
        idle.is_closed().await;
        let refused = UnixStream::connect(&path).await.unwrap_err();
        assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
        let answer = peer
            .ask(r#"{"target":"probe","message_type":"Add","payload":{"a":1,"b":1},"request_id":"a","expects_reply":true}"#)
            .await;
        assert_failure(&answer, "ShuttingDown", "no", true);
        server.gates.open("g");
        assert_eq!(peer.receive().await["payload"], "g");
        peer.is_closed().await;
    };
    within(async { tokio::join!(shutdown, calls) }).await;
    assert!(!path.exists());
    let left: Vec<_> = std::fs::read_dir(server.folder.path()).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
    assert_eq!(server.listener.stats().active_connections, 0);
}

#[tokio::test]
async fn the_wait_for_what_is_in_flight_is_bounded() {
    let server = Server::setup()
        .listener(|options| options.drain(Duration::from_millis(50)))
        .start()
        .await;
    let mut peer = server.peer().await;
    peer.send(
        r#"{"target":"probe","message_type":"Wait","payload":{"gate":"never"},"request_id":"w","expects_reply":true}"#,
    )
    .await;
    server.gates.entered("never").await;
    peer.send(r#"{"target":"probe","message_type":"Gated","payload":{"gate":"stream","to":1},"request_id":"s","expects_stream":true}"#).await;
    server.gates.entered("stream").await;
    within(server.listener.shutdown()).await;
    let mut ended = [peer.receive().await, peer.receive().await];
    ended.sort_by_key(|frame| frame.get("stream_id").is_some());
    for frame in &ended {
        assert_failure(frame, "ShuttingDown", "unknown", false);
    }
    assert_eq!(ended[1]["is_final"], true);
    peer.is_closed().await;
    server.gates.left("never").await;
}

#[tokio::test]
async fn a_listener_that_is_dropped_ends_at_once() {
    let server = Server::start().await;
    let path = server.path();
    let mut peer = server.peer().await;
    peer.works().await;
    drop(server.listener);
    peer.is_closed().await;
    within(async {
        while path.exists() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_peer_that_never_stops_sending_does_not_keep_it_from_its_end() {
    for frame in [
        &br#"{"control":"teleport"}"#[..],
        br#"{"control":"discover"}"#,
        br#"{"target":"probe","message_type":"Add","payload":{"a":1,"b":1}}"#,
    ] {
        let server = Server::setup()
            .listener(|options| options.drain(Duration::from_millis(100)))
            .start()
            .await;
        let mut socket = server.peer().await.socket;
        let frames = peer::frame(frame).repeat(10_000);
        let flood = tokio::spawn(async move { while socket.write_all(&frames).await.is_ok() {} });
        server.peer().await.works().await;
        within(server.listener.shutdown()).await;
        within(flood).await.unwrap();
    }
}
