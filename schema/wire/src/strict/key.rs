//! Map keys, as they are compared and as paths show them.

use std::borrow::Cow;
use std::fmt;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Key<'de> {
    Text(Cow<'de, str>),
    Signed(i128),
    Unsigned(u128),
    Boolean(bool),
    /// A float, by its bits.
    Float(u64),
    Bytes(Cow<'de, [u8]>),
}

impl Key<'_> {
    /// Integers of all widths and both signs compare by value.
    pub(super) fn signed(value: i128) -> Self {
        u128::try_from(value).map_or(Key::Signed(value), Key::Unsigned)
    }
}

impl fmt::Display for Key<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Key::Text(text) => write!(f, "{text:?}"),
            Key::Signed(value) => write!(f, "{value}"),
            Key::Unsigned(value) => write!(f, "{value}"),
            Key::Boolean(value) => write!(f, "{value}"),
            Key::Float(bits) => write!(f, "{}", f64::from_bits(*bits)),
            Key::Bytes(bytes) => write!(f, "{} bytes", bytes.len()),
        }
    }
}
