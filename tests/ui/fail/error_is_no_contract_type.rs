//! A type that nothing describes, as a declared error.

use callsheet::actor_contract;

#[derive(Debug)]
pub enum MathError {
    DivisionByZero,
}

#[actor_contract(namespace = "demo")]
pub trait Calculator {
    async fn divide(&self, a: i64, b: i64) -> Result<i64, MathError>;
}

fn main() {}
