//! CS0106: a type that speaks for itself.

use callsheet::contract_type;

#[contract_type]
pub struct Order {
    #[contract(as = "String")]
    pub amount: i64,
}

fn main() {}
