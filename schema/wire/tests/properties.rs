//! What holds for any bytes and any values.

use std::collections::BTreeMap;

use callsheet_wire::write::{self, RequestHead};
use callsheet_wire::{Argument, Codec, Incoming, Payload, encode, frame, read};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde::de::IgnoredAny;
use serde::{Serialize, Serializer};
use serde_json::Value;

/// Values of any shape. Floats are finite, since JSON has no others.
fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        proptest::num::f64::NORMAL.prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 48, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::from),
            btree_map(any::<String>(), inner, 0..6).prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// Every form that serde knows, but for unit structs, in which the wire differs from rmp-serde.
#[derive(Clone, Debug, Serialize)]
enum Shape {
    Unit,
    Newtype(Value),
    Tuple(i64, u64, f32, f64, char, bool),
    Struct {
        wide: (i128, u128),
        option: Option<Box<Shape>>,
        nothing: (),
        by_number: BTreeMap<i16, Vec<u8>>,
        by_text: BTreeMap<String, f64>,
    },
    Bytes(#[serde(serialize_with = "as_bytes")] Vec<u8>),
}

fn as_bytes<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_bytes(bytes)
}

fn any_shape() -> impl Strategy<Value = Shape> {
    let float = || proptest::num::f64::NORMAL;
    let leaf = prop_oneof![
        Just(Shape::Unit),
        any_value().prop_map(Shape::Newtype),
        (
            any::<i64>(),
            any::<u64>(),
            proptest::num::f32::NORMAL,
            float(),
            any::<char>(),
            any::<bool>()
        )
            .prop_map(|(a, b, c, d, e, f)| Shape::Tuple(a, b, c, d, e, f)),
        any::<Vec<u8>>().prop_map(Shape::Bytes),
    ];
    leaf.prop_recursive(3, 12, 1, move |inner| {
        let by_number = btree_map(any::<i16>(), any::<Vec<u8>>(), 0..20);
        let by_text = btree_map(any::<String>(), float(), 0..20);
        (any::<(i128, u128)>(), proptest::option::of(inner), by_number, by_text).prop_map(
            |(wide, option, by_number, by_text)| Shape::Struct {
                wide,
                option: option.map(Box::new),
                nothing: (),
                by_number,
                by_text,
            },
        )
    })
}

fn any_codec() -> impl Strategy<Value = Codec> {
    prop_oneof![Just(Codec::Json), Just(Codec::MessagePack)]
}

/// A whole request, to be damaged.
fn any_request() -> impl Strategy<Value = Vec<u8>> {
    (
        any_codec(),
        "\\PC{1,12}",
        any_value(),
        proptest::option::of("[a-z]{1,8}"),
    )
        .prop_map(|(codec, name, value, id)| {
            let head = RequestHead {
                request_id: id.as_deref(),
                expects_reply: true,
                ..RequestHead::new(&name, "demo.T.Method")
            };
            let mut out = Vec::new();
            write::request(&mut out, codec, &head, &value).expect("finite values encode");
            out.split_off(frame::PREFIX)
        })
}

/// Reads a frame and whatever is undecoded in it.
fn read_whole(payload: &[u8]) {
    if let Ok((_, Incoming::Request(request))) = read(payload) {
        let _ = request.payload.decode::<IgnoredAny>();
        let mut argument = Argument::<Value>::new();
        let _ = request.payload.arguments(&["a"], &mut [argument.place()]);
    }
}

proptest! {
    #[test]
    fn any_buffer_is_looked_at_without_panic(buffer in vec(any::<u8>(), 0..64), max in 0_usize..64) {
        match frame::next(&buffer, max) {
            frame::Next::Incomplete { needed } => prop_assert!(needed > 0 && needed <= max + frame::PREFIX),
            frame::Next::TooLarge { length } => prop_assert!(length > max),
            frame::Next::Frame { payload, consumed } => {
                prop_assert_eq!(payload.end, consumed);
                prop_assert!(consumed <= buffer.len() && payload.len() <= max);
            }
        }
    }

    #[test]
    fn any_bytes_are_read_without_panic(payload in vec(any::<u8>(), 0..256)) {
        read_whole(&payload);
        for codec in [Codec::Json, Codec::MessagePack] {
            let _ = Payload::new(codec, &payload).decode::<Value>();
        }
    }

    #[test]
    fn damaged_frames_are_read_without_panic(mut payload in any_request(), damage in vec((any::<usize>(), any::<u8>()), 1..4), cut in any::<usize>()) {
        for (at, byte) in damage {
            let at = at % payload.len();
            payload[at] = byte;
        }
        read_whole(&payload);
        payload.truncate(cut % payload.len());
        read_whole(&payload);
    }

    #[test]
    fn a_cut_frame_is_never_taken_for_a_whole_one(payload in any_request(), cut in any::<usize>()) {
        prop_assert!(read(&payload).is_ok());
        prop_assert!(read(&payload[..cut % payload.len()]).is_err());
    }

    #[test]
    fn what_is_written_is_read(codec in any_codec(), target in "\\PC{1,20}", id in "[^~]\\PC{0,20}", value in any_value(), timeout_ms in any::<Option<u64>>()) {
        let head = RequestHead { request_id: Some(&id), expects_stream: true, timeout_ms, ..RequestHead::new(&target, "M") };
        let mut out = Vec::new();
        write::request(&mut out, codec, &head, &value).expect("finite values encode");
        let frame::Next::Frame { payload, consumed } = frame::next(&out, out.len()) else {
            return Err(TestCaseError::fail("no whole frame"));
        };
        prop_assert_eq!(consumed, out.len());
        let (found, incoming) = read(&out[payload]).map_err(|error| TestCaseError::fail(error.failure.to_string()))?;
        let Incoming::Request(request) = incoming else { return Err(TestCaseError::fail("no request")) };
        prop_assert_eq!(found, codec);
        prop_assert_eq!(&*request.target, &*target);
        prop_assert_eq!(request.request_id.as_deref(), Some(&*id));
        prop_assert_eq!(request.timeout_ms, timeout_ms);
        prop_assert!(request.expects_stream && !request.expects_reply);
        prop_assert_eq!(request.payload.decode::<Value>().map_err(|error| error.to_string()), Ok(value));
    }

    #[test]
    fn forms_are_those_of_serde_json_and_rmp_serde(shapes in vec(any_shape(), 0..6)) {
        let mut out = Vec::new();
        encode(Codec::Json, &shapes, &mut out).expect("finite values encode");
        prop_assert_eq!(String::from_utf8(out), String::from_utf8(serde_json::to_vec(&shapes).expect("JSON")));
        let (mut out, mut theirs) = (Vec::new(), Vec::new());
        encode(Codec::MessagePack, &shapes, &mut out).expect("all values encode");
        let mut serializer = rmp_serde::Serializer::new(&mut theirs).with_struct_map().with_human_readable();
        shapes.serialize(&mut serializer).expect("MessagePack");
        prop_assert_eq!(out, theirs);
    }

    #[test]
    fn values_survive_both_codecs(codec in any_codec(), value in any_value(), float in any::<f32>()) {
        let mut out = Vec::new();
        encode(codec, &value, &mut out).expect("finite values encode");
        prop_assert_eq!(Payload::new(codec, &out).decode::<Value>().map_err(|error| error.to_string()), Ok(value));
        if float.is_finite() {
            out.clear();
            encode(codec, &float, &mut out).expect("a finite float encodes");
            prop_assert_eq!(Payload::new(codec, &out).decode::<f32>(), Ok(float));
        }
    }
}
