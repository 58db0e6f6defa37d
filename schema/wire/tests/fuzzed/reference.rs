//! A second reading and writing of both codecs, as plain as can be: the wire's own is held against it.

use std::fmt;

use callsheet_wire::{Codec, MAX_DEPTH};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// Any value, as its bytes say it: nothing is merged, and nothing is refused that is well formed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    Null,
    Boolean(bool),
    Integer(i128),
    /// By its bits, so that what is no number equals itself.
    Float(u64),
    Text(String),
    Bytes(Vec<u8>),
    Array(Vec<Node>),
    Map(Vec<(Node, Node)>),
    /// MessagePack's own types, which the wire has no use for.
    Extension,
}

impl Node {
    pub fn text(text: &str) -> Node {
        Node::Text(text.to_owned())
    }

    /// What the wire takes: not nested too deep, no key twice, keys that are texts or numbers, and no extensions.
    pub fn is_admitted(&self) -> bool {
        self.is_admitted_at(0)
    }

    fn is_admitted_at(&self, depth: usize) -> bool {
        let fits = depth < MAX_DEPTH;
        match self {
            Node::Extension => false,
            Node::Array(elements) => fits && elements.iter().all(|element| element.is_admitted_at(depth + 1)),
            Node::Map(entries) => {
                let is_new = |at: usize| !entries[..at].iter().any(|(key, _)| *key == entries[at].0);
                fits && entries.iter().enumerate().all(|(at, (key, value))| {
                    let is_scalar = !matches!(key, Node::Null | Node::Array(_) | Node::Map(_) | Node::Extension);
                    is_scalar && is_new(at) && value.is_admitted_at(depth + 1)
                })
            }
            _ => true,
        }
    }

    /// Whether a float in it has no form in JSON.
    pub fn holds_no_number(&self) -> bool {
        match self {
            Node::Float(bits) => !f64::from_bits(*bits).is_finite(),
            Node::Array(elements) => elements.iter().any(Node::holds_no_number),
            Node::Map(entries) => entries
                .iter()
                .any(|(key, value)| key.holds_no_number() || value.holds_no_number()),
            _ => false,
        }
    }
}

