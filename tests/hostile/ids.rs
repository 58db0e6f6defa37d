//! Ids that cannot be ones, and ids that are in use.

use serde_json::{Value, json};

use crate::{
    case::case,
    peer::{CODECS, Codec, Peer, asks, encoded, refused, streams, with},
};

fn with_id(id: impl Into<Value>) -> Value {
    with(asks("Echo", json!({"text": "a"})), json!({"request_id": id.into()}))
}

#[test]
fn an_id_comes_back_as_it_was_sent() {
    case(&["ID-1", "RESPONSE-1"], |service| {
        let mut peer = Peer::of(service);
        let long = "é".repeat(64);
        for id in ["1", "0", "null", " ", "\n\0", "\"\\", "a~", "🎭", &long] {
            for codec in CODECS {
                let answer = peer.answer(codec, encoded(codec, &with_id(id)));
                let expected = json!({"success": true, "request_id": id, "error": null, "payload": "a"});
                assert_eq!(answer, expected);
            }
        }
    });
}

#[test]
fn what_is_no_id_is_refused_without_one() {
    case(&["ID-1", "ID-2", "KIND-3"], |service| {
        let mut peer = Peer::of(service);
        let ids = [
            json!(""),
            json!("i".repeat(129)),
            json!("é".repeat(65)),
            json!("i".repeat(1 << 20)),
            json!(7),
            json!(true),
            json!([]),
            json!({}),
            json!(1.5),
            json!("~"),
            json!("~1"),
        ];
        for id in ids {
            let frames = [
                with_id(id.clone()),
                json!({"control": "ping", "request_id": id}),
                json!({"message_types": ["Tick"], "request_id": id}),
            ];
            for (frame, codec) in frames.iter().flat_map(|frame| CODECS.map(|codec| (frame, codec))) {
                let answer = peer.answer(codec, encoded(codec, frame));
                let text = refused(&answer, "ProtocolError");
                assert!(text.contains("`request_id`"), "{text}");
                assert_eq!(answer.get("request_id"), None, "{answer}");
            }
        }
        peer.works();
    });
}

#[test]
fn an_id_in_use_is_refused_and_the_call_that_has_it_goes_on() {
    case(&["ID-3", "ID-4", "CONTROL-1"], |service| {
        let mut peer = Peer::of(service);
        let gate = "an id in use";
        peer.tell(&with(asks("Wait", json!({"gate": gate})), json!({"request_id": "w"})));
        peer.call("Gathered", json!({"gate": gate, "count": 1}));
        let same = [
            with_id("w"),
            streams("Count", json!({"to": 3}), "w"),
            with(with_id("w"), json!({"expects_reply": false})),
            json!({"message_types": ["Tick"], "request_id": "w"}),
            json!({"control": "ping", "request_id": "w"}),
            json!({"control": "unsubscribe", "request_id": "w"}),
            json!({"control": "discover", "request_id": "w"}),
            json!({"control": "stats", "request_id": "w"}),
        ];
        for (frame, codec) in same.iter().flat_map(|frame| CODECS.map(|codec| (frame, codec))) {
            let answer = peer.answer(codec, encoded(codec, frame));
            refused(&answer, "ProtocolError");
            let field = if frame.get("expects_stream").is_some() {
                "stream_id"
            } else {
                "request_id"
            };
            assert_eq!(answer[field], "w", "{answer}");
        }
        // Another connection has ids of its own.
        let mut other = Peer::of(service);
        assert_eq!(other.ask(&with_id("w"))["payload"], "a");
        other.call("Open", json!({"gate": gate}));
        let expected = json!({"success": true, "request_id": "w", "error": null, "payload": gate});
        assert_eq!(peer.receive(), expected);
        assert_eq!(peer.ask(&with_id("w"))["payload"], "a", "it is free again");
    });
}

#[test]
fn the_id_of_a_stream_is_in_use_until_its_final_frame() {
    case(&["ID-3", "STREAM-1", "STREAM-3"], |service| {
        let mut peer = Peer::of(service);
        peer.tell(&with(streams("Count", json!({"to": 2}), "s"), json!({"credit": 1})));
        assert_eq!(peer.receive()["is_final"], false);
        refused(&peer.ask(&with_id("s")), "ProtocolError");
        peer.tell(&json!({"control": "credit", "stream_id": "s", "items": 1}));
        assert_eq!(
            peer.receive(),
            json!({"stream_id": "s", "sequence": 1, "is_final": true, "payload": 2})
        );
        assert_eq!(peer.ask(&with_id("s"))["payload"], "a");
    });
}

#[test]
fn one_id_used_again_and_again_is_answered_each_time() {
    case(&["ID-3"], |service| {
        let mut peer = Peer::of(service);
        for codec in CODECS.iter().cycle().take(2000) {
            assert_eq!(peer.answer(*codec, encoded(*codec, &with_id("same")))["payload"], "a");
        }
        // Without waiting: each is answered or refused, and has one answer.
        let frame = encoded(Codec::Json, &with_id("same"));
        for _ in 0..1000 {
            peer.send(&frame);
        }
        for _ in 0..1000 {
            let answer = peer.receive();
            assert_eq!(answer["request_id"], "same");
            if answer["success"] == false {
                refused(&answer, "ProtocolError");
            }
        }
        peer.works();
    });
}
