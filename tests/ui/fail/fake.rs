//! CS0012: what `fake` is not.

use callsheet::actor_contract;

#[actor_contract(namespace = "demo", fake = true)]
pub trait Valued {
    async fn count(&self) -> u64;
}

#[actor_contract(namespace = "demo", fake("Abacus"))]
pub trait Named {
    async fn count(&self) -> u64;
}

#[actor_contract(namespace = "demo", fake, fake)]
pub trait Twice {
    async fn count(&self) -> u64;
}

fn main() {}
