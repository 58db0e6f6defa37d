//! Enums, in each of the four forms that serde writes them in.

use callsheet::contract_type;

use crate::{Pair, Title, Tree};

/// Without data, so a plain string. Some of its names are no identifiers.
#[contract_type]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "kebab-case")]
pub enum Heading {
    /// Between north and east.
    NorthEast,
    /// Its name is one of Python's words.
    None,
    /// Its name is one of everybody's words.
    True,
    /// Has an old name.
    #[serde(alias = "occident")]
    West,
    /// Is no name at all.
    #[serde(rename = "☃ \"uphill\" \\ */")]
    Uphill,
    /// Its name is empty.
    #[serde(rename = "")]
    Nowhere,
}

/// `"Variant"` without data, else `{"Variant": data}`.
#[contract_type]
#[derive(Clone, Debug, PartialEq)]
pub enum External {
    /// No data.
    Nothing,
    /// One value, which is the type's own.
    Newtype(Pair),
    /// One value that may be missing.
    Perhaps(Option<u64>),
    /// One value that is always null.
    Null(()),
    /// A list of lists.
    Rows(Vec<Vec<Heading>>),
    /// Several values.
    Tuple(i64, String, Option<bool>),
    /// Fields, some of which are called as generated code would like to call its own.
    #[serde(rename = "struct", rename_all = "camelCase")]
    Struct {
        /// Not the variant's name.
        kind: String,
        /// Not the variant's data.
        value: Option<Box<External>>,
        /// Is written in another case.
        long_name: u64,
    },
    /// No fields between the braces.
    Empty {},
}

/// The data's own map holds the variant's name.
#[contract_type]
#[derive(Clone, Debug, PartialEq)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Internal {
    /// Nothing but the tag.
    Nothing,
    /// A struct's fields beside the tag.
    Newtype(Title),
    /// A recursive struct's.
    Leaf(Tree),
    /// Its own fields beside the tag.
    #[serde(alias = "structure")]
    Struct {
        /// Not the tag.
        kind: u64,
        /// May be left out.
        #[serde(skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    },
}

/// The variant's name under one key, its data under another.
#[contract_type]
#[derive(Clone, Debug, PartialEq)]
#[serde(tag = "t", content = "class", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Adjacent {
    /// No data, so no second key.
    NothingAtAll,
    /// One value.
    Newtype(u64),
    /// One value that may be missing.
    Perhaps(Option<Pair>),
    /// Several values.
    Tuple(Heading, f32),
    /// Fields.
    Struct {
        /// Called as the second key is.
        class: i64,
        /// Called as the first key is.
        t: char,
    },
}

/// The data alone: the first that fits is meant.
#[contract_type]
#[derive(Clone, Debug, PartialEq)]
#[serde(untagged)]
pub enum Untagged {
    /// Null.
    Nothing,
    /// Before what is wider.
    Truth(bool),
    /// Any integer of 64 bits.
    Whole(u64),
    /// Any text.
    Text(String),
    /// Two values.
    Tuple(i8, i8),
    /// Three or more texts.
    Many(Vec<String>),
    /// A map with this one key.
    Struct {
        /// The key.
        only: Heading,
    },
    /// A map with these other keys.
    Newtype(Title),
}
