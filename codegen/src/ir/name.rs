//! Names and their casing.

use std::{borrow::Cow, fmt};

use heck::{ToKebabCase, ToLowerCamelCase, ToShoutySnakeCase, ToSnakeCase, ToUpperCamelCase};
use icu_normalizer::ComposingNormalizerBorrowed;
use unicode_ident::{is_xid_continue, is_xid_start};

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
        identifier(self.letters().to_snake_case())
    }

    /// `SHOUTY_SNAKE_CASE`.
    pub fn shouty_snake(&self) -> String {
        identifier(self.letters().to_shouty_snake_case())
    }

    /// `UpperCamelCase`.
    pub fn upper_camel(&self) -> String {
        identifier(self.letters().to_upper_camel_case())
    }

    /// `lowerCamelCase`.
    pub fn lower_camel(&self) -> String {
        identifier(self.letters().to_lower_camel_case())
    }

    /// `kebab-case`; for names of files and packages, not of identifiers.
    pub fn kebab(&self) -> String {
        self.letters().to_kebab_case()
    }

    /// Its letters as compilers read them: they take some that look alike for one another, Python all that NFKC maps to one.
    /// So names that are equal to a compiler are equal here.
    fn letters(&self) -> Cow<'_, str> {
        normalized(&self.0)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn normalized(text: &str) -> Cow<'_, str> {
    ComposingNormalizerBorrowed::new_nfkc().normalize(text)
}

fn identifier(cased: String) -> String {
    // Casing makes letters that are not normalized from some that are, and not every letter may stand in an identifier.
    let cased: String = normalized(&cased)
        .chars()
        .filter(|&letter| is_xid_continue(letter))
        .collect();
    if cased.starts_with(|first: char| !is_xid_start(first)) {
        format!("_{cased}")
    } else {
        cased
    }
}

#[cfg(test)]
mod tests {
    use super::Name;

    #[test]
    fn names_that_compilers_take_for_one_are_one() {
        let name = |source: &str| Name::new(source).upper_camel();
        assert_eq!(name("\u{212a}elvin"), "Kelvin");
        assert_eq!(name("\u{fb01}nally"), name("finally"));
        assert_eq!(Name::new("\u{ff46}\u{ff4f}\u{ff52}").snake(), "for");
        assert_eq!(Name::new("größe").snake(), "größe");
    }

    #[test]
    fn every_name_of_a_letter_is_an_identifier() {
        for letter in ('\0'..=char::MAX).filter(|letter| letter.is_alphanumeric()) {
            let name = Name::new(letter);
            for cased in [
                name.snake(),
                name.shouty_snake(),
                name.upper_camel(),
                name.lower_camel(),
            ] {
                if cased.is_empty() {
                    // No identifier holds it: what has such a name is refused.
                    continue;
                }
                let rest = cased.strip_prefix('_').unwrap_or(&cased);
                assert!(
                    syn::parse_str::<syn::Ident>(&format!("q{rest}")).is_ok(),
                    "{letter:?}: {cased:?}"
                );
                assert!(
                    cased.starts_with('_') || syn::parse_str::<syn::Ident>(&cased).is_ok(),
                    "{letter:?}: {cased:?}"
                );
                assert!(
                    cased.contains(|part: char| part.is_alphanumeric()),
                    "{letter:?}: {cased:?}"
                );
            }
        }
    }
}
