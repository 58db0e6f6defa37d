//! CS0104: what cannot be described honestly.

use callsheet::contract_type;

mod as_text {
    use callsheet::ContractType;

    pub fn serialize<T: ContractType, S>(_: &T, _: S) -> Result<(), S> {
        Ok(())
    }
}

#[contract_type]
pub struct Order {
    pub id: u64,
    #[serde(serialize_with = "as_text::serialize")]
    pub amount: i64,
    #[serde(flatten)]
    pub note: Option<Note>,
}

#[contract_type]
#[serde(from = "u8")]
pub enum Level {
    Low,
    #[serde(other)]
    High,
}

#[contract_type]
pub struct Note {
    #[cfg_attr(unix, serde(rename = "t"))]
    pub text: String,
}

fn main() {}
