//! Attributes together, as they meet in contracts that have grown.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use callsheet::contract_type;
use callsheet_oracle::types;

#[contract_type(name = "demo.Order")]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Order {
    order_id: u64,
    #[serde(alias = "lines", default, skip_serializing_if = "Vec::is_empty")]
    line_items: Vec<LineItem>,
    #[serde(rename = "ship-to")]
    ship_to: Option<Address>,
    #[serde(skip)]
    cache: Option<u8>,
    total: i128,
}

#[contract_type(name = "demo.LineItem")]
#[serde(rename_all = "camelCase")]
struct LineItem {
    sku: Sku,
    unit_price: Money,
    #[serde(flatten)]
    kind: ItemKind,
    #[serde(flatten)]
    extra: BTreeMap<String, Note>,
}

#[contract_type]
#[serde(transparent)]
#[derive(PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Sku {
    code: String,
}

#[contract_type]
struct Money(i64, Currency);

#[contract_type]
#[serde(rename_all = "UPPERCASE")]
#[derive(PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Currency {
    Eur,
    Usd,
    #[serde(alias = "GBX")]
    Gbp,
}

#[contract_type]
#[serde(
    tag = "kind",
    content = "details",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
enum ItemKind {
    Plain,
    GiftCard { to_whom: String, amount_in_cents: u32 },
    Bundle(Vec<Sku>),
}

#[contract_type]
#[serde(untagged)]
enum Note {
    Flag(bool),
    Number(i32),
    Text(String),
}

#[contract_type]
struct Address {
    street: String,
    #[serde(default)]
    zip: Option<String>,
    geo: Option<(f64, f64)>,
}

#[contract_type]
#[serde(tag = "event", rename_all = "kebab-case")]
enum Event {
    Created(Created),
    #[serde(rename = "removed", alias = "deleted")]
    Removed {
        #[serde(flatten)]
        who: Who,
        #[serde(default)]
        hard: bool,
    },
    Heartbeat,
    #[serde(other)]
    Unknown,
}

#[contract_type]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
struct Created {
    at_ms: u64,
    tags: BTreeSet<String>,
    #[serde(flatten)]
    by: Who,
}

#[contract_type]
struct Who {
    user: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    on_behalf_of: Option<String>,
}

#[contract_type]
struct Matrix {
    rows: [[f32; 2]; 3],
    by_currency: HashMap<Currency, BTreeMap<u16, Vec<Option<Sku>>>>,
    pairs: Vec<(Sku, Money)>,
    nothing: (),
    deep: Option<Box<Matrix>>,
}

#[contract_type]
#[serde(default, rename_all = "kebab-case")]
#[derive(Default)]
struct Settings {
    retry_limit: u8,
    back_off: Option<std::time::Duration>,
    started_at: Option<std::time::SystemTime>,
    labels: BTreeMap<String, String>,
    nested: Nested,
}

#[contract_type]
#[serde(default)]
#[derive(Default)]
struct Nested {
    on: bool,
    #[serde(alias = "lvl")]
    level: i8,
}

#[contract_type]
#[serde(untagged)]
enum OneOrMany<T> {
    One(T),
    Many(Vec<T>),
}

#[contract_type]
struct Query {
    ids: OneOrMany<u32>,
    names: Option<OneOrMany<String>>,
    sort: Vec<(String, Direction)>,
}

#[contract_type]
#[serde(rename_all = "lowercase")]
enum Direction {
    Ascending,
    Descending,
}

#[contract_type]
#[serde(tag = "op", content = "args")]
enum Filter {
    All(Vec<Filter>),
    Not(Box<Filter>),
    Equals(String, Note),
    Exists { field: String },
    True,
}

#[contract_type]
struct Envelope<T> {
    version: u32,
    #[serde(flatten)]
    body: Body<T>,
}

#[contract_type]
#[serde(tag = "status")]
enum Body<T> {
    Ok { value: T },
    Failed { reason: String, retry: Option<bool> },
}

#[contract_type]
#[serde(rename_all(serialize = "camelCase", deserialize = "snake_case"))]
struct Migrated {
    old_name: u8,
    #[serde(alias = "newName")]
    new_name: u8,
    #[serde(skip_serializing)]
    write_only: Option<String>,
    #[serde(skip_deserializing)]
    read_only: u64,
    state: Vec<State>,
}

#[contract_type]
#[serde(rename_all(serialize = "UPPERCASE"))]
enum State {
    Open,
    #[serde(skip_serializing)]
    Legacy,
    #[serde(skip_deserializing)]
    Computed(u8),
    Closed {
        at: u64,
    },
}

#[test]
fn orders() {
    crate::assert_described(types![
        Order => flattens(),
        LineItem,
        Vec<Order>,
        BTreeMap<String, Money>,
        ItemKind,
        HashMap<Currency, Money>,
    ]);
}

#[test]
fn events() {
    crate::assert_described(types![Event => flattens(), Vec<Event> => flattens(), Created => flattens()]);
}

#[test]
fn settings_and_queries() {
    crate::assert_described(types![
        Matrix,
        Settings,
        Query,
        Filter,
        Envelope<Address>,
        Envelope<Vec<Note>>,
        Migrated,
        OneOrMany<Sku>,
    ]);
}
