//! A mailbox is of a contract, named as `dyn Trait`.

use std::fmt::Display;

use callsheet::{To, actor_contract};

#[actor_contract(namespace = "demo")]
pub trait Calculator {
    async fn add(&self, a: i64, b: i64) -> i64;
}

fn main() {
    let _ = To::<dyn Display>("calculator");
}
