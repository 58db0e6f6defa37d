//! What does not fit, and where.

use std::fmt;

use super::Value;

/// The longest name that a path or a message repeats, in characters.
const LONGEST: usize = 64;

/// What does not fit, and where. Values are never repeated, names of entries are.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("payload{path}: {message}")]
pub struct Misfit {
    path: String,
    message: String,
}

impl Misfit {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Misfit {
            path: String::new(),
            message: message.into(),
        }
    }

    pub(super) fn expected(expected: impl fmt::Display, found: &Value) -> Self {
        Misfit::new(format!("expected {expected}, found {}", found.kind()))
    }

    /// Where it is, from the root of the value: empty for the root itself, else as in `.items[3].name`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What was expected there and what was found.
    pub fn message(&self) -> &str {
        &self.message
    }

    pub(super) fn at_index(mut self, index: usize) -> Self {
        self.path.insert_str(0, &format!("[{index}]"));
        self
    }

    /// In the value of the entry with this name.
    pub(super) fn at_name(mut self, name: &str) -> Self {
        let step = if is_plain(name) {
            format!(".{name}")
        } else {
            format!("[\"{}\"]", Shown(name))
        };
        self.path.insert_str(0, &step);
        self
    }

    /// In the value of the entry with this key.
    pub(super) fn at_key(mut self, key: &Value) -> Self {
        let step = match key {
            Value::Text(name) => return self.at_name(name),
            Value::Unsigned(key) => format!("[{key}]"),
            Value::Negative(key) => format!("[{key}]"),
            Value::Bool(key) => format!("[{key}]"),
            other => format!("[{}]", other.kind()),
        };
        self.path.insert_str(0, &step);
        self
    }
}

fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.len() <= LONGEST && name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-')
}

/// A name that somebody sent, made fit to be read.
pub(super) struct Shown<'n>(pub(super) &'n str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars().take(LONGEST) {
            write!(f, "{}", character.escape_debug())?;
        }
        if self.0.chars().nth(LONGEST).is_some() {
            f.write_str("…")?;
        }
        Ok(())
    }
}
