//! The clients in `generated-clients/`: made from the contracts that the showcase serves, and compared with them.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    places,
    run::{Error, run, run_quietly},
};

/// What to do with the generated files.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Write,
    /// Fails if the files are not what would be generated.
    Check,
}

const LANGUAGES: [&str; 3] = ["python", "typescript", "rust"];

/// Generates the clients of the showcase.
pub(crate) fn generate(mode: Mode) -> Result<(), Error> {
    build(&["callsheet-codegen"])?;
    let document = document("showcase")?;
    for language in LANGUAGES {
        let out = folder(language);
        generate_one(&document, "showcase", language, &out, mode)?;
    }
    Ok(())
}

/// Keeps the clients of this version of the showcase, for the servers of later ones to be tested against.
pub(crate) fn keep() -> Result<(), Error> {
    let folder = kept().join(env!("CARGO_PKG_VERSION"));
    if folder.exists() {
        return Err(Error::new(format!(
            "{} is there already: what is kept is never changed",
            folder.display()
        )));
    }
    build(&["callsheet-codegen"])?;
    let document = document("showcase")?;
    for language in LANGUAGES {
        generate_one(&document, "showcase", language, &folder.join(language), Mode::Write)?;
    }
    fs::copy(document, folder.join("contracts.json"))?;
    println!("its tests are missing: tests/kept/README.md says which they are");
    Ok(())
}

/// Where clients of all versions are kept, each in a folder of its version's name.
pub(crate) fn kept() -> PathBuf {
    places::root().join("tests").join("kept")
}

/// Generates the client of `document` for `language` into `out`, as the package `name`.
pub(crate) fn generate_one(document: &Path, name: &str, language: &str, out: &Path, mode: Mode) -> Result<(), Error> {
    let mut command = callsheet();
    command
        .arg("generate")
        .arg("--schema")
        .arg(document)
        .args(["--lang", language])
        .arg("--out")
        .arg(out);
    let package = if language == "rust" {
        format!("{name}-client")
    } else {
        name.to_owned()
    };
    command.args(["--package", &package]);
    if language == "rust" {
        command.arg("--client-path").arg(client_from(out));
    }
    if mode == Mode::Check {
        command.arg("--check");
    }
    run(&mut command)
}

/// The path of the crate callsheet-client from `out`, a folder of this repository.
fn client_from(out: &Path) -> PathBuf {
    let root = places::root();
    let depth = out.strip_prefix(&root).map_or(0, |inner| inner.components().count());
    let up: PathBuf = (0..depth).map(|_| "..").collect();
    up.join("runtime").join("client")
}

/// Where the client of the showcase for `language` is.
pub(crate) fn folder(language: &str) -> PathBuf {
    places::root().join("generated-clients").join(language)
}

/// The schema document of a package of this repository.
pub(crate) fn document(package: &str) -> Result<PathBuf, Error> {
    let folder = places::target().join("documents");
    fs::create_dir_all(&folder)?;
    let document = folder.join(format!("{package}.json"));
    run_quietly(callsheet().args(["schema", "-p", package, "--out"]).arg(&document))?;
    Ok(document)
}

/// Builds packages of this repository.
pub(crate) fn build(packages: &[&str]) -> Result<(), Error> {
    let mut cargo = cargo();
    cargo.arg("build");
    for package in packages {
        cargo.args(["-p", package]);
    }
    run(&mut cargo)
}

/// `cargo` in the root of the repository.
pub(crate) fn cargo() -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(places::root());
    cargo
}

pub(crate) fn callsheet() -> Command {
    let mut callsheet = Command::new(places::built("callsheet"));
    callsheet.current_dir(places::root());
    callsheet
}
