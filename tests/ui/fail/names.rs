//! CS0013: names are the same in every language.

use callsheet::{actor_contract, contract_type};

#[actor_contract(namespace = "my-service")]
pub trait Calculator {
    async fn last(&self) -> i64;
}

#[actor_contract(namespace = "demo")]
pub trait Store {
    #[method(name = "Put.Value")]
    async fn put(&mut self, value: i64);
    #[method(name = "2nd")]
    async fn second(&self) -> i64;
    async fn größe(&self) -> i64;
    async fn _1(&self) -> i64;
    async fn __(&self) -> i64;
}

#[contract_type(name = "Line Item")]
pub struct LineItem {
    pub note: String,
}

fn main() {}
