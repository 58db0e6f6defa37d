//! CS0104: places of a tuple that come and go.

use callsheet::contract_type;

#[contract_type]
pub struct Pair(#[serde(skip_serializing_if = "Option::is_none")] pub Option<u8>, pub u8);

#[contract_type]
pub struct Single(#[serde(skip)] pub u8);

#[contract_type]
pub enum Choice {
    One(#[serde(skip_serializing)] u8),
}

fn main() {}
