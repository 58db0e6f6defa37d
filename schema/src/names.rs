//! The rules by which names are made and judged. Macros and generators ask here, so that both agree.

use std::fmt::{self, Write as _};

use heck::ToUpperCamelCase;

/// The short name of the message that carries a call of `method`: the method in PascalCase.
///
/// ```
/// assert_eq!(callsheet_schema::names::message_of("set_value"), "SetValue");
/// ```
pub fn message_of(method: &str) -> String {
    method.to_upper_camel_case()
}

/// The last segment of a dotted name. The arguments of a generic type belong to its segment.
///
/// ```
/// use callsheet_schema::names::short;
///
/// assert_eq!(short("demo.Calculator.Add"), "Add");
/// assert_eq!(short("demo.Page<demo.User>"), "Page<demo.User>");
/// ```
pub const fn short(name: &str) -> &str {
    let bytes = name.as_bytes();
    let (mut at, mut start) = (0, 0);
    while at < bytes.len() && bytes[at] != b'<' {
        if bytes[at] == b'.' {
            start = at + 1;
        }
        at += 1;
    }
    name.split_at(start).1
}

/// The first character of `name` that a wire name must not have, if there is one.
///
/// A wire name is made of segments divided by dots; a segment starts with an ASCII letter or an underscore and goes on
/// with ASCII letters, digits and underscores.
///
/// ```
/// assert_eq!(callsheet_schema::names::fault("demo.Add"), None);
/// assert_eq!(callsheet_schema::names::fault("demo.2x"), Some(5));
/// assert_eq!(callsheet_schema::names::fault(""), Some(0));
/// ```
pub fn fault(name: &str) -> Option<usize> {
    let mut starts_segment = true;
    for (at, character) in name.char_indices() {
        match character {
            '.' if !starts_segment => starts_segment = true,
            '_' | 'a'..='z' | 'A'..='Z' => starts_segment = false,
            '0'..='9' if !starts_segment => {}
            _ => return Some(at),
        }
    }
    starts_segment.then_some(name.len())
}

/// `text` with nothing in it that a terminal obeys or a reader does not see: such characters are escaped as in Rust. For
/// messages that quote names of a document, which may hold anything.
///
/// ```
/// use callsheet_schema::names::visible;
///
/// assert_eq!(visible("type `größe`").to_string(), "type `größe`");
/// assert_eq!(visible("a\n\u{1b}[31mb\u{202e}").to_string(), r"a\n\u{1b}[31mb\u{202e}");
/// ```
pub fn visible(text: impl fmt::Display) -> impl fmt::Display {
    Visible(text)
}

struct Visible<T>(T);

impl<T: fmt::Display> fmt::Display for Visible<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(Escaping(f), "{}", self.0)
    }
}

struct Escaping<'f, 'w>(&'f mut fmt::Formatter<'w>);

impl fmt::Write for Escaping<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.chars().try_for_each(|character| self.write_char(character))
    }

    fn write_char(&mut self, character: char) -> fmt::Result {
        match character {
            // They are seen, and escaped only in literals.
            '\'' | '"' | '\\' => self.0.write_char(character),
            _ => write!(self.0, "{}", character.escape_debug()),
        }
    }
}
