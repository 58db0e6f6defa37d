//! The document of the contracts that a package declares or links.
//!
//! Contracts are described by code, so the code has to run. `#[actor_contract]` and `callsheet::document!()` leave a
//! test behind that exists only under `--cfg callsheet_document`; it writes the document of everything linked into the
//! test executable it stands in. [`selection`] finds the package and those of its targets that may hold such a test,
//! [`build`] builds each one's test executable and runs the test, [`merge`] makes one document of what they say.

mod build;
mod merge;
mod selection;

use std::{io, path::PathBuf};

use callsheet_schema::{Document, DocumentError};

pub(crate) use build::Building;
pub(crate) use selection::Selection;

/// A package, and how it is built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PackageSource {
    /// By default the package around the folder.
    pub(crate) name: Option<String>,
    /// Where Cargo is run; by default in the current directory.
    pub(crate) folder: Option<PathBuf>,
    pub(crate) selection: Selection,
    pub(crate) building: Building,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("failed to read the workspace")]
    Workspace(#[source] cargo_metadata::Error),
    #[error("there is no package in the current directory; name one with `-p`: {0}")]
    NoPackage(String),
    #[error("the workspace has no package `{0}`; it has: {1}")]
    UnknownPackage(String, String),
    #[error("the package `{package}` has no {target}; it has: {has}")]
    UnknownTarget {
        package: String,
        target: String,
        has: String,
    },
    #[error("the package `{0}` has neither a library nor a binary that its features leave on")]
    NoTarget(String),
    #[error(
        "the package `{package}` declares no contract in its {targets}; name the package that does with `-p`, mark a \
         trait with `#[actor_contract]`, or put `callsheet::document!();` into `{package}` if it links contracts of others"
    )]
    NoContract { package: String, targets: String },
    #[error("failed to run Cargo")]
    Cargo(#[source] io::Error),
    #[error("the {1} of the package `{0}` does not build as a test; see what Cargo says above")]
    Build(String, String),
    #[error("Cargo built no test executable of the {1} of `{0}`")]
    NoExecutable(String, String),
    #[error("failed to run the test executable `{}`", .0.display())]
    Run(PathBuf, #[source] io::Error),
    #[error(
        "the test executable of the {1} of `{0}` does not list its tests; contracts need Rust's own test harness there"
    )]
    NoHarness(String, String),
    #[error("the {1} of the package `{0}` has no schema document: {2}")]
    NoDocument(String, String, String),
    #[error("the document of `{0}` is not one that this version reads; do its callsheet and this command differ?")]
    Unreadable(String, #[source] DocumentError),
    #[error(
        "the {first} and the {second} of `{package}` each have a {what} of their own called `{name}`; \
         describe one of them with `--lib`, `--bin` or `--example`, or rename one {what}"
    )]
    Disagreement {
        package: String,
        first: String,
        second: String,
        what: &'static str,
        name: String,
    },
    #[error("failed to use `{}`", .0.display())]
    File(PathBuf, #[source] io::Error),
}

impl PackageSource {
    /// Builds the package and asks it.
    pub(super) fn document(&self) -> Result<Document, Error> {
        let package = self.selection.package(self.name.as_deref(), self.folder.as_deref())?;
        let targets = self.selection.targets(&package)?;
        let mut documents = Vec::new();
        for target in &targets {
            if let Some(document) = build::document(self, &package, target)? {
                documents.push((target, document));
            }
        }
        let mut document = merge::one(&package, documents)?.ok_or_else(|| Error::NoContract {
            package: package.name.to_string(),
            targets: selection::listed(targets.iter().copied()),
        })?;
        document.package = Some(self.selection.recorded(&package));
        Ok(document)
    }
}
