//! Building a target's test executable with the user's own Cargo, and asking it for the document.
//!
//! Only the target itself gets the `cfg`, and the `test` profile is the one of `cargo test`: dependencies that were built
//! for the user's own tests are not built again.

use std::{
    env, fs,
    io::{self, BufReader},
    path::{self, Path, PathBuf},
    process::{Command, Stdio},
};

use callsheet_schema::Document;
use cargo_metadata::{Message, Package, Target};
use clap::Args;

use super::{Error, PackageSource, selection::described};

/// In the name of every test that writes the document.
const TEST: &str = "__callsheet_document";

/// Tells the test which file to write; on failure it writes what is wrong to the same path with `.error` after it.
const FILE: &str = "CALLSHEET_DOCUMENT";

/// Names are Cargo's own.
#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
#[group(id = "building")]
pub(crate) struct Building {
    /// The directory for all that is built
    #[arg(long, value_name = "DIRECTORY", help_heading = "Building")]
    pub(crate) target_dir: Option<PathBuf>,

    /// Assert that Cargo.lock will remain unchanged
    #[arg(long, help_heading = "Building")]
    locked: bool,

    /// Build without the network
    #[arg(long, help_heading = "Building")]
    offline: bool,

    /// The same as `--locked` and `--offline`
    #[arg(long, help_heading = "Building")]
    frozen: bool,
}

impl Building {
    /// The same, wherever Cargo is run.
    pub(crate) fn made_absolute(mut self) -> io::Result<Self> {
        self.target_dir = self.target_dir.map(path::absolute).transpose()?;
        Ok(self)
    }
}

/// The document of everything that is linked into the target; `None` if nothing in it can tell.
pub(super) fn document(source: &PackageSource, package: &Package, target: &Target) -> Result<Option<Document>, Error> {
    let executable = build(source, package, target)?;
    match find_test(&executable, package, target)? {
        Some(test) => emit(&executable, &test, package, target).map(Some),
        None => Ok(None),
    }
}

fn cargo(source: &PackageSource, package: &Package, target: &Target) -> Command {
    let PackageSource {
        folder,
        selection,
        building,
        ..
    } = source;
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    if let Some(folder) = folder {
        cargo.current_dir(folder);
    }
    cargo.args(["rustc", "--profile", "test"]);
    cargo.args(["--message-format", "json-render-diagnostics"]);
    cargo.args(["--package", &package.id.repr]);
    if target.is_bin() {
        cargo.args(["--bin", &target.name]);
    } else if target.is_example() {
        cargo.args(["--example", &target.name]);
    } else {
        cargo.arg("--lib");
    }
    for (option, path) in [
        ("--manifest-path", &selection.manifest_path),
        ("--target-dir", &building.target_dir),
    ] {
        if let Some(path) = path {
            cargo.arg(option).arg(path);
        }
    }
    for features in &selection.features {
        cargo.args(["--features", features]);
    }
    for (option, given) in [
        ("--all-features", selection.all_features),
        ("--no-default-features", selection.no_default_features),
        ("--locked", building.locked),
        ("--offline", building.offline),
        ("--frozen", building.frozen),
    ] {
        if given {
            cargo.arg(option);
        }
    }
    cargo.args(["--", "--cfg", "callsheet_document"]);
    cargo
}

/// Builds the test executable of a target; the user sees what Cargo has to say.
fn build(source: &PackageSource, package: &Package, target: &Target) -> Result<PathBuf, Error> {
    let mut running = cargo(source, package, target)
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
            && artifact.target.kind == target.kind
            && artifact.profile.test
        {
            executable = artifact.executable.or(executable);
        }
    }
    let place = || (package.name.to_string(), described(target));
    if !running.wait().map_err(Error::Cargo)?.success() {
        let (package, target) = place();
        return Err(Error::Build(package, target));
    }
    executable.map(Into::into).ok_or_else(|| {
        let (package, target) = place();
        Error::NoExecutable(package, target)
    })
}

/// The first test that writes the document. Any of them writes the whole one.
fn find_test(executable: &Path, package: &Package, target: &Target) -> Result<Option<String>, Error> {
    let listed = Command::new(executable)
        .arg("--list")
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Error::Run(executable.to_owned(), error))?;
    if !listed.status.success() {
        return Err(Error::NoHarness(package.name.to_string(), described(target)));
    }
    let text = String::from_utf8_lossy(&listed.stdout);
    let mut tests = text.lines().filter_map(|line| line.strip_suffix(": test"));
    Ok(tests.find(|test| test.contains(TEST)).map(str::to_owned))
}

/// Runs the test and reads what it wrote.
fn emit(executable: &Path, test: &str, package: &Package, target: &Target) -> Result<Document, Error> {
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
            described(target),
            reason.trim_end().replace('\n', "\n  "),
        ));
    }
    let text = fs::read_to_string(&file).map_err(|error| Error::File(file, error))?;
    Document::from_json(&text).map_err(|error| Error::Unreadable(package.name.to_string(), error))
}
