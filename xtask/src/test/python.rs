//! The checks and tests of the Python parts, and of the Python packages that are generated.

use std::{env, ffi::OsString, path::Path, process::Command};

use super::{packages::Client, readmes, report::Report};
use crate::{
    clients::{self, Mode, folder},
    node::Packages,
    places,
    python::Environment,
    run::Error,
    showcase::Showcase,
    tools::Tools,
};

/// The runtime part of the Python packages.
pub(super) fn support(report: &mut Report, python: &Environment, node: &Packages) -> Result<(), Error> {
    let source = places::root().join("codegen").join("support").join("python");
    let tool = |name: &str| {
        let mut command = Command::new(python.program(name));
        command.current_dir(&source);
        command
    };
    report.check(
        "python support: ruff check",
        tool("ruff").args(["check", "--no-cache", "."]),
    )?;
    report.check(
        "python support: ruff format",
        tool("ruff").args(["format", "--no-cache", "--check", "."]),
    )?;
    let cache = places::target().join("mypy");
    report.check("python support: mypy", tool("mypy").arg("--cache-dir").arg(&cache))?;
    let mut pyright = Command::new(node.program("pyright"));
    report.check(
        "python support: pyright",
        pyright
            .current_dir(&source)
            .arg("--pythonpath")
            .arg(python.program("python")),
    )?;
    let mut pytest = python.python();
    pytest
        .current_dir(&source)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        // Where the tests of user code find it.
        .env("PATH", with_folder_of(&node.program("pyright"))?);
    report.suite(
        "python support: pytest",
        pytest.args(["-m", "pytest", "-p", "no:cacheprovider", "-rfE"]),
    )
}

/// The search path for programs, with the folder of one before all others.
fn with_folder_of(program: &Path) -> Result<OsString, Error> {
    let known = env::var_os("PATH").unwrap_or_default();
    let folders = program.parent().map(Path::to_owned).into_iter();
    env::join_paths(folders.chain(env::split_paths(&known))).map_err(|failure| Error::new(failure.to_string()))
}

/// The generated packages: their checks, and the suites of tests that call running services through them.
pub(super) fn suites(
    report: &mut Report,
    tools: &Tools,
    checks: &Environment,
    node: &Packages,
    clients: &[Client],
    suites: &Path,
) -> Result<(), Error> {
    let unserved = HARD_NAMES.map(|name| (name, places::target().join("clients").join(name)));
    for (name, folder) in &unserved {
        let document = places::root().join(format!("codegen/tests/documents/{name}.json"));
        clients::generate_one(&document, name, "python", folder, Mode::Write)?;
        package(report, checks, node, name, folder)?;
    }
    let environment = Environment::with_checks(tools, "interop", crate::test::REQUIREMENTS)?;
    // It has the showcase's package and no other.
    let alone = Environment::clean(tools, "alone")?;
    for client in clients {
        package(report, checks, node, client.name, &client.python)?;
        let wheel = checks.build_wheel(&client.python, &places::target().join("wheels").join(client.name))?;
        environment.install(&wheel, "msgpack")?;
        if client.name == "showcase" {
            alone.install_alone(&wheel)?;
        }
    }
    without_msgpack(report, &alone, suites)?;
    let served = clients.iter().map(|client| (client.name, &*client.python));
    let packages: Vec<_> = served
        .chain(unserved.iter().map(|(name, folder)| (*name, &**folder)))
        .collect();
    readmes::python(report, checks, &environment, &alone, node, &packages)?;
    for client in clients {
        public_types(report, &environment, node, client.name)?;
    }
    users(report, checks, &environment, node, suites)?;
    let mut pytest = environment.python();
    pytest.current_dir(suites).env("PYTHONDONTWRITEBYTECODE", "1");
    report.suite(
        "python interop",
        pytest.args(["-m", "pytest", "-p", "no:cacheprovider", "-rfE"]),
    )
}

/// Documents of the generator's tests whose packages are checked as those of clients are.
const HARD_NAMES: [&str; 5] = [
    "everything",
    "python_events",
    "python_forms",
    "python_hosting",
    "python_names",
];

