//! Everything at once, on several threads.

use std::collections::{HashMap, VecDeque};

use serde_json::{Value, json};

use crate::{
    peer::{Peer, frame, within},
    probe::Server,
};

/// What a peer still expects.
#[derive(Default)]
struct Expected {
    /// By id: the reply, or the next item of a stream and how many there are.
    named: HashMap<String, Named>,
    /// Replies without ids, in order.
    ordered: VecDeque<Value>,
}

enum Named {
    Reply(Value),
    Items { next: u64, count: u64 },
}

/// Sends a batch of all kinds of requests and checks every answer.
async fn round(peer: &mut Peer, seed: u64) {
    let mut expected = Expected::default();
    let mut batch = Vec::new();
    for n in 0..60 {
        let a = seed * 100 + n;
        let id = format!("{a}");
        let request = match n % 6 {
            0 => {
                expected.ordered.push_back(json!(a + 1));
                json!({"target": "probe", "message_type": "Add", "payload": {"a": a, "b": 1}, "expects_reply": true})
            }
            1 => {
                expected.ordered.push_back(Value::Null);
                json!({"target": "both", "message_type": "Note", "payload": {"text": "x"}, "expects_reply": true})
            }
            2 => {
                expected.ordered.push_back(Value::String("ActorNotFound".into()));
                json!({"target": "nobody", "message_type": "Note", "payload": {}, "expects_reply": true})
            }
            3 => {
                let count = a % 40;
                expected.named.insert(id.clone(), Named::Items { next: 0, count });
                let payload = json!({"to": count});
                json!({"target": "probe", "message_type": "Count", "payload": payload, "request_id": id, "expects_stream": true})
            }
            _ => {
                expected.named.insert(id.clone(), Named::Reply(json!(a + 2)));
                let payload = json!({"a": a, "b": 2});
                json!({"target": "probe", "message_type": "Add", "payload": payload, "request_id": id, "expects_reply": true})
            }
        };
        batch.extend(frame(request.to_string().as_bytes()));
    }
    peer.send_raw(&batch).await;
    while !(expected.named.is_empty() && expected.ordered.is_empty()) {
        let answer = peer.receive().await;
        let id = answer
            .get("stream_id")
            .or(answer.get("request_id"))
            .and_then(Value::as_str);
        match id {
            None => {
                let outcome = if answer["success"] == true {
                    &answer["payload"]
                } else {
                    &answer["error_code"]
                };
                assert_eq!(Some(outcome), expected.ordered.pop_front().as_ref(), "{answer}");
            }
            Some(id) => match expected.named.get_mut(id).expect("it is awaited") {
                Named::Reply(reply) => {
                    assert_eq!(answer["payload"], *reply);
                    expected.named.remove(id);
                }
                Named::Items { next, count } => {
                    assert_eq!(answer["sequence"], *next, "{answer}");
                    *next += 1;
                    if answer["is_final"] == true {
                        assert_eq!((*next).max(1), (*count).max(1), "{answer}");
                        expected.named.remove(id);
                    }
                }
            },
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_peers_with_all_kinds_of_requests_get_exactly_their_answers() {
    let server = Server::start().await;
    let peers = (0..8).map(|_| {
        let path = server.path();
        tokio::spawn(async move {
            let mut peer = Peer::connect(&path).await;
            for seed in 0..30 {
                round(&mut peer, seed).await;
            }
            peer.works().await;
        })
    });
    for peer in peers.collect::<Vec<_>>() {
        within(peer).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn peers_that_vanish_in_the_middle_harm_nobody() {
    let server = Server::start().await;
    for n in 0..100 {
        let mut peer = server.peer().await;
        let stream = r#"{"target":"probe","message_type":"Endless","payload":{"bytes":100},"request_id":"s","expects_stream":true}"#;
        let wait = r#"{"target":"probe","message_type":"Wait","payload":{"gate":"never"},"expects_reply":true}"#;
        let add = r#"{"target":"probe","message_type":"Add","payload":{"a":1,"b":1},"expects_reply":true}"#;
        let batch: Vec<u8> = [stream, wait, add]
            .iter()
            .flat_map(|request| frame(request.as_bytes()))
            .collect();
        peer.send_raw(&batch[..batch.len() - n]).await;
        if n % 2 == 0 {
            peer.receive().await;
        }
    }
    within(async {
        while server.listener.stats().active_connections > 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let mut peer = server.peer().await;
    peer.works().await;
    // No suspended call of the lost connections is left: an exclusive one gets the state.
    let note = r#"{"target":"probe","message_type":"Note","payload":{"text":"last"},"expects_reply":true}"#;
    assert_eq!(peer.ask(note).await["success"], true);
    let notes = peer
        .ask(r#"{"target":"probe","message_type":"Notes","expects_reply":true}"#)
        .await;
    assert_eq!(notes["payload"], json!(["last"]));
}
