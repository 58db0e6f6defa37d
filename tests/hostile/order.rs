//! Answers that are found by their place, and answers that are found by their ids.

use std::{io::Write, thread};

use serde_json::json;

use crate::{
    case::case,
    peer::{CODECS, Codec, Peer, asks, encoded, framed, refused, request, with},
};

#[test]
fn answers_without_ids_come_in_the_order_of_their_questions() {
    case(&["ORDER-1", "ORDER-2", "ORDER-4", "CODEC-2"], |service| {
        let mut peer = Peer::of(service);
        let gate = "the first in order";
        peer.tell(&asks("Wait", json!({"gate": gate})));
        // These could all be answered at once.
        let echo = |n: usize| asks("Echo", json!({"text": n.to_string()}));
        peer.send(encoded(Codec::MessagePack, &echo(1)));
        peer.send(b"");
        peer.send(b"\x81\xa1");
        peer.tell(&asks("Unheard", json!({})));
        peer.tell(&asks("Echo", json!({"text": 7})));
        peer.tell(&with(echo(6), json!({"target": "nobody"})));
        peer.send(r#"{"target":"mark","message_type":"Echo","request_id":"~x"}"#);
        peer.tell(&with(asks("Note", json!({"text": "a"})), json!({"target": "writer"})));
        // These are never answered.
        peer.tell(&request("Nothing", json!({})));
        peer.tell(&request("Unheard", json!({})));
        peer.tell(&json!({"control": "ping"}));
        peer.tell(&json!({"control": "of tomorrow"}));
        peer.tell(&json!({"message_types": ["no such event"]}));
        peer.tell(&echo(9));
        // One with an id goes past them all.
        peer.works();
        Peer::of(service).call("Open", json!({"gate": gate}));
        let answers: Vec<_> = (0..10).map(|_| peer.next()).collect();
        let codecs: Vec<_> = answers.iter().map(|(codec, _)| *codec == Codec::MessagePack).collect();
        assert_eq!(
            codecs,
            [false, true, false, true, false, false, false, false, false, false]
        );
        let told: Vec<_> = answers
            .iter()
            .map(|(_, answer)| answer.get("error_code").unwrap_or(&answer["payload"]).clone())
            .collect();
        assert_eq!(
            json!(told),
            json!([
                gate,
                "1",
                "ProtocolError",
                "ProtocolError",
                "UnknownMessageType",
                "SerializationError",
                "ActorNotFound",
                "ProtocolError",
                null,
                "9"
            ])
        );
        peer.works();
    });
}

#[test]
fn a_stream_without_an_id_keeps_its_place() {
    case(&["ORDER-3", "STREAM-1", "CANCEL-1"], |service| {
        let mut peer = Peer::of(service);
        let gate = "before the stream";
        let nameless = |message: &str, payload| with(request(message, payload), json!({"expects_stream": true}));
        peer.tell(&asks("Wait", json!({"gate": gate})));
        peer.tell(&nameless("Count", json!({"to": 2})));
        peer.tell(&asks("Echo", json!({"text": "between"})));
        peer.tell(&nameless("Endless", json!({"gate": "nameless", "bytes": 1})));
        peer.tell(&asks("Echo", json!({"text": "behind"})));
        peer.works();
        Peer::of(service).call("Open", json!({"gate": gate}));
        assert_eq!(peer.receive()["payload"], gate);
        let items = [peer.receive(), peer.receive()];
        let name = items[0]["stream_id"].as_str().expect("a name");
        assert!(name.starts_with('~'), "{name}");
        assert_eq!(
            items[1],
            json!({"stream_id": name, "sequence": 1, "is_final": true, "payload": 2})
        );
        assert_eq!(peer.receive()["payload"], "between");
        // It never ends by itself, and whatever comes behind it waits.
        let first = peer.receive();
        assert_ne!(first["stream_id"], name);
        peer.tell(&json!({"control": "cancel", "request_id": first["stream_id"]}));
        let end = loop {
            let item = peer.receive();
            if item["is_final"] == true {
                break item;
            }
        };
        assert_eq!(end["error_code"], "Cancelled");
        assert_eq!(peer.receive()["payload"], "behind");
        peer.works();
    });
}

#[test]
fn a_thousand_questions_without_ids_are_answered_in_order() {
    case(&["ORDER-1"], |service| {
        let mut peer = Peer::of(service);
        let frame = |n: usize| match n % 4 {
            0 => asks("Echo", json!({"text": n.to_string()})),
            1 => asks("Divide", json!({"a": n, "b": 1})),
            2 => asks("Divide", json!({"a": n, "b": 0})),
            _ => with(asks("Pid", json!({})), json!({"target": format!("nobody{n}")})),
        };
        for n in 0..1000 {
            peer.send(encoded(CODECS[n % 2], &frame(n)));
        }
        for n in 0..1000 {
            let (codec, answer) = peer.next();
            assert_eq!(codec, CODECS[n % 2]);
            match n % 4 {
                0 => assert_eq!(answer["payload"], n.to_string()),
                1 => assert_eq!(answer["payload"], n),
                2 => assert_eq!(answer["error_details"], json!({"ByZero": {"dividend": n}})),
                _ => assert!(refused(&answer, "ActorNotFound").contains(&format!("nobody{n}"))),
            }
        }
    });
}

#[test]
fn what_is_held_for_its_turn_is_bounded() {
    case(&["ORDER-1", "LIMIT-4"], |service| {
        let mut peer = Peer::of(service);
        let gate = "holds the turn";
        peer.tell(&asks("Wait", json!({"gate": gate})));
        peer.call_with_an_id("Gathered", json!({"gate": gate, "count": 1}));
        // Each would be held. The server stops reading before they are too many.
        let long = framed(&encoded(Codec::Json, &asks("Long", json!({"bytes": 100_000})))).repeat(200);
        let mut writer = peer.socket().try_clone().expect("a second handle");
        let sender = thread::spawn(move || writer.write_all(&long));
        let mut other = Peer::of(service);
        let before = service.memory();
        other.call("Open", json!({"gate": gate}));
        assert_eq!(peer.receive()["payload"], gate);
        for _ in 0..200 {
            assert_eq!(peer.receive()["payload"].as_str().map(str::len), Some(100_000));
        }
        sender
            .join()
            .expect("it does not panic")
            .expect("the server reads in the end");
        let used = service.memory().saturating_sub(before);
        // Others use the server at the same time.
        assert!(used < 64 << 20, "{used} bytes");
    });
}
