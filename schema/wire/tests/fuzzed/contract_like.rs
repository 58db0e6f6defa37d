//! Types as contracts have them: every form in which serde writes a type.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use arbitrary::Arbitrary;
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Debug, Serialize, Deserialize, Arbitrary)]
pub struct Numbers {
    pub small: (i8, u8, i16, u16),
    pub usual: (i32, u32, i64, u64),
    pub wide: (i128, u128),
    pub single: f32,
    pub double: f64,
}

#[derive(Debug, Serialize, Deserialize, Arbitrary)]
#[serde(deny_unknown_fields)]
pub struct Order {
    pub id: Id,
    pub name: String,
    pub letter: char,
    pub open: bool,
    pub note: Option<String>,
    pub twice: Option<Option<u8>>,
    pub nothing: (),
    pub marker: Marker,
    #[serde(default)]
    pub tags: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none", rename = "type", alias = "kind")]
    pub kind: Option<Box<Order>>,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Arbitrary)]
pub struct Id(pub u32);

#[derive(Debug, Serialize, Deserialize, Arbitrary)]
pub struct Marker;

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Arbitrary)]
pub enum Side {
    Buy,
    Sell,
}

#[derive(Debug, Serialize, Deserialize, Arbitrary)]
pub enum Shape {
    Nothing,
    Circle(f64),
    Box(i32, i32),
    Named { name: String, inner: Option<Box<Shape>> },
    Many(Vec<Shape>),
}

#[derive(Debug, Serialize, Deserialize, Arbitrary)]
#[serde(tag = "type")]
pub enum Tagged {
    Ping,
    Move { x: i64, y: i64 },
    Say(Words),
}

#[derive(Debug, Serialize, Deserialize, Arbitrary)]
pub struct Words {
    pub words: Vec<String>,
}

#[derive(Debug, Serialize, Deserialize, Arbitrary)]
#[serde(tag = "kind", content = "data")]
pub enum Adjacent {
    Nothing,
    One(u64),
    Two(bool, String),
    Named { side: Side },
}

#[derive(Debug, Serialize, Deserialize, Arbitrary)]
#[serde(untagged)]
pub enum Loose {
    Whole(i64),
    Real(f64),
    Text(String),
    Point { x: i32, y: i32 },
    List(Vec<Loose>),
}

#[derive(Debug, Serialize, Deserialize, Arbitrary)]
pub struct Maps {
    pub by_text: BTreeMap<String, u8>,
    pub by_number: BTreeMap<i16, String>,
    pub by_wide: BTreeMap<u128, bool>,
    pub by_flag: BTreeMap<bool, u8>,
    pub by_letter: BTreeMap<char, u8>,
    pub by_side: BTreeMap<Side, u8>,
    pub by_id: BTreeMap<Id, Vec<u8>>,
}

#[derive(Debug, Serialize, Deserialize, Arbitrary)]
pub struct Borrowed {
    #[serde(with = "blob")]
    pub blob: Vec<u8>,
    pub digest: [u8; 4],
    pub lasts: Duration,
    pub at: IpAddr,
}

/// Bytes as serde knows them, which it does not take a `Vec<u8>` for.
mod blob {
    use std::fmt;

    use serde::de::{Deserializer, Error, SeqAccess, Visitor};
    use serde::ser::Serializer;

    pub fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(bytes)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(format: D) -> Result<Vec<u8>, D::Error> {
        format.deserialize_byte_buf(BlobVisitor)
    }

    struct BlobVisitor;

    impl<'de> Visitor<'de> for BlobVisitor {
        type Value = Vec<u8>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("bytes")
        }

        fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
            Ok(bytes.to_vec())
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Vec<u8>, A::Error> {
            let mut bytes = Vec::new();
            while let Some(byte) = array.next_element()? {
                bytes.push(byte);
            }
            Ok(bytes)
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Open {
    pub id: u32,
    #[serde(flatten)]
    pub rest: BTreeMap<String, Value>,
}

#[derive(Debug, Serialize, Deserialize, Arbitrary)]
pub enum Tree {
    Leaf,
    Node(Box<Tree>),
}
