//! CS0012: `#[contract]` with what it does not have, and where it does not belong.

use callsheet::{ContractType, contract_type};
use serde::{Deserialize, Serialize};

#[contract_type]
#[contract(name = "shop.Order")]
pub struct Order {
    #[contract(like = "String")]
    pub amount: i64,
}

#[derive(Serialize, Deserialize, ContractType)]
#[contract(as = "String")]
pub struct Note {
    pub text: String,
}

fn main() {}
