//! Structs: numbers at their limits, containers within containers, types that hold themselves.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    time::{Duration, SystemTime},
};

use callsheet::contract_type;

use crate::{Adjacent, External, Heading, Internal, OddNames, Untagged};

/// One of everything.
#[contract_type]
#[derive(Clone, Debug, PartialEq)]
pub struct Everything {
    /// Numbers and texts.
    pub scalars: Scalars,
    /// Containers.
    pub containers: Containers,
    /// Enums by variant.
    pub externals: Vec<External>,
    /// Enums by tag.
    pub internals: Vec<Internal>,
    /// Enums by tag and content.
    pub adjacents: Vec<Adjacent>,
    /// Enums by nothing.
    pub untagged: Vec<Untagged>,
    /// Names.
    pub names: OddNames,
    /// Points and spans of time.
    pub times: Times,
    /// Types that hold themselves.
    pub tree: Tree,
    /// Through an enum.
    pub expression: Expression,
    /// Through a box.
    pub chain: Chain,
}

/// Numbers and texts.
#[contract_type]
#[derive(Clone, Debug, PartialEq)]
pub struct Scalars {
    /// Yes or no.
    pub truth: bool,
    /// From -128.
    pub i8: i8,
    /// Up to 255.
    pub u8: u8,
    /// From -32,768.
    pub i16: i16,
    /// Up to 65,535.
    pub u16: u16,
    /// From -2^31.
    pub i32: i32,
    /// Up to 2^32 - 1.
    pub u32: u32,
    /// From -2^63.
    pub i64: i64,
    /// Up to 2^64 - 1.
    pub u64: u64,
    /// From -2^127.
    pub i128: i128,
    /// Up to 2^128 - 1.
    pub u128: u128,
    /// Of 24 significant bits.
    pub f32: f32,
    /// Of 53 significant bits.
    pub f64: f64,
    /// One character.
    pub char: char,
    /// Text.
    pub string: String,
    /// Nothing.
    pub unit: (),
    /// A struct that is nothing.
    pub marker: Marker,
}

/// A struct without fields.
#[contract_type]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Marker;

/// Containers within containers.
#[allow(clippy::type_complexity, reason = "types without names are one of the cases")]
#[contract_type]
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Containers {
    /// Options at several depths.
    pub options: Option<Vec<Option<BTreeMap<String, Option<u64>>>>>,
    /// Lists of lists.
    pub lists: Vec<Vec<Vec<i64>>>,
    /// Texts by text.
    pub by_text: HashMap<String, Vec<u8>>,
    /// By a signed number.
    pub by_number: BTreeMap<i64, Heading>,
    /// By an unsigned number of 64 bits.
    pub by_large_number: BTreeMap<u64, BTreeMap<u8, String>>,
    /// By truth.
    pub by_truth: BTreeMap<bool, char>,
    /// By the name of a variant.
    pub by_heading: BTreeMap<Heading, f64>,
    /// Distinct numbers.
    pub numbers: BTreeSet<u64>,
    /// Values of several types.
    pub tuple: (i8, (String, f32), Option<Vec<u8>>),
    /// A tuple of one.
    pub single: (u64,),
    /// So many of one type.
    pub arrays: [[u16; 3]; 2],
    /// A struct without names.
    pub pair: Pair,
    /// A struct of one.
    pub fixed: Fixed,
}

/// A struct whose fields have no names.
#[contract_type]
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pair(pub i64, pub String);

/// A struct that is written as what it holds.
#[contract_type]
#[derive(Clone, Debug, Default, PartialEq)]
#[serde(transparent)]
pub struct Fixed {
    /// What it holds.
    pub cents: i64,
}

/// A newtype that holds a struct with names.
#[contract_type]
#[derive(Clone, Debug, PartialEq)]
pub struct Title {
    /// The words.
    pub words: Vec<String>,
    /// The year.
    pub year: Option<i16>,
}

/// Points and spans of time.
#[contract_type]
#[derive(Clone, Debug, PartialEq)]
pub struct Times {
    /// How long.
    pub span: Duration,
    /// When.
    pub point: SystemTime,
}

/// Holds itself in a list.
#[contract_type]
#[derive(Clone, Debug, PartialEq)]
pub struct Tree {
    /// What it is called.
    pub label: String,
    /// What is below it.
    pub children: Vec<Tree>,
    /// What is below it, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub by_name: BTreeMap<String, Tree>,
}

/// Holds itself in its variants.
#[contract_type]
#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    /// A number.
    Number(f64),
    /// The sum of others.
    Sum(Vec<Expression>),
    /// Two others.
    Ratio(Box<Expression>, Box<Expression>),
    /// Another, with a name for it.
    Let {
        /// The name.
        name: String,
        /// The other.
        r#in: Box<Expression>,
    },
}

/// Holds itself in an option.
#[contract_type]
#[derive(Clone, Debug, PartialEq)]
pub struct Chain {
    /// What this link holds.
    pub link: u64,
    /// The rest.
    pub next: Option<Box<Chain>>,
}

/// Reads more than it writes.
#[contract_type]
#[derive(Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct Lenient {
    /// May be left out of a request, never of a reply.
    #[serde(default)]
    pub with_default: u32,
    /// May be left out of a request and of a reply.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub list_if_any: Vec<String>,
    /// May be left out of both.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub option_if_any: Option<Box<Lenient>>,
    /// Is read under two names.
    #[serde(alias = "old_name", default)]
    pub new_name: Option<i32>,
    /// Is read under one name and written under another.
    #[serde(rename(serialize = "written", deserialize = "read"))]
    pub two_faced: String,
    /// Is not there for anyone outside.
    #[serde(skip)]
    pub secret: u8,
}

/// Reads nothing that it does not know.
#[contract_type]
#[derive(Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct Strict {
    /// Is 7 if it is left out.
    pub number: i64,
}

impl Default for Strict {
    fn default() -> Self {
        Strict { number: 7 }
    }
}
