//! The place in the code that is read next.

use super::{
    Unknown,
    document::Doc,
    tokens::{Kind, Token, tokens},
};

/// Reads code from its beginning to its end.
pub(super) struct Reader {
    tokens: Vec<Token>,
    at: usize,
    /// An only argument of a type stands in its brackets without a place to break.
    pub(super) hugs_arguments: bool,
}

impl Reader {
    pub(super) fn new(code: &str) -> Result<Self, Unknown> {
        let tokens = tokens(code)?;
        Ok(Self {
            tokens,
            at: 0,
            hugs_arguments: true,
        })
    }

    pub(super) fn peek(&self) -> &Token {
        self.ahead(0)
    }

    /// The token so many places further on.
    pub(super) fn ahead(&self, places: usize) -> &Token {
        let last = self.tokens.len() - 1;
        &self.tokens[(self.at + places).min(last)]
    }

    pub(super) fn next(&mut self) -> Token {
        let token = self.peek().clone();
        self.at += 1;
        token
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.peek().kind == Kind::End
    }

    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// Reads again what follows the position.
    pub(super) fn go_back(&mut self, position: usize) {
        self.at = position;
    }

    /// Whether a sign or a keyword is next.
    pub(super) fn is(&self, text: &str) -> bool {
        self.is_ahead(0, text)
    }

    pub(super) fn is_ahead(&self, places: usize, text: &str) -> bool {
        let token = self.ahead(places);
        matches!(token.kind, Kind::Word | Kind::Sign) && token.text == text
    }

    pub(super) fn take_if(&mut self, text: &str) -> bool {
        let found = self.is(text);
        self.at += usize::from(found);
        found
    }

    pub(super) fn take(&mut self, text: &str) -> Result<(), Unknown> {
        if self.take_if(text) { Ok(()) } else { Err(Unknown) }
    }

    pub(super) fn word(&mut self) -> Result<String, Unknown> {
        self.of(Kind::Word)
    }

    pub(super) fn of(&mut self, kind: Kind) -> Result<String, Unknown> {
        if self.peek().kind != kind {
            return Err(Unknown);
        }
        Ok(self.next().text)
    }

    /// Whether the bracket that is next is closed right before `text`.
    pub(super) fn is_closed_before(&self, text: &str) -> bool {
        let mut depth = 0_usize;
        for places in 0.. {
            let token = self.ahead(places);
            match token.text.as_str() {
                _ if token.kind == Kind::End => return false,
                "(" | "[" | "{" if token.kind == Kind::Sign => depth += 1,
                ")" | "]" | "}" if token.kind == Kind::Sign => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return self.is_ahead(places + 1, text);
                    }
                }
                _ => {}
            }
        }
        false
    }

    /// The comments that are next, each with the end of its line; and whether an empty line is before all that.
    pub(super) fn comments(&mut self) -> (Doc, bool) {
        let is_after_empty_line = self.peek().lines_before > 1;
        let mut comments = Vec::new();
        while self.peek().kind == Kind::Comment {
            let text = self.next().text;
            for (at, line) in text.lines().enumerate() {
                if at > 0 {
                    comments.push(Doc::HardLine);
                }
                let inner = if at > 0 { " " } else { "" };
                comments.push(Doc::text(format!("{inner}{}", line.trim())));
            }
            comments.push(if self.peek().lines_before > 1 {
                Doc::EmptyLine
            } else {
                Doc::HardLine
            });
        }
        (Doc::All(comments), is_after_empty_line)
    }

    /// What `item` reads, in brackets with commas between, and with the comments before each.
    pub(super) fn listed<T>(
        &mut self,
        open: &str,
        close: &str,
        item: impl Fn(&mut Self) -> Result<T, Unknown>,
    ) -> Result<Vec<T>, Unknown> {
        self.take(open)?;
        let mut items = Vec::new();
        while !self.take_if(close) {
            items.push(item(self)?);
            if !self.take_if(",") {
                self.take(close)?;
                break;
            }
        }
        Ok(items)
    }

    /// Items in brackets, on one line or one on each.
    pub(super) fn bracketed(open: &str, items: Vec<Doc>, close: &str, last: &str, space: Doc, broken: bool) -> Doc {
        if items.is_empty() {
            return Doc::text(format!("{open}{close}"));
        }
        let between = Doc::All(vec![Doc::text(if last == ";" { ";" } else { "," }), Doc::Line]);
        let inner = Doc::indent(Doc::All(vec![space.clone(), Doc::joined(items, &between)]));
        let parts = vec![
            Doc::text(open),
            inner,
            Doc::if_broken(last, ""),
            space,
            Doc::text(close),
        ];
        Doc::group_broken_if(Doc::All(parts), broken)
    }
}
