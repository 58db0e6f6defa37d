//! What decoding accepts and refuses, the same in both codecs, and the words it refuses with.

use std::collections::{BTreeMap, HashMap};

use callsheet_wire::{Argument, Codec, DecodeError, Payload, encode};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

#[derive(Debug, PartialEq, Deserialize)]
struct Point {
    x: i32,
    y: i32,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Closed {
    x: i32,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Shape {
    Nothing,
    Circle(f64),
    Segment(Point, Point),
    Square { side: i32 },
}

#[derive(Debug, PartialEq, Deserialize)]
struct Order {
    items: Vec<Item>,
    #[serde(default)]
    prices: BTreeMap<String, f64>,
    shape: Option<Shape>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Item {
    name: String,
}

fn json<T: DeserializeOwned>(text: &str) -> Result<T, DecodeError> {
    Payload::new(Codec::Json, text.as_bytes()).decode()
}

fn messagepack<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, DecodeError> {
    Payload::new(Codec::MessagePack, bytes).decode()
}

/// Decodes a JSON text as it is and as MessagePack, and expects the same of both.
fn both<T: DeserializeOwned + PartialEq + std::fmt::Debug>(text: &str) -> Result<T, String> {
    let value: serde_json::Value = serde_json::from_str(text).expect("the test's own JSON");
    let mut bytes = Vec::new();
    encode(Codec::MessagePack, &value, &mut bytes).expect("plain values encode");
    let from_json = json::<T>(text).map_err(|error| error.to_string());
    assert_eq!(
        from_json,
        messagepack(&bytes).map_err(|error| error.to_string()),
        "JSON and MessagePack of {text}"
    );
    from_json
}

#[track_caller]
fn refused<T: DeserializeOwned + PartialEq + std::fmt::Debug>(text: &str, because: &str) {
    assert_eq!(
        both::<T>(text).map(|value| format!("{value:?}")),
        Err(because.to_owned())
    );
}

#[test]
fn unknown_fields_are_ignored_unless_the_type_says_otherwise() {
    assert_eq!(
        both(r#"{"x": 1, "new": {"deep": [1]}, "y": 2}"#),
        Ok(Point { x: 1, y: 2 })
    );
    refused::<Closed>(r#"{"x": 1, "z": 2}"#, "payload: unknown field `z`, expected `x`");
}

#[test]
fn the_kind_found_is_named_and_never_the_value() {
    refused::<Point>(r#"{"x": 1, "y": "secret"}"#, "payload.y: expected i32, found string");
    refused::<Point>(r#"{"x": null, "y": 1}"#, "payload.x: expected i32, found null");
    refused::<Point>(r#"{"x": 1.5, "y": 1}"#, "payload.x: expected i32, found float");
    refused::<Point>(r#"{"x": true, "y": 1}"#, "payload.x: expected i32, found boolean");
    refused::<Point>(r#"{"x": [1], "y": 1}"#, "payload.x: expected i32, found array");
    refused::<Point>(r#"{"x": {"a": 1}, "y": 1}"#, "payload.x: expected i32, found object");
    refused::<String>("7", "payload: expected string, found integer");
    refused::<bool>(r#""yes""#, "payload: expected boolean, found string");
    refused::<()>("0", "payload: expected null, found integer");
    refused::<f32>(r#""1""#, "payload: expected f32, found string");
    refused::<f64>("{}", "payload: expected f64, found object");
    refused::<Vec<u8>>("{}", "payload: expected array, found object");
    refused::<BTreeMap<String, i32>>("[]", "payload: expected object, found array");
    refused::<char>(r#""ab""#, "payload: expected a character, found string");
}

#[test]
fn paths_lead_to_the_fault() {
    refused::<Order>(
        r#"{"items": [{"name": "a"}, {"name": 1}]}"#,
        "payload.items[1].name: expected string, found integer",
    );
    refused::<Order>(r#"{"items": [{}]}"#, "payload.items[0]: missing field `name`");
    refused::<Order>(
        r#"{"items": [], "prices": {"ACME": "1"}}"#,
        "payload.prices.ACME: expected f64, found string",
    );
    refused::<Order>(
        r#"{"items": [], "prices": {"a b": "1"}}"#,
        "payload.prices[\"a b\"]: expected f64, found string",
    );
    refused::<Order>(
        r#"{"items": [], "shape": {"square": {"side": "1"}}}"#,
        "payload.shape.square.side: expected i32, found string",
    );
    refused::<Point>(r#"{"x": 1}"#, "payload: missing field `y`");
}

#[test]
fn integers_out_of_range_say_so() {
    refused::<i32>("2147483648", "payload: expected i32, found integer out of range");
    refused::<u8>("-1", "payload: expected u8, found integer out of range");
    assert_eq!(
        json::<u64>("18446744073709551616").expect_err("too large").to_string(),
        "payload: expected u64, found integer out of range"
    );
    assert_eq!(
        json::<i64>("-9223372036854775809").expect_err("too small").to_string(),
        "payload: expected i64, found integer out of range"
    );
    assert_eq!(both("18446744073709551615"), Ok(u64::MAX));
    assert_eq!(both("-9223372036854775808"), Ok(i64::MIN));
    assert_eq!(both("5"), Ok(5.0_f64), "an integer is a float without a fraction");
}

#[test]
fn arrays_do_not_stand_for_named_fields() {
    refused::<Point>("[1, 2]", "payload: expected object, found array");
    refused::<Shape>(r#"{"square": [1]}"#, "payload.square: expected object, found array");
}

#[test]
fn variants_are_names_or_maps_of_one() {
    assert_eq!(both(r#""nothing""#), Ok(Shape::Nothing));
    assert_eq!(both(r#"{"nothing": null}"#), Ok(Shape::Nothing));
    assert_eq!(both(r#"{"circle": 2.5}"#), Ok(Shape::Circle(2.5)));
    assert_eq!(
        both(r#"{"segment": [{"x": 0, "y": 0}, {"x": 1, "y": 1}]}"#),
        Ok(Shape::Segment(Point { x: 0, y: 0 }, Point { x: 1, y: 1 }))
    );
    assert_eq!(both(r#"{"square": {"side": 3}}"#), Ok(Shape::Square { side: 3 }));

    refused::<Shape>(
        r#""hexagon""#,
        "payload: unknown variant, expected one of `nothing`, `circle`, `segment`, `square`",
    );
    refused::<Shape>(
        r#"{"hexagon": 1}"#,
        "payload: unknown variant, expected one of `nothing`, `circle`, `segment`, `square`",
    );
    refused::<Shape>(
        r#""circle""#,
        "payload: expected object with this variant's data, found string",
    );
    refused::<Shape>("{}", "payload: expected object with one variant, found empty object");
    refused::<Shape>(
        r#"{"circle": 1.0, "square": {"side": 1}}"#,
        "payload: expected object with one variant, found several",
    );
    refused::<Shape>(
        r#"["circle", 1.0]"#,
        "payload: expected string or object with one variant, found array",
    );
    refused::<Shape>(
        "1",
        "payload: expected string or object with one variant, found integer",
    );
    refused::<Shape>(
        r#"{"segment": [{"x": 0, "y": 0}]}"#,
        "payload.segment: expected array of 2 elements, found 1",
    );
}

#[test]
fn messagepack_is_as_strict_where_its_library_is_not() {
    let shape = "payload: expected string or object with one variant, found array";
    assert_eq!(
        messagepack::<Shape>(b"\x91\xa6circle\xcb\0\0\0\0\0\0\0\0")
            .expect_err("an array")
            .to_string(),
        "payload: trailing bytes after the value"
    );
    assert_eq!(
        messagepack::<Shape>(b"\x91\xa7nothing")
            .expect_err("an array of one")
            .to_string(),
        shape
    );
    assert_eq!(
        messagepack::<Point>(b"\x82\x00\x01\x01\x02")
            .expect_err("indices for names")
            .to_string(),
        "payload: expected string as key, found integer"
    );
    assert_eq!(
        messagepack::<Point>(b"\x82\xc4\x01x\x01\xc4\x01y\x02")
            .expect_err("bytes for names")
            .to_string(),
        "payload: expected string as key, found bytes"
    );
    assert_eq!(
        messagepack::<()>(b"\x90").expect_err("an empty array").to_string(),
        "payload: expected null, found array"
    );
    assert_eq!(
        messagepack::<String>(b"\xc4\x02hi").expect_err("bytes").to_string(),
        "payload: expected string, found bytes"
    );
    assert_eq!(
        messagepack::<IgnoredAny>(b"\xd4\x01\x00")
            .map(drop)
            .expect_err("an extension")
            .to_string(),
        "payload: expected a value of the JSON data model, found extension"
    );
    assert_eq!(
        messagepack::<u128>(b"\xff").expect_err("-1").to_string(),
        "payload: expected u128, found integer out of range"
    );
}

#[test]
fn duplicate_keys_are_refused_wherever_they_are() {
    let cases: [(&str, &[u8], &str); 5] = [
        (
            r#"{"x":1,"y":2,"x":3}"#,
            b"\x83\xa1x\x01\xa1y\x02\xa1x\x03",
            "payload: duplicate field `x`",
        ),
        (
            r#"{"x":1,"z":2,"y":3,"z":4}"#,
            b"\x84\xa1x\x01\xa1z\x02\xa1y\x03\xa1z\x04",
            "payload: duplicate field `z`",
        ),
        (
            r#"{"x":1,"y":2,"z":{"a":1,"a":2}}"#,
            b"\x83\xa1x\x01\xa1y\x02\xa1z\x82\xa1a\x01\xa1a\x02",
            "payload.z: duplicate field `a`",
        ),
        (
            r#"{"x":1,"y":2,"z":1,"\u007a":2}"#,
            b"\x84\xa1x\x01\xa1y\x02\xa1z\x01\xd9\x01z\x02",
            "payload: duplicate field `z`",
        ),
        (
            r#"{"x":1,"\u0078":1,"y":2}"#,
            b"\x83\xa1x\x01\xd9\x01x\x01\xa1y\x02",
            "payload: duplicate field `x`",
        ),
    ];
    for (text, bytes, because) in cases {
        assert_eq!(json::<Point>(text).expect_err(text).to_string(), because);
        assert_eq!(messagepack::<Point>(bytes).expect_err(text).to_string(), because);
    }

    type Map = HashMap<String, i32>;
    assert_eq!(
        json::<Map>(r#"{"a":1,"a":1}"#).expect_err("twice").to_string(),
        "payload: duplicate field `a`"
    );
    assert_eq!(
        messagepack::<Map>(b"\x82\xa1a\x01\xa1a\x01")
            .expect_err("twice")
            .to_string(),
        "payload: duplicate field `a`"
    );
    type Numbered = HashMap<u32, i32>;
    assert_eq!(
        json::<Numbered>(r#"{"7":1,"7":1}"#).expect_err("twice").to_string(),
        "payload: duplicate key 7"
    );
    let as_u8_and_i32 = b"\x82\x07\x01\xd2\0\0\0\x07\x01";
    assert_eq!(
        messagepack::<Numbered>(as_u8_and_i32).expect_err("twice").to_string(),
        "payload: duplicate key 7"
    );
}

#[test]
fn duplicates_are_seen_where_serde_buffers() {
    #[derive(Debug, Deserialize)]
    #[serde(tag = "kind")]
    enum Tagged {
        #[allow(dead_code, reason = "only decoded")]
        A { value: i32 },
    }
    let error = json::<Tagged>(r#"{"kind":"A","value":1,"value":2}"#).expect_err("twice");
    assert_eq!(error.to_string(), "payload: duplicate field `value`");
}

#[test]
fn nesting_is_bounded() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    for depth in [1, 64] {
        assert!(json::<IgnoredAny>(&nested(depth)).is_ok());
        assert!(messagepack::<IgnoredAny>(&[vec![0x91; depth - 1], vec![0x90]].concat()).is_ok());
    }
    for depth in [65, 100, 100_000] {
        let bytes = [vec![0x91; depth - 1], vec![0x90]].concat();
        for error in [
            json::<IgnoredAny>(&nested(depth)).map(drop),
            messagepack::<IgnoredAny>(&bytes).map(drop),
        ] {
            let error = error.expect_err("too deep");
            assert_eq!(error.message(), "nested deeper than 64 levels");
        }
    }
}

#[test]
fn trailing_bytes_and_broken_data_are_refused() {
    assert_eq!(
        json::<i32>("1 2").expect_err("two values").to_string(),
        "payload: trailing bytes after the value"
    );
    assert_eq!(
        messagepack::<i32>(b"\x01\x02").expect_err("two values").to_string(),
        "payload: trailing bytes after the value"
    );
    assert_eq!(
        messagepack::<i32>(b"").expect_err("nothing").to_string(),
        "payload: the MessagePack data ends early"
    );
    assert_eq!(
        messagepack::<String>(b"\xa1\xff").expect_err("not UTF-8").to_string(),
        "payload: a string that is not valid UTF-8"
    );
    let latin = Payload::new(Codec::Json, b"\"\xe9\"")
        .decode::<String>()
        .expect_err("not UTF-8");
    assert_eq!(latin.to_string(), "payload: text that is not valid UTF-8");
    let surrogate = json::<String>(r#""\ud800""#).expect_err("half a pair");
    assert!(surrogate.message().starts_with("malformed JSON: "), "{surrogate}");
    let cut = json::<Point>(r#"{"x": 1, "y"#).expect_err("cut");
    assert!(cut.message().starts_with("malformed JSON: EOF"), "{cut}");
}

#[test]
fn arrays_have_the_length_of_their_type() {
    refused::<(i32, i32)>("[1]", "payload: expected array of 2 elements, found 1");
    refused::<(i32, i32)>("[1, 2, 3]", "payload: expected array of 2 elements, found more");
    refused::<[i32; 2]>("[1, 2, 3]", "payload: expected array of 2 elements, found more");
}

#[test]
fn a_declared_length_reserves_nothing() {
    #[derive(Debug, Deserialize)]
    struct Heavy {
        #[allow(dead_code, reason = "only its size matters")]
        filler: [u64; 32],
    }
    assert!(messagepack::<Vec<Heavy>>(b"\xdd\xff\xff\xff\xff").is_err());
}

#[test]
fn human_readable_forms_hold_in_both() {
    use std::net::IpAddr;
    assert_eq!(
        both(r#""127.0.0.1""#),
        Ok("127.0.0.1".parse::<IpAddr>().expect("an address"))
    );
    let error = both::<IpAddr>(r#""localhost""#).expect_err("no address");
    assert_eq!(error, "payload: invalid IP address syntax");
    assert_eq!(both(r#""é""#), Ok('é'));
    assert_eq!(both(r#"{"secs": 1, "nanos": 5}"#), Ok(std::time::Duration::new(1, 5)));
    assert_eq!(both("null"), Ok(None::<i32>));
    assert_eq!(both("3"), Ok(Some(3)));
}

#[test]
fn arguments_may_be_absent_null_or_empty() {
    for codec in [Codec::Json, Codec::MessagePack] {
        let (null, empty): (&[u8], &[u8]) = match codec {
            Codec::Json => (b"null", b"{}"),
            Codec::MessagePack => (b"\xc0", b"\x80"),
        };
        for payload in [
            Payload::absent(codec),
            Payload::new(codec, null),
            Payload::new(codec, empty),
        ] {
            assert_eq!(payload.arguments(&[], &mut []), Ok(()));
            let (mut x, mut label) = (Argument::<i32>::new(), Argument::<Option<String>>::new());
            assert_eq!(payload.arguments(&["label"], &mut [label.place()]), Ok(()));
            assert_eq!(label.take(), Some(None));
            let error = payload.arguments(&["x"], &mut [x.place()]).expect_err("x is needed");
            assert_eq!(error.to_string(), "payload: missing field `x`");
        }
        assert_eq!(Payload::absent(codec).decode(), Ok(()));
        assert_eq!(Payload::absent(codec).decode(), Ok(Option::<Point>::None));
        assert!(Payload::absent(codec).is_absent() && !Payload::absent(codec).is_null());
        assert!(Payload::new(codec, null).is_null());
        assert!(Payload::absent(codec).bytes().is_empty());
    }
}

#[test]
fn bytes_are_the_array_that_they_are_in_json() {
    fn read<T: serde::de::DeserializeOwned>(messagepack: &[u8]) -> Result<T, String> {
        let read = Payload::new(Codec::MessagePack, messagepack).decode();
        read.map_err(|error| error.to_string())
    }
    let bytes = b"\xc4\x02\x01\xff";
    assert_eq!(read(bytes), Ok(vec![1_u8, 255]));
    assert_eq!(read(bytes), Ok(vec![Some(1_u8), Some(255)]));
    assert_eq!(read(bytes), Ok((Some(Some(1_i32)), 255_u64)));
    assert_eq!(
        read::<Vec<i8>>(bytes),
        Err("payload[1]: expected i8, found integer out of range".to_owned())
    );
    assert_eq!(
        read::<Vec<bool>>(bytes),
        Err("payload[0]: expected boolean, found integer".to_owned())
    );
    assert_eq!(
        read::<[u8; 3]>(bytes),
        Err("payload: expected array of 3 elements, found 2 bytes".to_owned())
    );
}

#[test]
fn arguments_are_read_as_strictly_as_structs() {
    #[derive(Debug, Deserialize)]
    struct Wrapped(#[expect(dead_code, reason = "only its absence is read")] Option<u8>);
    let read = |json: &str| {
        let mut a = Argument::<u8>::new();
        let read = Payload::new(Codec::Json, json.as_bytes()).arguments(&["a"], &mut [a.place()]);
        read.map(|()| a.take()).map_err(|error| error.to_string())
    };
    assert_eq!(read(r#"{"later": [1, {"x": 2}], "a": 3}"#), Ok(Some(3)));
    let refused = [
        (r#"{"a": 1, "a": 2}"#, "payload: duplicate field `a`"),
        (
            r#"{"a": 1, "later": 1, "later": 1}"#,
            "payload: duplicate field `later`",
        ),
        (
            r#"{"a": 1, "later": {"x": 1, "x": 1}}"#,
            "payload.later: duplicate field `x`",
        ),
        (r#"{"a": 300}"#, "payload.a: expected u8, found integer out of range"),
        (r#"{"a": "1"}"#, "payload.a: expected u8, found string"),
        ("[1]", "payload: expected object, found array"),
        ("{}", "payload: missing field `a`"),
        (r#"{"a": 1} 2"#, "payload: trailing bytes after the value"),
    ];
    for (json, text) in refused {
        assert_eq!(read(json), Err(text.to_owned()), "{json}");
    }
    // As a field, a newtype around an option may not be left out.
    let mut wrapped = Argument::<Wrapped>::new();
    let read = Payload::new(Codec::Json, b"{}").arguments(&["wrapped"], &mut [wrapped.place()]);
    assert_eq!(
        read.expect_err("it is missing").to_string(),
        "payload: missing field `wrapped`"
    );
}

#[test]
fn a_swallowed_fault_does_not_surface_elsewhere() {
    #[derive(Debug, Deserialize)]
    #[serde(untagged)]
    enum Either {
        #[allow(dead_code, reason = "only decoded")]
        Number(i32),
        #[allow(dead_code, reason = "only decoded")]
        Point(Point),
    }
    let error = json::<(Either, i32)>(r#"[{"x": 1, "y": 2}, "z"]"#).expect_err("no number");
    assert_eq!(error.to_string(), "payload[1]: expected i32, found string");
    let error = json::<Either>(r#""neither""#).expect_err("neither");
    assert_eq!(
        error.to_string(),
        "payload: data did not match any variant of untagged enum Either"
    );
}

#[test]
fn a_payload_of_too_many_values_is_refused_at_the_first_of_them() {
    fn within<T: DeserializeOwned>(text: &str, most: usize) -> Result<(), String> {
        let value: serde_json::Value = serde_json::from_str(text).expect("the test's own JSON");
        let mut bytes = Vec::new();
        encode(Codec::MessagePack, &value, &mut bytes).expect("plain values encode");
        let decode = |codec, bytes| Payload::new(codec, bytes).at_most(most).decode::<T>();
        let decoded = [decode(Codec::Json, text.as_bytes()), decode(Codec::MessagePack, &bytes)];
        let [json, packed] = decoded.map(|decoded| decoded.map(drop).map_err(|error| error.to_string()));
        assert_eq!(json, packed, "JSON and MessagePack of {text}");
        json
    }
    let refused = |place: &str, most| {
        Err(format!(
            "{place}: more than {most} values in one payload; send fewer at once"
        ))
    };
    assert_eq!(within::<Vec<u32>>("[1, 2, 3]", 3), Ok(()));
    assert_eq!(within::<Vec<u32>>("[1, 2, 3]", 2), refused("payload[2]", 2));
    // Keys and values both count, and so does what no field takes.
    let order = r#"{"items": [{"name": "a"}], "new": {"deep": [1, 2]}}"#;
    assert_eq!(within::<Order>(order, 11), Ok(()), "four keys and seven values");
    assert_eq!(within::<Order>(order, 10), refused("payload.new.deep[1]", 10));
    assert_eq!(within::<Order>(order, 0), refused("payload", 0));
    // An option is no value of its own, nor is what serde keeps to look at it twice.
    assert_eq!(within::<Vec<Option<u32>>>("[1, null]", 2), Ok(()));
    assert_eq!(within::<serde_json::Value>("[[1], [2]]", 4), Ok(()));
    assert_eq!(
        within::<serde_json::Value>("[[1], [2]]", 3),
        refused("payload[1][0]", 3)
    );
}

#[test]
fn the_arguments_of_a_call_are_counted_too() {
    let payload = Payload::new(Codec::Json, br#"{"a": [1, 2, 3]}"#);
    let mut list = Argument::<Vec<u32>>::new();
    let error = payload.at_most(4).arguments(&["a"], &mut [list.place()]);
    assert_eq!(error.expect_err("five are too many").path(), "payload.a[2]");
    assert!(payload.at_most(5).arguments(&["a"], &mut [list.place()]).is_ok());
}
