//! `callsheet export`: a document in the language of others.

use std::{fs, io, path::PathBuf};

use callsheet_codegen::export::jsonschema;
use clap::{Args, Subcommand};

use super::{Failure, Outcome, document, print};

/// Write a schema document in another schema language
#[derive(Args)]
#[command(after_help = "\
Examples:
  callsheet export jsonschema contracts.json --out contracts.schema.json
  callsheet schema -p my-contracts | callsheet export jsonschema --contract demo.Calculator")]
pub(super) struct Arguments {
    #[command(subcommand)]
    language: Language,
}

#[derive(Subcommand)]
enum Language {
    Jsonschema(JsonSchema),
}

/// JSON Schema 2020-12 of the payloads in JSON
///
/// The definitions of the file hold, for each message, `demo.Calculator.Add-request` and `demo.Calculator.Add-reply`
/// (`-item` for a stream), `demo.Calculator.Add-error` where there is one, `PriceUpdate-event` for each event, and the
/// types that these need. A type that does not look alike both ways is two: `User-accepted` and `User-produced`.
///
/// Unknown entries are allowed unless the type denies them, in what is produced too.
#[derive(Args)]
#[command(after_help = "\
Examples:
  callsheet export jsonschema contracts.json --out contracts.schema.json
  callsheet schema -p my-contracts | callsheet export jsonschema --contract demo.Calculator

Exit codes:
  0  the schema was printed or written
  1  there is no schema, and the standard error says why
  2  the command line is wrong")]
struct JsonSchema {
    /// The schema document, as `callsheet schema` prints it; `-` reads the standard input
    #[arg(value_name = "DOCUMENT", default_value = "-")]
    document: PathBuf,

    /// Only this contract, and those that it extends; may be given several times
    #[arg(long, value_name = "NAME")]
    contract: Vec<String>,

    /// Write to this file instead of the standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, thiserror::Error)]
#[error("failed to write `{}`", .0.display())]
struct Unwritten(PathBuf, #[source] io::Error);

pub(super) fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let Language::Jsonschema(arguments) = &arguments.language;
    let text = jsonschema::export(&document::read(&arguments.document)?, &arguments.contract)?;
    match &arguments.out {
        Some(path) => fs::write(path, text).map_err(|error| Unwritten(path.clone(), error))?,
        None => print(&text)?,
    }
    Ok(Outcome::Fine)
}
