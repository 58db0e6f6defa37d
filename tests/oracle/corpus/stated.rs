//! `with`, `serialize_with`, `deserialize_with`, and `remote`.

use callsheet::contract_type;
use callsheet_oracle::types;

mod as_text {
    use callsheet::__private::serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(value: &u64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
        let text = String::deserialize(deserializer)?;
        // Whatever is no number is as good as none.
        text.parse()
            .or(Ok(0))
            .map_err(|never: std::convert::Infallible| D::Error::custom(never))
    }
}

mod doubled {
    use callsheet::__private::serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(value: &u8, serializer: S) -> Result<S::Ok, S::Error> {
        (u16::from(*value) * 2).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u8, D::Error> {
        Option::<u8>::deserialize(deserializer).map(Option::unwrap_or_default)
    }
}

#[contract_type]
struct With {
    #[serde(with = "as_text")]
    #[contract(as = "String")]
    number: u64,
    plain: u8,
}

#[contract_type]
struct ByDirection {
    #[serde(with = "doubled")]
    #[contract(accepts = "Option<u8>", produces = "u16")]
    doubled: u8,
    #[serde(serialize_with = "as_text::serialize")]
    #[contract(produces = "String")]
    written: u64,
    #[serde(deserialize_with = "as_text::deserialize")]
    #[contract(accepts = "String")]
    read: u64,
}

#[contract_type]
struct WithDefault {
    #[serde(with = "as_text", default, skip_serializing_if = "is_zero", alias = "old")]
    #[contract(as = "String")]
    number: u64,
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

#[contract_type]
struct Newtype(
    #[serde(with = "as_text")]
    #[contract(as = "String")]
    u64,
);

#[contract_type]
struct Tuple(
    u8,
    #[serde(with = "as_text")]
    #[contract(as = "String")]
    u64,
);

#[contract_type]
#[serde(transparent)]
struct Transparent {
    #[serde(with = "as_text")]
    #[contract(as = "String")]
    inner: u64,
}

#[contract_type]
enum Variants {
    Newtype(
        #[serde(with = "as_text")]
        #[contract(as = "String")]
        u64,
    ),
    Struct {
        #[serde(with = "doubled")]
        #[contract(accepts = "Option<u8>", produces = "u16")]
        a: u8,
    },
    #[serde(with = "as_text")]
    #[contract(as = "String")]
    Whole(u64),
}

#[contract_type]
#[serde(tag = "t", content = "c")]
enum AdjacentWhole {
    #[serde(with = "as_text")]
    #[contract(as = "String")]
    Whole(u64),
    Unit,
}

/// A type of another crate.
mod foreign {
    #[derive(Clone)]
    pub(super) struct Span {
        pub(super) start: u32,
        pub(super) end: u32,
    }
}

#[contract_type]
#[serde(remote = "foreign::Span")]
struct SpanDef {
    start: u32,
    #[serde(rename = "stop")]
    end: u32,
}

#[contract_type]
struct Remote {
    #[serde(with = "SpanDef")]
    #[contract(as = "SpanDef")]
    span: foreign::Span,
}

#[test]
fn stated() {
    crate::assert_described(types![
        With,
        ByDirection,
        WithDefault,
        Newtype,
        Tuple,
        Transparent,
        Variants,
        AdjacentWhole,
        Remote,
    ]);
}
