//! CS0011: `#[message]` marks the only argument.

use callsheet::{actor_contract, contract_type};

#[contract_type]
pub struct AddRequest {
    pub a: i64,
    pub b: i64,
}

#[actor_contract(namespace = "demo")]
pub trait Calculator {
    async fn add(&self, #[message] request: AddRequest, round: bool) -> i64;
}

fn main() {}
