//! What peers can make a listener allocate. All of it runs on one thread, whose allocations are counted: those of the
//! listener, and the little that the peers need.
#![allow(missing_docs, reason = "a test documents itself by its names")]

use std::{future::Future, sync::Arc, time::Duration};

use allocation_counter::measure;
use callsheet::{InProcessListener, ListenerOptions, Runtime, actor_contract};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixStream,
    runtime::Builder,
};

const MIB: usize = 1 << 20;

#[actor_contract(namespace = "test")]
pub trait Scale {
    fn weigh(&self, text: String) -> u64;
}

struct Weights;

impl Scale for Weights {
    fn weigh(&self, text: String) -> u64 {
        text.len() as u64
    }
}

/// The peak of what is allocated while `work` runs, beyond what was before.
fn peak<F: Future<Output = ()>>(
    options: ListenerOptions,
    connections: usize,
    work: impl FnOnce(Arc<InProcessListener>, Vec<UnixStream>) -> F,
) -> u64 {
    let tokio = Builder::new_current_thread().enable_all().build();
    let tokio = tokio.expect("it can be built");
    let (runtime, listener, peers) = tokio.block_on(async {
        let runtime = Runtime::launch().expect("inside tokio");
        let scale = runtime.actor("scale", || Weights).serves(Scale).expose();
        scale.start().await.expect("the name is free");
        let listener = Arc::new(runtime.listen_in_process(options));
        let mut peers = Vec::new();
        for _ in 0..connections {
            let mut peer = listener.connect().expect("it listens");
            // Everything is warm, and the connection is accepted.
            let call =
                json!({"target": "scale", "message_type": "Weigh", "payload": {"text": "x"}, "expects_reply": true});
            send(&mut peer, call.to_string().as_bytes()).await;
            answer(&mut peer).await;
            peers.push(peer);
        }
        (runtime, listener, peers)
    });
    let cost = measure(|| {
        tokio.block_on(async {
            let limit = Duration::from_secs(60);
            tokio::time::timeout(limit, work(Arc::clone(&listener), peers))
                .await
                .expect("it is done in time");
        });
    });
    tokio.block_on(runtime.shutdown());
    cost.bytes_max
}

async fn send(peer: &mut UnixStream, payload: &[u8]) {
    let length = u32::try_from(payload.len()).expect("it is short enough");
    peer.write_all(&length.to_be_bytes()).await.expect("it is read");
    peer.write_all(payload).await.expect("it is read");
}

async fn answer(peer: &mut UnixStream) -> Vec<u8> {
    let length = peer.read_u32().await.expect("it answers");
    let mut payload = vec![0; length as usize];
    peer.read_exact(&mut payload).await.expect("it answers");
    payload
}

/// Frames of about 1 MiB that are meant to cost more.
fn dear_frames() -> Vec<(&'static str, Value)> {
    let call = |key: &str, value: Value| {
        json!({
            "target": "scale", "message_type": "Weigh", "expects_reply": true, "request_id": "r",
            "payload": {"text": "x", key: value},
        })
    };
    let keys = |count: u32| -> Value {
        let entries = (0..count).map(|n| {
            // Three letters make a key.
            let key: String = (0..3)
                .map(|at| char::from(b'0' + u8::try_from(n >> (6 * at) & 63).expect("six bits")))
                .collect();
            (key, Value::Null)
        });
        Value::Object(entries.collect())
    };
    let unknown = |count: u32| {
        let mut frame = keys(count);
        frame["control"] = json!("ping");
        frame["request_id"] = json!("r");
        frame
    };
    let deep = (0..60).fold(json!([]), |inner, _| json!([inner]));
    vec![
        ("a long text", call("text", json!("x".repeat(MIB)))),
        ("many values in JSON", call("more", json!(vec![0; MIB / 2]))),
        ("many values in MessagePack", call("more", json!(vec![0; MIB - 200]))),
        ("many keys in JSON", call("more", keys(95_000))),
        ("many keys in MessagePack", call("more", keys(205_000))),
        ("many maps in JSON", call("more", json!(vec![json!({"a": 1}); MIB / 8]))),
        (
            "many maps in MessagePack",
            call("more", json!(vec![json!({"a": 1}); MIB / 4])),
        ),
        ("much nesting", call("more", json!(vec![deep; MIB / 130]))),
        (
            "many names in JSON",
            json!({"message_types": vec!["x"; MIB / 4], "request_id": "r"}),
        ),
        (
            "many names in MessagePack",
            json!({"message_types": vec![""; MIB - 200], "request_id": "r"}),
        ),
        ("many unknown fields in JSON", unknown(95_000)),
        ("many unknown fields in MessagePack", unknown(205_000)),
    ]
}

