//! Every shape that a contract type may have, and serde's attributes.
#![deny(warnings, missing_docs, rust_2018_idioms, unreachable_pub)]

use std::collections::{BTreeMap, HashMap};

use callsheet::{ContractType, contract_type};

/// Nothing.
#[contract_type]
pub struct Unit;

/// One.
#[contract_type]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id(pub u64);

/// Two.
#[contract_type]
pub struct Pair(pub String, pub Option<Id>);

/// As what is inside.
#[contract_type]
#[serde(transparent)]
pub struct Name {
    inner: String,
}

/// Fields.
#[contract_type(name = "demo.Order")]
#[derive(Default)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Order {
    /// A renamed one.
    #[serde(rename = "ref", alias = "reference")]
    pub r#ref: String,
    /// One with a default.
    #[serde(default = "one", skip_serializing_if = "Vec::is_empty")]
    pub line_items: Vec<LineItem>,
    /// A map.
    pub by_name: BTreeMap<String, LineItem>,
    /// Another.
    pub by_number: HashMap<u32, (bool, char)>,
    /// One that nobody sees.
    #[serde(skip)]
    pub cache: Cache,
    /// One that is not here.
    #[cfg(windows)]
    pub missing: Missing,
    /// Old.
    #[deprecated(since = "1.0", note = "use `ref`")]
    pub id: Option<u64>,
}

fn one() -> Vec<LineItem> {
    vec![LineItem::default()]
}

/// What serde does not know.
#[derive(Default)]
pub struct Cache;

/// Recursive.
#[contract_type]
#[derive(Default)]
pub struct LineItem {
    /// Within.
    pub parts: Vec<LineItem>,
}

/// Variants of all shapes.
#[contract_type]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// Nothing.
    Nothing,
    /// One.
    Circle(f64),
    /// Two.
    Box(f64, f64),
    /// Fields.
    Polygon {
        /// A field.
        points: Vec<(f64, f64)>,
    },
    /// One that is not here.
    #[cfg(windows)]
    Missing(Missing),
    /// One that nobody sees.
    #[serde(skip)]
    Cached(Cache),
}

/// Tagged within.
#[contract_type]
#[serde(tag = "type")]
#[allow(missing_docs, reason = "a test")]
pub enum Internal {
    Nothing,
    Order(Order),
    Named { name: String },
}

/// Tagged beside.
#[contract_type]
#[serde(tag = "t", content = "c")]
#[allow(missing_docs, reason = "a test")]
pub enum Adjacent {
    Nothing,
    Number(i64),
    Pair(i64, i64),
}

/// Not tagged.
#[contract_type]
#[serde(untagged)]
#[allow(missing_docs, reason = "a test")]
pub enum Either {
    Number(i64),
    Text(String),
}

/// No variants.
#[contract_type]
pub enum Never {}

fn assert<T: ContractType>(_: &T) {}

fn main() {
    assert(&Unit);
    assert(&Id(1));
    assert(&Pair(String::new(), None));
    assert(&Name { inner: String::new() });
    assert(&Order::default());
    assert(&Shape::Circle(1.0));
    assert(&Internal::Nothing);
    assert(&Adjacent::Nothing);
    assert(&Either::Number(1));
    assert(&None::<Never>);
}
