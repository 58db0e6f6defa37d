//! Names that mean something else in one language or another.

#![allow(
    rustdoc::invalid_html_tags,
    rustdoc::invalid_rust_codeblocks,
    reason = "documentation that is hard to carry over is one of the cases"
)]

use callsheet::contract_type;

/// Names that mean something else. Its own documentation tries to get out: `*/` `"""` `\N{DASH}` `${x}` `{{ y }}`
/// `{% z %}` `</script>` `]]>` \" \\ and ends in a quote: "
#[contract_type]
#[derive(Clone, Debug, PartialEq)]
pub struct OddNames {
    /// "Begins with a quote, and ends in a backslash \
    pub r#type: String,
    /// """Is three quotes long"""
    pub class: bool,
    /// */ ends comments that have not begun.
    pub from: u32,
    /// Rust has it, too.
    pub r#in: i8,
    /// ```
    /// let code = "that never ends
    pub constructor: Option<String>,
    /// @param {string} delete - what TSDoc would take for its own {@link delete}
    pub delete: Vec<u8>,
    #[allow(missing_docs, reason = "what has no documentation is one of the cases")]
    pub def: (),
    /// Two names that many languages would merge: this
    pub self_: u8,
    /// None of Python's.
    #[serde(rename = "None")]
    pub none: Option<bool>,
    /// Every object has one.
    #[serde(rename = "__proto__")]
    pub proto: Option<Box<Words>>,
    /// A promise of JavaScript.
    pub then: i64,
    /// Begins with a digit and holds blanks.
    #[serde(rename = "1st name, \"quoted\"\n")]
    pub first: String,
    /// In another script.
    #[serde(rename = "日本")]
    pub japan: String,
    /// In another script, on this side, too.
    pub größe: f64,
    /// Methods of dataclasses, objects and dictionaries.
    pub items: u16,
    /// The same.
    pub to_string: u16,
    /// The same.
    pub __slots__: u16,
    /// The same.
    pub int: i64,
    /// The same.
    pub list: Vec<i64>,
    /// The same.
    pub value_of: u16,
}

/// A type that holds what has its name.
#[contract_type]
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Words {
    /// Of Python's.
    pub lambda: u8,
    /// Of Rust's.
    pub r#fn: u8,
    /// Of TypeScript's.
    pub function: u8,
    /// Of everybody's.
    pub map: Map,
}

/// Not the map of the language.
#[contract_type]
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Map {
    /// Not the error of the language.
    pub error: Option<Error>,
    /// Not the promise of the language.
    pub promise: Promise,
}

/// Not the error of the language.
#[contract_type]
#[derive(Clone, Debug, PartialEq)]
pub enum Error {
    /// Not the option of the language.
    None,
    /// Not the result of the language.
    Ok(String),
    /// Not the result of the language.
    Err {
        /// Not the error of the language.
        error: u64,
    },
}

/// Not the promise of the language.
#[contract_type]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Promise {
    /// What it should be.
    #[default]
    #[serde(rename = "then")]
    Then,
    /// What it must not be.
    #[serde(rename = "constructor")]
    Constructor,
}
