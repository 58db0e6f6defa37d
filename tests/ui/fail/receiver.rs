//! CS0005: `&self` or `&mut self`.

use std::sync::Arc;

use callsheet::actor_contract;

#[actor_contract(namespace = "demo")]
pub trait Calculator {
    async fn version() -> String;
    async fn consume(self) -> i64;
    async fn shared(self: Arc<Self>) -> i64;
}

fn main() {}
