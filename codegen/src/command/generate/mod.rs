//! `callsheet generate`: client packages from documents.
//!
//! The command line describes one package, or a `callsheet.toml` all those of a project. Either way a [`job`] makes the
//! files; [`project`] reads that file, whose keys are in [`table`], and [`targets`] carries it out. What is wrong with it is a
//! [`complaint`]; a [`record`] remembers which directories there were.

mod complaint;
mod job;
mod project;
mod record;
mod table;
mod targets;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use callsheet_codegen::{
    backends::{self, Backend, ClientSource, Int64, Integers, Language},
    output,
};
use clap::{
    ArgGroup, Args, CommandFactory,
    builder::{PossibleValuesParser, TypedValueParser},
    error::ErrorKind,
};

use super::{
    CommandLine, Failure, Outcome, print,
    source::{Address, Building, PackageSource, Selection, Server, Source},
};
use job::Job;

/// Generate client packages
///
/// With a source, `--lang` and `--out` it is one package. Without them, it is every target that the project's
/// `callsheet.toml` describes, found in the current directory or above it; nothing is written before all of them are known to
/// succeed.
///
/// A package is complete, and the same document always gives the same files. Which files were generated stands in
/// `.callsheet-manifest` in the directory: only those are ever replaced or removed, so that you may keep your own
/// beside them.
#[derive(Args)]
#[command(
    group = ArgGroup::new("source").args(["schema", "cargo_package", "from"]).requires("lang"),
    after_help = "\
Examples:
  callsheet generate --schema contracts.json --lang python --out clients/python
  callsheet generate -p my-contracts --lang typescript --out clients/ts --check
  callsheet generate --from unix:/run/user/1000/callsheet/demo.sock --lang rust --out clients/rust
  callsheet generate --check
  callsheet generate --target python

Exit codes:
  0    the packages were written, or are what would be generated
  1    no package was generated, and the standard error says why
  2    the command line is wrong
  101  with --check: files are not what would be generated")]
pub(super) struct Arguments {
    /// From a schema document, as `callsheet schema` prints it; `-` reads the standard input
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["selection", "building", "timeout"],
        help_heading = "Source"
    )]
    schema: Option<PathBuf>,

    /// From the contracts of a package, which is built as `callsheet schema -p` does
    #[arg(
        short = 'p',
        long,
        value_name = "PACKAGE",
        conflicts_with = "timeout",
        help_heading = "Source"
    )]
    cargo_package: Option<String>,

    /// From what a running server serves to you
    #[arg(long, value_name = "unix:PATH", conflicts_with_all = ["selection", "building"], help_heading = "Source")]
    from: Option<Address>,

    /// How many seconds a server may take for each answer
    #[arg(
        long,
        value_name = "SECONDS",
        default_value = "10",
        value_parser = clap::value_parser!(u64).range(1..=3600),
        help_heading = "Source"
    )]
    timeout: u64,

    /// The language of the package
    #[arg(long = "lang", id = "lang", value_name = "LANGUAGE", value_parser = language(), requires_all = ["out", "source"])]
    backend: Option<&'static dyn Backend>,

    /// The directory of the package; created if need be
    #[arg(long, value_name = "DIR", requires = "lang")]
    out: Option<PathBuf>,

    /// The name of the generated package; by default made from the namespace that all contracts share
    #[arg(long, value_name = "NAME", requires = "lang")]
    package: Option<String>,

    /// Only this contract, and what it needs; may be given several times
    #[arg(long, value_name = "NAME", requires = "lang")]
    contract: Vec<String>,

    /// Write nothing; list the files that are not what would be generated, and exit with 101 if there are any
    #[arg(long)]
    check: bool,

    /// Rust only: the folder of the crate callsheet-client, relative to the generated crate
    #[arg(long, value_name = "PATH", conflicts_with = "client_git", requires = "lang")]
    client_path: Option<String>,

    /// Rust only: the address of a Git repository with the crate callsheet-client
    #[arg(long, value_name = "URL", requires = "lang")]
    client_git: Option<String>,

    /// TypeScript only: what integers of 64 bits are
    #[arg(long, value_name = "TYPE", value_parser = int64(), requires = "lang")]
    int64: Option<Int64>,

    /// Only this target of the project; may be given several times
    #[arg(long, value_name = "NAME", conflicts_with = "lang", help_heading = "Project")]
    target: Vec<String>,

    /// The project's file; by default the nearest `callsheet.toml` from the current directory up
    #[arg(long, value_name = "FILE", conflicts_with = "lang", help_heading = "Project")]
    config: Option<PathBuf>,

    #[command(flatten)]
    selection: Selection,

    #[command(flatten)]
    building: Building,
}

