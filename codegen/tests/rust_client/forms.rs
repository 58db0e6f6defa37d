//! Compiled within the crate that is generated from `documents/everything.json`: values of its models as both codecs
//! write and read them.

use std::{
    collections::BTreeMap,
    fmt::Debug,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    num::NonZero,
};

use callsheet_wire::{Codec, Payload, encode};
use everything_client::{
    Account, AccountInput, Bounds, Carrier, Change, ChangeInput, Colour, Contact, Entry, EntryInput, Grade, Job,
    Labels, NodeString, Notice, Options, Outcome, PageAccount, PageAccountInput, PageListOptionUser, PageUser,
    PairUserMapStringI64, Parcel, Percent, Reach, Receipt, Shipment, Signal, Span, SpanInput, State, Task, Texts,
    Trial, User,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

const CODECS: [Codec; 2] = [Codec::Json, Codec::MessagePack];

fn written(codec: Codec, value: &impl Serialize) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode(codec, value, &mut bytes).unwrap();
    bytes
}

/// A client writes the value so.
fn sends(value: &impl Serialize, wire: &Value) {
    for codec in CODECS {
        let bytes = written(codec, value);
        let found: Value = match codec {
            Codec::Json => serde_json::from_slice(&bytes).unwrap(),
            Codec::MessagePack => rmp_serde::from_slice(&bytes).unwrap(),
        };
        assert_eq!(&found, wire, "in {codec}");
    }
}

fn read<T: DeserializeOwned>(codec: Codec, wire: &Value) -> Result<T, String> {
    let bytes = match codec {
        Codec::Json => wire.to_string().into_bytes(),
        Codec::MessagePack => rmp_serde::to_vec(wire).unwrap(),
    };
    Payload::new(codec, &bytes).decode().map_err(|error| error.to_string())
}

/// A client reads the value from this.
fn receives<T: DeserializeOwned + PartialEq + Debug>(wire: &Value, value: &T) {
    for codec in CODECS {
        assert_eq!(read::<T>(codec, wire).as_ref(), Ok(value), "in {codec}");
    }
}

/// A client reads no value from this.
fn refuses<T: DeserializeOwned + Debug>(wire: &Value) {
    for codec in CODECS {
        let found = read::<T>(codec, wire);
        assert!(found.is_err(), "in {codec}: {found:?}");
    }
}

fn both_ways<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T, wire: &Value) {
    sends(value, wire);
    receives(wire, value);
}

fn user() -> User {
    User {
        id: "67e55044-10b1-426f-9247-bb680e5fe0c8".parse().expect("it has the form"),
        name: "Ada".into(),
    }
}

fn user_on_the_wire() -> Value {
    json!({ "id": "67e55044-10b1-426f-9247-bb680e5fe0c8", "name": "Ada" })
}

#[test]
fn text_of_known_forms_is_text_in_both_codecs() {
    let texts = Texts {
        uuid: "67e55044-10b1-426f-9247-bb680e5fe0c8".parse().expect("it has the form"),
        ip_address: IpAddr::V6(Ipv6Addr::LOCALHOST),
        ipv4_address: Ipv4Addr::new(192, 0, 2, 1),
        ipv6_address: Ipv6Addr::LOCALHOST,
        socket_address: SocketAddr::from(([127, 0, 0, 1], 80)),
        timestamp: "2024-02-29T23:59:59.123456789+01:00".parse().expect("it has the form"),
        date_time: "2024-02-29T23:59:59.5".parse().expect("it has the form"),
        date: "2024-02-29".parse().expect("it has the form"),
        time: "23:59:59.5".parse().expect("it has the form"),
        decimal: "-12.50".parse().expect("it has the form"),
        url: "https://example.org/".parse().expect("it has the form"),
        path: "/srv/data".into(),
    };
    let wire = json!({
        "uuid": "67e55044-10b1-426f-9247-bb680e5fe0c8", "ip_address": "::1", "ipv4_address": "192.0.2.1",
        "ipv6_address": "::1", "socket_address": "127.0.0.1:80", "timestamp": "2024-02-29T23:59:59.123456789+01:00",
        "date_time": "2024-02-29T23:59:59.5", "date": "2024-02-29", "time": "23:59:59.5", "decimal": "-12.50",
        "url": "https://example.org/", "path": "/srv/data",
    });
    both_ways(&texts, &wire);
    refuses::<IpAddr>(&json!("localhost"));
}

