//! `.serves` takes the contracts that the state implements.

use callsheet::{Runtime, actor_contract};

#[actor_contract(namespace = "demo")]
pub trait Calculator {
    async fn add(&self, a: i64, b: i64) -> i64;
}

#[derive(Default)]
struct Machine;

async fn start(runtime: Runtime) {
    let _ = runtime
        .actor("calculator", Machine::default)
        .serves(Calculator)
        .start()
        .await;
}

fn main() {
    let _ = start;
}
