//! What is expected of every type.

use std::fmt::Debug;

use callsheet_schema::{
    Contract, ContractType, Definition, Describe, Direction, Document, Event, Types,
    conform::{self, Misfit, Value},
};
use callsheet_wire::{Codec, DecodeError, Payload, encode};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// The type has this name, its description says the same, and a field of the type may be left out exactly where the
/// type says so.
#[track_caller]
pub(crate) fn called<T: ContractType>(name: &str) {
    #[derive(Deserialize)]
    struct OneField<T> {
        #[serde(rename = "field")]
        _field: T,
    }

    names::<T>(name);
    assert_eq!(
        read::<OneField<T>>("{}").is_ok(),
        T::OPTIONAL,
        "left out, `{name}` reads as none"
    );
}

/// [`called`], but for leaving out a field, which takes a type that can be a field.
#[track_caller]
pub(crate) fn names<T: Describe + ?Sized>(name: &str) {
    assert_eq!(T::NAME, name);
    assert_eq!(T::describe(&mut Types::default()).to_string(), name);
}

/// JSON writes the value so, MessagePack writes the same, and both read it back.
#[track_caller]
pub(crate) fn written<T: Describe + Serialize + DeserializeOwned>(value: &T, json: &str) {
    let messagepack = write(Codec::MessagePack, value);
    let expected: serde_json::Value = serde_json::from_str(json).expect("the expectation is JSON");
    let same: serde_json::Value = decode(Codec::MessagePack, &messagepack).expect("what JSON can say too");
    assert_eq!(same, expected, "in MessagePack");
    written_apart(value, json, &messagepack);
}

/// The codecs write the value differently, and both read it back.
#[track_caller]
pub(crate) fn written_apart<T: Describe + Serialize + DeserializeOwned>(value: &T, json: &str, messagepack: &[u8]) {
    for (codec, bytes) in [(Codec::Json, json.as_bytes()), (Codec::MessagePack, messagepack)] {
        let written = write(codec, value);
        assert_eq!(written.escape_ascii().to_string(), bytes.escape_ascii().to_string());
        let back: T = decode(codec, bytes).unwrap_or_else(|error| panic!("{codec}: {error}"));
        assert_eq!(write(codec, &back), bytes, "read back in {codec}");
    }
    for direction in [Direction::Accepted, Direction::Produced] {
        let value = Value::from_json(json).expect("it is JSON");
        fits::<T>(direction, conform::Codec::Json, &value).unwrap_or_else(|misfit| panic!("{json}: {misfit}"));
        let value = decode(Codec::MessagePack, messagepack).expect("it is MessagePack");
        fits::<T>(direction, conform::Codec::MessagePack, &value).unwrap_or_else(|misfit| panic!("{json}: {misfit}"));
    }
}

/// The JSON is refused, and its description tells so, or that not all of what fits it is read.
#[track_caller]
pub(crate) fn refused<T: Describe + DeserializeOwned + Debug>(json: &str) {
    if let Ok(value) = read::<T>(json) {
        panic!("{json} was read as {value:?}");
    }
    let value = Value::from_json(json).expect("it is JSON");
    if fits::<T>(Direction::Accepted, conform::Codec::Json, &value).is_ok() {
        let document = document::<T>();
        assert!(
            document.types.get(T::NAME).is_some_and(|definition| definition.checked),
            "{json} fits"
        );
    }
}

/// Reads JSON as a server does.
pub(crate) fn read<T: DeserializeOwned>(json: &str) -> Result<T, DecodeError> {
    decode(Codec::Json, json.as_bytes())
}

/// The type's definition, but for its documentation.
pub(crate) fn definition<T: Describe>() -> serde_json::Value {
    let document = document::<T>();
    let definition = document
        .types
        .get(T::NAME)
        .expect("the type has a definition of its own");
    assert!(!definition.docs.is_empty(), "`{}` says what it is", T::NAME);
    let undocumented = Definition {
        docs: String::new(),
        ..definition.clone()
    };
    serde_json::to_value(undocumented).expect("a definition is JSON")
}

fn fits<T: Describe>(direction: Direction, codec: conform::Codec, value: &Value) -> Result<(), Misfit> {
    let reference = T::describe(&mut Types::default());
    conform::check(&document::<T>().types, &reference, direction, codec, value)
}

/// A document that speaks of the type.
fn document<T: Describe>() -> Document {
    fn contract<T: Describe>(types: &mut Types) -> Contract {
        Contract {
            name: "test.Events".to_owned(),
            docs: String::new(),
            deprecated: None,
            extends: Vec::new(),
            methods: Vec::new(),
            events: vec![Event {
                name: "event".to_owned(),
                type_ref: T::describe(types),
            }],
        }
    }
    Document::describe([contract::<T> as fn(&mut Types) -> Contract]).expect("nothing conflicts")
}

fn decode<T: DeserializeOwned>(codec: Codec, bytes: &[u8]) -> Result<T, DecodeError> {
    Payload::new(codec, bytes).decode()
}

#[track_caller]
fn write<T: Serialize>(codec: Codec, value: &T) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode(codec, value, &mut bytes).unwrap_or_else(|error| panic!("{codec}: {error}"));
    bytes
}
