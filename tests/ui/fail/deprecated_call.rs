//! Who calls what is deprecated is told so, and nobody else.
#![deny(warnings)]

use callsheet::actor_contract;

#[actor_contract(namespace = "demo")]
pub trait Calculator {
    async fn add(&self, a: i64, b: i64) -> i64;
    #[deprecated = "use `add`"]
    async fn plus(&self, a: i64, b: i64) -> i64;
}

#[deprecated(since = "1.2.0", note = "use `Calculator`")]
#[actor_contract(namespace = "demo")]
pub trait Adder {
    async fn add(&self, a: i64, b: i64) -> i64;
}

async fn call() {
    let _ = Calculator.at("calculator").add(1, 2).await;
    let _ = Calculator.at("calculator").plus(1, 2).await;
    let _ = Adder.at("adder");
}

fn main() {
    let _ = call;
}
