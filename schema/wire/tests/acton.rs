//! The wire of acton-reactive: what its frames are, byte for byte, and what holds for any bytes.

use callsheet_wire::acton::{
    self, Form, Incoming, Kind, Next,
    write::{self, List, PushHead, Receipt},
};
use callsheet_wire::{Code, Codec, EncodeError, Failure, Payload, encode};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

/// Streams, events and discovery are in the second version alone.
const SECOND: [Form; 2] = [Form::Two(Codec::Json), Form::Two(Codec::MessagePack)];

const FORMS: [Form; 3] = [Form::One, Form::Two(Codec::Json), Form::Two(Codec::MessagePack)];

/// The header of a frame, as it is documented, made without the library.
fn header(form: Form, kind: u8, length: usize) -> Vec<u8> {
    let mut header = u32::try_from(length).expect("short").to_be_bytes().to_vec();
    match form {
        Form::One => header.extend([1, kind]),
        Form::Two(Codec::Json) => header.extend([2, kind, 1]),
        Form::Two(Codec::MessagePack) => header.extend([2, kind, 2]),
    }
    header
}

/// A payload made by a library that the crate's own writers know nothing of.
fn payload(form: Form, value: &Value) -> Vec<u8> {
    match form.codec() {
        Codec::Json => value.to_string().into_bytes(),
        Codec::MessagePack => rmp_serde::to_vec_named(value).expect("it encodes"),
    }
}

/// All frames of a buffer: their forms, their kinds and what is in them.
fn frames(mut buffer: &[u8]) -> Vec<(Form, Kind, Value)> {
    let mut frames = Vec::new();
    while !buffer.is_empty() {
        let Next::Frame { form, kind, payload } = acton::next(buffer, 1 << 20) else {
            panic!("whole frames, not {buffer:x?}")
        };
        let bytes = &buffer[payload.clone()];
        let value = match form.codec() {
            _ if bytes.is_empty() => Value::Null,
            Codec::Json => serde_json::from_slice(bytes).expect("JSON"),
            Codec::MessagePack => rmp_serde::from_slice(bytes).expect("MessagePack"),
        };
        frames.push((form, kind, value));
        buffer = &buffer[payload.end..];
    }
    frames
}

/// What `write` appends in each form, which is the same in all.
fn written(write: impl FnMut(&mut Vec<u8>, Form)) -> Vec<(Kind, Value)> {
    written_in(&FORMS, write)
}

/// What `write` appends in each of `forms`, which is the same in all.
fn written_in(forms: &[Form], mut write: impl FnMut(&mut Vec<u8>, Form)) -> Vec<(Kind, Value)> {
    let mut all = forms.iter().map(|&form| {
        let mut out = b"before".to_vec();
        write(&mut out, form);
        let frames = frames(&out[6..]).into_iter().map(|(written, kind, value)| {
            assert_eq!(written, form);
            (kind, value)
        });
        frames.collect::<Vec<_>>()
    });
    let first = all.next().expect("there are forms");
    all.for_each(|other| assert_eq!(other, first));
    first
}

#[test]
fn answers_have_the_bytes_of_the_reference() {
    let mut out = Vec::new();
    write::response(&mut out, Form::One, Some("r"), &json!({"sum": 8})).expect("it encodes");
    assert_eq!(
        out,
        b"\0\0\0\x39\x01\x02{\"correlation_id\":\"r\",\"success\":true,\"payload\":{\"sum\":8}}"
    );
    out.clear();
    write::response(&mut out, Form::Two(Codec::MessagePack), Some("r"), &8).expect("it encodes");
    assert_eq!(
        out,
        b"\0\0\0\x24\x02\x02\x02\x83\xaecorrelation_id\xa1r\xa7success\xc3\xa7payload\x08"
    );
    out.clear();
    write::heartbeat(&mut out, Form::Two(Codec::MessagePack), false);
    write::heartbeat(&mut out, Form::One, false);
    assert_eq!(out, b"\0\0\0\0\x02\x04\x01\0\0\0\0\x01\x04");
    let maps = written(|out, form| write::heartbeat(out, form, true));
    assert_eq!(maps, [(Kind::Heartbeat, json!({}))]);
}

