//! CS0006: a method has one signature, which every language can call.

use callsheet::{ContractType, actor_contract};

#[actor_contract(namespace = "demo")]
pub trait Store {
    async fn put<T: ContractType>(&mut self, value: T);
    async fn size(&self) -> u64
    where
        Self: Clone;
}

fn main() {}
