//! `flatten`: structs, options, maps, and enums of each tagging.

use std::collections::{BTreeMap, HashMap};

use callsheet::contract_type;
use callsheet_oracle::types;

#[contract_type]
struct Inner {
    a: u8,
    b: Option<String>,
}

#[contract_type]
struct Struct {
    own: u8,
    #[serde(flatten)]
    inner: Inner,
}

#[contract_type]
struct Deep {
    top: bool,
    #[serde(flatten)]
    middle: Struct,
}

#[contract_type]
struct Optional {
    own: u8,
    #[serde(flatten)]
    inner: Option<Inner>,
}

#[contract_type]
struct Boxed {
    #[serde(flatten)]
    inner: Box<Inner>,
}

#[contract_type]
struct Map {
    own: u8,
    #[serde(flatten)]
    rest: BTreeMap<String, i32>,
}

#[contract_type]
struct OnlyMap {
    #[serde(flatten)]
    rest: HashMap<String, Vec<bool>>,
}

#[contract_type]
struct StructThenMap {
    #[serde(flatten)]
    inner: Inner,
    own: u8,
    #[serde(flatten)]
    rest: BTreeMap<String, String>,
}

#[contract_type]
enum External {
    Unit,
    Newtype(u8),
    Tuple(u8, u8),
    Struct { x: u8 },
}

#[contract_type]
#[serde(tag = "kind")]
enum Internal {
    Unit,
    Struct { x: u8 },
    Newtype(Point),
}

#[contract_type]
struct Point {
    x: u8,
    y: Option<u8>,
}

#[contract_type]
#[serde(tag = "t", content = "c")]
enum Adjacent {
    Unit,
    Newtype(u8),
    Struct { x: u8 },
}

#[contract_type]
#[serde(untagged)]
enum Untagged {
    Point(Point),
    Fields { z: u8 },
}

#[contract_type]
struct WithExternal {
    own: u8,
    #[serde(flatten)]
    inner: External,
}

#[contract_type]
struct WithInternal {
    own: u8,
    #[serde(flatten)]
    inner: Internal,
}

#[contract_type]
struct WithAdjacent {
    own: u8,
    #[serde(flatten)]
    inner: Adjacent,
}

#[contract_type]
struct WithUntagged {
    own: u8,
    #[serde(flatten)]
    inner: Untagged,
}

#[contract_type]
struct MaybeExternal {
    own: u8,
    #[serde(flatten)]
    inner: Option<External>,
}

#[contract_type]
struct MaybeInternal {
    own: u8,
    #[serde(flatten)]
    inner: Option<Internal>,
}

#[contract_type]
struct MaybeAdjacent {
    own: u8,
    #[serde(flatten)]
    inner: Option<Adjacent>,
}

#[contract_type]
struct ExternalThenMap {
    own: u8,
    #[serde(flatten)]
    inner: External,
    #[serde(flatten)]
    rest: BTreeMap<String, u8>,
}

#[contract_type]
struct AdjacentThenMap {
    #[serde(flatten)]
    inner: Adjacent,
    #[serde(flatten)]
    rest: BTreeMap<String, u8>,
}

#[contract_type]
enum InVariant {
    Struct {
        own: u8,
        #[serde(flatten)]
        inner: Inner,
    },
    Map {
        #[serde(flatten)]
        rest: BTreeMap<String, u8>,
    },
}

#[contract_type]
#[serde(tag = "outer")]
enum InInternalVariant {
    Struct {
        own: u8,
        #[serde(flatten)]
        inner: Inner,
    },
    Enum {
        #[serde(flatten)]
        inner: External,
    },
}

#[contract_type]
#[serde(untagged)]
enum InUntaggedVariant {
    Struct {
        own: u8,
        #[serde(flatten)]
        inner: Inner,
    },
    Map {
        #[serde(flatten)]
        rest: BTreeMap<String, u8>,
    },
}

#[contract_type]
struct Renamed {
    #[serde(flatten, rename = "ignored")]
    inner: RenamedInner,
}

#[contract_type]
#[serde(rename_all = "camelCase")]
struct RenamedInner {
    two_words: u8,
    #[serde(
        rename(serialize = "w", deserialize = "r"),
        default,
        skip_serializing_if = "Option::is_none"
    )]
    by_direction: Option<u8>,
    #[serde(skip_serializing)]
    one_way: u8,
}

#[contract_type]
#[serde(transparent)]
struct Transparent {
    inner: Inner,
}

#[contract_type]
struct OfTransparent {
    own: u8,
    #[serde(flatten)]
    inner: Transparent,
}

#[contract_type]
struct Newtype(Inner);

#[contract_type]
struct OfNewtype {
    own: u8,
    #[serde(flatten)]
    inner: Newtype,
}

#[test]
fn structs() {
    crate::assert_described(types![
        Struct => flattens(),
        Deep => flattens(),
        Optional => lenient(),
        Boxed => flattens(),
        Renamed => flattens(),
        OfTransparent => flattens(),
        OfNewtype => flattens(),
        InVariant => flattens(),
        InInternalVariant,
        InUntaggedVariant,
    ]);
}

#[test]
fn maps() {
    crate::assert_described(types![Map, OnlyMap, StructThenMap]);
}

#[test]
fn enums() {
    crate::assert_described(types![
        WithExternal,
        WithInternal,
        WithAdjacent,
        WithUntagged,
        MaybeExternal,
        MaybeInternal,
        MaybeAdjacent,
        ExternalThenMap,
        AdjacentThenMap,
    ]);
}
