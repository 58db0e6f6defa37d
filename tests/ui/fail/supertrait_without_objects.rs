//! A trait that has no trait objects, as a supertrait.

use std::hash::Hash;

use callsheet::actor_contract;

#[actor_contract(namespace = "demo")]
pub trait Orders: Hash {
    async fn place(&mut self, item: String) -> u64;
}

fn main() {}
