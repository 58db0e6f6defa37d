//! The conformance suite: the packages of its contract, each installed as its users install it, and the driver that plays the
//! cases to a test client of each language.

use std::{path::PathBuf, process::Command};

use crate::{
    clients::{self, Mode},
    node::Packages,
    places,
    python::Environment,
    run::{Error, run},
    test::REQUIREMENTS,
    tools::{self, Tools},
};

/// The contract, and the client packages of it.
const NAME: &str = "conformance";

/// What is built for it.
const PROGRAMS: [&str; 5] = [
    "callsheet-codegen",
    "conformance",
    "conformance-changed",
    "conformance-rust",
    "conformance-service",
];

/// What a run is told beside what it needs.
#[derive(Debug, Default)]
pub(crate) struct Choice {
    /// Writes the page of the docs instead of comparing it.
    pub(crate) write: bool,
    /// Only cases whose name contains this.
    pub(crate) case: Option<String>,
    /// Only this client.
    pub(crate) client: Option<String>,
}

/// Sets everything up and runs the suite.
pub(crate) fn conform(choice: &Choice) -> Result<(), Error> {
    let tools = tools::find()?;
    let checks = Environment::set_up(&tools, "checks", REQUIREMENTS)?;
    let node = Packages::set_up(&tools)?;
    run(&mut set_up(&tools, &checks, &node, choice)?.driver)
}

/// The suite, set up.
pub(crate) struct Suite {
    /// The command that runs it.
    pub(crate) driver: Command,
    /// Where the generated Python package is installed.
    pub(crate) python: Environment,
    /// The test client in TypeScript, with the generated package installed in it.
    pub(crate) typescript: PathBuf,
}

/// Sets everything up.
///
/// With `choice.write`, the Rust client in the tree is generated anew; else it must be what would be generated.
pub(crate) fn set_up(tools: &Tools, checks: &Environment, node: &Packages, choice: &Choice) -> Result<Suite, Error> {
    clients::build(&PROGRAMS)?;
    let suite = folder();
    let document = clients::document("conformance-service")?;
    let mode = if choice.write { Mode::Write } else { Mode::Check };
    clients::generate_one(&document, NAME, "rust", &suite.join("client"), mode)?;

    let generated = places::target().join("clients").join(NAME);
    let (python, typescript) = (generated.join("python"), generated.join("typescript"));
    clients::generate_one(&document, NAME, "python", &python, Mode::Write)?;
    clients::generate_one(&document, NAME, "typescript", &typescript, Mode::Write)?;

    let environment = Environment::clean(tools, NAME)?;
    let wheel = checks.build_wheel(&python, &places::target().join("wheels").join(NAME))?;
    environment.install(&wheel, "msgpack")?;

    let package = node.project(&typescript, NAME)?;
    node.compile(&package)?;
    let packed = node.pack(&package)?;
    let project = node.user_project(&suite.join("typescript"), &[packed], "conformance-client")?;
    node.compile(&project)?;

    let mut driver = Command::new(places::built(NAME));
    driver
        .arg("--suite")
        .arg(&suite)
        .arg("--python")
        .arg(environment.program("python"))
        .arg("--node")
        .arg(&tools.node)
        .arg("--typescript")
        .arg(&project)
        .arg("--rust")
        .arg(places::built("conformance-rust"))
        .arg("--service")
        .arg(places::built("conformance-service"))
        .arg("--changed")
        .arg(places::built("conformance-changed"))
        .arg("--page")
        .arg(places::root().join("docs").join("conformance.md"));
    if choice.write {
        driver.arg("--write");
    }
    if let Some(case) = &choice.case {
        driver.arg("--case").arg(case);
    }
    if let Some(client) = &choice.client {
        driver.arg("--client").arg(client);
    }
    Ok(Suite {
        driver,
        python: environment,
        typescript: project,
    })
}

/// Where the suite is.
pub(crate) fn folder() -> PathBuf {
    places::root().join("tests").join("conformance")
}
