//! A type that nothing describes, as the item of a stream.

use callsheet::{Streaming, actor_contract};
use futures_util::Stream;

pub struct Tick {
    pub value: u32,
}

#[actor_contract(namespace = "demo")]
pub trait Countdown {
    fn countdown(&self, from: u32) -> Streaming<Tick>;
    fn evens(&self) -> impl Stream<Item = Tick> + 'static;
}

fn main() {}
