//! How generated code is broken into lines: as prettier would at 120 columns, so that a project that holds its files to
//! prettier can hold the package to it too. Templates and expressions are written without a thought to the lengths of names.
//!
//! It knows the part of the language that is generated. A declaration in another form is left as it was written.

mod annotations;
mod document;
mod expressions;
mod reader;
mod statements;
mod tokens;

use reader::Reader;

/// The settings of prettier that generated code is clean under, for the file `.prettierrc.json` beside it.
pub(super) const SETTINGS: &str = "{ \"printWidth\": 120 }\n";

/// A form of code that is not known here.
#[derive(Clone, Copy, Debug)]
struct Unknown;

/// The code, formatted. What begins at the margin is a declaration, or a comment on one.
pub(super) fn formatted(code: &str) -> String {
    let mut declarations: Vec<String> = Vec::new();
    let mut is_comment = false;
    let mut is_after_empty_line = false;
    for line in code.lines() {
        if line.is_empty() {
            is_after_empty_line = true;
            continue;
        }
        let is_at_margin = line.starts_with(|c: char| c.is_alphanumeric() || c == '/');
        match declarations.last_mut() {
            Some(last) if !is_at_margin || (is_comment && !is_after_empty_line) => {
                last.push_str(if is_after_empty_line { "\n\n" } else { "\n" });
                last.push_str(line);
            }
            _ => {
                let empty = if is_after_empty_line && !declarations.is_empty() {
                    "\n"
                } else {
                    ""
                };
                declarations.push(format!("{empty}{line}"));
            }
        }
        is_comment = line.starts_with(['/', ' ']) && (is_comment || is_at_margin);
        is_after_empty_line = false;
    }
    declarations
        .into_iter()
        .map(|declaration| format!("{}\n", declaration_formatted(declaration)))
        .collect()
}

fn declaration_formatted(written: String) -> String {
    let empty = if written.starts_with('\n') { "\n" } else { "" };
    let printed = Reader::new(&written).and_then(|mut reader| reader.declaration());
    printed.map_or(written, |doc| format!("{empty}{}", document::print(&doc)))
}

#[cfg(test)]
mod tests {
    use super::{formatted, tokens::tokens};

    /// What is longer than a line is broken where prettier breaks it.
    #[test]
    fn code_is_broken_as_prettier_breaks_it() {
        insta::assert_snapshot!(formatted(include_str!("samples/long.ts")));
    }

    #[test]
    fn what_is_formatted_stays_as_it_is() {
        let once = formatted(include_str!("samples/long.ts"));
        assert_eq!(formatted(&once), once);
    }

    #[test]
    fn what_is_not_known_is_left_as_it_is() {
        let code = "enum A {\n    B,\n}\n\nexport const a: A = <A>b;\n";
        assert_eq!(formatted(code), code);
    }

    /// But for commas at ends, bars at beginnings and the brackets of types that need none.
    #[test]
    fn formatting_changes_no_words() {
        let words = |code: &str| -> Vec<String> {
            let all = tokens(code).expect("the sample has nothing that is unknown");
            let kept = all.into_iter().map(|token| token.text);
            kept.filter(|text| !matches!(text.as_str(), "," | "|" | "(" | ")" | ";"))
                .collect()
        };
        let code = include_str!("samples/long.ts");
        assert_eq!(words(&formatted(code)), words(code));
    }
}
