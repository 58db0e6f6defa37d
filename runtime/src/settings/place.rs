//! Where in a file something is wrong.

use std::{
    fmt,
    ops::Range,
    path::{Path, PathBuf},
};

/// A place in a file, with the line that it is in. Its text shows both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsPlace {
    file: Option<PathBuf>,
    line: usize,
    column: usize,
    /// The line, without what would do something to a terminal.
    text: String,
    /// How many characters it is about.
    width: usize,
}

impl SettingsPlace {
    /// The place of these bytes of the text of `file`.
    pub(super) fn new(file: Option<&Path>, text: &str, span: Range<usize>) -> Self {
        let start = text.floor_char_boundary(span.start);
        let before = &text[..start];
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        let line = text[line_start..].lines().next().unwrap_or_default();
        let line_end = line_start + line.len();
        let end = text.floor_char_boundary(span.end).clamp(start, line_end.max(start));
        SettingsPlace {
            file: file.map(Path::to_owned),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            text: printable(line),
            width: text[start..end].chars().count().max(1),
        }
    }

    /// The file. None if the text was given without one.
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// The line, from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// The column in the line, in characters, from 1.
    pub fn column(&self) -> usize {
        self.column
    }
}

impl fmt::Display for SettingsPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.line.to_string();
        let margin = " ".repeat(number.len());
        write!(f, "{margin}--> ")?;
        match &self.file {
            Some(file) => writeln!(f, "{}:{}:{}", file.display(), self.line, self.column)?,
            None => writeln!(f, "line {}, column {}", self.line, self.column)?,
        }
        writeln!(f, "{margin} |")?;
        writeln!(f, "{number} | {}", self.text)?;
        let indent = " ".repeat(self.column - 1);
        write!(f, "{margin} | {indent}{}", "^".repeat(self.width))
    }
}

/// The text, in which no character does anything but stand there; each remains one.
pub(super) fn printable(text: &str) -> String {
    let shown = |c: char| match c {
        '\t' => ' ',
        c if c.is_control() => char::REPLACEMENT_CHARACTER,
        c => c,
    };
    text.chars().map(shown).collect()
}
