//! `.send` is for methods whose reply carries no data.

use callsheet::{Streaming, actor_contract};

#[actor_contract(namespace = "demo")]
pub trait Calculator {
    async fn add(&self, a: i64, b: i64) -> i64;
    async fn check(&self) -> Result<(), String>;
    fn countdown(&self, from: u32) -> Streaming<u32>;
}

async fn call() {
    let calculator = Calculator.at("calculator");
    let _ = calculator.send(|c| c.add(5, 3)).await;
    let _ = calculator.send(|c| c.check()).await;
    let _ = calculator.send(|c| c.countdown(3)).await;
}

fn main() {
    let _ = call;
}
