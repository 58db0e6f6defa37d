//! What hostile peers can call.

use std::collections::BTreeMap;

use callsheet::{Streaming, actor_contract, contract_type};
use serde_bytes::ByteBuf;

/// Published when it is asked for.
#[contract_type]
#[derive(Clone)]
pub(crate) struct Tick {
    /// Counts those of one call.
    pub n: u32,
    /// As long as was asked for.
    pub text: String,
}

/// Why nothing can be divided.
#[contract_type]
#[derive(Clone)]
pub(crate) enum DivideError {
    /// By zero.
    ByZero {
        /// What was to be divided.
        dividend: i32,
    },
}

/// As deep as one likes.
#[contract_type]
#[derive(Clone)]
pub(crate) struct Tree {
    /// The branches.
    pub below: Vec<Tree>,
}

/// One method for each thing that a peer may try.
#[actor_contract(namespace = "hostile", events(Tick))]
pub(crate) trait Mark {
    /// The process that answers.
    fn pid(&self) -> u32;
    /// The same text.
    fn echo(&self, text: String) -> String;
    /// An error of the contract's own.
    fn divide(&self, a: i32, b: i32) -> Result<i32, DivideError>;
    /// The same bytes.
    fn blob(&self, data: ByteBuf) -> ByteBuf;
    /// The same map.
    fn names(&self, of: BTreeMap<u32, String>) -> BTreeMap<u32, String>;
    /// The same number.
    fn wide(&self, number: u128) -> u128;
    /// The same number.
    fn float(&self, number: f64) -> f64;
    /// A number that JSON has no form for.
    fn infinity(&self) -> f64;
    /// How many trees there are.
    fn trees(&self, tree: Tree) -> u32;
    /// So many bytes.
    fn long(&self, bytes: u32) -> String;
    /// Null.
    fn nothing(&self);

    /// Suspended until the gate is open; others run beside it.
    async fn wait(&self, gate: String) -> String;
    /// The same, with the state alone.
    async fn hold(&mut self, gate: String) -> String;
    /// Opens a gate.
    fn open(&self, gate: String);
    /// Returns when so many wait at the gate.
    async fn gathered(&self, gate: String, count: u32);

    /// Counts from 1.
    fn count(&self, to: u32) -> Streaming<u32>;
    /// Items that are null.
    fn nulls(&self, count: u32) -> Streaming<Option<u32>>;
    /// Counts from 1; the last number comes when the gate is open.
    fn lagging(&self, gate: String, to: u32) -> Streaming<u32>;
    /// Counts from 1, then fails.
    fn failing(&self, after: u32) -> Streaming<Result<u32, DivideError>>;
    /// Always ready, never ends. One waits at the gate for as long as the stream exists.
    fn endless(&self, gate: String, bytes: u32) -> Streaming<String>;

    /// Panics.
    fn explode(&self) -> u32;
    /// Publishes ticks.
    fn publish(&self, count: u32, bytes: u32);
    /// Is counted.
    #[tell]
    fn note(&mut self, text: String);
    /// How many notes there were.
    fn notes(&self) -> u32;
}

/// One of its short names is also one of [`Mark`]'s.
#[actor_contract(namespace = "other")]
pub(crate) trait Second {
    /// Not the same as the other's.
    fn echo(&self) -> u32;
}
