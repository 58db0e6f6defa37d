//! What serde would take for something else in silence: bytes for text, and entries of its own for a map's.

use std::collections::BTreeMap;

use callsheet_wire::{Codec, Payload, encode};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use serde_json::{Value, json};

use super::{document, enum_of, fault, struct_of};

fn untagged(variants: &[Value]) -> Value {
    let variants = variants.iter().zip('A'..);
    let variants: Vec<_> = variants
        .map(|(shape, name)| json!({"name": name, "shape": shape}))
        .collect();
    enum_of(&json!("untagged"), &json!(variants))
}

#[test]
fn serde_takes_text_for_bytes_and_bytes_for_text() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(untagged)]
    enum BytesFirst {
        Data(ByteBuf),
        Name(String),
    }
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(untagged)]
    enum TextFirst {
        Name(String),
        Data(ByteBuf),
    }
    let read: BytesFirst = Payload::new(Codec::Json, br#""abc""#).decode().expect("one fits");
    assert_eq!(read, BytesFirst::Data(ByteBuf::from(*b"abc")));
    let mut bytes = Vec::new();
    encode(Codec::MessagePack, &TextFirst::Data(ByteBuf::from(*b"abc")), &mut bytes).expect("bytes can be written");
    let read: TextFirst = Payload::new(Codec::MessagePack, &bytes).decode().expect("one fits");
    assert_eq!(read, TextFirst::Name("abc".to_owned()));
}

#[test]
fn bytes_and_text_at_one_place_of_untagged_variants_are_a_fault() {
    let whole = |first: Value, second: Value| {
        document(&json!({
            "E": untagged(&[first, second]),
            "Named": struct_of(&json!([{"name": "id", "type": "u8"}, {"name": "x", "type": "bytes"}])),
            "Level": enum_of(&json!("external"), &json!([{"name": "Low", "shape": "unit"}])),
            "Inner": untagged(&[json!({"newtype": "bool"}), json!({"newtype": "string"})]),
        }))
    };
    let one = |of: Value| json!({"newtype": of});
    let mistaken = [
        (one(json!("bytes")), one(json!("string"))),
        (one(json!({"text": "uuid"})), one(json!("bytes"))),
        (one(json!({"named": "Level"})), one(json!({"option": "bytes"}))),
        (one(json!({"list": "bytes"})), one(json!({"set": "char"}))),
        (
            one(json!({"named": "Named"})),
            json!({"struct": [{"name": "x", "type": "string"}]}),
        ),
        (
            one(json!({"tuple": ["u8", "bytes"]})),
            json!({"tuple": ["u8", "string"]}),
        ),
        (one(json!("bytes")), one(json!({"named": "Inner"}))),
    ];
    for (first, second) in mistaken {
        let fault = fault(whole(first.clone(), second.clone()));
        assert!(
            fault
                .starts_with("CS0218: type `E`, variant `B`: of it and of `A`, one has bytes where the other has text"),
            "{first} {second}: {fault}"
        );
    }
    let told = [
        (one(json!("bytes")), one(json!("u8"))),
        (one(json!("bytes")), one(json!({"list": "string"}))),
        (
            one(json!({"named": "Named"})),
            json!({"struct": [{"name": "y", "type": "string"}]}),
        ),
        (
            one(json!({"tuple": ["bytes", "string"]})),
            json!({"tuple": ["bytes", "string"]}),
        ),
    ];
    for (first, second) in told {
        assert!(whole(first.clone(), second.clone()).is_ok(), "{first} {second}");
    }
}

#[test]
fn what_is_produced_under_another_name_lands_in_a_flattened_map() {
    #[derive(Serialize, Deserialize)]
    struct OneWay {
        #[serde(rename(serialize = "out", deserialize = "in"))]
        own: u8,
        #[serde(flatten)]
        rest: BTreeMap<String, u8>,
    }
    let read: OneWay = serde_json::from_str(r#"{"in":1,"out":2}"#).expect("both are there");
    let written = serde_json::to_string(&read).expect("it can be written");
    assert_eq!(written, r#"{"out":1,"out":2}"#);

    let rest = json!({"name": "rest", "type": {"map": ["string", "u8"]}, "flattened": true});
    let of = |own: Value| document(&json!({ "S": struct_of(&json!([own, rest])) }));
    assert_eq!(
        fault(of(json!({"name": "out", "accepts": "in", "type": "u8"}))),
        "CS0214: type `S`, field `rest`: it takes the entry `out`, which is produced but not accepted, for its own; \
         accept the entry under the name it is produced under, or do not flatten the map"
    );
    let accepted_too = json!({"name": "out", "accepts": "in", "aliases": ["out"], "type": "u8"});
    assert!(of(accepted_too).is_ok());
}
