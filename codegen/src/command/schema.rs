//! `callsheet schema`: the document of the contracts that a package declares or links.
//!
//! Contracts are described by code, so the code has to run. `#[actor_contract]` and `callsheet::document!()` leave a
//! test behind that exists only under `--cfg callsheet_document`; it writes the document of everything linked into the
//! package's test executable. This builds that executable with the user's own Cargo, in the user's own target directory
//! (so that nothing but the package itself is built again), and runs that one test.

use std::{
    env, fs,
    io::{self, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use callsheet_schema::{Document, DocumentError};
use cargo_metadata::{Message, MetadataCommand, Package, Target};
use clap::Args;

use super::{Failure, Outcome, print};

/// In the name of every test that writes the document.
const TEST: &str = "__callsheet_document";

/// Tells the test which file to write; on failure it writes what is wrong to the same path with `.error` after it.
const FILE: &str = "CALLSHEET_DOCUMENT";

/// Print the schema document of a package's contracts.
///
/// The package is built with your own Cargo and asked for the contracts that it declares or links. A package that links
/// contracts but declares none, such as a service's binary, needs one line anywhere in it: `callsheet::document!();`
#[derive(Args)]
#[command(after_help = "\
Examples:
  callsheet schema -p my-contracts > contracts.json
  callsheet schema -p my-service --features billing --out contracts.json")]
pub(super) struct Arguments {
    /// The package; by default the one in the current directory
    #[arg(short, long, value_name = "PACKAGE")]
    package: Option<String>,

    /// Features of the package to turn on, separated by commas
    #[arg(short = 'F', long, value_name = "FEATURES")]
    features: Vec<String>,

    /// Turn on all features of the package
    #[arg(long)]
    all_features: bool,

    /// Leave the default features of the package off
    #[arg(long)]
    no_default_features: bool,

    /// The path of the workspace's or the package's Cargo.toml
    #[arg(long, value_name = "PATH")]
    manifest_path: Option<PathBuf>,

    /// Write to this file instead of the standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, thiserror::Error)]
enum Error {
    #[error("failed to read the workspace")]
    Workspace(#[source] cargo_metadata::Error),
    #[error("there is no package in the current directory; name one with `-p`: {0}")]
    NoPackage(String),
    #[error("the workspace has no package `{0}`; it has: {1}")]
    UnknownPackage(String, String),
    #[error("the package `{0}` has neither a library nor a binary")]
    NoTarget(String),
    #[error(
        "the package `{0}` declares no contract; name the package that does, or put `callsheet::document!();` into \
         `{0}` if it links contracts of others"
    )]
    NoContract(String),
    #[error("failed to run Cargo")]
    Cargo(#[source] io::Error),
    #[error("the package `{0}` does not build")]
    Build(String),
    #[error("Cargo built no test executable of `{0}`")]
    NoExecutable(String),
    #[error("failed to run the test executable `{}`", .0.display())]
    Run(PathBuf, #[source] io::Error),
    #[error("the test executable of `{0}` does not list its tests; contracts need Rust's own test harness there")]
    NoHarness(String),
    #[error("the package `{0}` has no schema document: {1}")]
    NoDocument(String, String),
    #[error("the document of `{0}` is not one that this version reads; do its callsheet and this command differ?")]
    Unreadable(String, #[source] DocumentError),
    #[error("failed to use `{}`", .0.display())]
    File(PathBuf, #[source] io::Error),
}

pub(super) fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let package = find_package(arguments)?;
    let document = describe(arguments, &package)?.to_json();
    match &arguments.out {
        Some(path) => fs::write(path, document).map_err(|error| Error::File(path.clone(), error))?,
        None => print(&document)?,
    }
    Ok(Outcome::Fine)
}

fn find_package(arguments: &Arguments) -> Result<Package, Error> {
    let mut command = MetadataCommand::new();
    command.no_deps();
    if let Some(path) = &arguments.manifest_path {
        command.manifest_path(path);
    }
    let metadata = command.exec().map_err(Error::Workspace)?;
    let found = match &arguments.package {
        Some(name) => metadata.packages.iter().find(|package| package.name == name),
        None => metadata.root_package(),
    };
    found.cloned().ok_or_else(|| {
        let names = metadata
            .packages
            .iter()
            .map(|package| package.name.as_str())
            .collect::<Vec<_>>()
            .join(", ");
        match &arguments.package {
            Some(name) => Error::UnknownPackage(name.clone(), names),
            None => Error::NoPackage(names),
        }
    })
}

/// The document of the first target that can tell: the library, else one of the binaries.
fn describe(arguments: &Arguments, package: &Package) -> Result<Document, Error> {
    let name = || package.name.to_string();
    let libraries = package.targets.iter().filter(|target| is_library(target));
    let mut targets = libraries
        .chain(package.targets.iter().filter(|target| target.is_bin()))
        .peekable();
    if targets.peek().is_none() {
        return Err(Error::NoTarget(name()));
    }
    for target in targets {
        let executable = build(arguments, package, target)?;
        if let Some(test) = find_test(&executable, target)? {
            return emit(&executable, &test, package);
        }
    }
    Err(Error::NoContract(name()))
}

fn is_library(target: &Target) -> bool {
    target.is_lib() || target.is_rlib() || target.is_dylib() || target.is_cdylib() || target.is_staticlib()
}

/// Builds the test executable of a target; the user sees what Cargo has to say.
fn build(arguments: &Arguments, package: &Package, target: &Target) -> Result<PathBuf, Error> {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args([
        "rustc",
        "--profile",
        "test",
        "--message-format",
        "json-render-diagnostics",
    ]);
    cargo.args(["--package", &package.id.repr]);
    if target.is_bin() {
        cargo.args(["--bin", &target.name]);
    } else {
        cargo.arg("--lib");
    }
    if let Some(path) = &arguments.manifest_path {
        cargo.arg("--manifest-path").arg(path);
    }
    for features in &arguments.features {
        cargo.args(["--features", features]);
    }
    if arguments.all_features {
        cargo.arg("--all-features");
    }
    if arguments.no_default_features {
        cargo.arg("--no-default-features");
    }
    cargo.args(["--", "--cfg", "callsheet_document"]);

    let mut running = cargo
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(Error::Cargo)?;
    let output = running.stdout.take().expect("the output is piped");
    let mut executable = None;
    for message in Message::parse_stream(BufReader::new(output)) {
        if let Message::CompilerArtifact(artifact) = message.map_err(Error::Cargo)?
            && artifact.package_id == package.id
            && artifact.target.name == target.name
            && artifact.profile.test
        {
            executable = artifact.executable.or(executable);
        }
    }
    if !running.wait().map_err(Error::Cargo)?.success() {
        return Err(Error::Build(package.name.to_string()));
    }
    executable
        .map(Into::into)
        .ok_or_else(|| Error::NoExecutable(target.name.clone()))
}

/// The first test that writes the document. Any of them writes the whole one.
fn find_test(executable: &Path, target: &Target) -> Result<Option<String>, Error> {
    let listed = Command::new(executable)
        .arg("--list")
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Error::Run(executable.to_owned(), error))?;
    if !listed.status.success() {
        return Err(Error::NoHarness(target.name.clone()));
    }
    let text = String::from_utf8_lossy(&listed.stdout);
    let mut tests = text.lines().filter_map(|line| line.strip_suffix(": test"));
    Ok(tests.find(|test| test.contains(TEST)).map(str::to_owned))
}

/// Runs the test and reads what it wrote.
fn emit(executable: &Path, test: &str, package: &Package) -> Result<Document, Error> {
    let folder = tempfile::tempdir().map_err(|error| Error::File(env::temp_dir(), error))?;
    let file = folder.path().join("document");
    let run = Command::new(executable)
        .args(["--exact", test])
        .env(FILE, &file)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Error::Run(executable.to_owned(), error))?;
    if !run.status.success() {
        // Without a reason of its own, the test panicked or died; its output is then all there is.
        let reason = fs::read_to_string(folder.path().join("document.error"))
            .unwrap_or_else(|_| format!("{}\n{}", run.status, String::from_utf8_lossy(&run.stdout)));
        return Err(Error::NoDocument(
            package.name.to_string(),
            reason.trim_end().to_owned(),
        ));
    }
    let text = fs::read_to_string(&file).map_err(|error| Error::File(file, error))?;
    Document::from_json(&text).map_err(|error| Error::Unreadable(package.name.to_string(), error))
}
