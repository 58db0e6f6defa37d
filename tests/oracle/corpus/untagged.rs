//! `untagged` on enums and on variants.

use std::collections::BTreeMap;

use callsheet::contract_type;
use callsheet_oracle::types;

#[contract_type]
#[serde(untagged)]
enum Scalars {
    Bool(bool),
    Small(u8),
    Number(i64),
    Float(f64),
    Char(char),
    Text(String),
    Nothing,
}

#[contract_type]
#[serde(untagged)]
enum Lists {
    Pair(u8, u8),
    Triple(u8, u8, u8),
    Fixed([bool; 2]),
    Any(Vec<String>),
}

#[contract_type]
#[serde(untagged)]
enum Structs {
    Both { a: u8, b: u8 },
    OnlyA { a: u8 },
    OnlyB { b: String },
    Neither {},
}

#[contract_type]
#[serde(untagged, deny_unknown_fields)]
enum DeniedStructs {
    OnlyA { a: u8 },
    Both { a: u8, b: u8 },
}

#[contract_type]
#[serde(untagged)]
enum Wide {
    Unsigned(u64),
    Signed(i64),
    Single(f32),
}

#[contract_type]
#[serde(untagged)]
enum Tree {
    Leaf(i32),
    Branch(Vec<Tree>),
    Named(BTreeMap<String, Tree>),
}

#[contract_type]
#[serde(untagged)]
enum Anything {
    Nothing(()),
    Truth(bool),
    Number(f64),
    Text(String),
    List(Vec<Anything>),
    Map(BTreeMap<String, Anything>),
}

#[contract_type]
#[serde(untagged)]
enum Nullable {
    Number(Option<u8>),
    Text(String),
}

#[contract_type]
enum ExternalThenUntagged {
    Unit,
    Newtype(u8),
    Struct {
        a: u8,
    },
    #[serde(untagged)]
    Text(String),
    #[serde(untagged)]
    Number(i32),
    #[serde(untagged)]
    Pair(u8, u8),
    #[serde(untagged)]
    Fields {
        x: u8,
        y: u8,
    },
}

#[contract_type]
#[serde(tag = "t")]
enum InternalThenUntagged {
    Unit,
    Struct {
        a: u8,
    },
    #[serde(untagged)]
    Fields {
        b: u8,
    },
    #[serde(untagged)]
    Text(String),
}

#[contract_type]
#[serde(tag = "t", content = "c")]
enum AdjacentThenUntagged {
    Unit,
    Newtype(u8),
    #[serde(untagged)]
    Fields {
        b: u8,
    },
    #[serde(untagged)]
    List(Vec<u8>),
}

#[contract_type]
#[serde(untagged)]
enum OfEnums {
    External(Plain),
    Adjacent(Beside),
    Internal(Inside),
}

#[contract_type]
enum Plain {
    A,
    B(u8),
}

#[contract_type]
#[serde(tag = "t", content = "c")]
enum Beside {
    A,
    B(u8),
}

#[contract_type]
#[serde(tag = "kind")]
enum Inside {
    A,
    B { b: u8 },
}

#[contract_type]
struct Holder {
    one: Scalars,
    many: Vec<Structs>,
    by_name: BTreeMap<String, ExternalThenUntagged>,
    maybe: Option<Anything>,
}

#[test]
fn untagged() {
    crate::assert_described(types![
        Scalars,
        Lists,
        Structs,
        DeniedStructs,
        Wide,
        Tree,
        Anything,
        Nullable,
        ExternalThenUntagged,
        InternalThenUntagged,
        AdjacentThenUntagged,
        OfEnums,
        Holder,
    ]);
}
