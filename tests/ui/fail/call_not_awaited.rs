//! A call does nothing until it is awaited.
#![deny(unused_must_use)]

use callsheet::{Streaming, actor_contract};

#[actor_contract(namespace = "demo")]
pub trait Counter {
    async fn add(&mut self, step: u64) -> u64;
    #[tell]
    fn reset(&mut self);
    fn countdown(&self, from: u32) -> Streaming<u32>;
}

fn main() {
    let counter = Counter.at("counter");
    counter.add(1);
    counter.reset();
    counter.countdown(3);
    counter.send(|c| c.reset());
}
