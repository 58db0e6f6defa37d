//! What a type asked for, as far as a check or a message needs it.

use std::borrow::Cow;
use std::fmt::Display;

use crate::Codec;
use crate::fault::Fault;

#[derive(Clone, Copy)]
pub(super) enum Hint {
    Any,
    Boolean,
    /// A number, by the name of its type.
    Number(&'static str),
    Text,
    Bytes,
    Null,
    /// An array, of a fixed length if there is one.
    Array(Option<usize>),
    Map,
    /// A map of named fields, which are these.
    Struct(&'static [&'static str]),
    Enum,
}

/// The kinds of value serde's visitors tell apart.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Boolean,
    Integer,
    Float,
    Text,
    Bytes,
    Null,
    Array,
    Map,
    Extension,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Kind::Boolean => "boolean",
            Kind::Integer => "integer",
            Kind::Float => "float",
            Kind::Text => "string",
            Kind::Bytes => "bytes",
            Kind::Null => "null",
            Kind::Array => "array",
            Kind::Map => "object",
            Kind::Extension => "extension",
        }
    }
}

impl Hint {
    /// Refuses a kind that was not asked for.
    #[inline]
    pub(super) fn admit(self, kind: Kind, is_key: bool) -> Result<(), Fault> {
        let admitted = match self {
            Hint::Any => kind != Kind::Extension,
            Hint::Boolean => kind == Kind::Boolean,
            // MessagePack has no 128-bit integers: they are their digits.
            Hint::Number("i128" | "u128") => matches!(kind, Kind::Integer | Kind::Bytes),
            Hint::Number(name) if number_word(name) == "integer" => kind == Kind::Integer,
            Hint::Number(_) => matches!(kind, Kind::Integer | Kind::Float),
            Hint::Text => kind == Kind::Text,
            Hint::Bytes | Hint::Array(_) => matches!(kind, Kind::Bytes | Kind::Array),
            Hint::Null => kind == Kind::Null,
            Hint::Map | Hint::Struct(_) => kind == Kind::Map,
            Hint::Enum => matches!(kind, Kind::Text | Kind::Map),
        };
        let fits_a_key = !is_key || !matches!(kind, Kind::Null | Kind::Array | Kind::Map);
        if admitted && fits_a_key {
            Ok(())
        } else {
            Err(self.refuse(kind, is_key))
        }
    }

    #[cold]
    fn refuse(self, kind: Kind, is_key: bool) -> Fault {
        let expected = match self.word() {
            Some(word) if is_key => format!("{word} as key"),
            Some(word) => word.into_owned(),
            None if is_key => "string or integer as key".to_owned(),
            None => "a value of the JSON data model".to_owned(),
        };
        Fault::text(format!("expected {expected}, found {}", kind.word()))
    }

    /// The word for what was asked for, if it says more than a visitor's own.
    pub(super) fn word(self) -> Option<Cow<'static, str>> {
        Some(match self {
            Hint::Any => return None,
            Hint::Boolean => "boolean".into(),
            Hint::Number(name) => name.into(),
            Hint::Text => "string".into(),
            Hint::Bytes => "bytes".into(),
            Hint::Null => "null".into(),
            Hint::Array(None) => "array".into(),
            Hint::Array(Some(length)) => format!("array of {length} elements").into(),
            Hint::Map | Hint::Struct(_) => "object".into(),
            Hint::Enum => "string or object with one variant".into(),
        })
    }

    /// An error that the format itself raised. Its text is only repeated where it cannot hold a value.
    #[cold]
    pub(super) fn foreign(self, error: &dyn Display, codec: Codec) -> Fault {
        let text = error.to_string();
        match self {
            Hint::Number(name) if text.starts_with("number out of range") => {
                Fault::text(format!("expected {name}, found {} out of range", number_word(name)))
            }
            Hint::Number(name) if text.starts_with("invalid number") => Fault::kind(name, "something else"),
            _ => match text.strip_prefix("invalid type: ") {
                Some(unexpected) => Fault::kind("another kind of value", kind_in(unexpected)),
                None => Fault::text(format!("malformed {codec}: {text}")),
            },
        }
    }
}

pub(super) fn number_word(name: &str) -> &'static str {
    if name.starts_with('f') { "float" } else { "integer" }
}

/// The kind at the start of serde's words for an unexpected value.
fn kind_in(unexpected: &str) -> &'static str {
    const WORDS: [(&str, &str); 7] = [
        ("string", "string"),
        ("boolean", "boolean"),
        ("integer", "integer"),
        ("floating point", "float"),
        ("sequence", "array"),
        ("map", "object"),
        ("null", "null"),
    ];
    WORDS
        .iter()
        .find(|(start, _)| unexpected.starts_with(start))
        .map_or("something else", |(_, word)| word)
}