#[test]
fn a_frame_of_one_mebibyte_costs_a_few_whatever_is_in_it() {
    for (what, frame) in dear_frames() {
        let packed = rmp_serde::to_vec_named(&frame).expect("it can be packed");
        let codecs = [("JSON", frame.to_string().into_bytes()), ("MessagePack", packed)];
        // The same frame is not of this length in both.
        let about = 3 * MIB / 4..5 * MIB / 4;
        let mut tried = 0;
        for (codec, payload) in codecs.into_iter().filter(|(_, payload)| about.contains(&payload.len())) {
            let length = payload.len();
            let peak = peak(ListenerOptions::in_process(), 1, |_, mut peers| async move {
                send(&mut peers[0], &payload).await;
                answer(&mut peers[0]).await;
            });
            assert!(
                peak < 6 * MIB as u64,
                "{what} in {codec}: {peak} bytes for a frame of {length}"
            );
            tried += 1;
        }
        assert!(tried > 0, "{what} is of another length in either codec");
    }
}

#[test]
fn an_announced_length_reserves_nothing() {
    // The longest that is taken, in either codec, and longer ones.
    for length in [16 << 20, u32::MAX] {
        for first in [b'{', 0x81] {
            let peak = peak(ListenerOptions::in_process(), 2, move |_, mut peers| async move {
                let mut begin = u32::to_be_bytes(length).to_vec();
                begin.push(first);
                peers[0].write_all(&begin).await.expect("it is read");
                // The other one is answered after that was read.
                send(&mut peers[1], br#"{"control":"ping","request_id":"p"}"#).await;
                answer(&mut peers[1]).await;
            });
            assert!(peak < 64 << 10, "{peak} bytes for an announced {length}");
        }
    }
}

#[test]
fn ninety_connections_that_announce_the_longest_frame_cost_less_than_32_mebibytes() {
    let peak = peak(ListenerOptions::in_process(), 0, |listener, _| async move {
        let mut peers = Vec::new();
        for _ in 0..90 {
            let mut peer = listener.connect().expect("it listens");
            peer.write_all(&[1, 0, 0, 0, b'{']).await.expect("there is room");
            peers.push(peer);
            tokio::task::yield_now().await;
        }
        while listener.stats().active_connections < 90 {
            tokio::task::yield_now().await;
        }
        let mut canary = listener.connect().expect("it listens");
        send(&mut canary, br#"{"control":"ping","request_id":"p"}"#).await;
        answer(&mut canary).await;
    });
    assert!(peak < 32 * MIB as u64, "{peak} bytes");
    assert!(peak > 90 * 1024, "else nothing was counted: {peak} bytes");
}

#[test]
fn large_frames_that_are_not_finished_cost_no_more_than_the_budget_and_a_little_for_each() {
    let options = ListenerOptions::in_process().memory(8 * MIB).max_frame(MIB);
    let peak = peak(options, 40, |listener, peers| async move {
        // Half a frame each: 20 MiB, of which 8 may be kept, one goes on all the same, and of each 64 KiB.
        static HALF: [u8; 512 << 10] = [b' '; 512 << 10];
        let mut writers = tokio::task::JoinSet::new();
        for mut peer in peers {
            writers.spawn(async move {
                peer.write_all(&u32::to_be_bytes(1 << 20)).await.expect("there is room");
                peer.write_all(&HALF).await.expect("it is read in the end");
                // What was held up until now is taken once this one ends.
                let rest = MIB - HALF.len();
                peer.write_all(&HALF[..rest]).await.expect("it is read");
                answer(&mut peer).await;
            });
        }
        let mut canary = listener.connect().expect("it listens");
        send(&mut canary, br#"{"control":"ping","request_id":"p"}"#).await;
        answer(&mut canary).await;
        while let Some(written) = writers.join_next().await {
            written.expect("nobody is left behind");
        }
    });
    assert!(peak < 15 * MIB as u64, "{peak} bytes");
}
