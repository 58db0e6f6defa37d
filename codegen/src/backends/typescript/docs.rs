//! Documentation: Rust's Markdown as TSDoc.

use crate::backends::prose::{line_of_prose, prose};

/// The comment above something, each line indented by `indent` spaces; empty if there is nothing to say.
pub(super) fn comment(docs: &str, deprecated: Option<&str>, indent: usize) -> String {
    tagged(docs, deprecated.map(deprecation), indent)
}

/// The comment above a method of a contract, with the error that the contract declares for it.
pub(super) fn method_comment(docs: &str, error: Option<&str>, deprecated: Option<&str>, indent: usize) -> String {
    let throws = error.map(|class| format!("@throws {class}: what the contract declares; `error` holds it."));
    tagged(docs, throws.into_iter().chain(deprecated.map(deprecation)), indent)
}

fn deprecation(reason: &str) -> String {
    let tag = format!("@deprecated {}", escape(&line_of_prose(reason)));
    tag.trim_end().to_owned()
}

fn tagged(docs: &str, tags: impl IntoIterator<Item = String>, indent: usize) -> String {
    let mut lines: Vec<String> = prose(docs).trim().lines().map(line).collect();
    let mut tags = tags.into_iter().peekable();
    if !lines.is_empty() && tags.peek().is_some() {
        lines.push(String::new());
    }
    lines.extend(tags);
    let margin = " ".repeat(indent);
    match lines.as_slice() {
        [] => String::new(),
        [only] => format!("{margin}/** {only} */\n"),
        _ => {
            let body: String = lines
                .iter()
                .map(|line| format!("{}\n", format!("{margin} * {line}").trim_end()))
                .collect();
            format!("{margin}/**\n{body}{margin} */\n")
        }
    }
}

/// One line, in which an `@` at the start would begin a tag.
fn line(text: &str) -> String {
    let text = escape(text.trim_end());
    match text.trim_start().strip_prefix('@') {
        Some(_) => text.replacen('@', "\\@", 1),
        None => text,
    }
}

/// Without the end of a comment.
fn escape(text: &str) -> String {
    text.replace("*/", "*\\/")
}

#[cfg(test)]
mod tests {
    use super::{comment, method_comment};

    #[test]
    fn nothing_in_the_text_ends_the_comment_or_begins_a_tag() {
        assert_eq!(comment("Ends */ early.", None, 0), "/** Ends *\\/ early. */\n");
        assert_eq!(comment("@param is a word", None, 0), "/** \\@param is a word */\n");
        assert_eq!(comment("", None, 0), "");
        assert_eq!(
            comment("One.\n\nTwo.  ", Some("use `b` */\nnow"), 2),
            "  /**\n   * One.\n   *\n   * Two.\n   *\n   * @deprecated use `b` *\\/ now\n   */\n",
        );
        assert_eq!(comment("", Some(""), 0), "/** @deprecated */\n");
    }

    #[test]
    fn a_method_says_what_it_throws_before_what_it_is_deprecated_for() {
        assert_eq!(
            method_comment("Adds.", Some("MathError"), Some("use `b`"), 0),
            "/**\n * Adds.\n *\n * @throws MathError: what the contract declares; `error` holds it.\n * @deprecated use `b`\n */\n",
        );
        assert_eq!(method_comment("Adds.", None, None, 0), "/** Adds. */\n");
    }
}