#[test]
fn numbers_that_are_never_zero_are_numbers() {
    let (low, high) = (NonZero::new(1_u8).unwrap(), NonZero::new(i64::MIN).unwrap());
    let (bounds, most) = (
        |most| Bounds {
            low,
            high: Some(high),
            most,
        },
        NonZero::new(u128::MAX).unwrap(),
    );
    both_ways(&bounds(Vec::new()), &json!({ "low": 1, "high": i64::MIN, "most": [] }));
    refuses::<Bounds>(&json!({ "low": 0, "most": [] }));

    let wide = bounds(vec![most]);
    let text = format!(r#"{{"low":1,"high":{},"most":[{}]}}"#, i64::MIN, u128::MAX);
    assert_eq!(written(Codec::Json, &wide), text.as_bytes());
    let packed = written(Codec::MessagePack, &wide);
    assert!(
        packed.ends_with(&[[0xc4, 16].as_slice(), &[0xff; 16]].concat()),
        "{packed:x?}"
    );
    for (codec, bytes) in [(Codec::Json, text.as_bytes()), (Codec::MessagePack, &packed)] {
        assert_eq!(
            Payload::new(codec, bytes).decode::<Bounds>(),
            Ok(wide.clone()),
            "in {codec}"
        );
    }
}

#[test]
fn keys_of_maps_may_be_both() {
    let address = SocketAddr::from(([127, 0, 0, 1], 80));
    let by_port = BTreeMap::from([(NonZero::new(80_u16).unwrap(), address)]);
    let packed = [[0x81, 80, 0xac].as_slice(), b"127.0.0.1:80"].concat();
    for (codec, bytes) in [
        (Codec::Json, br#"{"80":"127.0.0.1:80"}"#.as_slice()),
        (Codec::MessagePack, &packed),
    ] {
        assert_eq!(written(codec, &by_port), bytes);
        let found: Result<BTreeMap<NonZero<u16>, SocketAddr>, _> = Payload::new(codec, bytes).decode();
        assert_eq!(found, Ok(by_port.clone()), "in {codec}");
    }
    both_ways(&BTreeMap::from([(address, 1)]), &json!({ "127.0.0.1:80": 1 }));
}

#[test]
fn generic_types_are_types_of_their_own() {
    both_ways(
        &PageUser {
            items: vec![user()],
            next: Some("2".into()),
        },
        &json!({ "items": [user_on_the_wire()], "next": "2" }),
    );
    both_ways(
        &PageListOptionUser {
            items: vec![vec![Some(user()), None]],
            next: None,
        },
        &json!({ "items": [[user_on_the_wire(), null]] }),
    );
    both_ways(
        &PairUserMapStringI64(user(), BTreeMap::from([("a".into(), -1)])),
        &json!([user_on_the_wire(), { "a": -1 }]),
    );
    let last = NodeString {
        value: "b".into(),
        next: None,
    };
    let first = NodeString {
        value: "a".into(),
        next: Some(Box::new(last)),
    };
    both_ways(&first, &json!({ "value": "a", "next": { "value": "b" } }));
}

#[test]
fn a_flattened_map_holds_what_nothing_else_names() {
    let labels = |extra| Labels {
        name: "n".into(),
        size: u64::MAX,
        extra,
    };
    both_ways(&labels(BTreeMap::new()), &json!({ "name": "n", "size": u64::MAX }));
    let extra = BTreeMap::from([("a".to_owned(), Some(i64::MIN)), ("b".to_owned(), None)]);
    both_ways(
        &labels(extra),
        &json!({ "name": "n", "size": u64::MAX, "a": i64::MIN, "b": null }),
    );
    refuses::<Labels>(&json!({ "name": "n", "size": 1, "a": "text" }));
}

#[test]
fn a_flattened_enum_stands_among_the_fields() {
    let shipment = |carrier| Shipment { id: 1, carrier };
    both_ways(&shipment(Carrier::Pickup), &json!({ "id": 1, "Pickup": null }));
    both_ways(&shipment(Carrier::Post(7)), &json!({ "id": 1, "Post": 7 }));
    let courier = Carrier::Courier {
        name: "c".into(),
        express: None,
    };
    both_ways(&shipment(courier), &json!({ "id": 1, "Courier": { "name": "c" } }));
    receives(
        &json!({ "id": 1, "since": 2024, "Post": 7 }),
        &shipment(Carrier::Post(7)),
    );
    refuses::<Shipment>(&json!({ "id": 1 }));

    let job = |state, note: Option<&str>| Job {
        id: 1,
        state,
        note: note.map(str::to_owned),
    };
    both_ways(&job(State::Queued, None), &json!({ "id": 1, "state": "queued" }));
    let options = Options {
        verbose: Some(true),
        retries: None,
    };
    both_ways(
        &job(State::SetUp(options), Some("n")),
        &json!({ "id": 1, "state": "set_up", "verbose": true, "note": "n" }),
    );

    let trial = |outcome| Trial { id: 1, outcome };
    both_ways(&trial(Outcome::Passed), &json!({ "id": 1, "outcome": "passed" }));
    both_ways(
        &trial(Outcome::Skipped { reason: "r".into() }),
        &json!({ "id": 1, "outcome": "skipped", "detail": { "reason": "r" } }),
    );

    let contact = |reach| Contact {
        name: "n".into(),
        reach,
    };
    both_ways(&contact(Reach::Phone { phone: 1 }), &json!({ "name": "n", "phone": 1 }));
    both_ways(
        &contact(Reach::Mail { mail: "m".into() }),
        &json!({ "name": "n", "mail": "m" }),
    );
}

#[test]
fn an_option_of_a_flattened_enum_may_have_no_entry() {
    let parcel = |carrier| Parcel { id: 1, carrier };
    both_ways(&parcel(None), &json!({ "id": 1 }));
    both_ways(&parcel(Some(Carrier::Post(7))), &json!({ "id": 1, "Post": 7 }));
}

#[test]
fn data_of_every_kind_stands_beside_a_tag() {
    both_ways(&Task::Idle(()), &json!({ "type": "idle" }));
    both_ways(&Task::Ship(Carrier::Pickup), &json!({ "type": "ship", "Pickup": null }));
    both_ways(&Task::Ship(Carrier::Post(7)), &json!({ "type": "ship", "Post": 7 }));
    let note = BTreeMap::from([("a".to_owned(), "b".to_owned())]);
    both_ways(&Task::Note(note), &json!({ "type": "note", "a": "b" }));
}

#[test]
fn untagged_variants_are_their_data_alone() {
    both_ways(&Colour::Red, &json!("red"));
    both_ways(
        &Colour::Mixed { r: 1, g: 2, b: 3 },
        &json!({ "mixed": { "r": 1, "g": 2, "b": 3 } }),
    );
    both_ways(&Colour::Named("teal".into()), &json!("teal"));
    refuses::<Colour>(&json!(1));
    both_ways(
        &Notice::Text { body: "b".into() },
        &json!({ "type": "text", "body": "b" }),
    );
    both_ways(&Notice::Lines(vec!["a".into()]), &json!(["a"]));
}

#[test]
fn the_variant_that_the_server_reads_unknown_ones_as_is_one_like_any_other() {
    both_ways(&Grade::Good, &json!("good"));
    both_ways(&Grade::Unknown, &json!("unknown"));
    both_ways(&Signal::Level { value: 0.5 }, &json!({ "kind": "level", "value": 0.5 }));
    both_ways(&Signal::Unknown, &json!({ "kind": "unknown" }));
    receives(&json!({ "kind": "unknown", "width": 3 }), &Signal::Unknown);
}

#[test]
fn the_tag_of_a_struct_is_neither_sent_nor_needed() {
    let receipt = Receipt {
        total: "9.90".parse().expect("it has the form"),
    };
    both_ways(&receipt, &json!({ "total": "9.90" }));
    receives(&json!({ "type": "receipt", "total": "9.90" }), &receipt);
}

#[test]
fn what_goes_each_way_in_another_shape_has_a_type_for_each() {
    sends(
        &PageAccountInput {
            items: vec![AccountInput {
                name: "Ada".into(),
                password: "secret".into(),
            }],
            next: None,
        },
        &json!({ "items": [{ "name": "Ada", "password": "secret" }] }),
    );
    receives(
        &json!({ "items": [{ "name": "Ada", "created": "2024-02-29T00:00:00Z" }] }),
        &PageAccount {
            items: vec![Account {
                name: "Ada".into(),
                created: "2024-02-29T00:00:00Z".parse().expect("it has the form"),
            }],
            next: None,
        },
    );
    sends(&EntryInput("a".into(), 1), &json!(["a", 1]));
    receives(
        &json!(["a", 1, "2024-02-29T00:00:00Z"]),
        &Entry("a".into(), 1, "2024-02-29T00:00:00Z".parse().expect("it has the form")),
    );
    sends(&SpanInput("1..2".into()), &json!("1..2"));
    receives(&json!({ "from": 1, "to": 2 }), &Span { from: 1, to: 2 });
    sends(&ChangeInput::Clear, &json!("clear"));
    receives(&json!("expired"), &Change::Expired);
    both_ways(&Percent(100), &json!(100));
}
