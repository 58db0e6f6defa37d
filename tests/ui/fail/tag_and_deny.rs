//! CS0104: a struct that refuses to read what it writes.

use callsheet::contract_type;

#[contract_type]
#[serde(tag = "type", deny_unknown_fields)]
pub struct Order {
    pub id: u64,
}

fn main() {}
