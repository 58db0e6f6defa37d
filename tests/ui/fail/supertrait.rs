//! CS0003: contracts do not build on each other.

use callsheet::actor_contract;

#[actor_contract(namespace = "demo")]
pub trait Health: Send {
    fn check(&self) -> bool;
}

#[actor_contract(namespace = "demo")]
pub trait Orders: Health {
    async fn place(&mut self, item: String) -> u64;
}

fn main() {}
