//! Requests for what is not there, with what does not fit, and in too great a number.

use serde_json::{Value, json};

use crate::{
    case::{alone, case},
    peer::{CODECS, Peer, asks, encoded, failed, refused, request, streams, with},
};

#[test]
fn what_does_not_exist_is_told_apart() {
    case(&["CALL-1", "ERROR-4"], |service| {
        let mut peer = Peer::of(service);
        for target in ["nobody", "hidden", "", "mark ", "MARK", "mark/x", "../mark", "\0"] {
            let text = refused(
                &peer.ask(&with(asks("Pid", json!({})), json!({"target": target}))),
                "ActorNotFound",
            );
            assert!(text.ends_with("(AgentNotFound)"), "{text}");
        }
        for message in [
            "",
            "pid",
            "Pid ",
            "Mark.Pid",
            "other.Second.Echo",
            "hostile.Mark.Pid.",
            "*",
            "hostile.Mark.*",
        ] {
            refused(&peer.ask(&asks(message, json!({}))), "UnknownMessageType");
        }
        assert_eq!(peer.call("hostile.Mark.Pid", json!({})), service.pid());
        let ambiguous = peer.ask(&with(asks("Echo", json!({"text": "a"})), json!({"target": "both"})));
        refused(&ambiguous, "AmbiguousMessageType");
        let candidates = ambiguous["error_details"]["candidates"].as_array().expect("a list");
        assert_eq!(candidates.len(), 2);
        for name in ["hostile.Mark.Echo", "other.Second.Echo"] {
            assert!(candidates.contains(&json!(name)), "{ambiguous}");
        }
        let full = with(asks("other.Second.Echo", json!({})), json!({"target": "both"}));
        assert_eq!(peer.ask(&full)["payload"], 2);
    });
}

#[test]
fn names_that_are_too_long_are_refused() {
    case(&["CALL-1", "ERROR-5"], |service| {
        let mut peer = Peer::of(service);
        for length in [1025, 100_000, 8 << 20] {
            let name = "n".repeat(length);
            for (field, code) in [("target", "ProtocolError"), ("message_type", "ProtocolError")] {
                let answer = peer.ask(&with(asks("Pid", json!({})), json!({field: name})));
                let text = refused(&answer, code);
                assert!(text.len() < 2000, "{text}");
            }
            refused(
                &peer.ask(&json!({"message_types": [name], "request_id": "s"})),
                "ProtocolError",
            );
        }
        refused(
            &peer.ask(&with(asks("Pid", json!({})), json!({"target": "n".repeat(1024)}))),
            "ActorNotFound",
        );
        refused(&peer.ask(&asks(&"n".repeat(1024), json!({}))), "UnknownMessageType");
    });
}

#[test]
fn a_method_without_arguments_takes_nothing_in_any_form() {
    case(&["CALL-2"], |service| {
        let mut peer = Peer::of(service);
        for codec in CODECS {
            for payload in [json!({}), json!(null), json!({"later": 1})] {
                assert_eq!(
                    peer.answer(codec, encoded(codec, &asks("Nothing", payload)))["payload"],
                    Value::Null
                );
            }
            let mut bare = asks("Nothing", json!({}));
            bare.as_object_mut().expect("it is one").remove("payload");
            assert_eq!(peer.answer(codec, encoded(codec, &bare))["success"], true);
            for payload in [json!([]), json!(7), json!("x"), json!(false)] {
                refused(
                    &peer.answer(codec, encoded(codec, &asks("Nothing", payload))),
                    "SerializationError",
                );
            }
        }
    });
}