#[test]
fn an_answer_leaves_out_what_is_null() {
    let answer = |value: Value| {
        written(|out, form| write::response(out, form, Some("r"), &value).expect("it encodes"))
            .pop()
            .expect("one frame")
    };
    assert_eq!(
        answer(json!([null])),
        (
            Kind::Response,
            json!({"correlation_id": "r", "success": true, "payload": [null]})
        )
    );
    assert_eq!(
        answer(Value::Null),
        (Kind::Response, json!({"correlation_id": "r", "success": true}))
    );
    let receipt = written(|out, form| {
        write::response(out, form, Some("r"), &Receipt::DELIVERED).expect("it encodes");
    });
    assert_eq!(receipt[0].1["payload"], json!({"status": "delivered"}));
}

#[test]
fn a_refusal_names_its_code_in_capitals() {
    let failure = Failure::actor_not_found("nobody");
    let refused = written(|out, form| write::refusal(out, form, Some("r"), &failure));
    let expected = json!({
        "correlation_id": "r", "success": false, "error_code": "ACTOR_NOT_FOUND", "error": failure.to_string(),
    });
    assert_eq!(refused, [(Kind::Error, expected)]);
    let unnamed = written(|out, form| write::refusal(out, form, None, &failure));
    assert_eq!(unnamed[0].1["correlation_id"], "unknown");
    let own = written(|out, form| {
        write::contract_error(out, form, Some("r"), "by zero", &json!({"by": 0})).expect("it encodes");
    });
    let expected = json!({
        "correlation_id": "r", "success": false, "error_code": "CONTRACT_ERROR", "error": "ContractError: by zero",
        "payload": {"by": 0},
    });
    assert_eq!(own, [(Kind::Error, expected)]);
}

#[test]
fn a_stream_closes_with_an_empty_final_frame() {
    let frames = written_in(&SECOND, |out, form| {
        write::stream_item(out, form, "s", 0, false, &Value::Null).expect("it encodes");
        write::stream_item(out, form, "s", 1, true, &7).expect("it encodes");
    });
    let expected = [
        json!({"correlation_id": "s", "sequence": 0, "is_final": false}),
        json!({"correlation_id": "s", "sequence": 1, "is_final": false, "payload": 7}),
        json!({"correlation_id": "s", "sequence": 2, "is_final": true}),
    ];
    assert_eq!(frames, expected.map(|frame| (Kind::Stream, frame)));
    let failed = written_in(&SECOND, |out, form| {
        write::stream_refusal(out, form, "s", 3, &Failure::new(Code::Timeout, "too late"));
        write::stream_contract_error(out, form, "s", 3, "by zero", &json!({"by": 0})).expect("it encodes");
    });
    for (kind, frame) in &failed {
        assert_eq!((*kind, &frame["is_final"]), (Kind::Stream, &json!(true)));
        assert_eq!(frame["sequence"], 3);
    }
    assert_eq!(
        (&failed[0].1["error_code"], &failed[0].1["error"]),
        (&json!("TIMEOUT"), &json!("Timeout: too late"))
    );
    assert_eq!(failed[1].1["payload"], json!({"by": 0}));
}

#[test]
fn numbers_of_items_stay_within_what_clients_count_in() {
    let frames = written_in(&SECOND, |out, form| write::stream_end(out, form, "s", u64::MAX));
    assert_eq!(frames[0].1["sequence"], u32::MAX);
}

#[test]
fn what_cannot_be_written_leaves_the_buffer_as_it_was() {
    let mut out = b"before".to_vec();
    let form = Form::Two(Codec::Json);
    let failed: [Result<(), EncodeError>; 4] = [
        write::response(&mut out, form, Some("r"), &[f64::NAN]),
        write::stream_item(&mut out, form, "s", 0, true, &f64::NAN),
        write::contract_error(&mut out, form, Some("r"), "", &f64::NAN),
        write::stream_contract_error(&mut out, form, "s", 0, "", &f64::NAN),
    ];
    assert!(failed.iter().all(Result::is_err));
    assert_eq!(out, b"before");
}

