//! Who implements a contract implements what it builds on.

use callsheet::actor_contract;

#[actor_contract(namespace = "demo")]
pub trait Health {
    fn check(&self) -> bool;
}

#[actor_contract(namespace = "demo")]
pub trait Orders: Health {
    async fn place(&mut self, item: String) -> u64;
}

struct Shop;

impl Orders for Shop {
    async fn place(&mut self, _: String) -> u64 {
        1
    }
}

fn main() {}
