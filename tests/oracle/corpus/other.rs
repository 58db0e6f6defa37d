//! `other`.

use callsheet::contract_type;
use callsheet_oracle::types;

#[contract_type]
#[serde(tag = "t")]
enum Internal {
    Known {
        a: u8,
    },
    #[serde(other)]
    Unknown,
}

#[contract_type]
#[serde(tag = "t", content = "c")]
enum Adjacent {
    Known(u8),
    Unit,
    #[serde(other)]
    Unknown,
}

#[contract_type]
enum External {
    Known(u8),
    Unit,
    #[serde(other)]
    Unknown,
}

#[contract_type]
#[serde(rename_all = "snake_case", tag = "t")]
enum Renamed {
    FirstKnown,
    #[serde(other, rename = "anything else")]
    Unknown,
}

#[contract_type]
struct Holder {
    own: u8,
    state: Vec<External>,
    #[serde(flatten)]
    rest: Internal,
}

#[test]
fn other() {
    crate::assert_described(types![Internal, Adjacent, External, Renamed, Holder]);
}
