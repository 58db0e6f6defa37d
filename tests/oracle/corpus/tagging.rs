//! The four taggings, each with the four kinds of variants, and `tag` on structs.

use std::collections::BTreeMap;

use callsheet::contract_type;
use callsheet_oracle::types;

#[contract_type]
struct Data {
    a: u8,
    b: Option<String>,
}

#[contract_type]
enum External {
    Unit,
    Newtype(i64),
    Tuple(u8, String),
    Struct { a: u8, b: Vec<u8> },
    Empty {},
    NoPlaces(),
    Wrapped(Data),
    Nullable(Option<u8>),
    Nothing(()),
}

#[contract_type]
#[serde(tag = "type")]
enum Internal {
    Unit,
    Newtype(Data),
    Struct { a: u8, b: Vec<u8> },
    Empty {},
    Map(BTreeMap<String, i32>),
    Boxed(Box<Data>),
    Nothing(()),
}

#[contract_type]
#[serde(tag = "t", content = "c")]
enum Adjacent {
    Unit,
    Newtype(i64),
    Tuple(u8, String),
    Struct { a: u8, b: Vec<u8> },
    Empty {},
    NoPlaces(),
    Wrapped(Data),
    Nullable(Option<u8>),
    Nothing(()),
}

#[contract_type]
#[serde(untagged)]
enum Untagged {
    Unit,
    Newtype(i64),
    Tuple(u8, String),
    Struct { a: u8, b: Vec<u8> },
    Wrapped(Data),
    Text(String),
    Map(BTreeMap<String, bool>),
}

#[contract_type]
enum OnlyUnits {
    First,
    Second,
    Third,
}

#[contract_type]
#[serde(tag = "t")]
enum OnlyUnitsInternally {
    First,
    Second,
}

#[contract_type]
#[serde(tag = "t", content = "c")]
enum OnlyUnitsAdjacently {
    First,
    Second,
}

#[contract_type]
enum Single {
    Only { value: f64 },
}

#[contract_type]
enum Never {}

#[contract_type]
struct UnitStruct;

#[contract_type]
#[serde(tag = "outer")]
enum Nested {
    External(OnlyUnitsData),
    Internal(InnerInternal),
    Adjacent(InnerAdjacent),
    Unit(UnitStruct),
}

#[contract_type]
enum OnlyUnitsData {
    First,
    Second(u8),
    Third { a: u8 },
    Fourth(u8, u8),
}

#[contract_type]
#[serde(tag = "inner")]
enum InnerInternal {
    A,
    B { b: u8 },
}

#[contract_type]
#[serde(tag = "t", content = "c")]
enum InnerAdjacent {
    A,
    B(u8),
}

#[contract_type]
#[serde(tag = "type", content = "content", deny_unknown_fields)]
enum AdjacentDenied {
    Unit,
    Newtype(u8),
    Struct { a: u8 },
}

#[contract_type]
#[serde(tag = "type", deny_unknown_fields)]
enum InternalDenied {
    Unit,
    Struct { a: u8 },
}

#[contract_type]
#[serde(tag = "kind")]
struct TaggedStruct {
    a: u8,
}

#[contract_type]
#[serde(tag = "kind", rename = "shown as")]
struct RenamedTaggedStruct {
    a: u8,
    b: Option<u8>,
}

#[contract_type]
#[serde(untagged)]
enum UntaggedOfTagged {
    One(TaggedStruct),
    Other { b: u8 },
}

#[contract_type]
#[serde(tag = "", content = "with space")]
enum OddTags {
    Unit,
    Data(u8),
}

#[test]
fn tagged() {
    crate::assert_described(types![
        External,
        Internal,
        Adjacent,
        Untagged,
        OnlyUnits,
        OnlyUnitsInternally,
        OnlyUnitsAdjacently,
        Single,
        Option<Never>,
        Vec<Never>,
        Nested,
        AdjacentDenied,
        InternalDenied,
        TaggedStruct,
        RenamedTaggedStruct,
        UntaggedOfTagged,
        OddTags,
    ]);
}
