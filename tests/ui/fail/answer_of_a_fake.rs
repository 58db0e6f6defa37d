//! An answer that does not fit its method.

use callsheet::actor_contract;

#[actor_contract(namespace = "demo", fake)]
pub trait Calculator {
    async fn add(&self, a: i64, b: i64) -> i64;
}

fn main() {
    let fake = FakeCalculator::new();
    fake.on_add(|a, b| (a + b).to_string());
    fake.on_add(|a| a);
    fake.async_on_add(|a, b| a + b);
}
