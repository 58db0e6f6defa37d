//! The names of actors.

use std::{borrow::Borrow, fmt, sync::Arc};

/// The name of an actor: 1 to 255 bytes of UTF-8 without control characters. `/` separates levels.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ActorId(Arc<str>);

impl ActorId {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Why this is no name, if it is none.
    pub(crate) fn fault(&self) -> Option<&'static str> {
        match self.0.len() {
            0 => Some("it is empty"),
            256.. => Some("it is longer than 255 bytes"),
            _ if self.0.chars().any(char::is_control) => Some("it contains a control character"),
            _ if self.0.split('/').any(str::is_empty) => Some("a level between `/` is empty"),
            _ => None,
        }
    }
}

impl From<&str> for ActorId {
    fn from(name: &str) -> Self {
        ActorId(name.into())
    }
}

impl From<String> for ActorId {
    fn from(name: String) -> Self {
        ActorId(name.into())
    }
}

impl From<&ActorId> for ActorId {
    fn from(id: &ActorId) -> Self {
        id.clone()
    }
}

impl Borrow<str> for ActorId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ActorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