fn language() -> impl TypedValueParser<Value = &'static dyn Backend> {
    let names = backends::all().iter().map(|backend| backend.language().name());
    PossibleValuesParser::new(names).map(|name| {
        let mut backends = backends::all().iter().copied();
        backends
            .find(|backend| backend.language().name() == name)
            .expect("the parser allows these names alone")
    })
}

fn int64() -> impl TypedValueParser<Value = Int64> {
    PossibleValuesParser::new(Int64::ALL.map(Int64::name)).map(|name| {
        let found = Int64::ALL.into_iter().find(|int64| int64.name() == name);
        found.expect("the parser allows these names alone")
    })
}

pub(super) fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    if arguments.cargo_package.is_none() && arguments.selection != Selection::default() {
        refuse("how a package is built goes with `-p` alone");
    }
    match (arguments.backend, &arguments.out) {
        (Some(backend), Some(out)) => one(arguments, backend, out),
        _ => targets::run(&targets::Request {
            config: arguments.config.as_ref(),
            targets: &arguments.target,
            terms: project::Terms {
                building: arguments.building.clone().made_absolute()?,
                patience: Duration::from_secs(arguments.timeout),
            },
            check: arguments.check,
        }),
    }
}

/// Ends the process as a wrong command line does.
fn refuse(problem: &str) -> ! {
    CommandLine::command()
        .error(ErrorKind::ArgumentConflict, problem)
        .exit()
}

/// The package that the command line describes.
fn one(arguments: &Arguments, backend: &'static dyn Backend, out: &Path) -> Result<Outcome, Failure> {
    let sourced = arguments.client_path.is_some() || arguments.client_git.is_some();
    if sourced && backend.language() != Language::Rust {
        refuse("`--client-path` and `--client-git` are for `--lang rust` alone");
    }
    if arguments.int64.is_some() && backend.language() != Language::TypeScript {
        refuse("`--int64` is for `--lang typescript` alone");
    }
    let source = match (&arguments.schema, &arguments.cargo_package, &arguments.from) {
        (Some(path), _, _) => Source::File(path.clone()),
        (None, Some(_), _) | (None, None, None) => Source::Package(PackageSource {
            name: arguments.cargo_package.clone(),
            folder: None,
            selection: arguments.selection.clone(),
            building: arguments.building.clone(),
        }),
        (None, None, Some(address)) => Source::Server(Server {
            address: address.clone(),
            patience: Duration::from_secs(arguments.timeout),
        }),
    };
    let job = Job {
        backend,
        package: arguments.package.clone(),
        contracts: arguments.contract.clone(),
        rust_client: match (&arguments.client_path, &arguments.client_git) {
            (Some(path), _) => ClientSource::Path(path.clone()),
            (None, Some(address)) => ClientSource::Git(address.clone()),
            (None, None) => ClientSource::Registry,
        },
        int64: Integers {
            default: arguments.int64.unwrap_or_default(),
            ..Integers::default()
        },
    };
    let files = job.files(&source.document()?)?;
    if arguments.check {
        return check(&files, out);
    }
    let output::Written { written, removed } = output::write(&files, out)?;
    eprintln!(
        "{} files in `{}`: {written} written, {removed} removed",
        files.len(),
        out.display()
    );
    Ok(Outcome::Fine)
}

fn check(files: &output::Files, directory: &Path) -> Result<Outcome, Failure> {
    let differences = output::check(files, directory)?;
    if differences.is_empty() {
        return Ok(Outcome::Fine);
    }
    print(
        &differences
            .iter()
            .map(|difference| format!("{difference}\n"))
            .collect::<String>(),
    )?;
    eprintln!(
        "error: `{}` is not what would be generated; run the command without `--check`",
        directory.display()
    );
    Ok(Outcome::Stale)
}