/// A package by the rules that it brings along, which leave nothing out.
fn package(report: &mut Report, checks: &Environment, node: &Packages, name: &str, folder: &Path) -> Result<(), Error> {
    let tool = |tool: &str| {
        let mut command = Command::new(checks.program(tool));
        command.current_dir(folder);
        command
    };
    let mut ruff = tool("ruff");
    ruff.args(["check", "--no-cache", "."]);
    if name == "surprise" {
        // It has a name that is not ASCII, which no setting allows: docs/decisions/0013.
        ruff.args(["--ignore", "PLC2401"]);
    }
    report.check(&format!("python {name}: ruff check"), &mut ruff)?;
    report.check(
        &format!("python {name}: ruff format"),
        tool("ruff").args(["format", "--no-cache", "--check", "."]),
    )?;
    let cache = places::target().join("mypy");
    let mut mypy = tool("mypy");
    mypy.args(["--strict", "--cache-dir"])
        .arg(&cache)
        .arg(folder.join(name));
    report.check(&format!("python {name}: mypy"), &mut mypy)?;
    let mut pyright = Command::new(node.program("pyright"));
    pyright
        .current_dir(folder)
        .arg("--pythonpath")
        .arg(checks.program("python"));
    report.check(&format!("python {name}: pyright"), &mut pyright)
}

/// That every public name of an installed package has a type that is known and no `Any`.
fn public_types(report: &mut Report, environment: &Environment, node: &Packages, name: &str) -> Result<(), Error> {
    let mut pyright = Command::new(node.program("pyright"));
    // Here it finds the package by what `python` is, and not in the folder that it is run in.
    pyright
        .current_dir(places::target())
        .env("PATH", environment.path()?)
        .args(["--ignoreexternal", "--verifytypes", name]);
    report.check(&format!("python {name}: all public types are known"), &mut pyright)
}

/// The suites as programs of users, by the types of the installed packages.
fn users(
    report: &mut Report,
    checks: &Environment,
    environment: &Environment,
    node: &Packages,
    suites: &Path,
) -> Result<(), Error> {
    let python = environment.program("python");
    for folder in ["alone", "showcase/python", "surprise/python"] {
        let mut mypy = Command::new(checks.program("mypy"));
        mypy.current_dir(suites.join(folder))
            .arg("--config-file")
            .arg(suites.join("pyproject.toml"))
            .args(["--strict", "--cache-dir"])
            .arg(places::target().join("mypy-interop"))
            .arg("--python-executable")
            .arg(&python)
            .arg(".");
        report.check(&format!("python interop {folder}: mypy"), &mut mypy)?;
    }
    let mut pyright = Command::new(node.program("pyright"));
    pyright.current_dir(suites).arg("--pythonpath").arg(&python);
    report.check("python interop: pyright", &mut pyright)
}

/// The showcase's package in an environment that has no other, against a running showcase.
fn without_msgpack(report: &mut Report, alone: &Environment, suites: &Path) -> Result<(), Error> {
    let showcase = Showcase::start(200)?;
    let mut program = alone.python();
    program
        .arg(suites.join("alone/without_msgpack.py"))
        .arg(showcase.socket());
    let outcome = report.check("python showcase: without msgpack", &mut program);
    showcase.stop()?;
    outcome
}

/// The Python of the tour, checked as a user of the showcase's client would check it.
pub(super) fn tour(report: &mut Report, checks: &Environment) -> Result<(), Error> {
    let program = places::root().join("examples/tour/python/tour.py");
    let rules = places::root().join("codegen/support/python/pyproject.toml");
    let tool = |name: &str| Command::new(checks.program(name));
    let check = ["check", "--no-cache", "--config"];
    report.check("tour: ruff check", tool("ruff").args(check).arg(&rules).arg(&program))?;
    let format = ["format", "--no-cache", "--check", "--config"];
    report.check("tour: ruff format", tool("ruff").args(format).arg(&rules).arg(&program))?;
    let mut mypy = tool("mypy");
    mypy.env("MYPYPATH", folder("python"))
        .args(["--strict", "--cache-dir"])
        .arg(places::target().join("mypy"));
    report.check("tour: mypy", mypy.arg(&program))
}
