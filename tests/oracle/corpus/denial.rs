//! `deny_unknown_fields`.

use callsheet::contract_type;
use callsheet_oracle::types;

#[contract_type]
#[serde(deny_unknown_fields)]
struct Struct {
    a: u8,
    b: Option<u8>,
}

#[contract_type]
#[serde(deny_unknown_fields)]
struct Empty {}

#[contract_type]
#[serde(deny_unknown_fields)]
struct Unit;

#[contract_type]
#[serde(deny_unknown_fields)]
struct Newtype(Struct);

#[contract_type]
#[serde(deny_unknown_fields)]
enum External {
    Unit,
    Struct { a: u8 },
    Lenient(Lenient),
}

#[contract_type]
struct Lenient {
    x: u8,
}

#[contract_type]
#[serde(deny_unknown_fields, tag = "t")]
enum Internal {
    Unit,
    Struct { a: u8 },
    Lenient(Lenient),
    Denied(Struct),
}

#[contract_type]
#[serde(deny_unknown_fields, tag = "t", content = "c")]
enum Adjacent {
    Unit,
    Struct { a: u8 },
    Lenient(Lenient),
}

#[contract_type]
#[serde(deny_unknown_fields, untagged)]
enum Untagged {
    Struct { a: u8 },
    Other { b: u8 },
    Lenient(Lenient),
}

#[contract_type]
#[serde(deny_unknown_fields)]
enum WithUntagged {
    Struct {
        a: u8,
    },
    #[serde(untagged)]
    Fields {
        b: u8,
    },
}

#[test]
fn denial() {
    crate::assert_described(types![
        Struct,
        Empty,
        Unit,
        Newtype,
        External,
        Internal,
        Adjacent,
        Untagged,
        WithUntagged,
        Vec<Struct>,
    ]);
}
