//! Generic types, `bound`, and recursion.

use std::{
    collections::{BTreeMap, HashMap},
    marker::PhantomData,
};

use callsheet::contract_type;
use callsheet_oracle::types;

#[contract_type]
struct User {
    name: String,
}

#[contract_type]
struct Page<T> {
    items: Vec<T>,
    next: Option<u64>,
}

#[contract_type]
struct Pair<A, B>(A, B);

#[contract_type]
struct Wrapper<T>(T);

#[contract_type]
#[serde(transparent)]
struct Clear<T> {
    inner: T,
}

#[contract_type]
enum Choice<A, B> {
    Left(A),
    Right(B),
    Both { left: A, right: B },
    Neither,
}

#[contract_type]
#[serde(tag = "t")]
enum InternalChoice<T> {
    Some { value: T },
    None,
}

#[contract_type]
#[serde(tag = "t", content = "c")]
enum AdjacentChoice<T> {
    Some(T),
    None,
}

#[contract_type]
#[serde(untagged)]
enum UntaggedChoice<A, B> {
    First(A),
    Second(B),
}

#[contract_type]
struct Flattened<T> {
    id: u32,
    #[serde(flatten)]
    rest: T,
}

#[contract_type]
struct WithDefault<T: Default> {
    #[serde(default)]
    value: T,
    maybe: Option<T>,
}

#[contract_type]
#[serde(bound(
    serialize = "T: serde::Serialize",
    deserialize = "T: serde::de::DeserializeOwned + Default"
))]
struct Bounded<T> {
    #[serde(default)]
    value: T,
    #[serde(bound(deserialize = "T: serde::de::DeserializeOwned + Default"))]
    others: Vec<T>,
}

#[contract_type]
#[serde(bound = "")]
struct Unbounded<T> {
    id: u32,
    marker: PhantomData<T>,
}

#[contract_type]
struct Marked<T> {
    id: u32,
    marker: PhantomData<T>,
}

#[contract_type]
struct Tree<T> {
    value: T,
    children: Vec<Tree<T>>,
}

#[contract_type]
struct Linked {
    value: u8,
    next: Option<Box<Linked>>,
}

#[contract_type]
struct Odd {
    even: Option<Box<Even>>,
}

#[contract_type]
enum Even {
    End,
    Odd(Odd),
    Many(Vec<Even>),
}

#[contract_type]
#[serde(tag = "op")]
enum Expression {
    Number {
        value: f64,
    },
    Add {
        left: Box<Expression>,
        right: Box<Expression>,
    },
    Not {
        inner: Box<Expression>,
    },
}

#[contract_type]
struct Directory {
    entries: BTreeMap<String, Node>,
}

#[contract_type]
#[serde(untagged)]
enum Node {
    Directory(Directory),
    Size(u64),
}

#[contract_type]
struct ThroughGenerics {
    page: Option<Box<Page<ThroughGenerics>>>,
}

#[test]
fn generic() {
    crate::assert_described(types![
        Page<User>,
        Page<Option<u8>>,
        Page<Page<i128>>,
        Pair<String, HashMap<u8, User>>,
        Pair<Vec<bool>, Pair<u8, ()>>,
        Wrapper<User>,
        Wrapper<Option<u8>>,
        Clear<Vec<User>>,
        Clear<Option<u8>>,
        Choice<u8, User>,
        Choice<Option<u8>, Page<u8>>,
        InternalChoice<User>,
        AdjacentChoice<(u8, u8)>,
        UntaggedChoice<u8, String>,
        Flattened<User> => flattens(),
        Flattened<Page<u8>> => flattens(),
        Flattened<BTreeMap<String, u8>>,
        WithDefault<u8>,
        WithDefault<String>,
        Bounded<String>,
        Bounded<Option<u8>>,
        Unbounded<User>,
        Marked<User>,
    ]);
}

#[test]
fn recursive() {
    crate::assert_described(types![
        Tree<u8>,
        Tree<Tree<String>>,
        Linked,
        Odd,
        Even,
        Expression,
        Directory,
        Node,
        ThroughGenerics,
    ]);
}
