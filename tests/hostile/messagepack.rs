//! MessagePack that promises what does not come, is too deep, or is none.

use serde_json::json;

use crate::{
    case::{canary, case},
    peer::{CODECS, Codec, Peer, asks, encoded, refused, unpacked, with},
};

/// A request in MessagePack for a reply to this payload.
fn with_payload(message: &str, payload: &[u8]) -> Vec<u8> {
    let mut frame = b"\x84\xa6target\xa4mark\xadexpects_reply\xc3\xacmessage_type".to_vec();
    frame.push(0xa0 | u8::try_from(message.len()).expect("a short name"));
    frame.extend(message.as_bytes());
    frame.extend(b"\xa7payload");
    frame.extend(payload);
    frame
}

fn is_refused(peer: &mut Peer, frame: impl AsRef<[u8]>, code: &str) {
    let shown = frame.as_ref().iter().take(40).copied().collect::<Vec<_>>();
    let answer = peer.answer(Codec::MessagePack, frame);
    assert_eq!(
        answer["error_code"],
        code,
        "{:?}: {answer}",
        shown.escape_ascii().to_string()
    );
    refused(&answer, code);
    peer.works();
}

#[test]
fn what_is_cut_off_or_goes_on_is_refused() {
    case(&["STRICT-1", "CODEC-2"], |service| {
        let mut peer = Peer::of(service);
        let whole = with_payload("Echo", b"\x81\xa4text\xa1a");
        assert_eq!(peer.answer(Codec::MessagePack, &whole)["payload"], "a");
        for end in 1..whole.len() {
            is_refused(&mut peer, &whole[..end], "ProtocolError");
        }
        for behind in [&b"\xc0"[..], b"\x80", b"\x00\x00\x00\x00"] {
            is_refused(&mut peer, [&whole, behind].concat(), "ProtocolError");
        }
    });
}

#[test]
fn declared_lengths_are_not_believed() {
    case(&["STRICT-7", "FRAME-4"], |service| {
        let mut peer = Peer::of(service);
        let before = service.memory();
        let markers: [&[u8]; 9] = [
            b"\xdd\xff\xff\xff\xff",
            b"\xdf\xff\xff\xff\xff",
            b"\xdb\xff\xff\xff\xff",
            b"\xc6\xff\xff\xff\xff",
            b"\xc9\xff\xff\xff\xff\x01",
            b"\xdc\xff\xff",
            b"\xde\xff\xff",
            b"\xda\xff\xff",
            b"\xc5\xff\xff",
        ];
        for marker in markers {
            for (message, key) in [
                ("Echo", &b"\x81\xa4text"[..]),
                ("Trees", b"\x81\xa4tree"),
                ("Names", b"\x81\xa2of"),
                ("Blob", b"\x81\xa4data"),
            ] {
                is_refused(
                    &mut peer,
                    with_payload(message, &[key, marker].concat()),
                    "ProtocolError",
                );
            }
            is_refused(&mut peer, with_payload("Echo", marker), "ProtocolError");
            is_refused(&mut peer, [b"\x81\xa6target", marker].concat(), "ProtocolError");
            is_refused(&mut peer, [b"\x81\xadmessage_types", marker].concat(), "ProtocolError");
            is_refused(&mut peer, [b"\x81\xa4meta", marker].concat(), "ProtocolError");
        }
        is_refused(&mut peer, b"\xdf\xff\xff\xff\xff", "ProtocolError");
        is_refused(&mut peer, b"\xde\xff\xff\xa1a\xc0", "ProtocolError");
        // Lengths within lengths: each is believed for no more bytes than there are.
        let bomb = b"\xdd\x00\x0f\xff\xff".repeat(1000);
        is_refused(
            &mut peer,
            with_payload("Trees", &[b"\x81\xa4tree", &bomb[..]].concat()),
            "ProtocolError",
        );
        let used = service.memory().saturating_sub(before);
        // Others use the server at the same time.
        assert!(used < 256 << 20, "{used} bytes");
    });
}

#[test]
fn a_payload_nests_64_deep_and_no_deeper() {
    case(&["STRICT-5", "STRICT-9"], |service| {
        let mut peer = Peer::of(service);
        let nested = |deep: usize| {
            let payload = [b"\x82\xa5later", &b"\x91".repeat(deep - 1)[..], b"\x90\xa4text\xa1a"].concat();
            with_payload("Echo", &payload)
        };
        assert_eq!(peer.answer(Codec::MessagePack, nested(63))["payload"], "a");
        for deep in [64, 65, 128, 1000, 1_000_000] {
            is_refused(&mut peer, nested(deep), "SerializationError");
        }
        let trees = |count: usize| {
            let tree = b"\x81\xa5below\x91".repeat(count - 1);
            with_payload("Trees", &[b"\x81\xa4tree", &tree[..], b"\x81\xa5below\x90"].concat())
        };
        assert_eq!(peer.answer(Codec::MessagePack, trees(31))["payload"], 31);
        for count in [32, 64, 10_000, 500_000] {
            is_refused(&mut peer, trees(count), "SerializationError");
        }
        let deep = b"\x91".repeat(1_000_000);
        for field in [
            &b"\xa6target"[..],
            b"\xaarequest_id",
            b"\xa4meta",
            b"\xa5chain",
            b"\xadmessage_types",
            b"\xa7control",
            b"\xa5later",
        ] {
            is_refused(&mut peer, [b"\x81", field, &deep, b"\xc0"].concat(), "ProtocolError");
        }
        canary(service);
    });
}

