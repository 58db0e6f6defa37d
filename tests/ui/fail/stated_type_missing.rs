//! CS0106: nobody can know what functions of the user's write.

use callsheet::contract_type;

mod cents {
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(value: &i64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&value.to_string())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
        i64::deserialize(deserializer)
    }
}

#[contract_type]
pub struct Order {
    #[serde(with = "cents")]
    pub amount: i64,
    #[serde(serialize_with = "cents::serialize")]
    pub tax: i64,
    #[serde(deserialize_with = "cents::deserialize")]
    #[contract(produces = "String")]
    pub tip: i64,
}

#[contract_type]
pub enum Payment {
    #[serde(with = "cents")]
    Cash(i64),
}

fn main() {}
