//! The test clients, and what cannot be asked of which.

use std::process::Command;

use clap::ValueEnum;
use serde::Deserialize;

use crate::{Options, cases::Need};

/// A test client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Language {
    Python,
    PythonBlocking,
    Typescript,
    Rust,
    RustBlocking,
}

impl Language {
    pub(crate) const ALL: [Language; 5] = [
        Language::Python,
        Language::PythonBlocking,
        Language::Typescript,
        Language::Rust,
        Language::RustBlocking,
    ];

    /// As tables have it.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Language::Python => "Python",
            Language::PythonBlocking => "Python, blocking",
            Language::Typescript => "TypeScript",
            Language::Rust => "Rust",
            Language::RustBlocking => "Rust, blocking",
        }
    }

    /// Whether its client has what a case needs.
    pub(crate) fn has(self, need: Need) -> bool {
        match need {
            // Who blocks a thread has nothing to cancel a call with.
            Need::Cancel => !matches!(self, Language::PythonBlocking | Language::RustBlocking),
            // Nothing of it runs beside handlers but whoever reads; the server's own cancel ends their calls.
            Need::TimesHandlers => self != Language::PythonBlocking,
            // The blocking client in Rust reads only while a call is made, and its buffer is for all subscriptions.
            Need::ReadsAlways => self != Language::RustBlocking,
        }
    }

    pub(crate) fn command(self, options: &Options) -> Vec<String> {
        let text = |path: &std::path::Path| path.display().to_string();
        let python = |file: &str| vec![text(&options.python), text(&options.suite.join("python").join(file))];
        match self {
            Language::Python => python("asynchronous.py"),
            Language::PythonBlocking => python("blocking.py"),
            Language::Typescript => vec![text(&options.node), text(&options.typescript.join("dist/client.js"))],
            Language::Rust => vec![text(&options.rust), "asynchronous".to_owned()],
            Language::RustBlocking => vec![text(&options.rust), "blocking".to_owned()],
        }
    }
}

/// A process of its own for a test client.
pub(crate) fn process(command: &[String]) -> Command {
    let mut words = command.iter();
    let mut process = Command::new(words.next().map_or("", String::as_str));
    process.args(words).env("PYTHONDONTWRITEBYTECODE", "1");
    process
}
