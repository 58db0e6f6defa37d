//! What readers and writers of envelopes promise beyond the byte vectors.

use callsheet_wire::write::{self, RequestHead};
use callsheet_wire::{Code, Codec, Delivered, Failure, Incoming, Refusal, Response, StreamFrame, frame, read};
use serde_json::{Value, json};

const CODECS: [Codec; 2] = [Codec::Json, Codec::MessagePack];

/// The payloads of all frames in a buffer.
fn frames(mut buffer: &[u8]) -> Vec<&[u8]> {
    let mut frames = Vec::new();
    while !buffer.is_empty() {
        let frame::Next::Frame { payload, consumed } = frame::next(buffer, 1 << 20) else {
            panic!("whole frames")
        };
        frames.push(&buffer[payload]);
        buffer = &buffer[consumed..];
    }
    frames
}

fn response(buffer: &[u8]) -> Response<'_> {
    let [payload] = frames(buffer)[..] else {
        panic!("one frame")
    };
    let Ok((_, Incoming::Response(response))) = read(payload) else {
        panic!("a response")
    };
    response
}

fn stream_frame(payload: &[u8]) -> StreamFrame<'_> {
    let Ok((_, Incoming::StreamFrame(frame))) = read(payload) else {
        panic!("a stream frame")
    };
    frame
}

#[test]
fn so_many_names_and_unknown_fields_are_taken_and_no_more() {
    let names = |count| {
        let names = vec!["demo.Price"; count];
        let mut out = Vec::new();
        write::subscribe(&mut out, Codec::MessagePack, &names, Some("7"));
        out.split_off(frame::PREFIX)
    };
    let fields = |count| {
        let fields: String = (0..count).map(|field| format!("\"f{field}\":0,")).collect();
        format!("{{{fields}\"control\":\"ping\",\"request_id\":\"7\"}}").into_bytes()
    };
    for (most, one_more, text) in [
        (names(1024), names(1025), "at most 1024 names"),
        (fields(256), fields(257), "more than 256 fields"),
    ] {
        assert!(read(&most).is_ok());
        let refused = read(&one_more).expect_err("it is one too many");
        assert!(refused.failure.text().contains(text), "{}", refused.failure);
        assert_eq!(refused.request_id.as_deref(), Some("7"));
    }
}

#[test]
fn a_text_alone_tells_that_it_is_the_contracts_own_error() {
    let frame = br#"{"success":false,"error":"ContractError: full","error_details":7}"#;
    let Ok((_, Incoming::Response(response))) = read(frame) else {
        panic!("a response")
    };
    let Err(Refusal::Contract(details, text)) = response.outcome() else {
        panic!("the contract's own error")
    };
    assert_eq!((details.decode(), &*text), (Ok(7), "full"));
}

#[test]
fn a_payload_stays_in_the_frame() {
    for codec in CODECS {
        let mut out = Vec::new();
        write::request(&mut out, codec, &RequestHead::new("t", "M"), &json!({ "a": [1, 2] })).expect("it encodes");
        let Ok((_, Incoming::Request(request))) = read(&out[frame::PREFIX..]) else {
            panic!("a request")
        };
        assert!(
            out.as_ptr_range().contains(&request.payload.bytes().as_ptr()),
            "borrowed, not copied"
        );
        assert!(matches!(request.target, std::borrow::Cow::Borrowed("t")));
    }
}

#[test]
fn outcomes_tell_replies_contract_errors_and_failures_apart() {
    for codec in CODECS {
        let mut out = Vec::new();
        write::response(&mut out, codec, Some("1"), &8).expect("it encodes");
        let reply = response(&out);
        assert_eq!(reply.request_id.as_deref(), Some("1"));
        assert_eq!(reply.outcome().expect("it succeeded").decode(), Ok(8));

        out.clear();
        write::contract_error(&mut out, codec, None, "division\nby zero", &json!({ "at": 3 })).expect("it encodes");
        match response(&out).outcome() {
            Err(Refusal::Contract(details, text)) => {
                assert_eq!(details.decode(), Ok(json!({ "at": 3 })));
                assert_eq!(text, "division\\nby zero");
            }
            other => panic!("not the contract's error: {other:?}"),
        }

        out.clear();
        let failure = Failure::new(Code::ActorStopped, "it stopped")
            .with_delivered(Delivered::No)
            .with_path("payload.a")
            .with_candidates(["a", "b"])
            .with_chain(["c"])
            .with_retry_after_ms(5);
        write::refusal(&mut out, codec, Some("2"), &failure);
        match response(&out).outcome() {
            Err(Refusal::Failure(told)) => assert_eq!(told, failure),
            other => panic!("not a failure: {other:?}"),
        }
    }
}

