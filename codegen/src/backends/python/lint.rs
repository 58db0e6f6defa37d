//! What a package tells linters about itself: no rule is left out, and limits that its contracts exceed are theirs.

use std::collections::BTreeSet;

use super::layout::{Code, string};

/// How many arguments a function may have when nothing is said.
const USUAL_ARGUMENTS: usize = 5;

/// The settings of the rules.
pub(super) struct Rules {
    /// The most arguments that a method has.
    pub(super) most_arguments: usize,
    /// The characters of the contracts' docs and names that look like others.
    pub(super) confusables: Vec<char>,
}

impl Rules {
    /// How many arguments a function may have, if that is more than usual.
    pub(super) fn arguments(&self) -> Option<usize> {
        (self.most_arguments > USUAL_ARGUMENTS).then_some(self.most_arguments)
    }

    /// The statement that allows the characters, if there are any.
    pub(super) fn allowed_confusables(&self) -> Option<String> {
        let characters = self.confusables.iter().map(|one| Code::text(string(&one.to_string())));
        let list = Code::group("[", characters, "]").statement(0, "allowed-confusables = ", "");
        (!self.confusables.is_empty()).then_some(list)
    }
}

/// The characters of texts that a linter may take for mistyped ASCII.
///
/// Which ones it does is a long table of its own, and what is allowed in vain does no harm: so these are all that are not
/// ASCII, but for the letters of large alphabets of which none is in that table.
pub(super) fn confusables<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<char> {
    let found: BTreeSet<char> = texts.flat_map(str::chars).filter(|one| is_confusable(*one)).collect();
    found.into_iter().collect()
}

fn is_confusable(character: char) -> bool {
    !character.is_ascii()
        && !matches!(character,
            // Latin, but for the signs of multiplication and the letters without a dot and of old print.
            'À'..='Ö' | 'Ø'..='\u{130}' | '\u{132}'..='\u{17e}'
            // Hiragana; Katakana but for `ノ`; Chinese but for two strokes; Hangul.
            | '\u{3041}'..='\u{309f}' | '\u{30a1}'..='\u{30cd}' | '\u{30cf}'..='\u{30ff}'
            | '\u{3400}'..='\u{4e35}' | '\u{4e37}'..='\u{4e3e}' | '\u{4e40}'..='\u{9fff}'
            | '\u{ac00}'..='\u{d7a3}')
}

/// Whether a linter takes a string that this constant is given for a secret in the code: ruff's rule S105.
pub(super) fn looks_secret(constant: &str) -> bool {
    constant.to_lowercase().split('_').any(|word| {
        // A password, however many letters are missing or too many.
        let rest = word.strip_prefix("pas").map(|rest| rest.trim_start_matches('s'));
        matches!(word, "pass" | "passphrase" | "pwd" | "token" | "secret" | "secrete")
            || matches!(rest, Some("wd" | "wod" | "wrd" | "word"))
    })
}

#[cfg(test)]
mod tests {
    use super::{Rules, confusables, looks_secret};

    #[test]
    fn secrets_are_known_by_any_word_of_a_name() {
        for secret in ["PASS", "OLD_PASSWORD", "PASWD", "PASSWRD", "TOKEN_2", "SECRETE"] {
            assert!(looks_secret(secret), "{secret}");
        }
        for other in ["PASSED", "TOKENS", "SWORD", "PAWORD", "BY_PASSES"] {
            assert!(!looks_secret(other), "{other}");
        }
    }

    #[test]
    fn letters_that_are_nothing_else_are_not_listed() {
        assert_eq!(
            confusables(["größe ノ 計算", "– × о"].into_iter()),
            ['×', 'о', '–', 'ノ']
        );
    }

    #[test]
    fn only_what_differs_is_said() {
        let rules = |most_arguments, confusables| Rules {
            most_arguments,
            confusables,
        };
        assert_eq!(rules(5, Vec::new()).arguments(), None);
        assert_eq!(rules(6, Vec::new()).arguments(), Some(6));
        assert_eq!(rules(0, Vec::new()).allowed_confusables(), None);
        assert_eq!(
            rules(0, vec!['–', '’']).allowed_confusables().as_deref(),
            Some("allowed-confusables = [\"–\", \"’\"]\n")
        );
    }
}
