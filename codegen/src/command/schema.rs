//! `callsheet schema`: the document of the contracts of a package or of a server.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use callsheet_schema::{Document, compat};
use clap::Args;

use super::{
    Failure, Outcome, changes, print,
    source::{Address, Building, PackageSource, Selection, Server, Source},
};

/// Print the schema document of a package's or a server's contracts
///
/// The package is built with your own Cargo, in your own target directory, and asked for the contracts that it declares
/// or links: private modules, every binary and the features you turn on included. A package that links contracts but
/// declares none, such as a service's binary, needs one line anywhere in it: `callsheet::document!();`
///
/// A server is asked for what it serves to you: nothing is built.
///
/// The document alone goes to the standard output; what Cargo says goes to the standard error.
#[derive(Args)]
#[command(after_help = "\
Examples:
  callsheet schema > contracts.json
  callsheet schema -p my-service --features billing --out contracts.json
  callsheet schema -p my-service --features billing --check contracts.json
  callsheet schema --from unix:/run/user/1000/callsheet/demo.sock

Exit codes:
  0    the document was printed or written, or is that of the file to check
  1    there is no document, and the standard error says why
  2    the command line is wrong
  101  the file to check is not the document of the package or the server")]
pub(super) struct Arguments {
    /// The package; by default the one that the current directory belongs to
    #[arg(short, long, value_name = "PACKAGE")]
    package: Option<String>,

    /// Ask this server instead of a package
    #[arg(long, value_name = "unix:PATH", conflicts_with_all = ["package", "selection", "building"])]
    from: Option<Address>,

    /// How many seconds the server may take for each answer
    #[arg(long, value_name = "SECONDS", default_value = "10", requires = "from", value_parser = clap::value_parser!(u64).range(1..=3600))]
    timeout: u64,

    #[command(flatten)]
    selection: Selection,

    #[command(flatten)]
    building: Building,

    /// Write to this file instead of the standard output
    #[arg(long, value_name = "FILE", conflicts_with = "check")]
    out: Option<PathBuf>,

    /// Print no document; list how this file differs from it, and exit with 101 if it does
    #[arg(long, value_name = "FILE")]
    check: Option<PathBuf>,
}

#[derive(Debug, thiserror::Error)]
#[error("failed to use `{}`", .0.display())]
struct Unusable(PathBuf, #[source] io::Error);

pub(super) fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let source = match &arguments.from {
        Some(address) => Source::Server(Server {
            address: address.clone(),
            patience: Duration::from_secs(arguments.timeout),
        }),
        None => Source::Package(PackageSource {
            name: arguments.package.clone(),
            folder: None,
            selection: arguments.selection.clone(),
            building: arguments.building.clone(),
        }),
    };
    let document = source.document()?;
    match (&arguments.check, &arguments.out) {
        (Some(path), _) => check(document, path, &source),
        (None, Some(path)) => {
            fs::write(path, document.to_json()).map_err(|error| Unusable(path.clone(), error))?;
            Ok(Outcome::Fine)
        }
        (None, None) => {
            print(&document.to_json())?;
            Ok(Outcome::Fine)
        }
    }
}

/// Compares bytes, since a document has only one text; the reader is told in terms of the contracts where possible.
fn check(mut document: Document, path: &Path, source: &Source) -> Result<Outcome, Failure> {
    let text = fs::read_to_string(path).map_err(|error| Unusable(path.to_owned(), error))?;
    let written = Document::from_json(&text);
    let whose = match source {
        Source::Server(_) => {
            // A server does not know how it was built.
            if let Ok(written) = &written {
                document.package.clone_from(&written.package);
            }
            "server"
        }
        Source::Package(_) | Source::File(_) => "package",
    };
    if text == document.to_json() {
        return Ok(Outcome::Fine);
    }
    if let Ok(written) = written {
        changes::print(&compat::changes(&written, &document))?;
    }
    eprintln!(
        "error: `{}` is not the document of the {whose}; run the command with `--out` instead of `--check`",
        path.display()
    );
    Ok(Outcome::Stale)
}
