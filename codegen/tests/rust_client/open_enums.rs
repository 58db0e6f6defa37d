//! Compiled within the crate that is generated from `documents/everything.json`: variants that a service has got since.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    fmt::Debug,
};

use callsheet_client::open::Value as Kept;
use callsheet_wire::{Codec, Payload, encode};
use everything_client::{
    Carrier, Colour, Command, Grade, Job, Level, Notice, OrderError, Outcome, Shape, Shipment, Signal, State, Task,
    UnknownVariant,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

const CODECS: [Codec; 2] = [Codec::Json, Codec::MessagePack];

fn bytes_of(codec: Codec, value: &impl Serialize) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode(codec, value, &mut bytes).unwrap();
    bytes
}

/// What is read in either codec is `value`, and is written back byte by byte as it came.
fn keeps<T: Serialize + DeserializeOwned + PartialEq + Debug>(wire: &Value, value: &T) {
    for codec in CODECS {
        let bytes = bytes_of(codec, wire);
        assert_eq!(
            Payload::new(codec, &bytes).decode::<T>().as_ref(),
            Ok(value),
            "in {codec}"
        );
        // The entries of serde_json's maps stand in the order of the alphabet, and are kept in it.
        assert_eq!(bytes_of(codec, value), bytes, "in {codec}");
    }
    let text = wire.to_string();
    assert_eq!(
        serde_json::from_str::<T>(&text).as_ref().ok(),
        Some(value),
        "by serde_json alone"
    );
    assert_eq!(serde_json::to_string(value).ok(), Some(text), "by serde_json alone");
}

fn refuses<T: DeserializeOwned + Debug>(wire: &Value, fault: &str) {
    for codec in CODECS {
        let error = Payload::new(codec, &bytes_of(codec, wire)).decode::<T>().unwrap_err();
        assert!(error.to_string().contains(fault), "{wire} in {codec}: {error}");
    }
}

fn named(name: &str) -> UnknownVariant {
    UnknownVariant::named(name)
}

fn entries(of: &[(&str, Kept)]) -> Kept {
    Kept::Map(of.iter().map(|(key, value)| ((*key).into(), value.clone())).collect())
}

#[test]
fn a_name_alone_is_kept_and_is_a_key_and_an_item_like_those_that_are_known() {
    keeps(&json!("fatal"), &Level::Unknown(named("fatal")));
    keeps(&json!("excellent"), &Grade::UnknownVariant(named("excellent")));
    assert_eq!(
        HashSet::from([Level::Unknown(named("a")), Level::Unknown(named("a"))]).len(),
        1
    );
    assert_ne!(Level::Unknown(named("a")), Level::Unknown(named("b")));

    let by_level = BTreeMap::from([("a".to_owned(), 1), ("debug".to_owned(), 2)]);
    for codec in CODECS {
        let bytes = bytes_of(codec, &by_level);
        let read: Vec<(String, u8)> = Payload::new(codec, &bytes)
            .decode::<BTreeMap<Key, u8>>()
            .unwrap()
            .into_iter()
            .map(|(key, value)| (format!("{:?}", key.0), value))
            .collect();
        assert_eq!(read.len(), 2);
        assert!(read.iter().any(|(key, _)| key == "Debug"), "{read:?}");
        assert!(read.iter().any(|(key, _)| key.contains("Unknown")), "{read:?}");
    }
}

/// A key, in some order.
#[derive(serde::Deserialize, PartialEq, Eq)]
struct Key(Level);

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        format!("{:?}", self.0).cmp(&format!("{:?}", other.0))
    }
}

#[test]
fn a_name_alone_is_not_a_name_with_null() {
    keeps(&json!("Torus"), &Shape::Unknown(named("Torus")));
    keeps(
        &json!({ "Torus": null }),
        &Shape::Unknown(named("Torus").with_data(Kept::Null)),
    );
    let data = Kept::List(vec![
        1.5.into(),
        entries(&[("a", u64::MAX.into()), ("b", i64::MIN.into())]),
    ]);
    keeps(
        &json!({ "Torus": [1.5, { "a": u64::MAX, "b": i64::MIN }] }),
        &Shape::Unknown(named("Torus").with_data(data)),
    );
}

#[test]
fn an_unknown_variant_of_an_error_is_an_error_with_a_text() {
    let error = OrderError::Unknown(named("Embargoed"));
    keeps(&json!("Embargoed"), &error);
    assert!(error.to_string().contains("Embargoed"), "{error}");
}

