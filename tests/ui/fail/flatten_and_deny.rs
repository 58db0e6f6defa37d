//! CS0104: serde cannot tell an unknown entry from a flattened one.

use std::collections::BTreeMap;

use callsheet::contract_type;

#[contract_type]
#[serde(deny_unknown_fields)]
pub struct Order {
    pub id: u64,
    #[serde(flatten)]
    pub more: BTreeMap<String, String>,
}

fn main() {}
