//! The command line: one file for each verb.

mod changes;
mod diff;
mod document;
mod export;
mod generate;
mod schema;
mod source;

use std::{
    error::Error,
    io::{self, Write},
    process::ExitCode,
};

use clap::{Parser, Subcommand};

/// There is something to look at, which was asked to be told by the exit code.
const FINDINGS: u8 = 100;

/// Generated files are not what would be generated.
const STALE: u8 = 101;

/// Schema documents of actor contracts, and client packages made from them.
#[derive(Parser)]
#[command(
    name = "callsheet",
    version,
    after_help = "\
Exit codes:
  0    fine
  1    failed
  2    the command line is wrong
  100  findings, where they were asked to be told
  101  generated files are stale"
)]
struct CommandLine {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    Schema(schema::Arguments),
    Generate(generate::Arguments),
    Diff(diff::Arguments),
    Export(export::Arguments),
}

/// How a verb ended that did not fail.
enum Outcome {
    Fine,
    Findings,
    Stale,
}

type Failure = Box<dyn Error>;

/// Runs the command that the process was started with.
pub(crate) fn run() -> ExitCode {
    let outcome = match CommandLine::parse().verb {
        Verb::Schema(arguments) => schema::run(&arguments),
        Verb::Generate(arguments) => generate::run(&arguments),
        Verb::Diff(arguments) => diff::run(&arguments),
        Verb::Export(arguments) => export::run(&arguments),
    };
    match outcome {
        Ok(Outcome::Fine) => ExitCode::SUCCESS,
        Ok(Outcome::Findings) => ExitCode::from(FINDINGS),
        Ok(Outcome::Stale) => ExitCode::from(STALE),
        Err(failure) => {
            report(failure.as_ref());
            ExitCode::FAILURE
        }
    }
}

fn report(failure: &dyn Error) {
    eprintln!("error: {failure}");
    let mut cause = failure.source();
    while let Some(error) = cause {
        // Some have several lines.
        eprintln!("  caused by: {}", error.to_string().replace('\n', "\n    "));
        cause = error.source();
    }
}

/// Prints to the standard output; that its reader has left early is no failure.
fn print(text: &str) -> io::Result<()> {
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_holds_together() {
        CommandLine::command().debug_assert();
    }
}
