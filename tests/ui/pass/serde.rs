//! serde's attributes that make the directions differ, generics, and types whose serde traits the user derives.
#![deny(warnings, missing_docs, rust_2018_idioms)]
#![allow(missing_docs, reason = "a test")]

use std::{collections::BTreeMap, marker::PhantomData};

use callsheet::{ContractType, Describe, contract_type};
use serde::{Deserialize, Serialize};

#[contract_type]
#[derive(Debug, Clone)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub next: Option<Box<Page<T>>>,
    #[serde(skip)]
    pub marker: PhantomData<T>,
}

#[contract_type(name = "demo.Pair")]
#[serde(bound(serialize = "A: serde::Serialize, B: serde::Serialize"))]
pub struct Pair<A, B = String>(pub A, pub B)
where
    A: Clone;

#[contract_type]
#[derive(Debug, Clone)]
pub enum Outcome<T, E> {
    Fine(T),
    Failed { error: E },
}

#[contract_type]
#[serde(tag = "kind", rename_all_fields = "camelCase")]
pub enum Command {
    Start {
        #[serde(rename(serialize = "out", deserialize = "in"), alias = "both")]
        one_way: u8,
        #[serde(skip_serializing)]
        secret: String,
        #[serde(skip_deserializing)]
        made: u64,
    },
    #[serde(skip_deserializing)]
    Told(Inner),
    #[serde(other)]
    Unknown,
}

#[contract_type]
#[serde(tag = "type", rename = "inner")]
pub struct Inner {
    pub at: u8,
    #[serde(flatten)]
    pub more: BTreeMap<String, String>,
}

#[contract_type]
pub enum Value {
    Null,
    #[serde(untagged)]
    Number(i64),
    #[serde(untagged, with = "as_text")]
    #[contract(as = "String")]
    Wrapped(Text),
}

#[contract_type]
#[serde(from = "String", into = "Vec<u8>")]
#[derive(Clone)]
pub struct Converted(Vec<u8>);

impl From<String> for Converted {
    fn from(text: String) -> Self {
        Converted(text.into_bytes())
    }
}

impl From<Converted> for Vec<u8> {
    fn from(converted: Converted) -> Self {
        converted.0
    }
}

#[contract_type]
#[serde(try_from = "u8")]
pub enum Level {
    Low,
    High,
}

impl TryFrom<u8> for Level {
    type Error = String;

    fn try_from(number: u8) -> Result<Self, String> {
        match number {
            0 => Ok(Level::Low),
            1 => Ok(Level::High),
            _ => Err(format!("{number} is no level")),
        }
    }
}

/// Of another crate.
pub struct Text(pub String);

mod as_text {
    use super::Text;
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(text: &Text, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&text.0)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Text, D::Error> {
        String::deserialize(deserializer).map(Text)
    }
}

#[contract_type]
#[serde(remote = "Text")]
pub struct TextDef(pub String);

#[contract_type]
pub struct Stated {
    #[serde(with = "as_text")]
    #[contract(as = "String")]
    pub both: Text,
    #[serde(with = "TextDef")]
    #[contract(as = "TextDef")]
    pub remote: Text,
    #[serde(serialize_with = "as_text::serialize", skip_deserializing, default = "no_text")]
    #[contract(produces = "String")]
    pub one: Text,
}

fn no_text() -> Text {
    Text(String::new())
}

#[derive(Serialize, Deserialize, ContractType)]
#[contract(name = "demo.Mine")]
#[cfg_attr(unix, serde(rename_all = "UPPERCASE"))]
pub struct Mine {
    #[cfg_attr(unix, serde(rename = "t"))]
    pub text: String,
    #[cfg(windows)]
    pub missing: Missing,
}

fn assert<T: ContractType>(name: &str) {
    assert_eq!(<T as Describe>::NAME, name);
}

fn main() {
    assert::<Page<Mine>>("Page<demo.Mine>");
    assert::<Page<Page<Option<u8>>>>("Page<Page<option<u8>>>");
    assert::<Pair<u8>>("demo.Pair<u8, string>");
    assert::<Outcome<(), Vec<i64>>>("Outcome<unit, list<i64>>");
    assert::<Command>("Command");
    assert::<Value>("Value");
    assert::<Converted>("Converted");
    assert::<Level>("Level");
    assert::<Stated>("Stated");
}
