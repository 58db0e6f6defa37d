//! The actor behind all the names.

use std::collections::BTreeMap;

use callsheet::{Broker, Streaming};
use futures_util::{StreamExt, stream};
use serde_bytes::ByteBuf;

use crate::{
    contract::{DivideError, Mark, Second, Tick, Tree},
    gates::Gates,
};

#[derive(Clone)]
pub(crate) struct Target {
    broker: Broker,
    gates: Gates,
    notes: u32,
}

impl Target {
    pub(crate) fn of(broker: &Broker, gates: &Gates) -> Self {
        Target {
            broker: broker.clone(),
            gates: gates.clone(),
            notes: 0,
        }
    }
}

impl Mark for Target {
    fn pid(&self) -> u32 {
        std::process::id()
    }

    fn echo(&self, text: String) -> String {
        text
    }

    fn divide(&self, a: i32, b: i32) -> Result<i32, DivideError> {
        a.checked_div(b).ok_or(DivideError::ByZero { dividend: a })
    }

    fn blob(&self, data: ByteBuf) -> ByteBuf {
        data
    }

    fn names(&self, of: BTreeMap<u32, String>) -> BTreeMap<u32, String> {
        of
    }

    fn wide(&self, number: u128) -> u128 {
        number
    }

    fn float(&self, number: f64) -> f64 {
        number
    }

    fn infinity(&self) -> f64 {
        f64::INFINITY
    }

    fn trees(&self, tree: Tree) -> u32 {
        1 + tree.below.into_iter().map(|tree| self.trees(tree)).sum::<u32>()
    }

    fn long(&self, bytes: u32) -> String {
        "x".repeat(bytes as usize)
    }

    fn nothing(&self) {}

    async fn wait(&self, gate: String) -> String {
        self.gates.pass(&gate).await;
        gate
    }

    async fn hold(&mut self, gate: String) -> String {
        self.gates.pass(&gate).await;
        gate
    }

    fn open(&self, gate: String) {
        self.gates.open(&gate);
    }

    async fn gathered(&self, gate: String, count: u32) {
        self.gates.gathered(&gate, count).await;
    }

    fn count(&self, to: u32) -> Streaming<u32> {
        Streaming::iter(1..=to)
    }

    fn nulls(&self, count: u32) -> Streaming<Option<u32>> {
        Streaming::iter((0..count).map(|_| None))
    }

    fn lagging(&self, gate: String, to: u32) -> Streaming<u32> {
        let gates = self.gates.clone();
        let last = stream::once(async move {
            gates.pass(&gate).await;
            to
        });
        Streaming::new(stream::iter(1..to).chain(last))
    }

    fn failing(&self, after: u32) -> Streaming<Result<u32, DivideError>> {
        let items = stream::iter((1..=after).map(Ok));
        Streaming::new(items.chain(stream::iter([Err(DivideError::ByZero { dividend: 7 }), Ok(99)])))
    }

    fn endless(&self, gate: String, bytes: u32) -> Streaming<String> {
        let visit = self.gates.visit(&gate);
        let text = "x".repeat(bytes as usize);
        Streaming::new(stream::repeat_with(move || {
            let _as_long_as_it_exists = &visit;
            text.clone()
        }))
    }

    fn explode(&self) -> u32 {
        panic!("the secret of the handler")
    }

    fn publish(&self, count: u32, bytes: u32) {
        for n in 0..count {
            let text = "x".repeat(bytes as usize);
            self.broker.publish(Tick { n, text });
        }
    }

    fn note(&mut self, _text: String) {
        self.notes += 1;
    }

    fn notes(&self) -> u32 {
        self.notes
    }
}

impl Second for Target {
    fn echo(&self) -> u32 {
        2
    }
}