#[test]
fn flags_fit_the_method() {
    case(&["CALL-3", "CALL-4", "STREAM-6", "STREAM-4"], |service| {
        let mut peer = Peer::of(service);
        let frame = |message: &str, payload: &Value, reply: bool, stream: bool| {
            let flags =
                json!({"expects_reply": reply, "expects_stream": stream, "request_id": "7", "target": "writer"});
            with(request(message, payload.clone()), flags)
        };
        let (ask, tell, stream) = (
            ("Echo", json!({"text": "a"})),
            ("Note", json!({"text": "a"})),
            ("Count", json!({"to": 1})),
        );
        for (message, payload) in [&ask, &tell, &stream] {
            refused(&peer.ask(&frame(message, payload, true, true)), "ProtocolError");
        }
        refused(&peer.ask(&frame(stream.0, &stream.1, true, false)), "ProtocolError");
        refused(&peer.ask(&frame(stream.0, &stream.1, false, false)), "ProtocolError");
        let refusal = peer.ask(&frame(tell.0, &tell.1, false, true));
        refused(&refusal, "ProtocolError");
        assert_eq!(
            (&refusal["stream_id"], &refusal["sequence"], &refusal["is_final"]),
            (&json!("7"), &json!(0), &json!(true))
        );

        assert_eq!(peer.ask(&frame(ask.0, &ask.1, true, false))["payload"], "a");
        let one = json!({"stream_id": "7", "sequence": 0, "is_final": true, "payload": "a"});
        assert_eq!(peer.ask(&frame(ask.0, &ask.1, false, true)), one);
        assert_eq!(peer.ask(&frame(tell.0, &tell.1, true, false))["payload"], Value::Null);
        assert_eq!(peer.ask(&frame(stream.0, &stream.1, false, true))["payload"], 1);
        // Without flags nothing is answered.
        peer.tell(&frame(ask.0, &ask.1, false, false));
        peer.tell(&frame(tell.0, &tell.1, false, false));
        peer.works();
        // But for what never comes to run, if it can be told.
        peer.tell(&with(
            request("Note", json!({"text": 7})),
            json!({"request_id": "n", "target": "writer"}),
        ));
        let refusal = peer.receive();
        refused(&refusal, "SerializationError");
        assert_eq!(refusal["request_id"], "n");
        peer.tell(&request("Note", json!({"text": 7})));
        peer.works();
    });
}

#[test]
fn a_tell_is_confirmed_once_it_is_in_the_queue() {
    alone(&["CALL-3", "CALL-4", "LIMIT-1"], |service| {
        let mut peer = Peer::of(service);
        let narrow = json!({"target": "narrow"});
        let gate = "a full queue";
        // The actor is held, so that its queue of one place stays full.
        peer.tell(&with(
            with(asks("Hold", json!({"gate": gate})), narrow.clone()),
            json!({"request_id": "h"}),
        ));
        peer.call("Gathered", json!({"gate": gate, "count": 1}));
        let note = with(asks("Note", json!({"text": "a"})), narrow.clone());
        let answers: Vec<_> = (0..200).map(|_| peer.ask(&note)).collect();
        let confirmed = answers.iter().filter(|answer| answer["success"] == true).count();
        assert!(confirmed < 200, "the queue is bounded");
        for answer in answers.iter().filter(|answer| answer["success"] == false) {
            refused(answer, "TargetBusy");
        }
        // A tell that nobody waits for, and an ask: the one is lost in silence, the other is told.
        peer.tell(&with(request("Note", json!({"text": "a"})), narrow.clone()));
        refused(&peer.ask(&with(asks("Notes", json!({})), narrow.clone())), "TargetBusy");
        Peer::of(service).call("Open", json!({"gate": gate}));
        assert_eq!(peer.receive()["request_id"], "h");
        // What was confirmed was handled, and nothing else.
        let notes = loop {
            let answer = peer.ask(&with(asks("Notes", json!({})), narrow.clone()));
            if answer["success"] == true {
                break answer["payload"].clone();
            }
            refused(&answer, "TargetBusy");
        };
        assert_eq!(notes, confirmed);
    });
}

