//! CS0001: a contract is a trait.

use callsheet::actor_contract;

#[actor_contract(namespace = "demo")]
pub struct Calculator {
    pub last: i64,
}

fn main() {
    let _ = Calculator { last: 0 };
}
