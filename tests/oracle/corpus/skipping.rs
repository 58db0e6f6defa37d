//! `skip`, `skip_serializing`, `skip_deserializing`, `skip_serializing_if`.

use callsheet::contract_type;
use callsheet_oracle::types;

/// What serde does not know.
#[derive(Default, Clone)]
struct Foreign;

#[contract_type]
struct Skipped {
    a: u8,
    #[serde(skip)]
    cache: Foreign,
    b: u8,
}

#[contract_type]
struct OneWay {
    #[serde(skip_serializing)]
    secret: String,
    #[serde(skip_deserializing)]
    computed: u64,
    both: bool,
}

#[contract_type]
#[serde(deny_unknown_fields)]
struct OneWayDenied {
    #[serde(skip_serializing)]
    secret: Option<String>,
    #[serde(skip_deserializing)]
    computed: u64,
}

#[contract_type]
struct OnlyWritten {
    #[serde(skip_deserializing)]
    a: u8,
    #[serde(skip_deserializing)]
    b: String,
}

#[contract_type]
struct OnlyRead {
    #[serde(skip_serializing)]
    a: u8,
    #[serde(skip_serializing)]
    b: String,
}

#[contract_type]
struct Sometimes {
    #[serde(skip_serializing_if = "Option::is_none")]
    option: Option<u8>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    required_list: Vec<u8>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    list: Vec<u8>,
}

#[contract_type]
struct Places(u8, #[serde(skip)] Foreign, String);

#[contract_type]
struct PlacesOneWay(u8, #[serde(skip_serializing)] bool, #[serde(skip_deserializing)] String);

#[contract_type]
enum SkippedVariants {
    Kept(u8),
    #[serde(skip)]
    Gone(Foreign),
    #[serde(skip_serializing)]
    OnlyRead,
    #[serde(skip_deserializing)]
    OnlyWritten {
        a: u8,
    },
    Fields {
        a: u8,
        #[serde(skip)]
        b: Foreign,
        #[serde(skip_serializing)]
        c: u8,
        #[serde(skip_serializing_if = "Option::is_none")]
        d: Option<u8>,
    },
    Tuple(u8, #[serde(skip)] Foreign, u8),
}

#[contract_type]
#[serde(tag = "t")]
enum SkippedInternally {
    Unit,
    #[serde(skip_serializing)]
    OnlyRead {
        a: u8,
    },
    #[serde(skip_deserializing)]
    OnlyWritten,
    Fields {
        #[serde(skip_serializing)]
        a: u8,
        #[serde(skip_deserializing)]
        b: u8,
    },
}

#[contract_type]
#[serde(tag = "t", content = "c")]
enum SkippedAdjacently {
    Unit,
    #[serde(skip_serializing)]
    OnlyRead(u8),
    Tuple(#[serde(skip)] Foreign, u8, u16),
}

#[contract_type]
#[serde(untagged)]
enum SkippedUntagged {
    Number(u8),
    #[serde(skip_deserializing)]
    OnlyWritten(String),
    #[serde(skip)]
    Gone(Foreign),
}

#[contract_type]
struct Within {
    one_way: OneWay,
    list: Vec<SkippedVariants>,
}

#[contract_type]
#[serde(transparent)]
struct TransparentOverSkipped {
    inner: u8,
    #[serde(skip)]
    foreign: Foreign,
}

#[test]
fn skipping() {
    crate::assert_described(types![
        Skipped,
        OneWay,
        OneWayDenied,
        OnlyWritten,
        OnlyRead,
        Sometimes,
        Places,
        PlacesOneWay,
        SkippedVariants,
        SkippedInternally,
        SkippedAdjacently,
        SkippedUntagged,
        Within,
        TransparentOverSkipped,
    ]);
}
