//! CS0007, in a contract with a fake, of which all else works.

use callsheet::{Runtime, actor_contract};

#[actor_contract(namespace = "demo", fake)]
pub trait Orders {
    async fn place(&mut self, item: &str) -> u64;
    async fn count(&self) -> u64;
}

async fn start(runtime: &Runtime) {
    let fake = FakeOrders::new();
    fake.on_count(|| 1);
    fake.start(runtime, "orders").await.expect("the name is free");
    let _ = fake.count().await;
}

fn main() {
    let _ = start;
}
