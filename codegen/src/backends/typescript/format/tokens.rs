//! Source code as words, signs and comments.

use super::Unknown;

/// What a token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name, a keyword or a number.
    Word,
    /// A string literal.
    Text,
    /// A template literal.
    Template,
    Sign,
    /// A comment, which has its lines to itself.
    Comment,
    /// Nothing more.
    End,
}

/// A word, a sign or a comment.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) text: String,
    /// How many lines ended since the one before.
    pub(super) lines_before: usize,
}

/// The longest first, so that none is taken for the beginning of another.
const SIGNS: [&str; 10] = ["===", "!==", "...", "=>", "??", "?.", "||", "&&", "<=", ">="];

/// All tokens of the code, and one for its end.
pub(super) fn tokens(code: &str) -> Result<Vec<Token>, Unknown> {
    let mut tokens = Vec::new();
    let mut rest = code;
    loop {
        let trimmed = rest.trim_start();
        let lines_before = rest[..rest.len() - trimmed.len()].matches('\n').count();
        rest = trimmed;
        let Some(first) = rest.chars().next() else {
            tokens.push(Token {
                kind: Kind::End,
                text: String::new(),
                lines_before,
            });
            return Ok(tokens);
        };
        let (kind, length) = next(rest, first)?;
        let (taken, left) = rest.split_at(length);
        rest = left;
        if kind == Kind::Comment && !rest.starts_with('\n') {
            // A comment within a line.
            return Err(Unknown);
        }
        let text = if kind == Kind::Text {
            quoted(taken)
        } else {
            taken.to_owned()
        };
        tokens.push(Token {
            kind,
            text,
            lines_before,
        });
    }
}

fn next(rest: &str, first: char) -> Result<(Kind, usize), Unknown> {
    if rest.starts_with("//") {
        return Ok((Kind::Comment, rest.find('\n').unwrap_or(rest.len())));
    }
    if rest.starts_with("/*") {
        return Ok((Kind::Comment, rest.find("*/").ok_or(Unknown)? + 2));
    }
    if matches!(first, '"' | '\'' | '`') {
        let kind = if first == '`' { Kind::Template } else { Kind::Text };
        return Ok((kind, literal(rest, first)?));
    }
    let is_word =
        |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '#' | '\u{200c}' | '\u{200d}') || is_joined(c);
    if is_word(first) {
        let length = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
        return Ok((Kind::Word, length));
    }
    let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign));
    Ok((Kind::Sign, sign.map_or(first.len_utf8(), |sign| sign.len())))
}

/// Marks that go on a letter are no letters, but belong to names.
fn is_joined(c: char) -> bool {
    !c.is_ascii() && !c.is_whitespace()
}

/// The length of the literal that `rest` begins with.
fn literal(rest: &str, quote: char) -> Result<usize, Unknown> {
    let mut is_escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            _ if c == quote => return Ok(at + quote.len_utf8()),
            _ => {}
        }
    }
    Err(Unknown)
}

/// The string literal in the quotes that need fewer escapes, which are double ones where it does not matter.
fn quoted(literal: &str) -> String {
    let inner = &literal[1..literal.len() - 1];
    let quote = if inner.matches('"').count() > inner.matches('\'').count() {
        '\''
    } else {
        '"'
    };
    let mut text = String::from(quote);
    let mut characters = inner.chars();
    while let Some(c) = characters.next() {
        match (c, c == '\\') {
            (_, true) => match characters.next() {
                Some(escaped @ ('"' | '\'')) if escaped != quote => text.push(escaped),
                escaped => {
                    text.push(c);
                    text.extend(escaped);
                }
            },
            _ if c == quote => text.extend(['\\', c]),
            _ => text.push(c),
        }
    }
    text.push(quote);
    text
}
