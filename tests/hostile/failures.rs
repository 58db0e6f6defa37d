//! What peers are told when something fails, and what they are not.

use serde_json::{Value, json};

use crate::{
    case::case,
    peer::{CODECS, Peer, asks, encoded, failed, refused, streams, with},
};

#[test]
fn an_answer_has_its_fields_and_no_others() {
    case(&["RESPONSE-1", "ERROR-1", "ERROR-2"], |service| {
        let mut peer = Peer::of(service);
        let keys = |answer: &Value| answer.as_object().expect("a map").keys().cloned().collect::<Vec<_>>();
        for codec in CODECS {
            let good = peer.answer(codec, encoded(codec, &asks("Divide", json!({"a": 6, "b": 2}))));
            assert_eq!(keys(&good), ["error", "payload", "success"]);
            let own = peer.answer(
                codec,
                encoded(
                    codec,
                    &with(asks("Divide", json!({"a": 6, "b": 0})), json!({"request_id": "7"})),
                ),
            );
            assert_eq!(
                keys(&own),
                [
                    "error",
                    "error_code",
                    "error_details",
                    "payload",
                    "request_id",
                    "success"
                ]
            );
            assert_eq!(
                (&own["error_code"], &own["error_details"]),
                (&json!("ContractError"), &json!({"ByZero": {"dividend": 6}}))
            );
            assert!(
                own["error"]
                    .as_str()
                    .is_some_and(|text| text.starts_with("ContractError: ")),
                "{own}"
            );
            assert_eq!((&own["success"], &own["payload"]), (&json!(false), &Value::Null));
            let other = peer.answer(codec, encoded(codec, &asks("Unheard", json!({}))));
            assert_eq!(
                keys(&other),
                ["error", "error_code", "error_details", "payload", "success"]
            );
            assert_eq!(keys(&other["error_details"]), ["delivered", "retryable"]);
        }
    });
}

#[test]
fn nothing_that_a_peer_sends_comes_back_raw() {
    case(&["ERROR-5"], |service| {
        let mut peer = Peer::of(service);
        let secret = "hunter2";
        let control = "\u{1b}[31m\n\r\0\u{7f}\u{85}\u{202e}";
        let frames = [
            with(asks("Pid", json!({})), json!({"target": control})),
            asks(control, json!({})),
            asks("Divide", json!({"a": secret, "b": secret})),
            asks("Trees", json!({"tree": {"below": [secret]}})),
            asks("Names", json!({"of": {control: control}})),
            asks("Blob", json!({"data": [secret]})),
            json!({"message_types": [control], "request_id": "s"}),
            json!({"control": control, "request_id": "c"}),
            json!({"control": "hello", "protocol": secret, "request_id": "c"}),
            json!({"control": "schema", "document": {"callsheet": secret}, "request_id": "c"}),
            with(asks("Pid", json!({})), json!({"meta": {control: 7}})),
            json!({control: 1}),
        ];
        for (frame, codec) in frames.iter().flat_map(|frame| CODECS.map(|codec| (frame, codec))) {
            let answer = peer.answer(codec, encoded(codec, frame));
            assert_eq!(answer["success"], false, "{frame}: {answer}");
            let text = answer["error"].as_str().expect("a text");
            assert!(!text.contains(char::is_control), "{text:?}");
            assert!(!text.contains(secret), "{text}");
            assert!(text.len() < 10_000, "{text}");
        }
        let twice = format!(r#"{{"{0}":1,"{0}":2}}"#, "k".repeat(100_000));
        peer.send(twice);
        let text = refused(&peer.receive(), "ProtocolError");
        assert!(text.len() < 1000, "a name is cut: {text}");
    });
}

#[test]
fn the_text_of_a_panic_is_kept() {
    case(&["ERROR-5", "SOCKET-5"], |service| {
        let mut peer = Peer::of(service);
        let text = failed(
            &peer.ask(&with(asks("Explode", json!({})), json!({"target": "fragile"}))),
            "ActorFailed",
            "yes",
        );
        assert!(!text.contains("secret") && !text.contains(".rs"), "{text}");
        let stream = with(streams("Explode", json!({}), "s"), json!({"target": "fragile"}));
        let answer = peer.ask(&stream);
        let text = failed(&answer, "ActorFailed", "yes");
        assert!(!text.contains("secret"), "{text}");
        assert_eq!(answer["is_final"], true);
        peer.works();
    });
}
