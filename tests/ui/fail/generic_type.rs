//! CS0102: what other languages do not know.

use callsheet::{actor_contract, contract_type};

#[contract_type]
pub struct Word<'a> {
    pub text: &'a str,
}

#[contract_type]
pub struct Block<const N: usize> {
    pub bytes: Vec<u8>,
}

#[actor_contract(namespace = "demo")]
pub trait Library {
    async fn block(&self) -> Block<16>;
}

fn main() {}