#[test]
fn pushes_subscriptions_and_discoveries_are_at_the_top_level() {
    for codec in [Codec::Json, Codec::MessagePack] {
        let (mut event, mut out) = (Vec::new(), Vec::new());
        encode(codec, &json!({"price": 1.5}), &mut event).expect("it encodes");
        let head = PushHead {
            message_type: "Price",
            seq: 4,
            timestamp: 1_700_000_000_000,
            missed: None,
        };
        write::push(&mut out, codec, &head, &event).expect("it is short");
        let expected = json!({
            "notification_id": "Price#4", "message_type": "Price", "timestamp_ms": 1_700_000_000_000_u64,
            "payload": {"price": 1.5},
        });
        assert_eq!(frames(&out), [(Form::Two(codec), Kind::Push, expected)]);
    }
    let listed = written(|out, form| {
        write::subscribed(out, form, "u", List::Types, &["A", "B"]);
        let failure = Failure::new(Code::UnknownMessageType, "no event is called `C`");
        write::subscription_refusal(out, form, Some("u"), List::Patterns, &failure);
    });
    assert_eq!(
        listed[0],
        (
            Kind::Response,
            json!({"correlation_id": "u", "success": true, "subscribed_types": ["A", "B"]})
        )
    );
    assert_eq!(
        (listed[1].0, &listed[1].1["subscribed_patterns"]),
        (Kind::Error, &json!([]))
    );
    let found = written(|out, form| {
        write::discovery(out, form, "d", Some(&["a/b"]), Some(&["M"])).expect("it encodes");
        write::discovery(out, form, "d", None, None).expect("it encodes");
    });
    assert_eq!(
        found[0].1["actors"],
        json!([{"name": "a/b", "ern": "ern:callsheet:actor:local:a/b"}])
    );
    assert_eq!(found[0].1["message_types"], json!(["M"]));
    let spoken = &found[1].1["protocol_version"];
    assert_eq!(
        (&spoken["current"], &spoken["min_supported"], &spoken["max_supported"]),
        (&json!(2), &json!(1), &json!(2))
    );
    assert_eq!(spoken["capabilities"]["messagepack"], true);
    assert!(found[1].1.get("actors").is_none() && found[1].1.get("message_types").is_none());
}

#[test]
fn envelopes_are_read_in_every_form() {
    for form in FORMS {
        let request = json!({
            "correlation_id": "req_1", "target": "calculator", "message_type": "Add", "payload": {"a": 5, "b": 3},
            "expects_reply": true, "expects_stream": false, "response_timeout_ms": 2500, "of_a_later_version": [1],
        });
        let bytes = payload(form, &request);
        let Ok(Incoming::Request(request)) = acton::read(form, Kind::Request, &bytes) else {
            panic!("a request")
        };
        assert_eq!(request.request_id.as_deref(), Some("req_1"));
        assert_eq!((&*request.target, &*request.message_type), ("calculator", "Add"));
        assert_eq!(
            (request.expects_reply, request.expects_stream, request.timeout_ms),
            (true, false, Some(2500))
        );
        assert_eq!(request.payload.codec(), form.codec());
        assert_eq!(
            request.payload.decode::<Value>().expect("it fits"),
            json!({"a": 5, "b": 3})
        );
        assert!(bytes.as_ptr_range().contains(&request.payload.bytes().as_ptr()));
        let bare = payload(
            form,
            &json!({"correlation_id": "~1", "target": "t", "message_type": "M"}),
        );
        let Ok(Incoming::Request(bare)) = acton::read(form, Kind::Request, &bare) else {
            panic!("a request")
        };
        assert!(!bare.expects_reply && !bare.expects_stream && bare.payload.is_absent());
        for (kind, field) in [
            (Kind::Subscribe, "message_types"),
            (Kind::Unsubscribe, "message_types"),
            (Kind::SubscribePatterns, "patterns"),
            (Kind::UnsubscribePatterns, "patterns"),
        ] {
            let bytes = payload(form, &json!({"correlation_id": "u", field: ["A", "B*"]}));
            let (Ok(Incoming::Subscribe(selection))
            | Ok(Incoming::Unsubscribe(selection))
            | Ok(Incoming::SubscribePatterns(selection))
            | Ok(Incoming::UnsubscribePatterns(selection))) = acton::read(form, kind, &bytes)
            else {
                panic!("{kind:?}")
            };
            assert_eq!(
                (&*selection.correlation_id, &selection.names[..]),
                ("u", &["A".into(), "B*".into()][..])
            );
        }
        let bytes = payload(form, &json!({"correlation_id": "d", "include_actors": false}));
        let Ok(Incoming::Discover(discover)) = acton::read(form, Kind::Discover, &bytes) else {
            panic!("a discovery")
        };
        assert!(!discover.include_actors && discover.include_message_types);
        assert!(matches!(
            acton::read(form, Kind::Heartbeat, b"anything"),
            Ok(Incoming::Heartbeat)
        ));
        for kind in [Kind::Response, Kind::Error, Kind::Push, Kind::Stream] {
            assert!(matches!(acton::read(form, kind, b""), Ok(Incoming::Foreign(foreign)) if foreign == kind));
        }
    }
}

