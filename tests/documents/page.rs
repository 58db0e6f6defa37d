//! The sections of docs/errors.md.

use callsheet_schema::FaultCode;

const PAGE: &str = include_str!("../../docs/errors.md");

/// The section of one code: its blocks, each with its language.
pub(super) struct Section(Vec<(&'static str, &'static str)>);

impl Section {
    /// The section `### CS0205`, up to the next title.
    pub(super) fn of(code: FaultCode) -> Self {
        let (_, rest) = PAGE
            .split_once(&format!("\n### {code}\n"))
            .unwrap_or_else(|| panic!("docs/errors.md has no section {code}"));
        let text = ["\n## ", "\n### "]
            .iter()
            .fold(rest, |text, title| text.split(title).next().unwrap_or(text));
        let blocks = text.split("```").skip(1).step_by(2);
        Self(blocks.filter_map(|block| block.split_once('\n')).collect())
    }

    /// What is shown as printed, on one line.
    pub(super) fn printed(&self) -> String {
        let printed = self.0.iter().filter(|(language, _)| *language == "text");
        words(printed.map(|(_, text)| *text).next().unwrap_or_default())
    }

    /// Something stands before what is printed, and something after it.
    pub(super) fn has_fault_and_mend(&self) -> bool {
        matches!(self.0[..], [_, ("text", _), _])
    }

    /// The code that is shown.
    pub(super) fn sources(&self) -> impl Iterator<Item = &'static str> {
        let sources = self.0.iter().filter(|(language, _)| *language != "text");
        sources.map(|(_, text)| *text)
    }
}

/// Whether `source` has the code `shown`, however it is indented.
pub(super) fn stands_in(shown: &str, source: &str) -> bool {
    words(source).contains(&words(shown))
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
