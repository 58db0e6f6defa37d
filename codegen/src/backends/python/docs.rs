//! Documentation: Rust's Markdown as docstrings.

use unicode_width::UnicodeWidthStr;

use super::{layout::WIDTH, names};
use crate::{
    backends::prose::{line_of_prose, prose},
    ir::Method,
};

/// A docstring with its quotes, on lines of its own.
///
/// Python's convention wants a first line that is a sentence by itself. Where the documentation has none, `summary` says
/// in general what the thing is.
pub(super) fn docstring(docs: &str, summary: &str, deprecated: Option<&str>, indent: usize) -> String {
    noted_docstring(docs, summary, "", deprecated, indent)
}

/// The same with a paragraph of what the client does with such a value; empty if there is nothing to say.
pub(super) fn noted_docstring(
    docs: &str,
    summary: &str,
    note: &str,
    deprecated: Option<&str>,
    indent: usize,
) -> String {
    let margin = " ".repeat(indent);
    let lines = lines(docs, summary, note, deprecated, indent);
    let raw = if lines.iter().any(|line| line.contains('\\')) {
        "r"
    } else {
        ""
    };
    if let [only] = lines.as_slice()
        && !only.ends_with(['"', '\\'])
    {
        return format!("{margin}{raw}\"\"\"{only}\"\"\"\n");
    }
    let mut text = format!("{margin}{raw}\"\"\"{}\n", lines[0]);
    for line in &lines[1..] {
        text.push_str(format!("{margin}{line}").trim_end());
        text.push('\n');
    }
    text + &margin + "\"\"\"\n"
}

/// The docstring of a method of a contract, with the error that the contract declares for it.
pub(super) fn method_docstring(method: &Method, summary: &str, indent: usize) -> String {
    let raises = method.error.as_ref().map(|error| {
        let class = names::error_class(&error.name);
        format!("Raises:\n    {class}: What the contract declares; `error` holds it.")
    });
    let note = raises.unwrap_or_default();
    noted_docstring(&method.docs, summary, &note, method.deprecated.as_deref(), indent)
}

fn lines(docs: &str, summary: &str, note: &str, deprecated: Option<&str>, indent: usize) -> Vec<String> {
    let docs = prose(docs);
    let docs = docs.trim();
    // The quotes and the letter before them stand on the first line too.
    let (first, rest) = first_sentence(docs, WIDTH - indent - "r\"\"\"\"\"\"".len());
    let mut lines = vec![first.unwrap_or_else(|| line_of_prose(summary))];
    let mut add = |text: &str| {
        if !text.trim().is_empty() {
            lines.push(String::new());
            lines.extend(
                text.trim_matches('\n')
                    .lines()
                    .flat_map(|line| wrap(line, WIDTH - indent)),
            );
        }
    };
    add(&rest);
    add(note);
    if let Some(reason) = deprecated {
        add(format!("Deprecated: {}", line_of_prose(reason)).trim_end_matches([':', ' ']));
    }
    // A docstring cannot hold its own quotes without escapes, which a raw one cannot have.
    lines.iter().map(|line| line.replace("\"\"\"", "'''")).collect()
}

/// The first sentence if it makes a first line, and what follows it.
fn first_sentence(docs: &str, width: usize) -> (Option<String>, String) {
    let (paragraph, rest) = docs.split_once("\n\n").unwrap_or((docs, ""));
    let joined = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_prose = |text: &str| text.starts_with(|first: char| first.is_alphabetic() || first == '`');
    if !is_prose(&joined) {
        return (None, docs.to_owned());
    }
    if joined.width() < width {
        return (Some(sentence(&joined)), rest.to_owned());
    }
    match joined.split_once(". ") {
        Some((first, more)) if first.width() + 1 < width => (Some(sentence(first)), format!("{more}\n\n{rest}")),
        _ => (None, docs.to_owned()),
    }
}

/// With a capital at the start and a full stop at the end.
fn sentence(text: &str) -> String {
    let text = text.trim_end_matches([':', ',', ';', ' ']);
    let word = text.split(' ').next().unwrap_or_default();
    let mut text = if word.chars().all(|letter| letter.is_ascii_alphabetic()) {
        text[..1].to_uppercase() + &text[1..]
    } else {
        text.to_owned()
    };
    if !text.ends_with(['.', '!', '?']) {
        text.push('.');
    }
    text
}

/// A line as several that are no longer than `width`, as far as it has spaces.
fn wrap(line: &str, width: usize) -> Vec<String> {
    let line = line.trim_end();
    let start = line.len() - line.trim_start().len();
    let (margin, text) = line.split_at(start);
    let mut lines = vec![String::from(margin)];
    for word in text.split(' ') {
        let last = lines.last_mut().expect("there is a line from the start");
        if last.len() == margin.len() {
            last.push_str(word);
        } else if last.width() + 1 + word.width() <= width {
            last.push(' ');
            last.push_str(word);
        } else {
            lines.push(format!("{margin}{word}"));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_the_first_line() {
        assert_eq!(
            docstring("adds two\nnumbers", "General.", None, 0),
            "\"\"\"Adds two numbers.\"\"\"\n"
        );
        assert_eq!(
            docstring("Adds.\n\n# Errors\n\nNone.", "General.", Some("use `b`"), 4),
            "    \"\"\"Adds.\n\n    # Errors\n\n    None.\n\n    Deprecated: use `b`\n    \"\"\"\n"
        );
    }

    #[test]
    fn what_has_no_first_sentence_gets_one() {
        assert_eq!(docstring("", "General.", None, 0), "\"\"\"General.\"\"\"\n");
        assert_eq!(
            docstring("- one", "General.", None, 0),
            "\"\"\"General.\n\n- one\n\"\"\"\n"
        );
        let long = "word ".repeat(40);
        let made = docstring(&long, "General.", None, 8);
        assert!(made.lines().all(|line| line.len() <= WIDTH), "{made}");
        assert!(
            made.starts_with("        \"\"\"General.\n\n        word word"),
            "{made}"
        );
    }

    #[test]
    fn nothing_in_the_text_ends_the_docstring() {
        assert_eq!(
            docstring("Has \"\"\" in it", "", None, 0),
            "\"\"\"Has ''' in it.\"\"\"\n"
        );
        assert_eq!(
            docstring("", "The event `a\"\"\"b`.", None, 0),
            "\"\"\"The event `a'''b`.\"\"\"\n"
        );
        assert_eq!(docstring("Ends in \\", "", None, 0), "r\"\"\"Ends in \\.\"\"\"\n");
        assert_eq!(
            docstring("A.\n\nEnds in \\", "", None, 0),
            "r\"\"\"A.\n\nEnds in \\\n\"\"\"\n"
        );
        assert_eq!(
            docstring("A.\n\nSays \"x\"", "", None, 0),
            "\"\"\"A.\n\nSays \"x\"\n\"\"\"\n"
        );
    }
}
