//! A mailbox is of a contract, named as `dyn Trait`.

use std::fmt::Display;

use callsheet::{Mailbox, To, actor_contract};

#[actor_contract(namespace = "demo")]
pub trait Calculator {
    async fn add(&self, a: i64, b: i64) -> i64;
}

struct Machine;

fn trait_that_is_none() {
    let _ = To::<dyn Display>("calculator");
}

fn implementor(_: Mailbox<Machine>) {}

fn main() {
    trait_that_is_none();
    let _ = implementor;
}
