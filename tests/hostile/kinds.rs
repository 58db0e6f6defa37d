//! Frames that are of several kinds, of none, or not a client's.

use serde_json::{Value, json};

use crate::{
    case::case,
    peer::{CODECS, Codec, Peer, encoded, refused},
};

/// The answers to a frame in both codecs, which are the same.
fn answer(peer: &mut Peer, frame: &Value) -> Value {
    let answers = CODECS.map(|codec| peer.answer(codec, encoded(codec, frame)));
    assert_eq!(answers[0], answers[1], "{frame}");
    answers.into_iter().next().expect("there are two")
}

#[test]
fn a_frame_of_several_kinds_or_of_none_is_refused() {
    case(&["KIND-1", "ID-4"], |service| {
        let mut peer = Peer::of(service);
        let kinds = [
            ("target", json!("mark")),
            ("message_types", json!(["Tick"])),
            ("stream_id", json!("s")),
            ("notification_type", json!("subscription")),
        ];
        let rest = json!({"message_type": "Pid", "sequence": 0, "is_final": true, "timestamp": 0, "request_id": "7"});
        for (at, first) in kinds.iter().enumerate() {
            for second in &kinds[at + 1..] {
                let mut frame = rest.clone();
                frame[first.0] = first.1.clone();
                frame[second.0] = second.1.clone();
                let refusal = answer(&mut peer, &frame);
                let text = refused(&refusal, "ProtocolError");
                assert!(text.contains(first.0) && text.contains(second.0), "{text}");
                assert_eq!(refusal["request_id"], "7");
            }
        }
        for frame in [
            json!({}),
            json!({"payload": 1}),
            json!({"message_type": "Pid", "request_id": "7"}),
            json!({"later": {"target": "mark"}}),
            rest,
        ] {
            refused(&answer(&mut peer, &frame), "ProtocolError");
        }
        peer.works();
    });
}

#[test]
fn control_decides_whatever_else_there_is() {
    case(&["KIND-1", "CONTROL-1"], |service| {
        let mut peer = Peer::of(service);
        let frame = json!({"target": "mark", "message_types": ["Tick"], "stream_id": "s", "success": true, "control": "ping", "request_id": "7"});
        assert_eq!(
            answer(&mut peer, &frame),
            json!({"success": true, "request_id": "7", "error": null, "payload": null})
        );
    });
}

#[test]
fn keys_may_come_in_any_order() {
    case(&["KIND-2", "STRICT-9"], |service| {
        let mut peer = Peer::of(service);
        let fields = [
            r#""target":"mark""#,
            r#""message_type":"Echo""#,
            r#""payload":{"text":"a"}"#,
            r#""expects_reply":true"#,
            r#""request_id":"7""#,
        ];
        // All orders, each made by exchanging two fields of another (Heap's way).
        let mut order = fields;
        let mut counts = [0; 5];
        let mut at = 0;
        let mut tried = 0;
        while at < order.len() {
            if tried == 0 || counts[at] < at {
                if tried > 0 {
                    order.swap(if at % 2 == 0 { 0 } else { counts[at] }, at);
                    counts[at] += 1;
                    at = 0;
                }
                let frame = format!(" {{ {} , \"later\" : [ {{ }} ] }} ", order.join("\n,"));
                assert_eq!(peer.answer(Codec::Json, frame)["payload"], "a", "{order:?}");
                tried += 1;
            } else {
                counts[at] = 0;
                at += 1;
            }
        }
        assert_eq!(tried, 120);
    });
}

#[test]
fn a_field_of_a_wrong_type_is_named() {
    case(&["KIND-3", "ID-4"], |service| {
        let mut peer = Peer::of(service);
        let texts = ["target", "message_type", "reply_to", "traceparent", "tracestate"];
        let fields = texts.iter().map(|field| (*field, json!(7)));
        let fields = fields.chain(["expects_reply", "expects_stream"].map(|field| (field, json!("true"))));
        let fields = fields.chain(["timeout_ms", "credit"].map(|field| (field, json!(-1))));
        for (field, wrong) in fields {
            for wrong in [wrong, json!([]), json!({}), json!(1.5)] {
                let mut frame = json!({"target": "mark", "message_type": "Pid", "request_id": "7"});
                frame[field] = wrong;
                let refusal = answer(&mut peer, &frame);
                let text = refused(&refusal, "ProtocolError");
                assert!(text.contains(&format!("`{field}`")), "{text}");
                assert_eq!(refusal["request_id"], "7");
            }
        }
        let lacking = [
            json!({"target": "mark", "request_id": "7"}),
            json!({"message_types": null, "request_id": "7"}),
            json!({"control": null}),
            json!({"target": null, "message_type": "Pid"}),
        ];
        for frame in lacking {
            let text = refused(&answer(&mut peer, &frame), "ProtocolError");
            assert!(text.contains("missing field"), "{text}");
        }
        for wrong in [
            json!("Tick"),
            json!([7]),
            json!([["Tick"]]),
            json!({"Tick": 1}),
            json!([null]),
        ] {
            let text = refused(
                &answer(&mut peer, &json!({"message_types": wrong, "request_id": "7"})),
                "ProtocolError",
            );
            assert!(text.contains("`message_types`"), "{text}");
        }
    });
}

#[test]
fn null_is_the_same_as_nothing_where_a_field_may_be_left_out() {
    case(&["KIND-3"], |service| {
        let mut peer = Peer::of(service);
        let frame = json!({
            "target": "mark", "message_type": "Nothing", "expects_reply": true, "request_id": null, "expects_stream": null,
            "reply_to": null, "timeout_ms": null, "credit": null, "meta": null, "traceparent": null, "tracestate": null,
            "chain": null, "payload": null,
        });
        assert_eq!(
            answer(&mut peer, &frame),
            json!({"success": true, "error": null, "payload": null})
        );
    });
}

#[test]
fn what_only_a_server_sends_is_refused() {
    case(&["KIND-4", "CONTROL-2"], |service| {
        let mut peer = Peer::of(service);
        let frames = [
            json!({"success": true, "request_id": "7", "error": null, "payload": 1}),
            json!({"success": false, "error": "x", "error_code": "x"}),
            json!({"stream_id": "s", "sequence": 0, "is_final": false, "payload": 1}),
            json!({"notification_type": "subscription", "message_type": "Tick", "timestamp": 0, "payload": {}}),
        ];
        for frame in frames {
            refused(&answer(&mut peer, &frame), "ProtocolError");
        }
        // A goodbye is a control that the server does not know from a client.
        refused(
            &answer(
                &mut peer,
                &json!({"control": "goodbye", "request_id": "7", "drain_ms": 0}),
            ),
            "ProtocolError",
        );
        peer.tell(&json!({"control": "goodbye", "drain_ms": 0}));
        peer.works();
    });
}
