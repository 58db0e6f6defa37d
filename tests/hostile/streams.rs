//! Streams whose readers stop, run away, or ask for the impossible.

use serde_json::{Value, json};

use crate::{
    case::{canary, case},
    peer::{CODECS, Peer, asks, encoded, failed, framed, request, streams, with},
};

/// Every frame of the stream `s`, of which exactly the last is final.
fn frames(peer: &mut Peer) -> Vec<Value> {
    let mut frames = Vec::new();
    loop {
        let (_, frame) = peer.next();
        assert_eq!(
            (&frame["stream_id"], &frame["sequence"]),
            (&json!("s"), &json!(frames.len())),
            "{frame}"
        );
        let is_final = frame["is_final"] == true;
        frames.push(frame);
        if is_final {
            peer.works();
            return frames;
        }
    }
}

#[test]
fn a_stream_has_one_end() {
    case(&["STREAM-1", "STREAM-2", "STREAM-3", "STREAM-4"], |service| {
        let mut peer = Peer::of(service);
        for codec in CODECS {
            let mut all = |message: &str, payload: Value| {
                peer.send(encoded(codec, &streams(message, payload, "s")));
                frames(&mut peer)
            };
            for to in [1, 2, 1000] {
                let frames = all("Count", json!({"to": to}));
                assert_eq!(frames.len(), to);
                assert_eq!(
                    frames[to - 1],
                    json!({"stream_id": "s", "sequence": to - 1, "is_final": true, "payload": to})
                );
            }
            let empty = json!({"stream_id": "s", "sequence": 0, "is_final": true, "payload": null});
            assert_eq!(all("Count", json!({"to": 0})), [empty]);
            let nulls = all("Nulls", json!({"count": 3}));
            assert_eq!(
                (nulls.len(), &nulls[3]["is_final"]),
                (4, &json!(true)),
                "no item that is null is final"
            );
            assert_eq!(all("Nothing", json!({})).len(), 2, "nor is the reply of an ask");
        }
    });
}

#[test]
fn a_failure_is_the_end() {
    case(&["STREAM-6", "ERROR-2", "STREAM-3"], |service| {
        let mut peer = Peer::of(service);
        peer.tell(&streams("Failing", json!({"after": 2}), "s"));
        let told = frames(&mut peer);
        assert_eq!(told.len(), 3);
        assert_eq!(
            (&told[2]["success"], &told[2]["payload"], &told[2]["error_code"]),
            (&json!(false), &Value::Null, &json!("ContractError"))
        );
        assert_eq!(told[2]["error_details"], json!({"ByZero": {"dividend": 7}}));
        for (frame, code) in [
            (streams("Unheard", json!({}), "s"), "UnknownMessageType"),
            (streams("Count", json!({"to": -1}), "s"), "SerializationError"),
            (
                with(streams("Count", json!({"to": 1}), "s"), json!({"target": "nobody"})),
                "ActorNotFound",
            ),
            (streams("Infinity", json!({}), "s"), "SerializationError"),
        ] {
            peer.tell(&frame);
            let told = frames(&mut peer);
            assert_eq!((told.len(), &told[0]["error_code"]), (1, &json!(code)));
        }
    });
}

#[test]
fn no_item_is_held_back() {
    case(&["STREAM-5"], |service| {
        let mut peer = Peer::of(service);
        let gate = "the last item";
        peer.tell(&streams("Lagging", json!({"gate": gate, "to": 3}), "s"));
        for n in 1..3 {
            assert_eq!(peer.receive()["payload"], n);
        }
        Peer::of(service).call("Gathered", json!({"gate": gate, "count": 1}));
        peer.works();
        Peer::of(service).call("Open", json!({"gate": gate}));
        assert_eq!(
            peer.receive(),
            json!({"stream_id": "s", "sequence": 2, "is_final": true, "payload": 3})
        );
    });
}

#[test]
fn a_stream_sends_what_it_has_credit_for() {
    case(&["CREDIT-1", "CREDIT-2"], |service| {
        let mut peer = Peer::of(service);
        let gate = "credit";
        let credit = |items: Value| json!({"control": "credit", "stream_id": "s", "items": items});
        peer.tell(&with(
            streams("Endless", json!({"gate": gate, "bytes": 1}), "s"),
            json!({"credit": 0}),
        ));
        peer.works();
        let mut sequence = 0;
        for items in [1, 2, 100] {
            peer.tell(&credit(json!(items)));
            for _ in 0..items {
                assert_eq!(peer.receive()["sequence"], sequence);
                sequence += 1;
            }
            peer.works();
        }
        // None of these is credit for it.
        for other in [
            credit(json!(0)),
            credit(json!(null)),
            json!({"control": "credit", "items": 5}),
            json!({"control": "credit", "stream_id": "t", "items": 5}),
        ] {
            peer.tell(&other);
        }
        let mut elsewhere = Peer::of(service);
        elsewhere.tell(&credit(json!(5)));
        elsewhere.works();
        peer.works();
        peer.tell(&json!({"control": "cancel", "request_id": "s"}));
        failed(&peer.receive(), "Cancelled", "unknown");
        peer.tell(&credit(json!(5)));
        peer.works();
        // As much as can be counted, twice.
        peer.tell(&with(streams("Count", json!({"to": 3}), "s"), json!({"credit": 1})));
        for _ in 0..2 {
            peer.tell(&credit(json!(u64::MAX)));
        }
        assert_eq!(
            (0..3).map(|_| peer.receive()["payload"].clone()).collect::<Vec<_>>(),
            [1, 2, 3]
        );
        peer.works();
    });
}