/// Reads one value that is all of `bytes`; `None` if it is malformed.
pub fn read(codec: Codec, bytes: &[u8]) -> Option<Node> {
    match codec {
        Codec::Json => serde_json::from_slice(bytes).ok(),
        Codec::MessagePack => {
            let mut rest = bytes;
            let node = packed(&mut rest, 0)?;
            rest.is_empty().then_some(node)
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(format: D) -> Result<Self, D::Error> {
        format.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Boolean(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Integer(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Integer(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        Ok(Node::Float(value.to_bits()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Node, E> {
        Ok(Node::text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Node, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = array.next_element()? {
            elements.push(element);
        }
        Ok(Node::Array(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Node::Map(entries))
    }
}

/// Deeper than anything that the wire takes; what is deeper still is not judged.
const DEEPEST: usize = 128;

fn packed(rest: &mut &[u8], depth: usize) -> Option<Node> {
    let first = take(rest, 1)?[0];
    let (low4, low5) = (usize::from(first & 0x0f), usize::from(first & 0x1f));
    Some(match first {
        0x00..=0x7f => Node::Integer(first.into()),
        0xe0..=0xff => Node::Integer((first as i8).into()),
        0x80..=0x8f => map(rest, low4, depth)?,
        0x90..=0x9f => array(rest, low4, depth)?,
        0xa0..=0xbf => text(rest, low5)?,
        0xc0 => Node::Null,
        0xc1 => return None,
        0xc2 | 0xc3 => Node::Boolean(first == 0xc3),
        0xc4..=0xc6 => {
            let length = number(rest, 1 << (first - 0xc4))?;
            Node::Bytes(take(rest, length as usize)?.to_vec())
        }
        0xc7..=0xc9 => {
            let length = number(rest, 1 << (first - 0xc7))?;
            take(rest, length as usize + 1).map(|_| Node::Extension)?
        }
        0xca => Node::Float(f64::from(f32::from_bits(number(rest, 4)? as u32)).to_bits()),
        0xcb => Node::Float(number(rest, 8)?),
        0xcc..=0xcf => Node::Integer(number(rest, 1 << (first - 0xcc))?.into()),
        0xd0 => Node::Integer((number(rest, 1)? as u8 as i8).into()),
        0xd1 => Node::Integer((number(rest, 2)? as u16 as i16).into()),
        0xd2 => Node::Integer((number(rest, 4)? as u32 as i32).into()),
        0xd3 => Node::Integer((number(rest, 8)? as i64).into()),
        0xd4..=0xd8 => take(rest, (1 << (first - 0xd4)) + 1).map(|_| Node::Extension)?,
        0xd9..=0xdb => {
            let length = number(rest, 1 << (first - 0xd9))?;
            text(rest, length as usize)?
        }
        0xdc | 0xdd => {
            let length = number(rest, 2 << (first - 0xdc))?;
            array(rest, length as usize, depth)?
        }
        0xde | 0xdf => {
            let length = number(rest, 2 << (first - 0xde))?;
            map(rest, length as usize, depth)?
        }
    })
}

fn take<'b>(rest: &mut &'b [u8], length: usize) -> Option<&'b [u8]> {
    let (taken, left) = rest.split_at_checked(length)?;
    *rest = left;
    Some(taken)
}

fn number(rest: &mut &[u8], width: usize) -> Option<u64> {
    let digits = take(rest, width)?;
    Some(digits.iter().fold(0, |number, digit| number << 8 | u64::from(*digit)))
}

fn text(rest: &mut &[u8], length: usize) -> Option<Node> {
    let bytes = take(rest, length)?;
    Some(Node::text(std::str::from_utf8(bytes).ok()?))
}

fn array(rest: &mut &[u8], length: usize, depth: usize) -> Option<Node> {
    let elements = |_| packed(rest, depth + 1);
    (depth < DEEPEST).then_some(())?;
    (0..length).map(elements).collect::<Option<_>>().map(Node::Array)
}

fn map(rest: &mut &[u8], length: usize, depth: usize) -> Option<Node> {
    let entry = |_| Some((packed(rest, depth + 1)?, packed(rest, depth + 1)?));
    (depth < DEEPEST).then_some(())?;
    (0..length).map(entry).collect::<Option<_>>().map(Node::Map)
}

/// Appends a value. In JSON, a key that is no text becomes one, and what has no form there is null.
pub fn write(codec: Codec, node: &Node, out: &mut Vec<u8>) {
    match codec {
        Codec::Json => write_json(node, out),
        Codec::MessagePack => write_packed(node, out),
    }
}

fn write_json(node: &Node, out: &mut Vec<u8>) {
    let quoted = |text: &str| serde_json::to_string(text).expect("a text can be written");
    match node {
        Node::Null | Node::Extension => out.extend_from_slice(b"null"),
        Node::Boolean(value) => out.extend_from_slice(value.to_string().as_bytes()),
        Node::Integer(value) => out.extend_from_slice(value.to_string().as_bytes()),
        Node::Float(bits) => {
            let number = serde_json::Number::from_f64(f64::from_bits(*bits));
            out.extend_from_slice(number.map_or("null".to_owned(), |number| number.to_string()).as_bytes());
        }
        Node::Text(text) => out.extend_from_slice(quoted(text).as_bytes()),
        Node::Bytes(bytes) => {
            let numbers = bytes.iter().map(|byte| Node::Integer((*byte).into())).collect();
            write_json(&Node::Array(numbers), out);
        }
        Node::Array(elements) => {
            out.push(b'[');
            for (index, element) in elements.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write_json(element, out);
            }
            out.push(b']');
        }
        Node::Map(entries) => {
            out.push(b'{');
            for (index, (key, value)) in entries.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                match key {
                    Node::Text(_) => write_json(key, out),
                    other => {
                        let mut name = Vec::new();
                        write_json(other, &mut name);
                        out.extend_from_slice(quoted(&String::from_utf8_lossy(&name)).as_bytes());
                    }
                }
                out.push(b':');
                write_json(value, out);
            }
            out.push(b'}');
        }
    }
}

/// Lengths and integers always take the widest form, which the wire's own writers never use.
fn write_packed(node: &Node, out: &mut Vec<u8>) {
    let length = |out: &mut Vec<u8>, marker: u8, length: usize| {
        out.push(marker);
        out.extend_from_slice(&u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes());
    };
    match node {
        Node::Null => out.push(0xc0),
        Node::Boolean(value) => out.push(0xc2 | u8::from(*value)),
        Node::Integer(value) => match (u64::try_from(*value), i64::try_from(*value)) {
            (Ok(value), _) => {
                out.push(0xcf);
                out.extend_from_slice(&value.to_be_bytes());
            }
            (_, Ok(value)) => {
                out.push(0xd3);
                out.extend_from_slice(&value.to_be_bytes());
            }
            _ => write_packed(&Node::Bytes(value.to_be_bytes().to_vec()), out),
        },
        Node::Float(bits) => {
            out.push(0xcb);
            out.extend_from_slice(&bits.to_be_bytes());
        }
        Node::Text(text) => {
            length(out, 0xdb, text.len());
            out.extend_from_slice(text.as_bytes());
        }
        Node::Bytes(bytes) => {
            length(out, 0xc6, bytes.len());
            out.extend_from_slice(bytes);
        }
        Node::Array(elements) => {
            length(out, 0xdd, elements.len());
            elements.iter().for_each(|element| write_packed(element, out));
        }
        Node::Map(entries) => {
            length(out, 0xdf, entries.len());
            for (key, value) in entries {
                write_packed(key, out);
                write_packed(value, out);
            }
        }
        Node::Extension => out.extend_from_slice(&[0xd4, 1, 0]),
    }
}