#[test]
fn an_envelope_that_breaks_the_rules_is_refused_by_its_id() {
    let long = "x".repeat(129);
    let request = |id: &str| json!({"correlation_id": id, "target": "t", "message_type": "M"});
    let cases = [
        (
            json!({"target": "t", "message_type": "M"}),
            None,
            "missing field `correlation_id`",
        ),
        (request(""), None, "expected 1 to 128 bytes, found 0"),
        (request(&long), None, "expected 1 to 128 bytes, found 129"),
        (
            json!({"correlation_id": 7, "target": "t"}),
            None,
            "`correlation_id`: expected string",
        ),
        (
            json!({"correlation_id": "r", "target": "t"}),
            Some("r"),
            "missing field `message_type`",
        ),
        (
            json!({"correlation_id": "r", "target": "t", "message_type": "M", "expects_reply": 1}),
            Some("r"),
            "`expects_reply`: expected boolean, found integer",
        ),
        (
            json!({"correlation_id": "r", "target": "t", "message_type": "M", "response_timeout_ms": -1}),
            Some("r"),
            "`response_timeout_ms`: expected unsigned integer",
        ),
        (json!([]), None, "malformed"),
    ];
    for form in FORMS {
        for (value, id, text) in &cases {
            let bytes = payload(form, value);
            let refused = acton::read(form, Kind::Request, &bytes).expect_err(text);
            assert_eq!(refused.correlation_id.as_deref(), *id, "{value}");
            assert_eq!(refused.failure.code(), Code::SerializationError);
            assert!(refused.failure.text().contains(text), "{}", refused.failure);
        }
        let strange = payload(form, &json!({"correlation_id": "u", "message_types": ["A", 1]}));
        let refused = acton::read(form, Kind::Subscribe, &strange).expect_err("a number is no name");
        assert!(
            refused.failure.text().contains("found integer in it"),
            "{}",
            refused.failure
        );
    }
    let twice = br#"{"correlation_id":"r","target":"t","target":"u","message_type":"M"}"#;
    let refused = acton::read(Form::One, Kind::Request, twice).expect_err("a duplicate");
    assert_eq!(refused.correlation_id.as_deref(), Some("r"));
    assert_eq!(refused.failure.text(), "duplicate field `target`");
    for bytes in [&b""[..], b"{", b"{} {}", b"\xef\xbb\xbf{}", b"\xff"] {
        assert!(acton::read(Form::One, Kind::Request, bytes).is_err());
    }
    for bytes in [&b""[..], b"\xc1", b"\x81", b"\x80\x80", b"\xdf\xff\xff\xff\xff"] {
        assert!(acton::read(Form::Two(Codec::MessagePack), Kind::Request, bytes).is_err());
    }
}

fn any_form() -> impl Strategy<Value = Form> {
    (0..FORMS.len()).prop_map(|at| FORMS[at])
}

