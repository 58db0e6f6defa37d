//! CS0104: an attribute that may not be there.

use callsheet::contract_type;

#[contract_type]
pub struct Note {
    #[cfg_attr(unix, serde(rename = "t"))]
    pub text: String,
}

fn main() {}
