//! The clients of earlier versions, packed and installed as their users have them, against the showcase of this tree.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{report::Report, typescript};
use crate::{
    clients::{cargo, kept},
    node::Packages,
    places::{self, copy},
    python::Environment,
    run::Error,
    tools::Tools,
};

/// What starts the services under test, and says how the suites are run: of the tree, whatever the version of the clients.
const HARNESS: [&str; 6] = [
    "conftest.py",
    "package.json",
    "pyproject.toml",
    "service.mjs",
    "service.rs",
    "tsconfig.json",
];

/// The root of the suite in Rust.
const MAIN: &str = "\
//! The kept client in Rust.

#[allow(dead_code, reason = \"it starts other services too\")]
mod service;
#[path = \"showcase/rust/mod.rs\"]
mod showcase;
";

/// What the suites in Python need beside the client.
const OF_PYTHON: [&str; 2] = ["msgpack", "pytest"];

/// Runs the suite of each version's clients in every language.
pub(super) fn clients(report: &mut Report, tools: &Tools, checks: &Environment, node: &Packages) -> Result<(), Error> {
    let mut versions = Vec::new();
    for entry in fs::read_dir(kept())? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            versions.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    versions.sort();
    for version in versions {
        let clients = kept().join(&version);
        let suites = suites(&clients, &version)?;
        python(report, tools, checks, &version, &clients.join("python"), &suites)?;
        typescript(report, node, &version, &clients.join("typescript"), &suites)?;
        rust(report, &version, &clients.join("rust"), &suites)?;
    }
    Ok(())
}

/// The suites of a version as they stood in `tests/interop`, with what they find there; made anew.
fn suites(clients: &Path, version: &str) -> Result<PathBuf, Error> {
    let folder = places::target().join("kept").join(version);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    copy(&clients.join("suites"), &folder.join("showcase"))?;
    let interop = places::root().join("tests").join("interop");
    for file in HARNESS {
        fs::copy(interop.join(file), folder.join(file))?;
    }
    Ok(folder)
}

fn python(
    report: &mut Report,
    tools: &Tools,
    checks: &Environment,
    version: &str,
    client: &Path,
    suites: &Path,
) -> Result<(), Error> {
    let wanted = |line: &&str| OF_PYTHON.iter().any(|package| line.starts_with(package));
    let requirements: Vec<_> = super::REQUIREMENTS.lines().filter(wanted).collect();
    let name = format!("kept-{version}");
    let environment = Environment::set_up(tools, &name, &requirements.join("\n"))?;
    let wheel = checks.build_wheel(client, &places::target().join("wheels").join(&name))?;
    environment.install_anew(&wheel)?;
    let mut pytest = environment.python();
    pytest
        .current_dir(suites)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("SHOWCASE", places::built("showcase"));
    report.suite(
        &format!("python client of {version}"),
        pytest.args(["-m", "pytest", "-rfE", "showcase/python"]),
    )
}

fn typescript(report: &mut Report, node: &Packages, version: &str, client: &Path, suites: &Path) -> Result<(), Error> {
    let package = node.project(client, &format!("kept-{version}"))?;
    node.compile(&package)?;
    let packed = node.pack(&package)?;
    let project = node.user_project(suites, &[packed], &format!("kept-{version}-suite"))?;
    node.compile(&project)?;
    // What a version of Node makes of a client was seen when it was the current one.
    let tests = typescript::test_files(&project)?;
    let mut run = node.node(&project);
    run.args(["--test", "--test-reporter=spec"]).args(&tests);
    report.suite(
        &format!("typescript client of {version}"),
        run.env("SHOWCASE", places::built("showcase")),
    )
}

/// The crate is built with the crate callsheet-client of the tree.
fn rust(report: &mut Report, version: &str, client: &Path, suites: &Path) -> Result<(), Error> {
    let manifest = format!(
        "[package]\nname = \"kept-suite\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
         [dev-dependencies]\n\
         futures-util = \"0.3\"\n\
         rustix = {{ version = \"1\", features = [\"process\"] }}\n\
         showcase-client = {{ path = {client:?}, features = [\"blocking\"] }}\n\
         tempfile = \"3\"\n\
         tokio = {{ version = \"1\", features = [\"full\"] }}\n\n\
         [[test]]\nname = \"suite\"\npath = \"main.rs\"\n"
    );
    fs::write(suites.join("Cargo.toml"), manifest)?;
    fs::write(suites.join("main.rs"), MAIN)?;
    // What the workspace has built is there already.
    fs::copy(places::root().join("Cargo.lock"), suites.join("Cargo.lock"))?;
    let mut test = cargo();
    test.args(["test", "--offline", "--manifest-path"])
        .arg(suites.join("Cargo.toml"))
        .env("CARGO_TARGET_DIR", places::target())
        .env("SHOWCASE", places::built("showcase"));
    report.suite(&format!("rust client of {version}"), &mut test)
}
