//! Documentation: Rust's Markdown as TSDoc.

use crate::backends::prose::{line_of_prose, prose};

/// The comment above something, each line indented by `indent` spaces; empty if there is nothing to say.
pub(super) fn comment(docs: &str, deprecated: Option<&str>, indent: usize) -> String {
    let mut lines: Vec<String> = prose(docs).trim().lines().map(line).collect();
    if let Some(reason) = deprecated {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.push(
            format!("@deprecated {}", escape(&line_of_prose(reason)))
                .trim_end()
                .to_owned(),
        );
    }
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
    use super::comment;

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
}
