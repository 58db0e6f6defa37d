//! The contract that the conformance suite calls: a method for each thing that a client must get right, and no more.
//!
//! The types come in pairs of methods, `give_` and `take_`: what a client was given it hands back, so that a case can say
//! what crosses the wire both ways without every test client having to print it.

use callsheet::{Mailbox, Streaming, actor_contract, contract_type};

/// Published when it is asked for.
#[contract_type]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tick {
    /// Counts the ticks of one call.
    pub n: u32,
}

/// Integers that a float cannot hold.
#[contract_type]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wide {
    /// Up to 2^64 - 1.
    pub unsigned: u64,
    /// Down to -2^63.
    pub signed: i64,
}

/// A word of a list that will grow.
#[contract_type]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// Of blood.
    Red,
    /// Of grass.
    Green,
}

/// A union that is written as a map of one entry, or as a word.
#[contract_type]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Without anything.
    Point,
    /// With one value.
    Circle(u32),
    /// With fields.
    Box {
        /// From left to right.
        width: u32,
        /// From top to bottom.
        height: u32,
    },
}

/// A union whose variant is named among its fields.
#[contract_type]
#[derive(Clone, Debug, PartialEq, Eq)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Step {
    /// Forward.
    Walk {
        /// How far.
        metres: u32,
    },
    /// Nowhere.
    Rest,
}

/// One thing of an order.
#[contract_type]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What it is.
    pub name: String,
    /// How many.
    pub count: u32,
}

/// Nested far enough for a path.
#[contract_type]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// What is ordered.
    pub lines: Vec<Line>,
    /// What is said with it, if anything is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// As deep as one likes.
#[contract_type]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree {
    /// The branches.
    pub below: Vec<Tree>,
}

/// Why something was refused.
#[contract_type]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Without a reason.
    Never,
    /// What came back is not what was given.
    Changed {
        /// What came.
        found: String,
    },
}

/// What clients host, for the probe and for scripts to call.
#[actor_contract(namespace = "conformance")]
pub trait Callback {
    /// A text for a text.
    fn say(&self, text: String) -> String;
    /// As `say`, by a method that declares an error.
    fn weigh(&self, text: String) -> Result<String, Refused>;
    /// The same integers.
    fn wide(&self, value: Wide) -> Wide;
    /// The same shape.
    fn shape(&self, value: Shape) -> Shape;
    /// Counts from 1.
    fn items(&self, upto: u32) -> Streaming<Result<u32, Refused>>;
    /// Is kept.
    #[tell]
    fn told(&self, text: String);
}

/// One method for each thing that a case is about.
#[actor_contract(namespace = "conformance", events(Tick))]
pub trait Probe {
    /// The same text.
    fn echo(&self, text: String) -> String;
    /// The same text; it does no harm to ask twice.
    #[idempotent]
    fn read(&self, text: String) -> String;
    /// The same integers.
    fn wide(&self, value: Wide) -> Wide;
    /// The same float.
    fn float(&self, value: f64) -> f64;
    /// So many bytes of text.
    fn long(&self, bytes: u32) -> String;
    /// The contract's own error.
    fn refuse(&self) -> Result<u32, Refused>;

    /// A colour, for `take_colour`.
    fn give_colour(&self) -> Colour;
    /// Takes what `give_colour` gave.
    fn take_colour(&self, colour: Colour) -> Result<(), Refused>;
    /// A shape, for `take_shape`.
    fn give_shape(&self) -> Shape;
    /// Takes what `give_shape` gave.
    fn take_shape(&self, shape: Shape) -> Result<(), Refused>;
    /// A step, for `take_step`.
    fn give_step(&self) -> Step;
    /// Takes what `give_step` gave.
    fn take_step(&self, step: Step) -> Result<(), Refused>;
    /// An order, for `take_order`.
    fn give_order(&self) -> Order;
    /// Takes what `give_order` gave.
    fn take_order(&self, order: Order) -> Result<(), Refused>;
    /// A tree, for `take_tree`.
    fn give_tree(&self) -> Tree;
    /// Takes what `give_tree` gave.
    fn take_tree(&self, tree: Tree) -> Result<(), Refused>;

    /// Waits at the gate until it is open.
    async fn wait(&self, gate: String) -> String;
    /// Opens a gate.
    fn open(&self, gate: String);
    /// Returns when exactly so many calls and streams are at the gate.
    async fn gathered(&self, gate: String, count: u32);

    /// Counts from 1.
    fn count(&self, to: u32) -> Streaming<u32>;
    /// Counts from 1, then fails with the contract's own error.
    fn failing(&self, after: u32) -> Streaming<Result<u32, Refused>>;
    /// Counts from 1 and never ends; it is at the gate for as long as it exists.
    fn endless(&self, gate: String) -> Streaming<u32>;

    /// Publishes so many ticks.
    fn publish(&self, count: u32);
    /// Is counted.
    #[tell]
    fn note(&mut self, text: String);
    /// How many notes there were.
    fn notes(&self) -> u32;
    /// Calls this method of a callback, and says what came of it.
    async fn call_back(&self, callback: Mailbox<dyn Callback>, method: String) -> String;
    /// Panics.
    fn explode(&self) -> u32;
}