#[test]
fn extensions_and_unused_bytes_are_refused() {
    case(&["STRICT-6"], |service| {
        let mut peer = Peer::of(service);
        let mut long = b"\xc7\x10\x05".to_vec();
        long.extend([0; 16]);
        let extensions: [&[u8]; 4] = [
            b"\xd4\x01\x00",
            b"\xd6\xff\x00\x00\x00\x00",
            b"\xd7\xff\x00\x00\x00\x00\x00\x00\x00\x00",
            &long,
        ];
        for extension in extensions {
            is_refused(
                &mut peer,
                with_payload("Echo", &[b"\x81\xa4text", extension].concat()),
                "SerializationError",
            );
            is_refused(
                &mut peer,
                with_payload("Float", &[b"\x81\xa6number", extension].concat()),
                "SerializationError",
            );
            is_refused(&mut peer, with_payload("Echo", extension), "SerializationError");
            is_refused(&mut peer, [b"\x81\xa6target", extension].concat(), "ProtocolError");
            is_refused(&mut peer, [b"\x81", extension, b"\xa4mark"].concat(), "ProtocolError");
        }
        for key in [
            &b"\x01"[..],
            b"\xc0",
            b"\xc3",
            b"\xc4\x01a",
            b"\x90",
            b"\x80",
            b"\xca\x00\x00\x00\x00",
        ] {
            is_refused(&mut peer, [b"\x81", key, b"\xa4mark"].concat(), "ProtocolError");
        }
        is_refused(&mut peer, b"\x81\xa6target\xc1", "ProtocolError");
        is_refused(&mut peer, with_payload("Echo", b"\x81\xa4text\xc1"), "ProtocolError");
        is_refused(
            &mut peer,
            with_payload("Divide", b"\x82\x01\x06\x02\x03"),
            "SerializationError",
        );
    });
}

#[test]
fn text_that_is_no_unicode_is_refused() {
    case(&["STRICT-3"], |service| {
        let mut peer = Peer::of(service);
        for broken in [&b"\xa1\xff"[..], b"\xa3\xed\xa0\x80", b"\xa2\xc0\xaf", b"\xd9\x01\xc3"] {
            is_refused(
                &mut peer,
                with_payload("Echo", &[b"\x81\xa4text", broken].concat()),
                "ProtocolError",
            );
            is_refused(&mut peer, [b"\x81\xa6target", broken].concat(), "ProtocolError");
            is_refused(&mut peer, [b"\x81", broken, b"\xc0"].concat(), "ProtocolError");
        }
        is_refused(
            &mut peer,
            with_payload("Echo", b"\x81\xa4text\xc4\x01a"),
            "SerializationError",
        );
    });
}

#[test]
fn a_key_that_comes_twice_is_refused() {
    case(&["STRICT-2"], |service| {
        let mut peer = Peer::of(service);
        is_refused(
            &mut peer,
            b"\x83\xa6target\xa4mark\xa6target\xa4mark\xacmessage_type\xa3Pid",
            "ProtocolError",
        );
        is_refused(
            &mut peer,
            b"\x83\xa6target\xa4mark\xd9\x06target\xa4mark\xacmessage_type\xa3Pid",
            "ProtocolError",
        );
        is_refused(
            &mut peer,
            b"\x83\xa7control\xa4ping\xa5later\xc0\xa5later\xc0",
            "ProtocolError",
        );
        is_refused(
            &mut peer,
            with_payload("Echo", b"\x82\xa4text\xa1a\xd9\x04text\xa1b"),
            "SerializationError",
        );
        is_refused(
            &mut peer,
            with_payload("Echo", b"\x83\xa4text\xa1a\xa1x\xc0\xa1x\xc0"),
            "SerializationError",
        );
        is_refused(
            &mut peer,
            with_payload("Names", b"\x81\xa2of\x82\x01\xa1a\xcc\x01\xa1b"),
            "SerializationError",
        );
        is_refused(
            &mut peer,
            with_payload("Echo", b"\x82\xa4text\xa1a\xa5later\x82\xa1x\xc0\xa1x\xc0"),
            "SerializationError",
        );
    });
}

