//! `default`, on fields and on types.

use std::collections::BTreeMap;

use callsheet::contract_type;
use callsheet_oracle::types;

fn seven() -> u8 {
    7
}

#[contract_type]
struct FieldDefaults {
    #[serde(default)]
    number: u64,
    #[serde(default)]
    text: String,
    #[serde(default)]
    list: Vec<u8>,
    #[serde(default)]
    map: BTreeMap<String, u8>,
    #[serde(default = "seven")]
    seven: u8,
    #[serde(default)]
    option: Option<u8>,
    required: bool,
}

#[contract_type]
#[derive(Default)]
#[serde(default)]
struct ContainerDefault {
    a: u8,
    b: String,
    c: Option<bool>,
}

fn of_own() -> OwnDefault {
    OwnDefault { a: 1, b: 2 }
}

#[contract_type]
#[serde(default = "of_own")]
struct OwnDefault {
    a: u8,
    #[serde(default = "seven")]
    b: u8,
}

#[contract_type]
#[derive(Default)]
#[serde(default, deny_unknown_fields)]
struct DeniedDefault {
    a: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    b: Option<u8>,
}

#[contract_type]
enum VariantDefaults {
    Struct {
        #[serde(default)]
        a: u8,
        b: Option<u8>,
    },
}

#[contract_type]
#[serde(tag = "t")]
enum InternalDefaults {
    Struct {
        #[serde(default = "seven")]
        a: u8,
    },
    All(ContainerDefault),
}

#[contract_type]
#[serde(untagged)]
enum UntaggedDefaults {
    Struct {
        #[serde(default)]
        a: u8,
        b: u8,
    },
    All(ContainerDefault),
}

#[contract_type]
struct FlattenedDefaults {
    own: bool,
    #[serde(flatten)]
    inner: ContainerDefault,
}

#[contract_type]
struct TupleDefaults(u8, #[serde(default)] u8);

#[contract_type]
#[derive(Default)]
#[serde(default)]
struct TupleContainerDefault(u8, String);

#[test]
fn defaults() {
    crate::assert_described(types![
        FieldDefaults,
        ContainerDefault,
        OwnDefault,
        DeniedDefault,
        VariantDefaults,
        InternalDefaults,
        UntaggedDefaults,
        FlattenedDefaults => flattens(),
        TupleDefaults => lenient(),
        TupleContainerDefault => lenient(),
    ]);
}