#[test]
fn beside_a_tag_every_entry_is_kept_wherever_the_tag_stands() {
    let unknown = named("turn").with_data(entries(&[("degrees", 90.into()), ("left", true.into())]));
    let command = Command::Unknown(unknown);
    for (text, tag_is_first) in [
        (r#"{"type":"turn","degrees":90,"left":true}"#, true),
        (r#"{"degrees":90,"type":"turn","left":true}"#, false),
    ] {
        let read: Command = Payload::new(Codec::Json, text.as_bytes()).decode().unwrap();
        assert_eq!(read, command);
        assert_eq!(bytes_of(Codec::Json, &read) == text.as_bytes(), tag_is_first);
    }
    let known = Command::MoveTo { x: 1, y: -2 };
    for text in [
        r#"{"type":"move_to","x":1,"y":-2}"#,
        r#"{"x":1,"y":-2,"type":"move_to"}"#,
    ] {
        assert_eq!(Payload::new(Codec::Json, text.as_bytes()).decode().as_ref(), Ok(&known));
    }
    let signal = named("pulse").with_data(entries(&[("width", 3.into())]));
    keeps(&json!({ "kind": "pulse", "width": 3 }), &Signal::UnknownVariant(signal));
    let alone = State::Unknown(named("paused").with_data(entries(&[])));
    keeps(&json!({ "state": "paused" }), &alone);
    let job = Job {
        id: 1,
        state: State::Unknown(named("paused").with_data(entries(&[("until", 7.into())]))),
        note: None,
    };
    for codec in CODECS {
        let bytes = bytes_of(codec, &job);
        assert_eq!(
            Payload::new(codec, &bytes).decode::<Job>().as_ref(),
            Ok(&job),
            "in {codec}"
        );
    }
}

#[test]
fn data_under_a_key_of_their_own_are_kept_whether_they_come_before_the_name_or_not() {
    keeps(&json!({ "outcome": "delayed" }), &Outcome::Unknown(named("delayed")));
    let data = named("delayed").with_data(Kept::List(vec![1.into()]));
    let late = Outcome::Unknown(data);
    for text in [
        r#"{"outcome":"delayed","detail":[1]}"#,
        r#"{"detail":[1],"new":{},"outcome":"delayed"}"#,
    ] {
        assert_eq!(Payload::new(Codec::Json, text.as_bytes()).decode().as_ref(), Ok(&late));
    }
    assert_eq!(bytes_of(Codec::Json, &late), br#"{"outcome":"delayed","detail":[1]}"#);
    let failed = Outcome::Failed("f".into());
    for text in [
        r#"{"outcome":"failed","detail":"f"}"#,
        r#"{"detail":"f","outcome":"failed","new":1}"#,
    ] {
        assert_eq!(
            Payload::new(Codec::Json, text.as_bytes()).decode().as_ref(),
            Ok(&failed)
        );
    }
}

#[test]
fn what_no_name_tells_stays_closed() {
    refuses::<Shipment>(&json!({ "id": 1, "Drone": 7 }), "Carrier");
    assert_eq!(
        Payload::new(Codec::Json, br#"{"id":1,"Post":7}"#).decode(),
        Ok(Shipment {
            id: 1,
            carrier: Carrier::Post(7)
        })
    );
    // Any text is a colour.
    keeps(&json!("mauve"), &Colour::Named("mauve".into()));
    keeps(
        &json!({ "striped": 2 }),
        &Colour::Unknown(named("striped").with_data(2.into())),
    );
    keeps(&json!(["a"]), &Notice::Lines(vec!["a".into()]));
    let poll = named("poll").with_data(entries(&[("until", "x".into())]));
    keeps(&json!({ "type": "poll", "until": "x" }), &Notice::Unknown(poll));
    keeps(
        &json!({ "type": "ship", "zeppelin": { "height": 3 } }),
        &Task::Ship(Carrier::Unknown(
            named("zeppelin").with_data(entries(&[("height", 3.into())])),
        )),
    );
}

#[test]
fn what_has_not_the_form_of_a_variant_is_refused_where_it_stands() {
    for codec in CODECS {
        let levels = Payload::new(codec, &bytes_of(codec, &json!(["info", 3]))).decode::<Vec<Level>>();
        let error = levels.unwrap_err();
        assert_eq!(error.path(), "payload[1]", "in {codec}");
    }
    refuses::<Level>(&json!({ "a": 1, "b": 2 }), "several");
    refuses::<Shape>(
        &json!({ "Circle": "wide" }),
        "payload.Circle: expected f64, found string",
    );
    refuses::<Shape>(&json!("Circle"), "expected object with this variant's data");
    refuses::<Command>(&json!({ "x": 1 }), "type");
    refuses::<Command>(&json!({ "type": 1 }), "payload.type: expected string, found integer");
    refuses::<Command>(&json!({ "type": "move_to", "x": 1 }), "missing field `y`");
    refuses::<Outcome>(&json!({ "detail": 1 }), "outcome");
    refuses::<Outcome>(&json!({ "outcome": "failed" }), "detail");
    refuses::<Outcome>(
        &json!({ "outcome": "failed", "detail": 1 }),
        "payload: detail: expected a string, found integer",
    );
}

#[test]
fn what_one_codec_read_is_written_in_the_other() {
    // {"Torus": {1: bytes, "f": 0.1f32}}
    let packed = [
        [0x81, 0xa5].as_slice(),
        b"Torus",
        &[0x82, 1, 0xc4, 2, 7, 8, 0xa1, b'f', 0xca],
        &0.1_f32.to_be_bytes(),
    ]
    .concat();
    let shape: Shape = Payload::new(Codec::MessagePack, &packed).decode().unwrap();
    assert_eq!(bytes_of(Codec::MessagePack, &shape), packed);
    assert_eq!(bytes_of(Codec::Json, &shape), br#"{"Torus":{"1":[7,8],"f":0.1}}"#);
    let Shape::Unknown(torus) = shape else {
        panic!("{shape:?}")
    };
    let data: BTreeMap<String, Value> = match torus.data().unwrap() {
        Kept::Map(entries) => entries
            .iter()
            .filter_map(|(key, value)| Some((key.read().ok()?, value.read().ok()?)))
            .collect(),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        data.keys().map(String::as_str).collect::<BTreeSet<_>>(),
        BTreeSet::from(["f"])
    );
}
