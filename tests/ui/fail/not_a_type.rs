//! CS0101: a contract type is a struct or an enum.

use callsheet::contract_type;

#[contract_type]
pub union Number {
    pub integer: i64,
    pub float: f64,
}

#[contract_type]
pub type Amount = i64;

#[contract_type]
pub fn amount() -> i64 {
    0
}

fn main() {}
