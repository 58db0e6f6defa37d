//! CS0102: a contract type is one type.

use callsheet::{actor_contract, contract_type};

#[contract_type]
pub struct Page<T> {
    pub items: Vec<T>,
}

#[contract_type]
pub struct Word<'a> {
    pub text: &'a str,
}

#[actor_contract(namespace = "demo")]
pub trait Library {
    async fn page(&self) -> Page<String>;
}

fn main() {}
