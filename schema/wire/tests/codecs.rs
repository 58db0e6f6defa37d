//! The documented differences between the codecs: bytes, integer keys and 128-bit integers.

use std::collections::BTreeMap;

use callsheet_wire::{Codec, DecodeError, Payload, encode};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

fn json<T: DeserializeOwned>(text: &str) -> Result<T, DecodeError> {
    Payload::new(Codec::Json, text.as_bytes()).decode()
}

fn messagepack<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, DecodeError> {
    Payload::new(Codec::MessagePack, bytes).decode()
}

/// Bytes, as a type that asks serde for them.
#[derive(Debug, PartialEq)]
struct Blob(Vec<u8>);

impl Serialize for Blob {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Blob {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Blob;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("bytes")
            }
            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Blob, E> {
                Ok(Blob(bytes.to_vec()))
            }
            fn visit_str<E>(self, text: &str) -> Result<Blob, E> {
                Ok(Blob(text.as_bytes().to_vec()))
            }
            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<Blob, A::Error> {
                let mut bytes = Vec::new();
                while let Some(byte) = seq.next_element()? {
                    bytes.push(byte);
                }
                Ok(Blob(bytes))
            }
        }
        deserializer.deserialize_bytes(Visitor)
    }
}

#[test]
fn bytes_are_an_array_in_json_and_bin_in_messagepack() {
    let mut out = Vec::new();
    encode(Codec::Json, &Blob(vec![0, 255]), &mut out).expect("bytes encode");
    assert_eq!(out, b"[0,255]");
    assert_eq!(json::<Blob>("[0,255]"), Ok(Blob(vec![0, 255])));
    assert_eq!(
        json::<Blob>(r#""hi""#).expect_err("a string").to_string(),
        "payload: expected bytes, found string"
    );
    assert_eq!(
        json::<Blob>("[256]").expect_err("no byte").to_string(),
        "payload[0]: expected u8, found integer out of range"
    );

    out.clear();
    encode(Codec::MessagePack, &Blob(vec![0, 255]), &mut out).expect("bytes encode");
    assert_eq!(out, b"\xc4\x02\x00\xff");
    assert_eq!(messagepack::<Blob>(&out), Ok(Blob(vec![0, 255])));
    assert_eq!(
        messagepack::<Vec<u8>>(&out),
        Ok(vec![0, 255]),
        "a list of bytes may come as bin"
    );
}

#[test]
fn integer_keys_are_strings_in_json_and_integers_in_messagepack() {
    let map = BTreeMap::from([(-3_i64, true), (7, false)]);
    let mut out = Vec::new();
    encode(Codec::Json, &map, &mut out).expect("integer keys encode");
    assert_eq!(out, br#"{"-3":true,"7":false}"#);
    assert_eq!(json::<BTreeMap<i64, bool>>(r#"{"-3":true,"7":false}"#), Ok(map.clone()));
    assert!(json::<BTreeMap<i64, bool>>(r#"{"x":true}"#).is_err());
    assert_eq!(
        json::<BTreeMap<bool, i32>>(r#"{"true":1}"#),
        Ok(BTreeMap::from([(true, 1)]))
    );

    out.clear();
    encode(Codec::MessagePack, &map, &mut out).expect("integer keys encode");
    assert_eq!(out, b"\x82\xfd\xc3\x07\xc2");
    assert_eq!(messagepack::<BTreeMap<i64, bool>>(&out), Ok(map));
    assert!(messagepack::<BTreeMap<i64, bool>>(b"\x81\xa17\xc3").is_err());
    let fault = messagepack::<BTreeMap<i64, bool>>(b"\x81\x07\x01").expect_err("no boolean");
    assert_eq!(fault.to_string(), "payload[7]: expected boolean, found integer");
}

#[test]
fn wide_integers_are_numbers_in_json_and_sixteen_bytes_in_messagepack() {
    for value in [i128::MIN, -1, 0, i128::MAX] {
        let mut text = Vec::new();
        encode(Codec::Json, &value, &mut text).expect("integers encode");
        assert_eq!(text, value.to_string().as_bytes());
        assert_eq!(Payload::new(Codec::Json, &text).decode(), Ok(value));
        let mut bytes = Vec::new();
        encode(Codec::MessagePack, &value, &mut bytes).expect("integers encode");
        assert_eq!(bytes, [&b"\xc4\x10"[..], &value.to_be_bytes()].concat());
        assert_eq!(messagepack(&bytes), Ok(value));
    }
    let mut bytes = Vec::new();
    encode(Codec::MessagePack, &u128::MAX, &mut bytes).expect("integers encode");
    assert_eq!(messagepack(&bytes), Ok(u128::MAX));
    for value in [json("7"), messagepack(b"\x07")] {
        assert_eq!(value, Ok(7_i128), "a small one may come as a plain integer");
    }
    assert_eq!(
        json::<i128>("1".repeat(60).as_str())
            .expect_err("too large")
            .to_string(),
        "payload: expected i128, found integer out of range"
    );
    assert_eq!(
        json::<i128>(r#""7""#).expect_err("a string").to_string(),
        "payload: expected i128, found something else"
    );
}

#[test]
fn minus_zero_is_a_float_for_all_but_signed_integers_of_128_bits() {
    for zero in ["-0", "-0.0", "-0e1"] {
        let refused = json::<i64>(zero).expect_err(zero).to_string();
        assert_eq!(refused, "payload: expected i64, found float", "{zero}");
        assert!(json::<u8>(zero).is_err() && json::<u64>(zero).is_err() && json::<u128>(zero).is_err());
        let value: f64 = json(zero).expect("a float");
        assert!(value == 0.0 && value.is_sign_negative(), "{zero}: {value}");
    }
    // serde_json reads these digit by digit, and tells no sign of a zero.
    assert_eq!(json::<i128>("-0"), Ok(0));
    assert!(json::<i128>("-0.0").is_err());
    assert!(json::<BTreeMap<i32, bool>>(r#"{"-0":true}"#).is_err());
}
