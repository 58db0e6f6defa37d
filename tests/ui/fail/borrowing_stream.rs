//! A stream outlives its call, so it does not hold the state.

use callsheet::{Streaming, actor_contract};
use futures_util::{Stream, stream};

#[actor_contract(namespace = "demo")]
pub trait ListService {
    fn list(&self) -> Streaming<String>;
    fn reversed(&self) -> impl Stream<Item = String> + 'static;
}

struct Lists {
    items: Vec<String>,
}

impl ListService for Lists {
    fn list(&self) -> Streaming<String> {
        Streaming::new(stream::iter(self.items.iter().cloned()))
    }
    fn reversed(&self) -> impl Stream<Item = String> + 'static {
        stream::iter(self.items.iter().rev().cloned())
    }
}

fn main() {}
