//! Where in a value something stands, kept on the stack and only written out when something is wrong there.

use std::fmt;

/// How deep maps and arrays may nest in a payload, its outermost one counted.
pub const MAX_DEPTH: usize = 64;

/// The longest key that is repeated in an error, in characters.
const LONGEST_KEY: usize = 64;

/// One step of the way from the root of a payload; each borrows the one before it.
#[derive(Clone, Copy)]
pub(crate) enum Place<'p> {
    Root,
    Name(&'p Place<'p>, &'p str),
    Index(&'p Place<'p>, usize),
    /// A map key in the form of JSON, whose text is only made when it is needed.
    Key(&'p Place<'p>, &'p dyn fmt::Display),
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Root => f.write_str("payload"),
            Place::Name(parent, name) => named(f, parent, name),
            Place::Index(parent, index) => write!(f, "{parent}[{index}]"),
            Place::Key(parent, key) => {
                let key = key.to_string();
                match key.strip_prefix('"').and_then(|key| key.strip_suffix('"')) {
                    Some(name) => named(f, parent, name),
                    None => write!(f, "{parent}[{}]", Shortened(&key)),
                }
            }
        }
    }
}

fn named(f: &mut fmt::Formatter<'_>, parent: &Place<'_>, name: &str) -> fmt::Result {
    let is_plain = name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
    if is_plain && !name.is_empty() && name.len() <= LONGEST_KEY {
        write!(f, "{parent}.{name}")
    } else {
        write!(f, "{parent}[\"{}\"]", Shortened(name))
    }
}

/// A name from the other side, safe to repeat in an error: escaped, and cut behind its 64th character.
///
/// ```
/// use callsheet_wire::Shortened;
///
/// assert_eq!(Shortened("bell\u{7}").to_string(), r"bell\u{7}");
/// assert_eq!(Shortened(&"n".repeat(1000)).to_string(), "n".repeat(64) + "…");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Shortened<'n>(pub &'n str);

impl fmt::Display for Shortened<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars().take(LONGEST_KEY) {
            write!(f, "{}", character.escape_debug())?;
        }
        if self.0.chars().nth(LONGEST_KEY).is_some() {
            f.write_str("…")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Place;

    #[test]
    fn paths_read_like_code() {
        let items = Place::Name(&Place::Root, "items");
        let third = Place::Index(&items, 3);
        assert_eq!(Place::Name(&third, "name").to_string(), "payload.items[3].name");
        assert_eq!(Place::Key(&items, &7).to_string(), "payload.items[7]");
    }

    #[test]
    fn odd_keys_are_quoted_escaped_and_cut() {
        assert_eq!(Place::Name(&Place::Root, "a\n\"b").to_string(), r#"payload["a\n\"b"]"#);
        assert_eq!(Place::Name(&Place::Root, "").to_string(), r#"payload[""]"#);
        let long = "x".repeat(1000);
        assert_eq!(
            Place::Name(&Place::Root, &long).to_string(),
            format!("payload[\"{}…\"]", "x".repeat(64))
        );
    }
}
