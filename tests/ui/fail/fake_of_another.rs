//! A fake taken for a contract that its own does not build on.

use callsheet::actor_contract;

#[actor_contract(namespace = "demo", fake)]
pub trait Calculator {
    async fn add(&self, a: i64, b: i64) -> i64;
}

#[actor_contract(namespace = "demo", fake)]
pub trait Orders {
    async fn place(&mut self, item: String) -> u64;
}

fn main() {
    let fake = FakeOrders::new();
    FakeCalculator::of(&fake).on_add(|a, b| a + b);
}
