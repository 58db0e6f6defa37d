//! `default`, on fields and on types.

use std::collections::BTreeMap;

use callsheet::contract_type;
use callsheet_oracle::{Case, types};
use callsheet_schema::Shape;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

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

fn eight() -> Option<u8> {
    Some(8)
}

/// Left out, each option is null.
#[contract_type]
struct NullDefaults {
    plain: Option<u8>,
    #[serde(default)]
    option: Option<u8>,
    #[serde(default)]
    boxed: Box<Option<u8>>,
    #[serde(default)]
    twice: Option<Option<u8>>,
    #[serde(default)]
    unit: (),
}

/// Left out, it is what a derived `Default` says of its fields.
#[contract_type]
#[derive(Default)]
#[serde(default)]
struct DerivedDefault {
    option: Option<u8>,
    twice: Option<Option<u8>>,
}

#[contract_type]
#[derive(PartialEq)]
#[serde(transparent)]
struct Fallback(Option<u8>);

impl Default for Fallback {
    fn default() -> Self {
        Fallback(eight())
    }
}

/// Left out, no option is null.
#[contract_type]
struct OwnDefaults {
    #[serde(default = "eight")]
    option: Option<u8>,
    #[serde(default)]
    named: Fallback,
    #[serde(default, deserialize_with = "given", serialize_with = "written")]
    #[contract(as = "Option<u8>")]
    given: Option<Option<u8>>,
}

fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<u8>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// What was not there is no null.
fn written<S: Serializer>(value: &Option<Option<u8>>, serializer: S) -> Result<S::Ok, S::Error> {
    value.unwrap_or(Some(0)).serialize(serializer)
}

/// Left out, no option is null, for one says so and the other has it from its type.
#[contract_type]
#[serde(default)]
struct WrittenDefault {
    own: Option<u8>,
    #[serde(default = "eight")]
    option: Option<u8>,
}

impl Default for WrittenDefault {
    fn default() -> Self {
        WrittenDefault {
            own: eight(),
            option: None,
        }
    }
}

/// Its `Default` is derived where nobody but the compiler sees it, and is taken to be written by hand.
#[derive(Default)]
#[contract_type]
#[serde(default)]
struct UnseenDefault {
    option: Option<u8>,
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

/// Of each field that may be left out, whether the server takes a default of its own.
#[track_caller]
fn assert_defaulted(case: Case, expected: bool) {
    let described = case.describe().expect("it has no fault");
    let shapes = described.document.types.values().map(|definition| &definition.shape);
    let fields = shapes.filter_map(|shape| match shape {
        Shape::Struct { fields, .. } => Some(fields),
        _ => None,
    });
    let fields: Vec<_> = fields.flatten().collect();
    assert!(!fields.is_empty(), "{}", case.name);
    for field in fields {
        assert!(field.optional, "{} {}", case.name, field.name);
        assert_eq!(field.defaulted, expected, "{} {}", case.name, field.name);
    }
}

#[test]
fn what_is_left_out_is_null_or_a_default_of_the_servers_own() {
    for case in types![NullDefaults, DerivedDefault] {
        assert_defaulted(case, false);
    }
    for case in types![OwnDefault, OwnDefaults, WrittenDefault, UnseenDefault] {
        assert_defaulted(case, true);
    }
}

#[test]
fn defaults() {
    crate::assert_described(types![
        FieldDefaults,
        ContainerDefault,
        NullDefaults,
        DerivedDefault,
        OwnDefaults,
        WrittenDefault,
        UnseenDefault,
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
