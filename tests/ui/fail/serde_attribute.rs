//! CS0103: what serde itself would refuse.

use callsheet::contract_type;

#[contract_type]
#[serde(rename_all = "shouting")]
pub struct Tick {
    #[serde(nmae = "v")]
    pub value: u32,
}

fn main() {}
