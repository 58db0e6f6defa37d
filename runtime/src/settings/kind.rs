//! The kinds of values that settings have.

use std::{
    ffi::OsStr,
    ops::RangeInclusive,
    path::{Path, PathBuf},
};

/// What stands at a key or in a variable.
#[derive(Clone, Copy)]
pub(super) enum Given<'a> {
    /// A variable's value, which may mean anything.
    Word(&'a OsStr),
    /// A text in the file.
    Text(&'a str),
    /// A whole number in the file, unless it is out of every range.
    Integer(Option<u64>),
    /// Something else in the file.
    Other,
}

/// Which values a key can have, and how they are written.
pub(super) trait Kind {
    type Value;

    /// The value, if it is one.
    fn read(&self, given: Given<'_>) -> Option<Self::Value>;

    /// The values, for somebody who gave another; texts are in the quotes given.
    fn expected(&self, quote: &str) -> String;

    /// The values, in few words.
    fn values(&self) -> String;

    /// A value, as it stands in a file.
    fn show(&self, value: Self::Value) -> String;

    fn default(&self, default: Option<Self::Value>) -> Option<String> {
        default.map(|value| self.show(value))
    }
}

/// A number of things.
pub(super) struct Count(pub(super) RangeInclusive<usize>);

impl Kind for Count {
    type Value = usize;

    fn read(&self, given: Given<'_>) -> Option<usize> {
        let number = match given {
            Given::Word(word) => word.to_str()?.parse().ok(),
            Given::Integer(number) => usize::try_from(number?).ok(),
            Given::Text(_) | Given::Other => None,
        };
        number.filter(|number| self.0.contains(number))
    }

    fn expected(&self, _: &str) -> String {
        format!("a whole number from {} to {}", self.0.start(), self.0.end())
    }

    fn values(&self) -> String {
        format!("number, {} to {}", self.0.start(), self.0.end())
    }

    fn show(&self, value: usize) -> String {
        value.to_string()
    }
}

/// What another kind has, or a word that stands for none of it.
pub(super) struct OrWord<K>(pub(super) K, pub(super) &'static str);

impl<K: Kind> Kind for OrWord<K> {
    type Value = Option<K::Value>;

    fn read(&self, given: Given<'_>) -> Option<Option<K::Value>> {
        let is_word = match given {
            Given::Word(word) => word == self.1,
            Given::Text(text) => text == self.1,
            Given::Integer(_) | Given::Other => false,
        };
        if is_word {
            return Some(None);
        }
        self.0.read(given).map(Some)
    }

    fn expected(&self, quote: &str) -> String {
        format!("{}, or {quote}{}{quote}", self.0.expected(quote), self.1)
    }

    fn values(&self) -> String {
        format!("{}; or `{}`", self.0.values(), self.1)
    }

    fn show(&self, value: Option<K::Value>) -> String {
        value.map_or_else(|| format!("\"{}\"", self.1), |value| self.0.show(value))
    }
}

/// A place in the file system that does not depend on where the program was started.
pub(super) struct AbsolutePath;

impl Kind for AbsolutePath {
    type Value = PathBuf;

    fn read(&self, given: Given<'_>) -> Option<PathBuf> {
        let path = match given {
            Given::Word(word) => Path::new(word),
            Given::Text(text) => Path::new(text),
            Given::Integer(_) | Given::Other => return None,
        };
        // No system takes a path with a zero in it.
        let is_possible = path.is_absolute() && !path.as_os_str().as_encoded_bytes().contains(&0);
        is_possible.then(|| path.to_owned())
    }

    fn expected(&self, quote: &str) -> String {
        format!("an absolute path such as {quote}/run/shop/calls.sock{quote}")
    }

    fn values(&self) -> String {
        "absolute path".to_owned()
    }

    fn show(&self, value: PathBuf) -> String {
        format!("\"{}\"", value.display())
    }
}
