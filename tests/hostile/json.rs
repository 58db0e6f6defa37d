//! JSON that is too deep, too long, ambiguous, or none.

use serde_json::{Value, json};

use crate::{
    case::case,
    peer::{Codec, Peer, asks, failed, refused, with},
};

/// A request in JSON with this text for its payload.
fn with_payload(message: &str, payload: &str) -> String {
    format!(r#"{{"target":"mark","message_type":"{message}","expects_reply":true,"payload":{payload}}}"#)
}

/// That the frame is refused with the code, at the path if there is one, and that the next request works.
fn is_refused(peer: &mut Peer, frame: impl AsRef<[u8]>, code: &str, path: Option<&str>) {
    let shown = String::from_utf8_lossy(frame.as_ref())
        .chars()
        .take(200)
        .collect::<String>();
    let answer = peer.answer(Codec::Json, frame);
    refused(&answer, code);
    assert_eq!(
        answer["error_details"].get("path"),
        path.map(Value::from).as_ref(),
        "{shown}: {answer}"
    );
    peer.works();
}

#[test]
fn what_is_no_json_is_refused() {
    case(&["STRICT-1", "FRAME-5"], |service| {
        let mut peer = Peer::of(service);
        let whole = with_payload("Echo", r#"{"text":"a"}"#);
        for end in 1..whole.len() {
            is_refused(&mut peer, &whole[..end], "ProtocolError", None);
        }
        for behind in [" {}", "}", ",", "\0", "null", "\n[]"] {
            is_refused(&mut peer, format!("{whole}{behind}"), "ProtocolError", None);
        }
        for text in [
            "{'target':'mark'}",
            "{target:1}",
            "{\"a\":1,}",
            "{\"a\" 1}",
            "{\"a\":}",
            "{,}",
            "{\"a\":tru}",
            "{1:2}",
            "{/**/}",
        ] {
            is_refused(&mut peer, text, "ProtocolError", None);
        }
        for payload in [
            r#"{"text":"a",}"#,
            r#"{"text":undefined}"#,
            "{",
            "[1,]",
            r#"{"text":"a" "b"}"#,
        ] {
            is_refused(&mut peer, with_payload("Echo", payload), "ProtocolError", None);
        }
    });
}

#[test]
fn text_that_is_no_unicode_is_refused() {
    case(&["STRICT-3", "CODEC-1"], |service| {
        let mut peer = Peer::of(service);
        // Cut characters, overlong ones, encoded surrogates, and numbers beyond Unicode.
        let broken: [&[u8]; 7] = [
            b"\xff",
            b"\xc3",
            b"\xc0\xaf",
            b"\xe0\x80\xaf",
            b"\xed\xa0\x80",
            b"\xf4\x90\x80\x80",
            b"\x80",
        ];
        for bytes in broken {
            let frame = [
                br#"{"target":"mark","message_type":"Echo","expects_reply":true,"payload":{"text":""#,
                bytes,
                br#""}}"#,
            ]
            .concat();
            is_refused(&mut peer, frame, "ProtocolError", None);
            let frame = [
                br#"{"target":""#,
                bytes,
                br#"","message_type":"Echo","expects_reply":true}"#,
            ]
            .concat();
            is_refused(&mut peer, frame, "ProtocolError", None);
        }
        for escape in [
            r"\ud800",
            r"\udc00",
            r"\ud800\u0041",
            r"\ud83c\ud83c",
            r"\u12",
            r"\x41",
            r"\ud800\n",
        ] {
            let frame = with_payload("Echo", &format!(r#"{{"text":"{escape}"}}"#));
            let answer = peer.answer(Codec::Json, frame);
            let code = answer["error_code"].as_str().expect("it is refused").to_owned();
            assert!(
                ["ProtocolError", "SerializationError"].contains(&&*code),
                "{escape}: {answer}"
            );
            refused(&answer, &code);
            is_refused(
                &mut peer,
                format!(r#"{{"target":"{escape}","message_type":"Echo"}}"#),
                "ProtocolError",
                None,
            );
        }
        is_refused(
            &mut peer,
            b"\xef\xbb\xbf{\"target\":\"mark\",\"message_type\":\"Pid\"}",
            "ProtocolError",
            None,
        );
        let answer = peer.answer(
            Codec::Json,
            with_payload("Echo", r#"{"text":"\ud83c\udfad \u0000 \u00e9"}"#),
        );
        assert_eq!(answer["payload"], "🎭 \0 é");
    });
}

#[test]
fn a_key_that_comes_twice_is_refused() {
    case(&["STRICT-2", "ID-4"], |service| {
        let mut peer = Peer::of(service);
        for frame in [
            r#"{"target":"mark","target":"mark","message_type":"Pid"}"#,
            r#"{"target":"mark","t\u0061rget":"mark","message_type":"Pid"}"#,
            r#"{"target":"mark","message_type":"Pid","payload":{},"payload":{}}"#,
            r#"{"target":"mark","message_type":"Pid","later":1,"l\u0061ter":1}"#,
            r#"{"control":"ping","control":"ping"}"#,
            r#"{"request_id":"a","request_id":"b","control":"ping"}"#,
            r#"{"message_types":["Tick"],"message_types":["Tick"]}"#,
        ] {
            let answer = peer.answer(Codec::Json, frame);
            refused(&answer, "ProtocolError");
            peer.works();
        }
        for payload in [
            r#"{"text":"a","text":"b"}"#,
            r#"{"text":"a","t\u0065xt":"b"}"#,
            r#"{"text":"a","later":1,"later":2}"#,
        ] {
            let answer = peer.answer(Codec::Json, with_payload("Echo", payload));
            refused(&answer, "SerializationError");
        }
        let twice = r#"{"of":{"1":"a","1":"b"}}"#;
        refused(
            &peer.answer(Codec::Json, with_payload("Names", twice)),
            "SerializationError",
        );
        // Also in what nobody reads.
        let unread = r#"{"text":"a","later":{"x":1,"x":2}}"#;
        refused(
            &peer.answer(Codec::Json, with_payload("Echo", unread)),
            "SerializationError",
        );
        let answer = peer.answer(Codec::Json, r#"{"request_id":"7","target":"a","target":"b"}"#);
        refused(&answer, "ProtocolError");
        assert_eq!(answer["request_id"], "7");
    });
}

#[test]
fn a_payload_nests_64_deep_and_no_deeper() {
    case(&["STRICT-5", "STRICT-9"], |service| {
        let mut peer = Peer::of(service);
        // The payload and its unknown field's arrays.
        let nested = |deep: usize| {
            let (open, close) = ("[".repeat(deep), "]".repeat(deep));
            with_payload("Echo", &format!(r#"{{"later":{open}{close},"text":"a"}}"#))
        };
        assert_eq!(peer.answer(Codec::Json, nested(63))["payload"], "a");
        for deep in [64, 65, 127, 128, 129, 1000, 1_000_000] {
            refused(&peer.answer(Codec::Json, nested(deep)), "SerializationError");
            peer.works();
        }
        // The payload, and two for each tree.
        let trees = |count: usize| {
            let tree = format!("{}{}", r#"{"below":["#.repeat(count), "]}".repeat(count));
            with_payload("Trees", &format!(r#"{{"tree":{tree}}}"#))
        };
        assert_eq!(peer.answer(Codec::Json, trees(31))["payload"], 31);
        for count in [32, 64, 10_000, 500_000] {
            refused(&peer.answer(Codec::Json, trees(count)), "SerializationError");
            peer.works();
        }
    });
}

#[test]
fn depth_does_no_harm_in_any_field_of_the_envelope() {
    case(&["FRAME-5", "STRICT-9"], |service| {
        let mut peer = Peer::of(service);
        let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
        let open = "[".repeat(200_000);
        let maps = format!("{}1{}", "{\"a\":".repeat(50_000), "}".repeat(50_000));
        let fields = [
            "target",
            "request_id",
            "message_types",
            "control",
            "meta",
            "chain",
            "payload",
            "later",
            "error_details",
            "items",
        ];
        for field in fields {
            for value in [&deep, &open, &maps] {
                peer.send(format!(r#"{{"{field}":{value}}}"#));
                refused(&peer.receive(), "ProtocolError");
                peer.works();
            }
        }
        let answer = peer.answer(
            Codec::Json,
            format!(r#"{{"later":{deep},{}"#, &with_payload("Echo", r#"{"text":"a"}"#)[1..]),
        );
        assert_eq!(answer["payload"], "a", "what nobody knows is ignored");
    });
}

#[test]
fn numbers_fit_their_types() {
    case(&["STRICT-8"], |service| {
        let mut peer = Peer::of(service);
        let divide = |a: &str| with_payload("Divide", &format!(r#"{{"a":{a},"b":1}}"#));
        for (number, value) in [("2147483647", 2_147_483_647), ("-2147483648", -2_147_483_648)] {
            assert_eq!(peer.answer(Codec::Json, divide(number))["payload"], value, "{number}");
        }
        for number in [
            "2147483648",
            "-2147483649",
            "1.5",
            "1e400",
            "1e2",
            "\"1\"",
            "true",
            "null",
            "[1]",
            "{}",
            "99999999999999999999999999999",
        ] {
            let answer = peer.answer(Codec::Json, divide(number));
            let code = answer["error_code"].as_str().unwrap_or_default().to_owned();
            assert_eq!(code, "SerializationError", "{number}: {answer}");
            refused(&answer, &code);
        }
        for number in [
            "01", "+1", "1.", ".1", "1e", "0x1", "NaN", "Infinity", "-", "--1", "1_000", "１",
        ] {
            is_refused(&mut peer, divide(number), "ProtocolError", None);
        }
        let float = |number: &str| with_payload("Float", &format!(r#"{{"number":{number}}}"#));
        for number in ["0.1", "1e308", "5e-324", "-0.0", "3"] {
            let expected: f64 = number.parse().expect("a number");
            assert_eq!(peer.answer(Codec::Json, float(number))["payload"], expected, "{number}");
        }
        refused(&peer.answer(Codec::Json, float("1e309")), "SerializationError");
        is_refused(
            &mut peer,
            r#"{"target":"mark","message_type":"Pid","timeout_ms":1.5}"#,
            "ProtocolError",
            None,
        );
        is_refused(
            &mut peer,
            r#"{"target":"mark","message_type":"Pid","timeout_ms":18446744073709551616}"#,
            "ProtocolError",
            None,
        );
    });
}

#[test]
fn a_zero_below_zero_is_no_integer() {
    case(&["STRICT-10", "STRICT-8"], |service| {
        let mut peer = Peer::of(service);
        for zero in ["-0", "-0.0", "-0e5", "0.0", "0e0"] {
            for (message, payload, path) in [
                ("Divide", format!(r#"{{"a":{zero},"b":1}}"#), "payload.a"),
                ("Long", format!(r#"{{"bytes":{zero}}}"#), "payload.bytes"),
            ] {
                let answer = peer.answer(Codec::Json, with_payload(message, &payload));
                refused(&answer, "SerializationError");
                assert_eq!(answer["error_details"]["path"], path, "{zero}: {answer}");
            }
            let wide = with_payload("Wide", &format!(r#"{{"number":{zero}}}"#));
            refused(&peer.answer(Codec::Json, wide), "SerializationError");
            let named = with_payload("Names", &format!(r#"{{"of":{{"{zero}":"a"}}}}"#));
            refused(&peer.answer(Codec::Json, named), "SerializationError");
            for field in ["timeout_ms", "credit"] {
                let frame = format!(r#"{{"{field}":{zero},{}"#, &with_payload("Nothing", "null")[1..]);
                is_refused(&mut peer, frame, "ProtocolError", None);
            }
            let float = with_payload("Float", &format!(r#"{{"number":{zero}}}"#));
            assert_eq!(peer.answer(Codec::Json, float)["payload"], 0.0, "{zero}");
        }
        // What is no float is a zero.
        assert_eq!(
            peer.answer(Codec::Json, with_payload("Divide", r#"{"a":0,"b":1}"#))["payload"],
            0
        );
    });
}

#[test]
fn an_array_stands_for_no_fields() {
    case(&["STRICT-4"], |service| {
        let mut peer = Peer::of(service);
        is_refused(
            &mut peer,
            with_payload("Divide", "[6,3]"),
            "SerializationError",
            Some("payload"),
        );
        is_refused(
            &mut peer,
            with_payload("Trees", r#"{"tree":[[]]}"#),
            "SerializationError",
            Some("payload.tree"),
        );
        is_refused(&mut peer, r#"["mark","Pid",{}]"#, "ProtocolError", None);
    });
}

#[test]
fn a_wrong_value_is_found_by_its_path() {
    case(&["STRICT-8", "ERROR-3"], |service| {
        let mut peer = Peer::of(service);
        is_refused(
            &mut peer,
            with_payload("Divide", r#"{"a":6,"b":"3"}"#),
            "SerializationError",
            Some("payload.b"),
        );
        is_refused(
            &mut peer,
            with_payload("Divide", r#"{"a":6}"#),
            "SerializationError",
            Some("payload"),
        );
        let tree = r#"{"tree":{"below":[{"below":[]},{"below":[{"below":7}]}]}}"#;
        is_refused(
            &mut peer,
            with_payload("Trees", tree),
            "SerializationError",
            Some("payload.tree.below[1].below[0].below"),
        );
    });
}

#[test]
fn huge_strings_and_many_keys_are_taken() {
    case(&["FRAME-3", "STRICT-9"], |service| {
        let mut peer = Peer::of(service);
        let text = "ä".repeat(7 << 20);
        assert_eq!(peer.call("Echo", json!({"text": text})), Value::from(text));
        let keys: String = (0..200_000).map(|n| format!(r#""key {n}":{n},"#)).collect();
        let answer = peer.answer(Codec::Json, with_payload("Echo", &format!(r#"{{{keys}"text":"a"}}"#)));
        assert_eq!(answer["payload"], "a");
        let envelope = |keys: &str| format!("{{{keys}{}", &with_payload("Echo", r#"{"text":"a"}"#)[1..]);
        refused(&peer.answer(Codec::Json, envelope(&keys)), "ProtocolError");
        let keys: String = (0..200).map(|n| format!(r#""key {n}":{n},"#)).collect();
        assert_eq!(peer.answer(Codec::Json, envelope(&keys))["payload"], "a");
        let names: String = (0..200_000).map(|_| r#""no such event","#).collect();
        let answer = peer.answer(
            Codec::Json,
            format!(r#"{{"request_id":"s","message_types":[{names}"Tick"]}}"#),
        );
        // There may be a limit on how many are named at once.
        let code = answer["error_code"].as_str().unwrap_or_default();
        assert!(
            ["UnknownMessageType", "LimitExceeded", "ProtocolError"].contains(&code),
            "{answer}"
        );
        refused(&answer, code);
        peer.works();
    });
}

#[test]
fn a_reply_that_is_too_long_is_an_error() {
    case(&["LIMIT-5"], |service| {
        let mut peer = Peer::of(service);
        let answer = peer.ask(&with(
            asks("Long", json!({"bytes": 17 << 20})),
            json!({"request_id": "long"}),
        ));
        failed(&answer, "SerializationError", "yes");
        assert_eq!(
            (&answer["request_id"], &answer["error_details"]["retryable"]),
            (&json!("long"), &json!(false))
        );
        peer.works();
    });
}
