//! What all connections together may keep.

use serde_json::{Value, json};
use tokio::{io::AsyncWriteExt, net::UnixStream};

use crate::{
    peer::{Peer, frame, within},
    probe::Server,
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

#[tokio::test]
async fn a_reply_for_which_no_memory_is_left_is_a_failure_and_the_connection_goes_on() {
    let server = small_budget().await;
    let mut peer = server.peer().await;
    for n in 0..20 {
        let ask = json!({"target": "probe", "message_type": "Long", "payload": {"bytes": 900_000}, "request_id": n.to_string(), "expects_reply": true});
        peer.send(&ask.to_string()).await;
    }
    // All of them are answered before anything is read.
    within(async {
        while server.listener.stats().messages_processed < 20 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let mut other = server.peer().await;
    other.works().await;
    let mut answers = Vec::new();
    for _ in 0..20 {
        answers.push(peer.receive().await);
    }
    let (answered, refused): (Vec<Value>, Vec<Value>) =
        answers.into_iter().partition(|answer| answer["success"] == true);
    assert!((1..=5).contains(&answered.len()), "{} were answered", answered.len());
    for refusal in refused {
        assert_eq!(refusal["error_code"], "LimitExceeded");
        assert_eq!(refusal["error_details"]["delivered"], "yes");
        assert!(
            refusal["error"].as_str().unwrap().contains("no memory is left"),
            "{refusal}"
        );
    }
    peer.works().await;
    let again =
        json!({"target": "probe", "message_type": "Long", "payload": {"bytes": 900_000}, "expects_reply": true});
    assert_eq!(peer.ask(&again.to_string()).await["success"], true);
}
