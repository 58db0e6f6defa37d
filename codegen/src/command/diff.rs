//! `callsheet diff`: what changed between two documents.

use std::path::PathBuf;

use callsheet_schema::compat::{self, Change};
use clap::{Args, ValueEnum};
use serde::Serialize;

use super::{Failure, Outcome, changes, document, print};

/// Show what changed between two schema documents
///
/// Changes are judged by what crosses the wire, each with the way of the values it concerns: what the server accepts,
/// what it produces, or both. What only names, sources or documentation show stands apart. The order of fields, arguments
/// and tagged variants is no difference.
#[derive(Args)]
#[command(after_help = "\
Examples:
  callsheet diff contracts.json new.json
  callsheet schema -p my-contracts | callsheet diff contracts.json - --exit-code
  callsheet diff contracts.json new.json --format json | jq '.changes[] | select(.effect == \"wire\")'

Exit codes:
  0    the documents were compared
  1    a document could not be read
  2    the command line is wrong
  100  with --exit-code: there are differences

Colour is used on a terminal only, and never where NO_COLOR is set.")]
pub(super) struct Arguments {
    /// The document to compare from; `-` reads the standard input
    #[arg(value_name = "OLD")]
    old: PathBuf,

    /// The document to compare to; `-` reads the standard input
    #[arg(value_name = "NEW")]
    new: PathBuf,

    /// How the changes are printed
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,

    /// Exit with 100 if there are differences
    #[arg(long)]
    exit_code: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// Grouped lines for people
    Text,
    /// One object whose `changes` are listed with their places, before and after
    Json,
}

#[derive(Debug, thiserror::Error)]
#[error("both documents are to be read from the standard input; name a file for one of them")]
struct Twice;

/// What `--format json` prints.
#[derive(Serialize)]
struct Report<'a> {
    changes: &'a [Change<'a>],
}

pub(super) fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    if document::is_standard_input(&arguments.old) && document::is_standard_input(&arguments.new) {
        return Err(Twice.into());
    }
    let (old, new) = (document::read(&arguments.old)?, document::read(&arguments.new)?);
    let changes = compat::changes(&old, &new);
    match arguments.format {
        Format::Text => changes::print(&changes)?,
        Format::Json => {
            let mut text = serde_json::to_string_pretty(&Report { changes: &changes })?;
            text.push('\n');
            print(&text)?;
        }
    }
    Ok(if arguments.exit_code && !changes.is_empty() {
        Outcome::Findings
    } else {
        Outcome::Fine
    })
}
