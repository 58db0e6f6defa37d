//! CS0104: what serde has for deserializers written by hand.

use callsheet::contract_type;

#[contract_type]
#[serde(field_identifier)]
pub enum Name {
    Id,
    Amount,
}

fn main() {}
