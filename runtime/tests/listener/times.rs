//! How long a peer is waited for.

use std::time::Duration;

use serde_json::json;
use tokio::io::AsyncReadExt;

use crate::{
    peer::{Peer, assert_failure, frame, within},
    probe::{Price, Server},
    still::{Still, until},
};

/// The peer is told why, and then the connection is closed.
async fn is_parted(peer: &mut Peer, code: &str, text: &str) {
    let last = peer.receive().await;
    assert_failure(&last, code, "no", code == "LimitExceeded");
    assert!(last.get("request_id").is_none(), "{last}");
    let error = last["error"].as_str().unwrap();
    assert!(error.contains(text), "{error}");
    peer.is_closed().await;
}

async fn has_connections(server: &Server, count: usize) {
    until(|| server.listener.stats().active_connections == count).await;
}

#[tokio::test(start_paused = true)]
async fn a_connection_on_which_nothing_happens_is_closed() {
    let (still, server) = (Still::new(), Server::start().await);
    let mut peer = server.peer().await;
    for _ in 0..3 {
        peer.works().await;
        still.advance(29.9).await;
    }
    peer.works().await;
    assert_eq!(server.listener.stats().limited, 0);
    still.advance(30.1).await;
    is_parted(&mut peer, "LimitExceeded", "nothing has happened for 30s").await;
    has_connections(&server, 0).await;
    let stats = server.listener.stats();
    assert_eq!((stats.limited, stats.errors), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn whoever_waits_for_something_is_not_idle() {
    let (still, server) = (Still::new(), Server::start().await);
    let (mut caller, mut reader) = (server.peer().await, server.peer().await);
    let (mut subscriber, mut waiting) = (server.peer().await, server.peer().await);
    caller
        .send(r#"{"target":"probe","message_type":"Wait","payload":{"gate":"g"},"request_id":"w","timeout_ms":600000,"expects_reply":true}"#)
        .await;
    reader
        .send(r#"{"target":"probe","message_type":"Lagging","payload":{"gate":"g","to":2},"request_id":"s","expects_stream":true}"#)
        .await;
    assert_eq!(reader.receive().await["payload"], 1);
    subscriber.ask(r#"{"message_types":["Price"],"request_id":"s"}"#).await;
    waiting.ask(r#"{"message_types":["later.*"],"request_id":"s"}"#).await;
    server.gates.entered("g").await;
    for _ in 0..4 {
        still.advance(60.0).await;
    }
    server.gates.open("g");
    assert_eq!(caller.receive().await["payload"], "g");
    assert_eq!(reader.receive().await["payload"], 2);
    subscriber.works().await;
    waiting.works().await;
    // As soon as they wait for nothing any more, their time begins.
    for peer in [&mut subscriber, &mut waiting] {
        peer.ask(r#"{"control":"unsubscribe","request_id":"u"}"#).await;
    }
    still.advance(30.1).await;
    for mut peer in [caller, reader, subscriber, waiting] {
        is_parted(&mut peer, "LimitExceeded", "30s").await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_part_of_a_frame_is_not_idle() {
    let still = Still::new();
    let server = Server::setup().listener(|options| options.idle(Duration::from_secs(5)));
    let server = server.start().await;
    let mut peer = server.peer().await;
    peer.works().await;
    let request = frame(br#"{"control":"ping","request_id":"p"}"#);
    let (begin, end) = request.split_at(9);
    peer.send_raw(begin).await;
    tokio::task::yield_now().await;
    still.advance(20.0).await;
    peer.send_raw(end).await;
    assert_eq!(peer.receive().await["request_id"], "p");
    still.advance(5.1).await;
    is_parted(&mut peer, "LimitExceeded", "5s").await;
}

#[tokio::test(start_paused = true)]
async fn a_frame_that_comes_byte_by_byte_has_no_more_time_than_any_other() {
    let (still, server) = (Still::new(), Server::start().await);
    let mut peer = server.peer().await;
    peer.works().await;
    // In flight at the end, so the answer in its slot comes before the last word.
    peer.send(
        r#"{"target":"probe","message_type":"Wait","payload":{"gate":"g"},"timeout_ms":600000,"expects_reply":true}"#,
    )
    .await;
    server.gates.entered("g").await;
    let request = frame(br#"{"control":"ping","request_id":"p"}"#);
    for byte in &request[..4] {
        peer.send_raw(&[*byte]).await;
        // The listener has it, since it answers others afterwards.
        server.peer().await.works().await;
        still.advance(9.0).await;
    }
    let ended = peer.receive().await;
    assert_failure(&ended, "ConnectionClosed", "unknown", false);
    is_parted(&mut peer, "ProtocolError", "a frame may take 30s").await;
    assert_eq!(server.listener.stats().limited, 1);
}

#[tokio::test(start_paused = true)]
async fn the_last_word_is_in_the_codec_of_the_frame_that_was_not_finished() {
    let (still, server) = (Still::new(), Server::start().await);
    let mut peer = server.peer().await;
    peer.works().await;
    peer.send_raw(&[0, 0, 1, 0, 0x81]).await;
    server.peer().await.works().await;
    still.advance(30.1).await;
    assert_failure(&peer.receive_packed().await, "ProtocolError", "no", false);
    peer.is_closed().await;
}

#[tokio::test(start_paused = true)]
async fn every_frame_has_its_own_time() {
    let (still, server) = (Still::new(), Server::start().await);
    let mut peer = server.peer().await;
    let request = frame(br#"{"control":"ping","request_id":"p"}"#);
    // Each piece ends a frame and begins the next one, so that a part of one is there all the time.
    let (begin, end) = request.split_at(9);
    peer.send_raw(begin).await;
    for _ in 0..4 {
        server.peer().await.works().await;
        still.advance(20.0).await;
        peer.send_raw(&[end, begin].concat()).await;
        assert_eq!(peer.receive().await["request_id"], "p");
    }
}

#[tokio::test(start_paused = true)]
async fn a_frame_that_is_skipped_has_to_come_in_time_too() {
    let still = Still::new();
    let server = Server::setup()
        .listener(|options| options.max_frame(1000))
        .start()
        .await;
    let mut peer = server.peer().await;
    peer.send_raw(b"\0\0\x10\0{").await;
    assert_failure(&peer.receive().await, "FrameTooLarge", "no", false);
    still.advance(20.0).await;
    peer.send_raw(&[b' '; 100]).await;
    server.peer().await.works().await;
    still.advance(10.1).await;
    is_parted(&mut peer, "ProtocolError", "30s").await;
}

#[tokio::test(start_paused = true)]
async fn what_comes_after_a_frame_that_is_skipped_has_its_own_time() {
    let still = Still::new();
    let server = Server::setup()
        .listener(|options| options.max_frame(1000))
        .start()
        .await;
    let mut peer = server.peer().await;
    peer.send_raw(b"\0\0\x10\0{").await;
    assert_failure(&peer.receive().await, "FrameTooLarge", "no", false);
    still.advance(20.0).await;
    let request = frame(br#"{"control":"ping","request_id":"p"}"#);
    let (begin, end) = request.split_at(9);
    peer.send_raw(&[&[b' '; 4095], begin].concat()).await;
    server.peer().await.works().await;
    still.advance(20.0).await;
    peer.send_raw(end).await;
    assert_eq!(peer.receive().await["request_id"], "p");
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_only_tells_is_not_idle() {
    let (still, server) = (Still::new(), Server::start().await);
    let mut peer = server.peer().await;
    for _ in 0..4 {
        peer.send(r#"{"target":"probe","message_type":"Note","payload":{"text":"n"}}"#)
            .await;
        server.peer().await.works().await;
        still.advance(20.0).await;
    }
    peer.works().await;
}

#[tokio::test(start_paused = true)]
async fn a_connection_must_begin() {
    let still = Still::new();
    let options = Server::setup().listener(|options| options.idle(None).start_time(Duration::from_secs(7)));
    let server = options.start().await;
    let (mut silent, mut slow, mut quick) = (server.peer().await, server.peer().await, server.peer().await);
    quick.works().await;
    has_connections(&server, 3).await;
    slow.send_raw(&[0, 0]).await;
    server.peer().await.works().await;
    still.advance(6.0).await;
    slow.send_raw(&[0]).await;
    server.peer().await.works().await;
    still.advance(1.1).await;
    is_parted(&mut silent, "LimitExceeded", "no frame has come for 7s").await;
    is_parted(&mut slow, "ProtocolError", "the first frame may take 7s").await;
    still.advance(1000.0).await;
    quick.works().await;
}

#[tokio::test(start_paused = true)]
async fn without_a_limit_silence_is_borne() {
    let still = Still::new();
    let options = Server::setup().listener(|options| options.idle(None).start_time(None));
    let server = options.start().await;
    let mut peer = server.peer().await;
    has_connections(&server, 1).await;
    still.advance(10_000.0).await;
    peer.works().await;
    let hello = json!({"control": "hello", "protocol": [1, 1], "request_id": "h"});
    let welcome = peer.ask(&hello.to_string()).await;
    assert!(welcome["payload"]["limits"].get("idle_ms").is_none(), "{welcome}");
}

#[tokio::test(start_paused = true)]
async fn hello_is_told_when_a_connection_counts_as_idle() {
    let (_still, server) = (Still::new(), Server::start().await);
    let hello = json!({"control": "hello", "protocol": [1, 1], "request_id": "h"});
    let welcome = server.peer().await.ask(&hello.to_string()).await;
    assert_eq!(welcome["payload"]["limits"]["idle_ms"], 30_000);
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_asks_and_never_reads_is_closed_in_the_end() {
    let still = Still::new();
    let options = Server::setup().listener(|options| options.high_water(1));
    let server = options.start().await;
    let mut peer = server.peer().await;
    let long = r#"{"target":"probe","message_type":"Long","payload":{"bytes":4000000},"expects_reply":true}"#;
    peer.send(long).await;
    until(|| server.listener.stats().messages_processed > 0).await;
    // The call has been answered, as far as the handler knows.
    server.peer().await.works().await;
    has_connections(&server, 1).await;
    still.advance(30.1).await;
    has_connections(&server, 0).await;
}

#[tokio::test(start_paused = true)]
async fn another_limit_holds_at_once_for_connections_that_are_silent() {
    let (still, server) = (Still::new(), Server::start().await);
    let mut peer = server.peer().await;
    peer.works().await;
    let mut limits = server.listener.limits();
    limits.idle = Some(Duration::from_secs(300));
    server.listener.set_limits(limits.clone());
    still.advance(200.0).await;
    peer.works().await;
    limits.idle = Some(Duration::from_secs(3));
    server.listener.set_limits(limits);
    still.advance(3.1).await;
    is_parted(&mut peer, "LimitExceeded", "3s").await;
}

/// A subscriber to whom more was sent than it has read, and than its socket takes.
async fn clogged(server: &Server) -> Peer {
    let mut peer = server.peer().await;
    peer.ask(r#"{"message_types":["Price"],"request_id":"s"}"#).await;
    for _ in 0..20 {
        server.runtime.broker().publish(Price {
            symbol: "a".repeat(100_000),
            price: 1.0,
        });
    }
    // The listener has turned to its connection, since it answers another one afterwards.
    server.peer().await.works().await;
    peer
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_has_stopped_reading_is_left() {
    let (still, server) = (Still::new(), Server::start().await);
    let stuck = clogged(&server).await;
    let mut reading = clogged(&server).await;
    let mut quiet = server.peer().await;
    quiet.ask(r#"{"message_types":["Trade"],"request_id":"s"}"#).await;
    has_connections(&server, 3).await;
    still.advance(299.0).await;
    // It is enough that the socket takes more.
    let mut some = vec![0; 500_000];
    within(reading.socket.read_exact(&mut some)).await.unwrap();
    server.peer().await.works().await;
    has_connections(&server, 3).await;
    still.advance(2.0).await;
    has_connections(&server, 2).await;
    assert_eq!(server.listener.stats().limited, 1);
    quiet.works().await;
    still.advance(300.1).await;
    has_connections(&server, 1).await;
    quiet.works().await;
    drop(stuck);
}

#[tokio::test(start_paused = true)]
async fn a_peer_may_be_waited_for_as_long_as_it_takes() {
    let still = Still::new();
    let server = Server::setup()
        .listener(|options| options.unread_time(None))
        .start()
        .await;
    let mut stuck = clogged(&server).await;
    still.advance(86400.0).await;
    for _ in 0..3 {
        assert_eq!(stuck.receive().await["message_type"], "Price");
    }
}

#[tokio::test(start_paused = true)]
async fn a_frame_that_the_server_does_not_read_is_not_late() {
    let still = Still::new();
    let server = Server::setup().listener(|options| options.high_water(1).unread_time(None));
    let server = server.start().await;
    let mut peer = server.peer().await;
    // More than its socket takes, so that nothing is read from it, and the beginning of a frame behind that.
    let long = json!({"target": "probe", "message_type": "Long", "payload": {"bytes": 2_000_000}, "request_id": "l", "expects_reply": true});
    let ping = frame(br#"{"control":"ping","request_id":"p"}"#);
    let (begin, end) = ping.split_at(9);
    peer.send_raw(&[&frame(long.to_string().as_bytes()), begin].concat())
        .await;
    until(|| server.listener.stats().messages_processed == 1).await;
    server.peer().await.works().await;
    still.advance(29.0).await;
    server.peer().await.works().await;
    still.advance(60.0).await;
    server.peer().await.works().await;
    assert_eq!(peer.receive().await["request_id"], "l");
    // What had passed before the server stopped reading still counts.
    server.peer().await.works().await;
    still.advance(29.0).await;
    peer.send_raw(end).await;
    assert_eq!(peer.receive().await["request_id"], "p");
    peer.send_raw(begin).await;
    server.peer().await.works().await;
    still.advance(30.1).await;
    is_parted(&mut peer, "ProtocolError", "a frame may take 30s").await;
}
