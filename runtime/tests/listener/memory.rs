//! What all connections together may keep.

use serde_json::{Value, json};
use tokio::{io::AsyncWriteExt, net::UnixStream};

use crate::{
    peer::{Peer, assert_failure, frame, within},
    probe::{Price, Server},
    still::until,
};

/// A call of almost 1 MiB.
fn large(id: &str) -> Vec<u8> {
    let head = format!(
        r#"{{"target":"probe","message_type":"Add","payload":{{"a":1,"b":1}},"request_id":"{id}","expects_reply":true,"x":""#
    );
    let mut payload = head.into_bytes();
    payload.resize((1 << 20) - 2, b'x');
    payload.extend_from_slice(b"\"}");
    frame(&payload)
}

async fn small_budget() -> Server {
    let options = Server::setup().listener(|options| options.memory(1).max_frame(1 << 20).high_water(64 << 20));
    options.start().await
}

#[tokio::test]
async fn connections_that_each_have_a_part_of_a_frame_come_to_its_end_all_the_same() {
    let server = small_budget().await;
    let path = server.path();
    let peers = (0..12).map(|_| {
        let path = path.clone();
        tokio::spawn(async move {
            let mut peer = Peer::connect(&path).await;
            for id in ["1", "2", "3"] {
                let frame = large(id);
                // Piece by piece, so that all of them grow side by side.
                for piece in frame.chunks(50_000) {
                    within(peer.socket.write_all(piece)).await.unwrap();
                    tokio::task::yield_now().await;
                }
                assert_eq!(peer.receive().await["payload"], 2);
            }
        })
    });
    for peer in peers.collect::<Vec<_>>() {
        within(peer).await.unwrap();
    }
}

#[tokio::test]
async fn while_large_frames_wait_small_ones_pass() {
    let server = small_budget().await;
    // Each has all but the last byte of its frame on its way; most of them can only wait.
    let frame = large("1");
    let mut writers = Vec::new();
    for _ in 0..8 {
        let mut socket = UnixStream::connect(server.path()).await.unwrap();
        let part = frame[..frame.len() - 1].to_vec();
        writers.push(tokio::spawn(async move {
            let _ = socket.write_all(&part).await;
            std::future::pending::<()>().await;
        }));
    }
    // What the budget has room for was taken, and the rest waits.
    let mut peer = server.peer().await;
    for _ in 0..1000 {
        peer.works().await;
    }
    // As soon as the others are gone, there is room again.
    writers.iter().for_each(tokio::task::JoinHandle::abort);
    within(peer.socket.write_all(&frame)).await.unwrap();
    assert_eq!(peer.receive().await["payload"], 2);
}

/// Asks for replies of 900,000 bytes, and reads none of them.
async fn ask_for_long(server: &Server, peer: &mut Peer, count: usize) {
    let before = server.listener.stats().messages_processed;
    for n in 0..count {
        let ask = json!({"target": "probe", "message_type": "Long", "payload": {"bytes": 900_000}, "request_id": n.to_string(), "expects_reply": true});
        peer.send(&ask.to_string()).await;
    }
    until(|| server.listener.stats().messages_processed == before + count as u64).await;
}

/// How many of so many replies were not dropped; the others have this code and this text.
async fn answered(peer: &mut Peer, count: usize, code: &str, text: &str) -> usize {
    let mut answers = Vec::new();
    for _ in 0..count {
        answers.push(peer.receive().await);
    }
    let (answered, dropped): (Vec<Value>, Vec<Value>) =
        answers.into_iter().partition(|answer| answer["success"] == true);
    for dropped in dropped {
        assert_failure(&dropped, code, "yes", false);
        assert!(dropped["error"].as_str().unwrap().contains(text), "{dropped}");
    }
    answered.len()
}

#[tokio::test]
async fn a_reply_for_which_no_memory_is_left_is_a_failure_and_the_connection_goes_on() {
    let server = small_budget().await;
    let mut peers = Vec::new();
    for _ in 0..5 {
        let mut peer = server.peer().await;
        ask_for_long(&server, &mut peer, 1).await;
        peers.push(peer);
    }
    server.peer().await.works().await;
    let mut kept = 0;
    for peer in &mut peers {
        kept += answered(peer, 1, "LimitExceeded", "no memory is left").await;
    }
    assert!((1..=3).contains(&kept), "{kept} replies were kept");
    for peer in &mut peers {
        peer.works().await;
        ask_for_long(&server, peer, 1).await;
        assert_eq!(answered(peer, 1, "", "").await, 1, "there is room again");
    }
}

#[tokio::test]
async fn one_that_does_not_read_leaves_half_of_the_memory_to_the_others() {
    let server = small_budget().await;
    let (mut one, mut other) = (server.peer().await, server.peer().await);
    ask_for_long(&server, &mut one, 20).await;
    ask_for_long(&server, &mut other, 1).await;
    assert_eq!(answered(&mut other, 1, "", "").await, 1);
    let kept = answered(&mut one, 20, "SlowConsumer", "wait to be read already").await;
    assert!((1..=2).contains(&kept), "{kept} replies were kept");
    one.works().await;
}

#[tokio::test]
async fn what_waits_for_its_turn_counts_as_unread() {
    let server = small_budget().await;
    let (mut one, mut other) = (server.peer().await, server.peer().await);
    one.send(r#"{"target":"probe","message_type":"Wait","payload":{"gate":"g"},"expects_reply":true}"#)
        .await;
    server.gates.entered("g").await;
    let ask = json!({"target": "probe", "message_type": "Long", "payload": {"bytes": 900_000}, "expects_reply": true});
    for _ in 0..10 {
        one.send(&ask.to_string()).await;
    }
    until(|| server.listener.stats().messages_processed == 11).await;
    ask_for_long(&server, &mut other, 1).await;
    assert_eq!(answered(&mut other, 1, "", "").await, 1);
    server.gates.open("g");
    assert_eq!(one.receive().await["payload"], "g");
    let kept = answered(&mut one, 10, "SlowConsumer", "wait to be read already").await;
    assert_eq!(kept, 1);
}

#[tokio::test]
async fn events_that_nobody_reads_leave_memory_for_replies() {
    let server = small_budget().await;
    let mut subscribers = Vec::new();
    for _ in 0..20 {
        let mut peer = server.peer().await;
        peer.ask(r#"{"message_types":["Price"],"request_id":"s"}"#).await;
        subscribers.push(peer);
    }
    for _ in 0..5 {
        server.runtime.broker().publish(Price {
            symbol: "a".repeat(500_000),
            price: 1.0,
        });
    }
    let mut peer = server.peer().await;
    peer.works().await;
    let mut delivered = 0;
    for subscriber in &mut subscribers {
        // What did not fit was dropped, which the next event tells.
        subscriber.send(r#"{"control":"ping","request_id":"p"}"#).await;
        while subscriber.receive().await["message_type"] == "Price" {
            delivered += 1;
        }
    }
    // Of a budget of 3 MiB, and one socket's buffer for each subscriber.
    assert!((1..=40).contains(&delivered), "{delivered} of 100 were kept");
    ask_for_long(&server, &mut peer, 1).await;
    assert_eq!(answered(&mut peer, 1, "", "").await, 1);
}
