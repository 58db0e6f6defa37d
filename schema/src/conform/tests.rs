//! What fits and what does not, case by case. That it is what serde does, `tests/oracle` finds out.

use std::collections::BTreeMap;

use serde_json::json;

use super::{Codec, Direction, MAX_DEPTH, Value, check};
use crate::{Definition, TypeRef};

/// Definitions, written as a document writes them.
fn types(definitions: serde_json::Value) -> BTreeMap<String, Definition> {
    serde_json::from_value(definitions).expect("definitions of a document")
}

/// Why the JSON `text` does not fit; nothing if it does.
fn misfit(types: &BTreeMap<String, Definition>, reference: &TypeRef, direction: Direction, text: &str) -> String {
    let value = Value::from_json(text).expect("JSON");
    match check(types, reference, direction, Codec::Json, &value) {
        Ok(()) => String::new(),
        Err(misfit) => misfit.to_string(),
    }
}

fn named(name: &str) -> TypeRef {
    TypeRef::Named(name.to_owned())
}

#[test]
fn integers_have_ranges() {
    let none = BTreeMap::new();
    let judge = |reference: &TypeRef, text: &str| misfit(&none, reference, Direction::Accepted, text);
    assert_eq!(judge(&TypeRef::I8, "-128"), "");
    assert_eq!(judge(&TypeRef::I8, "128"), "payload: expected i8, found integer");
    assert_eq!(judge(&TypeRef::U64, "18446744073709551615"), "");
    assert_eq!(
        judge(&TypeRef::U64, "18446744073709551616"),
        "payload: expected u64, found integer"
    );
    assert_eq!(judge(&TypeRef::U128, "340282366920938463463374607431768211455"), "");
    assert_eq!(
        judge(&TypeRef::I128, "170141183460469231731687303715884105728"),
        "payload: expected i128, found integer"
    );
    assert_eq!(judge(&TypeRef::I64, "-0"), "payload: expected i64, found float");
    assert_eq!(judge(&TypeRef::I64, "1.0"), "payload: expected i64, found float");
    assert_eq!(judge(&TypeRef::F64, "1"), "");
    assert_eq!(judge(&TypeRef::F32, "1e300"), "payload: expected f32, found float");
    let nonzero = TypeRef::NonZero(Box::new(TypeRef::U8));
    assert_eq!(judge(&nonzero, "0"), "payload: expected nonzero<u8>, found integer");
}

#[test]
fn codecs_differ_where_the_document_says_so() {
    let none = BTreeMap::new();
    let judge =
        |reference: &TypeRef, codec, value: &Value| check(&none, reference, Direction::Accepted, codec, value).is_ok();
    let map = TypeRef::Map(Box::new(TypeRef::U8), Box::new(TypeRef::Unit));
    let entry = |key| Value::Map(vec![(key, Value::Null)]);
    let text = |text: &str| Value::Text(text.to_owned());
    for (reference, json, messagepack) in [
        (
            &TypeRef::Bytes,
            Value::List(vec![Value::Unsigned(7)]),
            Value::Bytes(vec![7]),
        ),
        (
            &TypeRef::U128,
            Value::Unsigned(7),
            Value::Bytes(7_u128.to_be_bytes().to_vec()),
        ),
        (&map, entry(text("7")), entry(Value::Unsigned(7))),
    ] {
        assert!(judge(reference, Codec::Json, &json), "{reference}");
        assert!(judge(reference, Codec::MessagePack, &messagepack), "{reference}");
        assert!(!judge(reference, Codec::Json, &messagepack), "{reference}");
        assert!(!judge(reference, Codec::MessagePack, &json), "{reference}");
    }
    assert!(
        !judge(&map, Codec::Json, &entry(text("07"))),
        "one integer is written in one way"
    );
    assert!(!judge(&TypeRef::F64, Codec::Json, &Value::F64(f64::NAN)));
    assert!(judge(&TypeRef::F64, Codec::MessagePack, &Value::F64(f64::NAN)));
}

