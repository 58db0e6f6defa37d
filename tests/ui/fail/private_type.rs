//! A contract that others see speaks of a type that they do not.

#![allow(private_interfaces, private_bounds)]

use callsheet::{actor_contract, contract_type};

#[contract_type]
struct Tick {
    value: u32,
}

#[actor_contract(namespace = "demo")]
pub trait Countdown {
    async fn next(&self, after: Tick) -> Tick;
}

fn main() {}