fn any_kind() -> impl Strategy<Value = Kind> {
    (0..Kind::ALL.len()).prop_map(|at| Kind::ALL[at])
}

/// A whole request, to be damaged.
fn any_request() -> impl Strategy<Value = (Form, Vec<u8>)> {
    (any_form(), "\\PC{0,12}", any::<i64>(), any::<bool>()).prop_map(|(form, name, number, flag)| {
        let value = json!({
            "correlation_id": "r", "target": name, "message_type": "M", "payload": {"n": number},
            "expects_reply": flag, "message_types": [name], "patterns": [name],
        });
        (form, payload(form, &value))
    })
}

proptest! {
    #[test]
    fn any_bytes_are_a_frame_a_refusal_or_the_beginning_of_one(bytes in vec(any::<u8>(), 0..64), max in 0_usize..64) {
        match acton::next(&bytes, max) {
            Next::Incomplete => prop_assert!(bytes.len() < 7 + max),
            Next::Frame { form, payload, .. } => {
                prop_assert!(payload.start == form.header() && payload.end <= bytes.len());
                prop_assert!(payload.len() <= max);
            }
            Next::Refused { form, header, length, .. } => {
                prop_assert!(header == form.header() && header <= bytes.len());
                prop_assert_eq!(&u32::try_from(length).expect("it came so").to_be_bytes()[..], &bytes[..4]);
            }
            Next::Lost { .. } => prop_assert!(!acton::speaks(bytes[acton::VERSION_BYTE])),
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(form in any_form(), kind in any_kind(), bytes in vec(any::<u8>(), 0..128)) {
        let _ = acton::read(form, kind, &bytes);
    }

    #[test]
    fn a_damaged_envelope_is_read_or_refused(
        (form, mut bytes) in any_request(), kind in any_kind(), at in any::<prop::sample::Index>(), byte in any::<u8>(),
        cut in any::<prop::sample::Index>(),
    ) {
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let _ = acton::read(form, kind, &bytes);
        bytes.truncate(cut.index(bytes.len()));
        prop_assert!(acton::read(form, Kind::Request, &bytes).is_err(), "no part of a map is one");
    }

    #[test]
    fn a_frame_is_found_wherever_it_is_cut(form in any_form(), kind in any_kind(), body in vec(any::<u8>(), 0..40)) {
        prop_assume!(form != Form::One || (kind as u8) <= 4);
        let mut bytes = header(form, kind as u8, body.len());
        bytes.extend(&body);
        for cut in 0..bytes.len() {
            prop_assert_eq!(acton::next(&bytes[..cut], 64), Next::Incomplete);
        }
        let payload = form.header()..bytes.len();
        bytes.extend(&body);
        prop_assert_eq!(acton::next(&bytes, 64), Next::Frame { form, kind, payload });
    }

    #[test]
    fn any_reply_comes_back(form in any_form(), id in "\\PC{1,20}", texts in vec("\\PC{0,9}", 0..5), number: i64) {
        let value = json!({"texts": texts, "number": number});
        let mut out = Vec::new();
        write::response(&mut out, form, Some(&id), &value).expect("it encodes");
        let expected = json!({"correlation_id": id, "success": true, "payload": value});
        prop_assert_eq!(frames(&out), [(form, Kind::Response, expected)]);
    }

    #[test]
    fn events_are_copied_as_they_were_written(codec in prop_oneof![Just(Codec::Json), Just(Codec::MessagePack)], n: u32) {
        let mut event = Vec::new();
        encode(codec, &n, &mut event).expect("it encodes");
        let head = PushHead { message_type: "E", seq: 0, timestamp: 0, missed: Some(3) };
        let mut out = Vec::new();
        write::push(&mut out, codec, &head, &event).expect("it is short");
        prop_assert!(out.windows(event.len()).any(|window| window == event));
        prop_assert_eq!(Payload::new(codec, &event).decode::<u32>(), Ok(n));
        prop_assert_eq!(&frames(&out)[0].2["missed"], 3);
    }
}
