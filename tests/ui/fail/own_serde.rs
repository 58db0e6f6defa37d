//! CS0104: the attribute brings serde.

use callsheet::contract_type;

#[contract_type]
#[serde(crate = "serde")]
pub struct Note {
    pub text: String,
}

fn main() {}
