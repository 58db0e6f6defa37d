//! CS0004: a contract has methods only.

use callsheet::actor_contract;

#[actor_contract(namespace = "demo")]
pub trait Calculator {
    type Number;
    const LIMIT: i64;
    async fn add(&self, a: i64, b: i64) -> i64;
}

fn main() {}
