//! `.stream` is for methods that reply many times.

use callsheet::actor_contract;

#[actor_contract(namespace = "demo")]
pub trait Calculator {
    async fn add(&self, a: i64, b: i64) -> i64;
}

fn main() {
    let _ = Calculator.at("calculator").stream(|c| c.add(5, 3));
}
