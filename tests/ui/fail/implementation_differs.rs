//! What is written is what is implemented.

use callsheet::actor_contract;

#[actor_contract(namespace = "demo")]
pub trait Calculator {
    async fn add(&self, a: i64, b: i64) -> i64;
    async fn store(&mut self, value: i64);
}

struct Machine;

impl Calculator for Machine {
    async fn add(&self, a: i64, b: i64) -> String {
        format!("{}", a + b)
    }
}

fn main() {}