#[test]
fn fields_by_direction() {
    let types = types(json!({ "S": { "shape": { "struct": { "fields": [
        { "name": "out", "accepts": "in", "aliases": ["old"], "type": "u8" },
        { "name": "maybe", "type": { "option": "u8" }, "optional": true, "sometimes": true },
    ] } } } }));
    let judge = |direction, text: &str| misfit(&types, &named("S"), direction, text);
    assert_eq!(judge(Direction::Accepted, r#"{"in": 1, "more": {}}"#), "");
    assert_eq!(judge(Direction::Accepted, r#"{"old": 1, "maybe": null}"#), "");
    assert_eq!(
        judge(Direction::Accepted, r#"{"in": 1, "old": 1}"#),
        "payload: `in` and `old` are names of one field"
    );
    assert_eq!(
        judge(Direction::Accepted, r#"{"out": 1}"#),
        "payload: missing field `in`"
    );
    assert_eq!(judge(Direction::Produced, r#"{"out": 1}"#), "");
    assert_eq!(
        judge(Direction::Produced, r#"{"out": 1, "more": 2}"#),
        "payload: unknown field `more`"
    );
    assert_eq!(
        judge(Direction::Accepted, r#"{"in": 1, "x": {"a": 1, "a": 2}}"#),
        "payload.x: duplicate field `a`"
    );
}

#[test]
fn flattened_fields_share_entries() {
    let variants = json!([
        { "name": "A", "shape": "unit" },
        { "name": "B", "shape": { "newtype": "u8" } },
    ]);
    let types = types(json!({
        "E": { "shape": { "enum": { "tagging": "external", "variants": variants } } },
        "S": { "shape": { "struct": { "fields": [
            { "name": "own", "type": "bool" },
            { "name": "rest", "type": { "map": ["string", "u8"] }, "flattened": true },
            { "name": "e", "type": { "named": "E" }, "flattened": true },
        ] } } },
    }));
    let judge = |text: &str| misfit(&types, &named("S"), Direction::Produced, text);
    assert_eq!(judge(r#"{"own": true, "A": null, "x": 1}"#), "");
    assert_eq!(judge(r#"{"B": 1, "own": true}"#), "");
    assert_eq!(
        judge(r#"{"own": true, "x": 1}"#),
        "payload: no entry names a variant of `E`"
    );
    assert_eq!(
        judge(r#"{"B": 1, "own": true, "x": "y"}"#),
        "payload.x: expected u8, found string"
    );
}

#[test]
fn untagged_variants_are_tried_in_order() {
    let types = types(json!({ "E": { "shape": { "enum": {
        "tagging": { "internal": { "tag": "t" } },
        "variants": [
            { "name": "A", "shape": { "struct": [{ "name": "a", "type": "u8" }] } },
            { "name": "B", "untagged": true, "shape": { "struct": [{ "name": "b", "type": "u8" }] } },
            { "name": "C", "untagged": true, "shape": { "newtype": "string" } },
        ],
    } } } }));
    let judge = |text: &str| misfit(&types, &named("E"), Direction::Accepted, text);
    for fits in [
        r#"{"a": 1, "t": "A"}"#,
        r#"{"b": 1}"#,
        r#""text""#,
        r#"{"t": "A", "b": 1}"#,
    ] {
        assert_eq!(judge(fits), "", "{fits}");
    }
    assert_eq!(judge(r#"{"t": "Z"}"#), "payload.t: `E` has no variant `Z`");
    assert_eq!(judge("7"), "payload: expected object, found integer");
}

/// Two untagged variants that both hold the type itself: tried naively, the time doubles with each level.
#[test]
fn hostile_values_cost_little() {
    let nested = json!({ "list": { "named": "E" } });
    let types = types(json!({ "E": { "shape": { "enum": { "tagging": "untagged", "variants": [
        { "name": "A", "shape": { "newtype": nested } },
        { "name": "B", "shape": { "tuple": [{ "named": "E" }] } },
        { "name": "C", "shape": { "newtype": "u8" } },
    ] } } } }));
    let text = format!("{}true{}", "[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH));
    assert_eq!(
        misfit(&types, &named("E"), Direction::Accepted, &text),
        "payload: fits no variant of `E`"
    );
    assert!(
        Value::from_json(&format!("[{text}]")).is_err(),
        "nobody reads what is nested more deeply"
    );
    let mut deep = Value::Null;
    for _ in 0..=MAX_DEPTH {
        deep = Value::List(vec![deep]);
    }
    assert!(check(&types, &named("E"), Direction::Accepted, Codec::MessagePack, &deep).is_err());
}

#[test]
fn types_without_end_fit_nothing() {
    let types = types(json!({ "T": { "shape": { "newtype": { "named": "T" } } } }));
    assert_eq!(
        misfit(&types, &named("T"), Direction::Accepted, "1"),
        "payload: the type `T` consists of nothing but itself"
    );
    assert_eq!(
        misfit(&types, &named("U"), Direction::Accepted, "1"),
        "payload: the type `U` is not defined"
    );
}

#[test]
fn values_become_what_they_were() {
    let text = r#"{"b":[1,-2,0.5,"x",null,true],"a":{"a":1,"c":340282366920938463463374607431768211455}}"#;
    let value = Value::from_json(text).expect("JSON");
    assert_eq!(serde_json::to_string(&value).expect("JSON"), text);
}
