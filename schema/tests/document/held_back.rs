//! What serde holds back: the facts, and that the document knows them.

use std::{collections::BTreeMap, fmt::Debug, net::IpAddr};

use callsheet_schema::FaultCode;
use callsheet_wire::{Codec, Payload, encode};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{document, enum_of, faults, flattening, struct_of};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Plain<T> {
    x: T,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Flattening<T> {
    own: u8,
    #[serde(flatten)]
    a: Plain<T>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Untagged<T> {
    Deep(Vec<Plain<T>>),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "t")]
enum Internal<T> {
    V(Plain<T>),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "t", content = "c")]
enum Adjacent<T> {
    V(T),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum External<T> {
    V(T),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Open<T> {
    V(T),
    #[serde(untagged)]
    Other(bool),
}

/// The value comes back the same from both codecs.
fn comes_back<T: Serialize + DeserializeOwned + PartialEq>(value: &T) -> bool {
    [Codec::Json, Codec::MessagePack].into_iter().all(|codec| {
        let mut bytes = Vec::new();
        let written = encode(codec, &Plain { x: value }, &mut bytes);
        written.is_ok()
            && Payload::new(codec, &bytes)
                .decode::<Plain<T>>()
                .is_ok_and(|read| read.x == *value)
    })
}

/// The value comes back from an adjacently tagged enum whose tag comes last.
fn comes_back_before_its_tag<T: Serialize + DeserializeOwned + PartialEq>(value: &T) -> bool {
    let Ok(value_text) = serde_json::to_string(value) else {
        return false;
    };
    let text = format!(r#"{{"c":{value_text},"t":"V"}}"#);
    let read = Payload::new(Codec::Json, text.as_bytes()).decode::<Adjacent<T>>();
    read.is_ok_and(|Adjacent::V(read)| read == *value)
}

/// What each way to hold a value back does to it: whether serde reads it, and the description.
fn ways<T>(value: &T, of: &Value) -> Vec<(&'static str, bool, Value)>
where
    T: Clone + PartialEq + Serialize + DeserializeOwned,
{
    let variant = |data: Value| json!([{"name": "V", "shape": data}]);
    let newtype = variant(json!({"newtype": of}));
    let plain = json!({"named": "Plain"});
    let x = Plain { x: value.clone() };
    vec![
        ("plain", comes_back(&x), struct_of(&json!([]))),
        (
            "external",
            comes_back(&External::V(value.clone())),
            enum_of(&json!("external"), &newtype),
        ),
        (
            "flattened",
            comes_back(&Flattening { own: 1, a: x.clone() }),
            flattening(std::slice::from_ref(&plain)),
        ),
        (
            "untagged",
            comes_back(&Untagged::Deep(vec![x.clone()])),
            enum_of(&json!("untagged"), &variant(json!({"newtype": {"list": plain}}))),
        ),
        (
            "internal",
            comes_back(&Internal::V(x)),
            enum_of(&json!({"internal": {"tag": "t"}}), &variant(json!({"newtype": plain}))),
        ),
        (
            "adjacent",
            comes_back(&Adjacent::V(value.clone())) && comes_back_before_its_tag(value),
            enum_of(&json!({"adjacent": {"tag": "t", "content": "c"}}), &newtype),
        ),
        (
            "untagged variant",
            comes_back(&Open::V(value.clone())),
            enum_of(
                &json!("external"),
                &json!([
                    {"name": "V", "shape": {"newtype": of}},
                    {"name": "Other", "shape": {"newtype": "bool"}, "untagged": true},
                ]),
            ),
        ),
    ]
}

/// What serde does not read is a fault, and what it reads is none.
fn check<T>(value: &T, of: Value, code: Option<FaultCode>)
where
    T: Clone + Debug + PartialEq + Serialize + DeserializeOwned,
{
    for (way, is_read, described) in ways(value, &of) {
        let types = json!({"Plain": struct_of(&json!([{"name": "x", "type": of}])), "Held": described});
        let found: Vec<_> = faults(document(&types)).into_iter().map(|(code, _)| code).collect();
        assert_eq!(is_read, found.is_empty(), "{way} {value:?}: {found:?}");
        let expected = code.filter(|_| !matches!(way, "plain" | "external"));
        assert_eq!(found, expected.into_iter().collect::<Vec<_>>(), "{way} {value:?}");
    }
}

fn map<K: Ord>(key: K) -> BTreeMap<K, u8> {
    BTreeMap::from([(key, 1)])
}

#[test]
fn wide_integers_cannot_be_held_back() {
    let code = Some(FaultCode::HeldBackWideInteger);
    check(&5_i128, json!("i128"), code);
    check(&u128::MAX, json!("u128"), code);
    check(&std::num::NonZeroU128::MIN, json!({"non_zero": "u128"}), code);
    check(&vec![Some(i128::MIN)], json!({"list": {"option": "i128"}}), code);
    check(&u64::MAX, json!("u64"), None);
    check(&i64::MIN, json!("i64"), None);
}

#[test]
fn keys_that_are_no_text_cannot_be_held_back() {
    let code = Some(FaultCode::HeldBackMapKey);
    check(&map(5_u8), json!({"map": ["u8", "u8"]}), code);
    check(&map(-5_i64), json!({"map": ["i64", "u8"]}), code);
    check(&map(true), json!({"map": ["bool", "u8"]}), code);
    check(
        &map(std::num::NonZeroU8::MIN),
        json!({"map": [{"non_zero": "u8"}, "u8"]}),
        code,
    );
    check(&map("a".to_owned()), json!({"map": ["string", "u8"]}), None);
    check(&map('a'), json!({"map": ["char", "u8"]}), None);
    check(
        &map(IpAddr::from([127, 0, 0, 1])),
        json!({"map": [{"text": "ip_address"}, "u8"]}),
        None,
    );
}

#[test]
fn everything_else_can_be_held_back() {
    check(&(), json!("unit"), None);
    check(&'é', json!("char"), None);
    check(&Some(1_u8), json!({"option": "u8"}), None);
    check(&0.1_f32, json!("f32"), None);
    check(&1.0_f32, json!("f32"), None);
    check(&1.0_f64, json!("f64"), None);
    check(&f64::MAX, json!("f64"), None);
    check(&-0.0_f64, json!("f64"), None);
    check(&std::time::Duration::new(1, 2), json!("duration"), None);
    check(&IpAddr::from([127, 0, 0, 1]), json!({"text": "ip_address"}), None);
    check(&(1_u8, "a".to_owned()), json!({"tuple": ["u8", "string"]}), None);
    check(&[1_u8, 2], json!({"array": ["u8", 2]}), None);
}

#[test]
fn the_message_says_who_holds_back() {
    let types = json!({
        "Amount": struct_of(&json!([{"name": "units", "type": "u128"}])),
        "Event": enum_of(
            &json!({"internal": {"tag": "type"}}),
            &json!([{"name": "Paid", "shape": {"newtype": {"named": "Amount"}}}]),
        ),
    });
    assert_eq!(
        super::fault(document(&types)),
        "CS0208: type `Amount`, field `units`: serde cannot read u128 here: it holds the value back, since `Event` is \
         internally tagged; use text or 64 bits, or have nothing held back: tag the enum externally, do not flatten"
    );
}
