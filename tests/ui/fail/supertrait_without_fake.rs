//! CS0021: a fake of a contract that builds on one that has none.

use callsheet::{Runtime, actor_contract};

#[actor_contract(namespace = "demo")]
pub trait HealthCheck {
    fn is_healthy(&self) -> bool;
}

#[actor_contract(namespace = "demo", fake)]
pub trait Orders: HealthCheck {
    async fn place(&mut self, item: String) -> u64;
}

async fn start(runtime: &Runtime) {
    let fake = FakeOrders::new();
    fake.on_place(|_| 1);
    fake.start(runtime, "orders").await.expect("the name is free");
}

fn main() {
    let _ = start;
}
