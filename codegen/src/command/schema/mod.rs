//! `callsheet schema`: the document of the contracts that a package declares or links.
//!
//! Contracts are described by code, so the code has to run. `#[actor_contract]` and `callsheet::document!()` leave a
//! test behind that exists only under `--cfg callsheet_document`; it writes the document of everything linked into the
//! test executable it stands in. [`package`] finds the package and those of its targets that may hold such a test,
//! [`build`] builds each one's test executable and runs the test, [`merge`] makes one document of what they say.

mod build;
mod merge;
mod package;

use std::{fs, io, path::PathBuf};

use callsheet_schema::{Document, DocumentError, compat};
use clap::Args;

use super::{Failure, Outcome, changes, print};

/// Print the schema document of a package's contracts
///
/// The package is built with your own Cargo, in your own target directory, and asked for the contracts that it declares
/// or links: private modules, every binary and the features you turn on included. A package that links contracts but
/// declares none, such as a service's binary, needs one line anywhere in it: `callsheet::document!();`
///
/// The document alone goes to the standard output; what Cargo says goes to the standard error.
#[derive(Args)]
#[command(after_help = "\
Examples:
  callsheet schema > contracts.json
  callsheet schema -p my-service --features billing --out contracts.json
  callsheet schema -p my-service --features billing --check contracts.json

Exit codes:
  0    the document was printed or written, or is that of the file to check
  1    there is no document, and the standard error says why
  2    the command line is wrong
  101  the file to check is not the document of the package")]
pub(super) struct Arguments {
    #[command(flatten)]
    selection: package::Selection,

    #[command(flatten)]
    cargo: build::Options,

    /// Write to this file instead of the standard output
    #[arg(long, value_name = "FILE", conflicts_with = "check")]
    out: Option<PathBuf>,

    /// Print no document; list how this file differs from it, and exit with 101 if it does
    #[arg(long, value_name = "FILE")]
    check: Option<PathBuf>,
}

#[derive(Debug, thiserror::Error)]
enum Error {
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

pub(super) fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let package = arguments.selection.package()?;
    let targets = arguments.selection.targets(&package)?;
    let mut documents = Vec::new();
    for target in &targets {
        if let Some(document) = build::document(&arguments.selection, &arguments.cargo, &package, target)? {
            documents.push((target, document));
        }
    }
    let mut document = merge::one(&package, documents)?.ok_or_else(|| Error::NoContract {
        package: package.name.to_string(),
        targets: package::listed(targets.iter().copied()),
    })?;
    document.package = Some(arguments.selection.recorded(&package));
    match (&arguments.check, &arguments.out) {
        (Some(path), _) => check(&document, path),
        (None, Some(path)) => {
            fs::write(path, document.to_json()).map_err(|error| Error::File(path.clone(), error))?;
            Ok(Outcome::Fine)
        }
        (None, None) => {
            print(&document.to_json())?;
            Ok(Outcome::Fine)
        }
    }
}

/// Compares bytes, since a document has only one text; the reader is told in terms of the contracts where possible.
fn check(document: &Document, path: &PathBuf) -> Result<Outcome, Failure> {
    let text = fs::read_to_string(path).map_err(|error| Error::File(path.clone(), error))?;
    if text == document.to_json() {
        return Ok(Outcome::Fine);
    }
    if let Ok(written) = Document::from_json(&text) {
        changes::print(&compat::changes(&written, document))?;
    }
    eprintln!(
        "error: `{}` is not the document of the package; run the command with `--out` instead of `--check`",
        path.display()
    );
    Ok(Outcome::Stale)
}
