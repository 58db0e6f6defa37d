//! Contracts: every kind of call, with every kind of argument and reply.

use std::{collections::BTreeMap, time::Duration};

use callsheet::{Streaming, actor_contract, contract_type};

use crate::{
    Adjacent, Containers, Error, Everything, Expression, External, Heading, Internal, Lenient, Map, OddNames, Pair,
    Promise, Scalars, Strict, Times, Title, Tree, Untagged, Words,
};

/// Gives back what it is given.
#[actor_contract(namespace = "surprise.nested")]
pub trait Mirror {
    /// The whole message is the value.
    fn scalars(&self, #[message] scalars: Scalars) -> Scalars;
    /// The value is one of the message's entries.
    async fn containers(&self, containers: Containers) -> Containers;
    /// A string.
    fn heading(&self, heading: Heading) -> Heading;
    /// A variant.
    fn external(&self, external: External) -> External;
    /// A tag.
    fn internal(&self, internal: Internal) -> Internal;
    /// A tag and content.
    fn adjacent(&self, adjacent: Adjacent) -> Adjacent;
    /// Anything.
    fn untagged(&self, untagged: Untagged) -> Untagged;
    /// Names.
    fn odd_names(&self, odd_names: OddNames) -> OddNames;
    /// Time.
    fn times(&self, times: Times) -> Times;
    /// Itself.
    fn tree(&self, tree: Tree) -> Tree;
    /// Itself.
    fn expression(&self, expression: Expression) -> Expression;
    /// Less than what it is given.
    fn lenient(&self, lenient: Lenient) -> Lenient;
    /// No more than what it knows.
    fn strict(&self, strict: Strict) -> Strict;
    /// Perhaps nothing.
    fn option(&self, option: Option<u64>) -> Option<u64>;
    /// Text.
    fn text(&self, text: String) -> String;
    /// A number.
    fn number(&self, number: f64) -> f64;
    /// A map.
    fn map(&self, map: BTreeMap<u64, Option<Title>>) -> BTreeMap<u64, Option<Title>>;
    /// As many arguments as nobody should have.
    #[allow(
        clippy::too_many_arguments,
        reason = "that there may be any number of them is the point"
    )]
    fn ten(
        &self,
        one: u8,
        two: i64,
        three: f64,
        four: String,
        five: Option<char>,
        six: Vec<Pair>,
        seven: (bool, Heading),
        eight: [u8; 2],
        nine: Map,
        ten: Option<Duration>,
    ) -> Ten;
}

/// What ten arguments come to.
type Ten = (
    (u8, i64, f64, String, Option<char>),
    (Vec<Pair>, (bool, Heading), [u8; 2], Map, Option<Duration>),
);

/// Knows what everything looks like.
#[actor_contract(namespace = "surprise", events(Bulletin, Siren))]
pub trait Archive {
    /// One of everything.
    fn sample(&self) -> Everything;
    /// Whether it is the sample.
    fn verify(&self, everything: Everything) -> Result<(), Difference>;
    /// Has no reply but that it has happened.
    async fn forget(&mut self);
    /// How often it was told to forget.
    async fn forgotten(&self) -> u64;
    /// Publishes it.
    #[tell]
    async fn announce(&self, #[message] bulletin: Bulletin);
    /// Publishes them.
    #[tell]
    fn alarm(&self, sirens: Sirens, times: u8);
    /// As many entries as are asked for, unless one of them is broken.
    fn entries(&self, count: u64, broken: Option<u64>) -> Streaming<Result<Entry, Broken>>;
    /// Options as items: what is null is no end.
    fn gaps(&self, items: Vec<Option<u32>>) -> Streaming<Option<u32>>;
    /// Does not open.
    async fn open(&self, door: String) -> Streaming<Result<(), Error>>;
    /// Fails as it is told to, or replies with nothing.
    async fn fail(&mut self, broken: Option<Broken>) -> Result<Option<Entry>, Broken>;
    /// A number that JSON does not have.
    fn not_a_number(&self) -> f64;
    /// Never replies.
    async fn wait(&self);
    /// A method called as one of the generated ones.
    fn subscribe(&self, event: String, events: Vec<String>, buffer: u32) -> u32;
}

/// What differs.
#[contract_type]
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// Which parts.
    pub parts: Vec<String>,
    /// What was received for them.
    pub received: String,
}

/// An entry.
#[contract_type]
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its number.
    pub number: u64,
    /// Where it leads.
    pub heading: Option<Heading>,
}

/// An error in every form that a variant has.
#[contract_type]
#[derive(Clone, Debug, PartialEq)]
#[serde(tag = "error", rename_all = "snake_case")]
pub enum Broken {
    /// No data.
    Entirely,
    /// Data.
    At {
        /// The number of the entry.
        number: u64,
        /// What else went wrong.
        because: Vec<Broken>,
    },
    /// Data of its own.
    Entry(Entry),
}

/// An event.
#[contract_type]
#[derive(Clone, Debug, PartialEq)]
pub struct Bulletin {
    /// What it is called.
    pub title: Title,
    /// What it says.
    pub body: External,
}

/// An event that is an enum, under another name.
#[contract_type(name = "Alarm")]
#[derive(Clone, Debug, PartialEq)]
pub enum Siren {
    /// So loud.
    Howls(u64),
    /// Not loud.
    Rests,
}

/// Another name for a type.
pub type Sirens = Vec<Siren>;

/// Its name is a word of both languages, and so are those of its methods and of their arguments.
#[actor_contract(namespace = "surprise")]
pub trait Import {
    /// Rust's.
    fn r#type(&self, r#type: String) -> String;
    /// Everybody's.
    fn class(&self, class: u8, from: u8, import: u8) -> u8;
    /// TypeScript's.
    fn delete(&mut self, function: u8, var: u8, new: u8, arguments: u8, eval: u8) -> u8;
    /// An object's.
    fn constructor(&self, constructor: Promise) -> Promise;
    /// A promise's.
    fn then(&self, resolve: u8, reject: u8) -> u8;
    /// Python's.
    fn lambda(&self, def: u8, none: u8, pass: u8, self_: u8, print: u8) -> u8;
    /// Those of generated code.
    #[allow(clippy::too_many_arguments, reason = "each of them may collide")]
    fn call(
        &self,
        timeout: u32,
        options: u32,
        signal: u32,
        connection: u32,
        target: u32,
        codec: u32,
        values: u32,
        request: u32,
        client: u32,
    ) -> u32;
    /// Those of Rust's generated code.
    fn with_timeout(&self, models: Words) -> Words;
    /// Those of clients.
    fn close(&self) -> u8;
    /// Those of the message.
    #[method(name = "Class_2")]
    fn class_2(&self) -> u8;
}
