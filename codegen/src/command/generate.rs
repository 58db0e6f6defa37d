//! `callsheet generate`: a client package from a document.

use std::path::{Path, PathBuf};

use callsheet_codegen::{
    backends::{self, Backend, ClientSource, Language, Options},
    fault::GenerateError,
    ir::Api,
    output,
};
use clap::{
    Args, CommandFactory,
    builder::{PossibleValuesParser, TypedValueParser},
    error::ErrorKind,
};

use super::{CommandLine, Failure, Outcome, document, print};

/// Generate a client package from a schema document
///
/// The package is complete and the same document always gives the same files. Which files were generated stands in
/// `.callsheet-manifest` in the directory: only those are ever replaced or removed, so that you may keep your own
/// beside them.
#[derive(Args)]
#[command(after_help = "\
Examples:
  callsheet generate --schema contracts.json --lang python --out clients/python
  callsheet schema -p my-contracts | callsheet generate --schema - --lang typescript --out clients/ts --check

Exit codes:
  0    the package was written, or is what would be generated
  1    no package was generated, and the standard error says why
  2    the command line is wrong
  101  with --check: files are not what would be generated")]
pub(super) struct Arguments {
    /// The schema document, as `callsheet schema` prints it; `-` reads the standard input
    #[arg(long, value_name = "FILE")]
    schema: PathBuf,

    /// The language of the package
    #[arg(long = "lang", value_name = "LANGUAGE", value_parser = language())]
    backend: &'static dyn Backend,

    /// The directory of the package; created if need be
    #[arg(long, value_name = "DIR")]
    out: PathBuf,

    /// The name of the package; by default made from the namespace that all contracts share
    #[arg(long, value_name = "NAME")]
    package: Option<String>,

    /// Write nothing; list the files that are not what would be generated, and exit with 101 if there are any
    #[arg(long)]
    check: bool,

    /// Rust only: the folder of the crate callsheet-client, relative to the generated crate
    #[arg(long, value_name = "PATH", conflicts_with = "client_git")]
    client_path: Option<String>,

    /// Rust only: the address of a Git repository with the crate callsheet-client
    #[arg(long, value_name = "URL")]
    client_git: Option<String>,
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

#[derive(Debug, thiserror::Error)]
enum Error {
    #[error("the contracts share no namespace to name the package after; name it with `--package`")]
    Unnamed,
    #[error("no package was generated{}", indented(.0))]
    Generate(GenerateError),
}

/// The faults, each on a line of its own.
fn indented(error: &GenerateError) -> String {
    error.faults().iter().map(|fault| format!("\n  {fault}")).collect()
}

pub(super) fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let sourced = arguments.client_path.is_some() || arguments.client_git.is_some();
    if sourced && arguments.backend.language() != Language::Rust {
        let problem = "`--client-path` and `--client-git` are for `--lang rust` alone";
        CommandLine::command()
            .error(ErrorKind::ArgumentConflict, problem)
            .exit();
    }
    let document = document::read(&arguments.schema)?;
    let api = Api::lower(&document).map_err(Error::Generate)?;
    let package = match (&arguments.package, api.namespace()) {
        (Some(package), _) => package.clone(),
        (None, Some(namespace)) => arguments.backend.default_package(namespace),
        (None, None) => return Err(Error::Unnamed.into()),
    };
    let rust_client = match (&arguments.client_path, &arguments.client_git) {
        (Some(path), _) => ClientSource::Path(path.clone()),
        (None, Some(address)) => ClientSource::Git(address.clone()),
        (None, None) => ClientSource::Registry,
    };
    let options = Options { package, rust_client };
    let files = arguments.backend.generate(&api, &options).map_err(Error::Generate)?;
    if arguments.check {
        return check(&files, &arguments.out);
    }
    let output::Written { written, removed } = output::write(&files, &arguments.out)?;
    eprintln!(
        "{} files in `{}`: {written} written, {removed} removed",
        files.len(),
        arguments.out.display()
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
