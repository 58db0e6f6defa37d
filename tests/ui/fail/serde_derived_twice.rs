//! CS0105: `#[contract_type]` derives serde's traits.

use callsheet::contract_type;
use serde::{Deserialize, Serialize};

#[contract_type]
#[derive(Debug, Clone, Serialize, serde::Deserialize)]
pub struct Tick {
    pub value: u32,
}

fn assert<T: Serialize + for<'de> Deserialize<'de>>() {}

fn main() {
    assert::<Tick>();
}
