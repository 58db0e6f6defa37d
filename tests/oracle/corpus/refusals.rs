//! Types that serde would let pass and then read or write wrongly: no document describes them, and each says why.

use std::collections::BTreeMap;

use callsheet::contract_type;
use callsheet_oracle::types;

#[contract_type]
#[serde(untagged)]
enum WideUntagged {
    Number(i128),
}

#[contract_type]
#[serde(tag = "t")]
enum WideInternal {
    Struct { number: u128 },
}

#[contract_type]
#[serde(tag = "t", content = "c")]
enum WideAdjacent {
    Number(i128),
}

#[contract_type]
struct Wide {
    number: i128,
}

#[contract_type]
struct FlattenedWide {
    #[serde(flatten)]
    inner: Wide,
}

#[contract_type]
#[serde(untagged)]
enum KeysUntagged {
    Map(BTreeMap<u8, u8>),
}

#[contract_type]
#[serde(tag = "t")]
enum KeysInternal {
    Struct { map: BTreeMap<bool, u8> },
}

#[contract_type]
struct FlattenedKeys {
    #[serde(flatten)]
    map: BTreeMap<u32, u8>,
}

#[contract_type]
#[serde(tag = "t")]
enum ListInside {
    List(Vec<u8>),
}

#[contract_type]
#[serde(tag = "t")]
enum NumberInside {
    Number(u64),
}

#[contract_type]
#[serde(tag = "t")]
enum OptionInside {
    Option(Option<Plain>),
}

#[contract_type]
struct Plain {
    a: u8,
}

#[contract_type]
#[serde(tag = "a")]
enum TagInside {
    Plain(Plain),
}

#[contract_type]
struct FlattenedNumber {
    #[serde(flatten)]
    number: u8,
}

#[contract_type]
struct FlattenedTwice {
    a: u8,
    #[serde(flatten)]
    inner: Plain,
}

#[contract_type]
struct MapFirst {
    #[serde(flatten)]
    map: BTreeMap<String, u8>,
    #[serde(flatten)]
    inner: Plain,
}

#[contract_type]
#[serde(tag = "t")]
enum Internal {
    A { b: u8 },
}

#[contract_type]
struct InternalThenMap {
    #[serde(flatten)]
    inner: Internal,
    #[serde(flatten)]
    map: BTreeMap<String, u8>,
}

#[contract_type]
struct ListKeys {
    map: BTreeMap<Bits, u8>,
}

/// A key that JSON cannot write.
#[contract_type]
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Bits(Vec<bool>);

#[contract_type]
struct SameAlias {
    #[serde(alias = "b")]
    a: u8,
    #[serde(flatten)]
    inner: B,
}

#[contract_type]
struct B {
    b: u8,
}

/// An entry of the written name would be read into the map, and be written twice.
#[contract_type]
struct Echo {
    #[serde(rename(serialize = "out", deserialize = "in"))]
    field: bool,
    #[serde(flatten)]
    map: BTreeMap<String, u8>,
}

#[contract_type]
#[serde(untagged)]
enum BytesOrText {
    Bytes(bytes::Bytes),
    Text(String),
}

#[test]
fn refused() {
    crate::assert_described(types![
        WideUntagged => refused("CS0208"),
        WideInternal => refused("CS0208"),
        WideAdjacent => refused("CS0208"),
        FlattenedWide => refused("CS0208"),
        KeysUntagged => refused("CS0209"),
        KeysInternal => refused("CS0209"),
        FlattenedKeys => refused("CS0209"),
        ListInside => refused("CS0210"),
        NumberInside => refused("CS0210"),
        OptionInside => refused("CS0210"),
        TagInside => refused("CS0211"),
        FlattenedNumber => refused("CS0212"),
        FlattenedTwice => refused("CS0205"),
        SameAlias => refused("CS0205"),
        MapFirst => refused("CS0214"),
        InternalThenMap => refused("CS0214"),
        ListKeys => refused("CS0207"),
        Echo => refused("CS0214"),
        BytesOrText => refused("CS0218"),
    ]);
}
