//! CS0015: a contract's stable name begins with a namespace.

use callsheet::actor_contract;

#[actor_contract]
pub trait Calculator {
    async fn last(&self) -> i64;
}

fn main() {}
