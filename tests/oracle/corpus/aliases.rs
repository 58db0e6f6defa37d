//! `alias`.

use callsheet::contract_type;
use callsheet_oracle::types;

#[contract_type]
struct OneAlias {
    #[serde(alias = "old")]
    new: u8,
    plain: Option<u8>,
}

#[contract_type]
struct SeveralAliases {
    #[serde(rename = "current", alias = "older", alias = "oldest")]
    field: String,
    #[serde(alias = "current ", alias = "x")]
    other: i32,
}

#[contract_type]
#[serde(deny_unknown_fields)]
struct DeniedAliases {
    #[serde(alias = "b", default)]
    a: u8,
}

#[contract_type]
struct AliasAndDirections {
    #[serde(rename(serialize = "w", deserialize = "r"), alias = "a")]
    field: u8,
    #[serde(rename(serialize = "only_written"), alias = "only_written")]
    written: bool,
}

#[contract_type]
enum VariantAliases {
    #[serde(alias = "Ancient", alias = "ancient")]
    Unit,
    #[serde(rename = "data", alias = "Data")]
    Data(u8),
    #[serde(alias = "T")]
    Tuple(u8, u8),
    Struct {
        #[serde(alias = "alpha")]
        a: u8,
    },
}

#[contract_type]
#[serde(tag = "t")]
enum InternalAliases {
    #[serde(alias = "Ancient")]
    Unit,
    #[serde(alias = "S")]
    Struct {
        #[serde(alias = "alpha")]
        a: u8,
    },
}

#[contract_type]
#[serde(tag = "t", content = "c")]
enum AdjacentAliases {
    #[serde(alias = "Ancient")]
    Unit,
    #[serde(alias = "N")]
    Newtype(u8),
    #[serde(alias = "S")]
    Struct {
        #[serde(alias = "alpha")]
        a: u8,
    },
}

#[contract_type]
#[serde(untagged)]
enum UntaggedAliases {
    Struct {
        #[serde(alias = "alpha")]
        a: u8,
    },
    Other {
        #[serde(alias = "beta")]
        b: u8,
    },
}

#[contract_type]
struct InnerWithAlias {
    #[serde(alias = "alpha")]
    a: u8,
}

#[contract_type]
struct FlattenedAliases {
    own: u8,
    #[serde(flatten)]
    inner: InnerWithAlias,
}

#[contract_type]
struct FlattenedEnumAliases {
    own: u8,
    #[serde(flatten)]
    inner: VariantAliases,
}

#[test]
fn aliases() {
    crate::assert_described(types![
        OneAlias,
        SeveralAliases,
        DeniedAliases,
        AliasAndDirections,
        VariantAliases,
        InternalAliases,
        AdjacentAliases,
        UntaggedAliases,
        FlattenedAliases => flattens(),
        FlattenedEnumAliases,
    ]);
}
