//! What values look like on the wire, and which have no form there.

use std::collections::{BTreeMap, HashMap};

use callsheet_wire::{Codec, EncodeError, Payload, encode};
use serde::ser::SerializeSeq;
use serde::{Deserialize, Serialize};

fn json<T: Serialize + ?Sized>(value: &T) -> Result<String, EncodeError> {
    let mut out = Vec::new();
    encode(Codec::Json, value, &mut out)?;
    Ok(String::from_utf8(out).expect("JSON is UTF-8"))
}

fn messagepack<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, EncodeError> {
    let mut out = Vec::new();
    encode(Codec::MessagePack, value, &mut out)?;
    Ok(out)
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Marker;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Meters(f64);

#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Shape {
    Nothing,
    Circle(Meters),
    Segment(f64, f64),
    Square { side: f64 },
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Order {
    shapes: Vec<Shape>,
    prices: BTreeMap<String, f64>,
    by_row: HashMap<u32, (f64, Option<f32>)>,
}

#[test]
fn structs_are_maps_and_units_are_null_in_both() {
    assert_eq!(json(&Marker).as_deref(), Ok("null"));
    assert_eq!(messagepack(&Marker).as_deref(), Ok(&b"\xc0"[..]));
    assert_eq!(messagepack(&()).as_deref(), Ok(&b"\xc0"[..]));
    assert_eq!(
        messagepack(&Shape::Square { side: 0.0 }).as_deref(),
        Ok(&b"\x81\xa6Square\x81\xa4side\xcb\0\0\0\0\0\0\0\0"[..])
    );
    assert_eq!(json(&Shape::Nothing).as_deref(), Ok(r#""Nothing""#));
    assert_eq!(json(&Shape::Circle(Meters(1.5))).as_deref(), Ok(r#"{"Circle":1.5}"#));
}

#[test]
fn what_is_written_is_read() {
    let order = Order {
        shapes: vec![
            Shape::Nothing,
            Shape::Circle(Meters(0.1)),
            Shape::Segment(1.0, 2.0),
            Shape::Square { side: 1e300 },
        ],
        prices: BTreeMap::from([("ACME".to_owned(), 123.45)]),
        by_row: HashMap::from([(7, (1.0, Some(0.1))), (8, (2.0, None))]),
    };
    for codec in [Codec::Json, Codec::MessagePack] {
        let mut out = Vec::new();
        encode(codec, &order, &mut out).expect("finite numbers encode");
        assert_eq!(Payload::new(codec, &out).decode::<Order>().as_ref(), Ok(&order));
        out.clear();
        encode(codec, &Marker, &mut out).expect("a unit encodes");
        assert_eq!(Payload::new(codec, &out).decode(), Ok(Marker));
    }
}

#[test]
fn json_has_no_form_for_what_is_not_finite() {
    let message = "NaN and infinity have no form in JSON; send a finite number, or MessagePack";
    let order = |shape| Order {
        shapes: vec![Shape::Nothing, shape],
        prices: BTreeMap::new(),
        by_row: HashMap::new(),
    };
    let cases = [
        (order(Shape::Circle(Meters(f64::NAN))), "payload.shapes[1].Circle"),
        (
            order(Shape::Segment(0.0, f64::INFINITY)),
            "payload.shapes[1].Segment[1]",
        ),
        (
            order(Shape::Square {
                side: f64::NEG_INFINITY,
            }),
            "payload.shapes[1].Square.side",
        ),
        (
            Order {
                prices: BTreeMap::from([("ACME".to_owned(), f64::NAN)]),
                ..order(Shape::Nothing)
            },
            "payload.prices.ACME",
        ),
        (
            Order {
                by_row: HashMap::from([(7, (0.0, Some(f32::NAN)))]),
                ..order(Shape::Nothing)
            },
            "payload.by_row[7][1]",
        ),
    ];
    for (order, path) in cases {
        let mut out = b"kept".to_vec();
        let error = encode(Codec::Json, &order, &mut out).expect_err(path);
        assert_eq!((error.path(), error.message()), (path, message));
        assert_eq!(out, b"kept");
        let bytes = messagepack(&order).expect("MessagePack keeps them");
        assert!(Payload::new(Codec::MessagePack, &bytes).decode::<Order>().is_ok());
    }
    let bytes = messagepack(&f64::NAN).expect("MessagePack keeps it");
    assert!(
        Payload::new(Codec::MessagePack, &bytes)
            .decode::<f64>()
            .expect("a float")
            .is_nan()
    );
}

#[test]
fn keys_without_a_form_are_told_with_their_place() {
    let map = BTreeMap::from([((1, 2), 3)]);
    for codec in [Codec::Json, Codec::MessagePack] {
        let error = encode(codec, &BTreeMap::from([("grid", &map)]), &mut Vec::new()).expect_err("a tuple is no key");
        let text = "payload.grid: expected string or integer as key, found array";
        assert_eq!(error.to_string(), text);
    }
    let error = json(&BTreeMap::from([(None::<u8>, 3)])).expect_err("null is no key");
    assert_eq!(
        error.to_string(),
        "payload: expected string or integer as key, found null"
    );
}

#[test]
fn keys_are_strings_in_json_and_themselves_in_messagepack() {
    #[derive(PartialEq, Eq, PartialOrd, Ord, Serialize)]
    enum Color {
        Red,
    }
    assert_eq!(json(&BTreeMap::from([(-7_i8, 1)])).as_deref(), Ok(r#"{"-7":1}"#));
    assert_eq!(
        json(&BTreeMap::from([(u128::MAX, 1)])).as_deref(),
        Ok(r#"{"340282366920938463463374607431768211455":1}"#)
    );
    assert_eq!(json(&BTreeMap::from([(true, 1)])).as_deref(), Ok(r#"{"true":1}"#));
    assert_eq!(json(&BTreeMap::from([(Some('c'), 1)])).as_deref(), Ok(r#"{"c":1}"#));
    assert_eq!(json(&BTreeMap::from([(Color::Red, 1)])).as_deref(), Ok(r#"{"Red":1}"#));
    assert_eq!(
        messagepack(&BTreeMap::from([(-7_i8, 1)])).as_deref(),
        Ok(&b"\x81\xf9\x01"[..])
    );
    assert_eq!(
        messagepack(&BTreeMap::from([(true, 1)])).as_deref(),
        Ok(&b"\x81\xc3\x01"[..])
    );
}

#[test]
fn lengths_that_are_not_known_or_wrong_are_put_right() {
    /// As many numbers as the first says, though it announces as many as the second says.
    struct Numbers(u32, Option<usize>);
    impl Serialize for Numbers {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut array = serializer.serialize_seq(self.1)?;
            for number in 0..self.0 {
                array.serialize_element(&number)?;
            }
            array.end()
        }
    }
    for count in [0, 1, 15, 16, 70_000] {
        for announced in [None, Some(0), Some(15), Some(16), Some(1 << 40)] {
            let bytes = messagepack(&("before", Numbers(count, announced), "after")).expect("numbers encode");
            let expected: Vec<u32> = (0..count).collect();
            let read = Payload::new(Codec::MessagePack, &bytes).decode::<(String, Vec<u32>, String)>();
            assert_eq!(read, Ok(("before".to_owned(), expected, "after".to_owned())));
        }
    }
}

#[test]
fn bytes_count_as_deep_as_they_are_read() {
    /// Bytes within so many arrays.
    struct Nested(usize);
    impl Serialize for Nested {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            match self.0 {
                0 => serializer.serialize_bytes(b"abc"),
                arrays => serializer.collect_seq([Nested(arrays - 1)]),
            }
        }
    }
    assert!(json(&Nested(63)).is_ok());
    assert_eq!(
        json(&Nested(64)).map_err(|error| error.message().to_owned()),
        Err("nested deeper than 64 levels".to_owned())
    );
    assert!(messagepack(&Nested(64)).is_ok());
    assert!(messagepack(&Nested(65)).is_err());
}

#[test]
fn what_serde_json_alone_can_write_is_refused() {
    let raw = serde_json::value::RawValue::from_string("[1]".to_owned()).expect("it is JSON");
    for codec in [Codec::Json, Codec::MessagePack] {
        let error = encode(codec, &[&raw], &mut Vec::new()).expect_err("its text is no value of the wire");
        assert_eq!(error.to_string(), "payload[0]: a value that serde_json alone can write");
    }
}

#[test]
fn variants_with_places_count_as_deep_as_they_are_read() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    enum Chain {
        End,
        Link(u8, Box<Chain>),
    }
    let chain = |links: usize| (0..links).fold(Chain::End, |chain, _| Chain::Link(0, Box::new(chain)));
    for codec in [Codec::Json, Codec::MessagePack] {
        let mut out = Vec::new();
        encode(codec, &chain(32), &mut out).expect("64 levels");
        assert_eq!(Payload::new(codec, &out).decode(), Ok(chain(32)));
        assert!(encode(codec, &chain(33), &mut out).is_err());
    }
}

#[test]
fn what_a_value_itself_refuses_is_told_with_its_place() {
    struct Stubborn;
    impl Serialize for Stubborn {
        fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("not today"))
        }
    }
    for codec in [Codec::Json, Codec::MessagePack] {
        let error = encode(codec, &[None, Some(Stubborn)], &mut Vec::new()).expect_err("it refuses");
        assert_eq!(error.to_string(), "payload[1]: not today");
    }
}

#[test]
fn what_could_not_be_read_is_not_written() {
    #[derive(Serialize)]
    struct Nested(Option<Box<(Nested,)>>);
    let nested = |depth: usize| (0..depth).fold(Nested(None), |inner, _| Nested(Some(Box::new((inner,)))));
    for codec in [Codec::Json, Codec::MessagePack] {
        assert!(encode(codec, &nested(64), &mut Vec::new()).is_ok());
        let error = encode(codec, &nested(65), &mut Vec::new()).expect_err("too deep");
        assert_eq!(error.message(), "nested deeper than 64 levels");
    }
}

#[test]
fn flattened_fields_keep_their_map() {
    #[derive(Serialize)]
    struct Outer {
        first: i32,
        #[serde(flatten)]
        rest: BTreeMap<String, i32>,
    }
    let value = Outer {
        first: 1,
        rest: BTreeMap::from([("second".to_owned(), 2)]),
    };
    assert_eq!(json(&value).as_deref(), Ok(r#"{"first":1,"second":2}"#));
    assert_eq!(
        messagepack(&value).as_deref(),
        Ok(&b"\x82\xa5first\x01\xa6second\x02"[..])
    );
}
