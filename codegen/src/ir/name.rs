//! Names and their casing.

use std::fmt;

use heck::{ToKebabCase, ToLowerCamelCase, ToShoutySnakeCase, ToSnakeCase, ToUpperCamelCase};

/// An identifier of the contract, which every language writes in its own case.
///
/// It is a Rust identifier that holds at least one letter or digit. Casing drops leading and trailing underscores;
/// where a digit would then come first, one underscore is kept, so that every case is an identifier in all languages.
/// What a language reserves is left to its backend.
///
/// ```
/// use callsheet_codegen::ir::Name;
///
/// let name = Name::new("delay_ms");
/// assert_eq!(name.source(), "delay_ms");
/// assert_eq!(name.lower_camel(), "delayMs");
/// assert_eq!(Name::new("PriceFeed").snake(), "price_feed");
/// assert_eq!(Name::new("_2d").upper_camel(), "_2d");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(String);

impl Name {
    /// The name as the contract's author wrote it.
    pub fn new(source: impl Into<String>) -> Self {
        Self(source.into())
    }

    /// As the contract's author wrote it.
    pub fn source(&self) -> &str {
        &self.0
    }

    /// `snake_case`.
    pub fn snake(&self) -> String {
        identifier(self.0.to_snake_case())
    }

    /// `SHOUTY_SNAKE_CASE`.
    pub fn shouty_snake(&self) -> String {
        identifier(self.0.to_shouty_snake_case())
    }

    /// `UpperCamelCase`.
    pub fn upper_camel(&self) -> String {
        identifier(self.0.to_upper_camel_case())
    }

    /// `lowerCamelCase`.
    pub fn lower_camel(&self) -> String {
        identifier(self.0.to_lower_camel_case())
    }

    /// `kebab-case`; for names of files and packages, not of identifiers.
    pub fn kebab(&self) -> String {
        self.0.to_kebab_case()
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn identifier(cased: String) -> String {
    if cased.starts_with(|first: char| first.is_numeric()) {
        format!("_{cased}")
    } else {
        cased
    }
}