#[test]
fn the_end_needs_no_credit_if_it_comes_with_an_item() {
    case(&["CREDIT-1"], |service| {
        let mut peer = Peer::of(service);
        peer.tell(&with(streams("Count", json!({"to": 2}), "s"), json!({"credit": 2})));
        assert_eq!(frames(&mut peer).len(), 2);
        // Of what is no stream it says nothing.
        peer.tell(&with(
            request("Echo", json!({"text": "a"})),
            json!({"credit": 0, "expects_reply": true}),
        ));
        assert_eq!(peer.receive()["payload"], "a");
    });
}

#[test]
fn a_stream_that_waits_for_credit_does_not_keep_the_credit_out() {
    case(&["CREDIT-3", "ORDER-3"], |service| {
        let mut peer = Peer::of(service);
        let mut stream = streams("Count", json!({"to": 3}), "s");
        stream.as_object_mut().expect("a map").remove("request_id");
        peer.tell(&with(stream, json!({"credit": 1})));
        assert_eq!(peer.receive()["sequence"], 0);
        // A little more than the output takes: what is not read must fit into the socket.
        let text = "x".repeat(64 << 10);
        let asks = vec![framed(asks("Echo", json!({"text": text})).to_string().as_bytes()); 20];
        peer.raw(&asks.concat());
        failed(&peer.receive(), "SlowConsumer", "unknown");
        for _ in 0..20 {
            assert_eq!(peer.receive()["payload"], text);
        }
        peer.works();
    });
}

#[test]
fn a_reader_that_stops_is_waited_for_and_loses_nothing() {
    case(&["STREAM-7", "STREAM-2", "LIMIT-4"], |service| {
        let mut peer = Peer::of(service);
        let before = service.memory();
        let gate = "read on later";
        // At once: of a peer that does not read, no further request is taken once its streams have filled the output.
        let endless = |n: u32| streams("Endless", json!({"gate": gate, "bytes": 100_000}), &format!("s{n}"));
        let all: Vec<_> = (0..20).map(|n| framed(endless(n).to_string().as_bytes())).collect();
        peer.raw(&all.concat());
        let mut other = Peer::of(service);
        other.call("Gathered", json!({"gate": gate, "count": 20}));
        // Others are served meanwhile, for as long as a stream that is not waited for would need to fill the memory.
        for _ in 0..500 {
            other.works();
        }
        let used = service.memory().saturating_sub(before);
        assert!(used < 128 << 20, "{used} bytes");
        let mut sequences = [0; 20];
        for _ in 0..400 {
            let item = peer.receive();
            let stream: usize = item["stream_id"]
                .as_str()
                .and_then(|name| name[1..].parse().ok())
                .expect("one of them");
            assert_eq!(item["sequence"], sequences[stream]);
            sequences[stream] += 1;
        }
        drop(peer);
        other.call("Gathered", json!({"gate": gate, "count": 0}));
    });
}

#[test]
fn a_reader_that_is_gone_ends_its_streams() {
    case(&["STREAM-8", "CLOSE-2"], |service| {
        let gate = "gone";
        for credit in [json!(null), json!(0), json!(1)] {
            let mut peer = Peer::of(service);
            // At once, as above.
            let endless = |n: u32| streams("Endless", json!({"gate": gate, "bytes": 1000}), &n.to_string());
            let on_credit = |n: u32| with(endless(n), json!({"credit": credit}));
            let all: Vec<_> = (0..10).map(|n| framed(on_credit(n).to_string().as_bytes())).collect();
            peer.raw(&all.concat());
            Peer::of(service).call("Gathered", json!({"gate": gate, "count": 10}));
            drop(peer);
            Peer::of(service).call("Gathered", json!({"gate": gate, "count": 0}));
        }
    });
}

#[test]
fn streams_that_are_cancelled_at_once_end_each() {
    case(&["CANCEL-1", "STREAM-3"], |service| {
        let mut peer = Peer::of(service);
        let gate = "cancelled at once";
        for n in 0..500 {
            peer.tell(&with(
                streams("Endless", json!({"gate": gate, "bytes": 10}), &n.to_string()),
                json!({"credit": 3}),
            ));
            peer.tell(&json!({"control": "cancel", "request_id": n.to_string()}));
        }
        let mut ended = std::collections::BTreeSet::new();
        while ended.len() < 500 {
            let frame = peer.receive();
            let name = frame["stream_id"].as_str().expect("a name").to_owned();
            assert!(!ended.contains(&name), "{frame} after its end");
            if frame["is_final"] == true {
                assert_eq!(frame["error_code"], "Cancelled");
                ended.insert(name);
            }
        }
        peer.works();
        peer.call("Gathered", json!({"gate": gate, "count": 0}));
        canary(service);
    });
}