#[test]
fn numbers_fit_their_types() {
    case(&["STRICT-8", "STRICT-4"], |service| {
        let mut peer = Peer::of(service);
        let divide = |a: &[u8]| with_payload("Divide", &[b"\x82\xa1b\x01\xa1a", a].concat());
        let numbers: [(&[u8], i64); 6] = [
            (b"\x07", 7),
            (b"\xff", -1),
            (b"\xcf\x00\x00\x00\x00\x7f\xff\xff\xff", 2_147_483_647),
            (b"\xd2\x80\x00\x00\x00", -2_147_483_648),
            (b"\xd3\x00\x00\x00\x00\x00\x00\x00\x07", 7),
            (b"\xcd\x00\x07", 7),
        ];
        for (number, value) in numbers {
            assert_eq!(peer.answer(Codec::MessagePack, divide(number))["payload"], value);
        }
        let unfit: [&[u8]; 8] = [
            b"\xce\x80\x00\x00\x00",
            b"\xcf\xff\xff\xff\xff\xff\xff\xff\xff",
            b"\xd3\x80\x00\x00\x00\x00\x00\x00\x00",
            b"\xcb\x3f\xf8\x00\x00\x00\x00\x00\x00",
            b"\xa11",
            b"\xc3",
            b"\xc0",
            b"\xc4\x01\x07",
        ];
        for number in unfit {
            is_refused(&mut peer, divide(number), "SerializationError");
        }
        is_refused(&mut peer, with_payload("Divide", b"\x92\x06\x03"), "SerializationError");
        is_refused(
            &mut peer,
            b"\x83\xa6target\xa4mark\xacmessage_type\xa3Pid\xaatimeout_ms\xff",
            "ProtocolError",
        );
    });
}

#[test]
fn the_codecs_differ_where_the_page_says_and_nowhere_else() {
    case(&["CODEC-4", "CODEC-2"], |service| {
        let mut peer = Peer::of(service);
        let reply = |peer: &mut Peer, frame: Vec<u8>| {
            peer.send(frame);
            let payload = peer.next_payload();
            let head = b"\x83\xa7success\xc3\xa5error\xc0\xa7payload";
            payload
                .strip_prefix(&head[..])
                .unwrap_or_else(|| panic!("{}", unpacked(&payload)))
                .to_vec()
        };
        // Bytes.
        assert_eq!(peer.call("Blob", json!({"data": [0, 255]})), json!([0, 255]));
        assert_eq!(
            reply(&mut peer, with_payload("Blob", b"\x81\xa4data\xc4\x02\x00\xff")),
            b"\xc4\x02\x00\xff"
        );
        refused(&peer.ask(&asks("Blob", json!({"data": [256]}))), "SerializationError");
        // Integer keys.
        assert_eq!(peer.call("Names", json!({"of": {"7": "a"}})), json!({"7": "a"}));
        assert_eq!(
            reply(&mut peer, with_payload("Names", b"\x81\xa2of\x81\x07\xa1a")),
            b"\x81\x07\xa1a"
        );
        for key in ["x", "-1", "4294967296", "1.0", ""] {
            refused(
                &peer.ask(&asks("Names", json!({"of": {key: "a"}}))),
                "SerializationError",
            );
        }
        // 128 bits.
        let wide = r#"{"target":"mark","message_type":"Wide","expects_reply":true,"payload":{"number":340282366920938463463374607431768211455}}"#;
        peer.send(wide);
        let text = String::from_utf8(peer.next_payload()).expect("it is JSON");
        assert!(
            text.contains(r#""payload":340282366920938463463374607431768211455"#),
            "{text}"
        );
        let bytes = [&b"\xc4\x10"[..], &u128::MAX.to_be_bytes()].concat();
        assert_eq!(
            reply(
                &mut peer,
                with_payload("Wide", &[b"\x81\xa6number", &bytes[..]].concat())
            ),
            bytes
        );
        // Numbers that are none.
        for float in [
            &b"\xcb\x7f\xf0\x00\x00\x00\x00\x00\x00"[..],
            b"\xcb\xff\xf0\x00\x00\x00\x00\x00\x00",
        ] {
            assert_eq!(
                reply(&mut peer, with_payload("Float", &[b"\x81\xa6number", float].concat())),
                float
            );
        }
        assert_eq!(
            reply(&mut peer, with_payload("Infinity", b"\x80")),
            b"\xcb\x7f\xf0\x00\x00\x00\x00\x00\x00"
        );
        let answer = peer.ask(&asks("Infinity", json!({})));
        assert_eq!(
            (&answer["error_code"], &answer["error_details"]["delivered"]),
            (&json!("SerializationError"), &json!("yes"))
        );
        assert_eq!(answer["error_details"]["path"], "payload");
        // All else is the same.
        for (message, payload) in [
            ("Echo", json!({"text": "é"})),
            ("Float", json!({"number": 0.1})),
            ("Nothing", json!(null)),
            ("Divide", json!({"a": -7, "b": 2})),
        ] {
            let frame = with(asks(message, payload), json!({"request_id": "é"}));
            let answers = CODECS.map(|codec| peer.answer(codec, encoded(codec, &frame)));
            assert_eq!(answers[0], answers[1]);
        }
    });
}
