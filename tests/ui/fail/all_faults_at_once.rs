//! Every fault of a contract is reported, and nothing follows from them: neither in the implementation nor in the calls.

use callsheet::{To, actor_contract};

#[actor_contract]
pub trait Calculator {
    async fn add(&self, a: &i64, (b, c): (i64, i64)) -> i64;
    #[tell]
    fn notify(&mut self, text: String) -> bool;
    async fn last(&self) -> i64;
}

struct Machine;

impl Calculator for Machine {
    async fn add(&self, a: &i64, (b, c): (i64, i64)) -> i64 {
        a + b + c
    }
    fn notify(&mut self, _: String) -> bool {
        true
    }
    async fn last(&self) -> i64 {
        0
    }
}

async fn call() {
    let _ = Calculator.at("calculator").last().await;
    let _ = To::<dyn Calculator>("calculator").last().await;
}

fn main() {
    let _ = call();
}