#[test]
fn meta_is_a_small_map_of_texts() {
    case(&["CALL-5"], |service| {
        let mut peer = Peer::of(service);
        let entries = |count: usize| {
            (0..count)
                .map(|n| (n.to_string(), json!("v")))
                .collect::<serde_json::Map<_, _>>()
        };
        for codec in CODECS {
            for meta in [
                json!({}),
                json!({"": ""}),
                json!({"a": "\0"}),
                Value::Object(entries(64)),
            ] {
                let frame = with(asks("Nothing", json!({})), json!({"meta": meta}));
                assert_eq!(peer.answer(codec, encoded(codec, &frame))["success"], true, "{meta}");
            }
            let long = "v".repeat(16 * 1024);
            for meta in [
                json!([]),
                json!("a"),
                json!(7),
                json!({"a": 1}),
                json!({"a": {"b": "c"}}),
                json!({"a": null}),
                Value::Object(entries(65)),
                json!({"a": long}),
            ] {
                let frame = with(asks("Nothing", json!({})), json!({"meta": meta}));
                let answer = peer.answer(codec, encoded(codec, &frame));
                refused(&answer, "ProtocolError");
                assert_eq!(answer["error_details"]["path"], "meta");
            }
        }
        let twice = r#"{"target":"mark","message_type":"Nothing","expects_reply":true,"meta":{"a":"1","a":"2"}}"#;
        peer.send(twice);
        refused(&peer.receive(), "ProtocolError");
        // Without an answer to be had, it is refused all the same.
        peer.tell(&with(request("Note", json!({"text": "a"})), json!({"meta": 7})));
        peer.works();
    });
}

#[test]
fn a_call_ends_in_its_time() {
    case(&["CALL-6", "ERROR-3"], |service| {
        let mut peer = Peer::of(service);
        let gate = "never opened";
        let waits = with(
            asks("Wait", json!({"gate": gate})),
            json!({"timeout_ms": 50, "request_id": "t"}),
        );
        // On a slow machine its time may be over before it has begun; that is told, and it may be sent again.
        let late = loop {
            let late = peer.ask(&waits);
            if late["error_details"]["delivered"] != "no" {
                break late;
            }
            refused(&late, "Timeout");
        };
        failed(&late, "Timeout", "unknown");
        assert_eq!(
            (&late["request_id"], &late["error_details"]["retryable"]),
            (&json!("t"), &json!(false))
        );
        let stream = with(
            streams("Lagging", json!({"gate": gate, "to": 1}), "t"),
            json!({"timeout_ms": 50}),
        );
        let late = loop {
            let late = peer.ask(&stream);
            if late["error_details"]["delivered"] != "no" {
                break late;
            }
            refused(&late, "Timeout");
        };
        failed(&late, "Timeout", "unknown");
        assert_eq!((&late["stream_id"], &late["is_final"]), (&json!("t"), &json!(true)));
        // Neither waits at the gate any more.
        peer.call("Gathered", json!({"gate": gate, "count": 0}));
        for timeout in [0, 1, u64::MAX] {
            let answer = peer.ask(&with(
                asks("Echo", json!({"text": "a"})),
                json!({"timeout_ms": timeout}),
            ));
            assert!(
                answer["payload"] == "a" || answer["error_code"] == "Timeout",
                "{answer}"
            );
        }
        peer.works();
    });
}

#[test]
fn more_calls_than_may_be_in_flight_are_refused() {
    case(&["LIMIT-1", "ID-3"], |service| {
        let mut peer = Peer::of(service);
        let welcome = peer.ask(&json!({"control": "hello", "protocol": [1, 1], "request_id": "h"}));
        let most = welcome["payload"]["limits"]["in_flight"].as_u64().expect("a number");
        let gate = "as many as may be";
        let waits = |id: String| {
            let request = with(asks("Wait", json!({"gate": gate})), json!({"target": "crowded"}));
            with(request, json!({"request_id": id}))
        };
        for n in 0..most {
            peer.tell(&waits(format!("w{n}")));
        }
        for (n, codec) in CODECS.iter().cycle().take(100).enumerate() {
            let frame = waits(format!("more {n}"));
            refused(&peer.answer(*codec, encoded(*codec, &frame)), "LimitExceeded");
        }
        refused(&peer.ask(&asks("Pid", json!({}))), "LimitExceeded");
        let refusal = peer.ask(&streams("Count", json!({"to": 1}), "one too many"));
        refused(&refusal, "LimitExceeded");
        assert_eq!(refusal["is_final"], true);
        // Controls need no place.
        assert_eq!(
            peer.ask(&json!({"control": "ping", "request_id": "p"}))["success"],
            true
        );
        for n in 0..most {
            peer.tell(&json!({"control": "cancel", "request_id": format!("w{n}")}));
            assert_eq!(peer.receive()["error_code"], "Cancelled");
            if n % 100 == 0 {
                peer.works();
            }
        }
        peer.works();
    });
}