#[test]
fn a_null_item_is_never_in_a_final_frame() {
    for codec in CODECS {
        let mut out = b"x".to_vec();
        write::stream_item(&mut out, codec, "s", 4, true, &Value::Null).expect("null encodes");
        let payloads = frames(&out[1..]);
        let [item, end] = payloads[..] else {
            panic!("an item and an end")
        };
        let item = stream_frame(item);
        assert_eq!((item.sequence, item.is_final), (4, false));
        assert!(item.item().expect("null is an item").is_null());
        let end = stream_frame(end);
        assert_eq!((end.sequence, end.is_final), (5, true));
        assert!(end.item().is_none());

        out.clear();
        let lookalike = json!({ "payload": null });
        write::stream_item(&mut out, codec, "s", 4, true, &lookalike).expect("it encodes");
        let [only] = frames(&out)[..] else { panic!("one frame") };
        let only = stream_frame(only);
        assert!(only.is_final);
        assert_eq!(only.item().expect("an item").decode(), Ok(lookalike));
    }
}

#[test]
fn a_failing_stream_frame_has_no_item() {
    for codec in CODECS {
        let mut out = Vec::new();
        write::stream_refusal(&mut out, codec, "s", 1, &Failure::new(Code::Timeout, "too late"));
        write::stream_contract_error(&mut out, codec, "s", 1, "gone", &"page").expect("it encodes");
        let payloads = frames(&out);
        let refused = stream_frame(payloads[0]);
        assert!(refused.is_final && refused.item().is_none());
        let Some(Refusal::Failure(failure)) = refused.failure else {
            panic!("a failure")
        };
        assert_eq!(failure.code(), Code::Timeout);
        let Some(Refusal::Contract(details, _)) = stream_frame(payloads[1]).failure else {
            panic!("the contract's")
        };
        assert_eq!(details.decode::<String>().as_deref(), Ok("page"));
    }
}

#[test]
fn a_value_that_does_not_encode_leaves_no_trace() {
    let mut out = b"whole frames".to_vec();
    let error = write::response(&mut out, Codec::Json, Some("1"), &f64::NAN).expect_err("NaN has no form");
    assert_eq!(out, b"whole frames");
    let failure = Failure::from(error).with_delivered(Delivered::Yes);
    assert_eq!(
        (failure.code(), failure.path()),
        (Code::SerializationError, Some("payload"))
    );
    assert!(write::stream_item(&mut out, Codec::Json, "s", 0, true, &f64::NAN).is_err());
    assert_eq!(out, b"whole frames");
}

#[test]
fn texts_are_escaped_in_both_codecs() {
    for codec in CODECS {
        let mut out = Vec::new();
        write::refusal(
            &mut out,
            codec,
            None,
            &Failure::new(Code::Internal, "a\u{1b}[31m\0\u{85}b"),
        );
        let error = response(&out).error.expect("a failure has a text").into_owned();
        assert_eq!(error, "Internal: a\\u{1b}[31m\\u{0}\\u{85}b");
    }
}

#[test]
fn extreme_numbers_and_names_survive() {
    for codec in CODECS {
        let mut out = Vec::new();
        for sequence in [
            0,
            127,
            128,
            255,
            256,
            65_535,
            65_536,
            u64::from(u32::MAX),
            1 << 32,
            u64::MAX,
        ] {
            write::stream_end(&mut out, codec, "\u{2028}\"\\é", sequence);
            let frame = stream_frame(&out[frame::PREFIX..]);
            assert_eq!((frame.sequence, &*frame.stream_id), (sequence, "\u{2028}\"\\é"));
            out.clear();
        }
    }
}
