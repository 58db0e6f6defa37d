//! The rules by which names are made and judged. Macros and generators ask here, so that both agree.

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
