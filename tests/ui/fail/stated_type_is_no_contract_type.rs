//! The type that a field is stated to look like has no description.

use callsheet::contract_type;

pub struct Cents;

mod cents {
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(value: &i64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(*value)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
        i64::deserialize(deserializer)
    }
}

#[contract_type]
pub struct Order {
    #[serde(with = "cents")]
    #[contract(as = "Cents")]
    pub amount: i64,
}

fn main() {}
