//! A contract that others see builds on one that they do not.

#![allow(private_bounds)]

use callsheet::actor_contract;

#[actor_contract(namespace = "demo")]
trait Health {
    fn check(&self) -> bool;
}

#[actor_contract(namespace = "demo")]
pub trait Orders: Health {
    async fn place(&mut self, item: String) -> u64;
}

fn main() {}
