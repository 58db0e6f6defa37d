//! A call is checked where it is written.

use callsheet::actor_contract;

#[actor_contract(namespace = "demo")]
pub trait Calculator {
    async fn add(&self, a: i64, b: i64) -> i64;
}

fn main() {
    let calculator = Calculator.at("calculator");
    let _ = calculator.add(5);
    let _ = calculator.add(5, "3");
    let _ = calculator.substract(5, 3);
}
