//! The checks and tests of the Python and TypeScript parts, and of the packages that are generated.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::report::Report;
use crate::{
    clients::{self, Mode, folder},
    node::Packages,
    places,
    python::Environment,
    run::Error,
    tools::Tools,
};

/// The runtime part of the Python packages.
pub(super) fn support_python(report: &mut Report, python: &Environment, node: &Packages) -> Result<(), Error> {
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
    pytest.current_dir(&source).env("PYTHONDONTWRITEBYTECODE", "1");
    report.suite(
        "python support: pytest",
        pytest.args(["-m", "pytest", "-p", "no:cacheprovider", "-rfE"]),
    )
}

/// The runtime part of the TypeScript packages.
pub(super) fn support_typescript(report: &mut Report, node: &Packages) -> Result<(), Error> {
    let source = places::root().join("codegen").join("support").join("typescript");
    let project = node.project(&source, "support")?;
    let tool = |name: &str| {
        let mut command = Command::new(node.program(name));
        command.current_dir(&project);
        command
    };
    report.check("typescript support: tsc", &mut tool("tsc"))?;
    report.check("typescript support: eslint", tool("eslint").arg("."))?;
    report.check(
        "typescript support: prettier",
        tool("prettier").args(["--check", "src", "test"]),
    )?;
    suite_in_node(report, "typescript support: node --test", node, &project)
}

/// A generated client package: of the showcase, or of the contract that nobody had in mind.
struct Client {
    name: &'static str,
    python: PathBuf,
    typescript: PathBuf,
}

/// The generated packages, packed and installed as their users install them, against running services.
pub(super) fn interop(report: &mut Report, tools: &Tools, checks: &Environment, node: &Packages) -> Result<(), Error> {
    let surprise = places::target().join("clients").join("surprise");
    let document = clients::document("surprise")?;
    let clients = [
        Client {
            name: "showcase",
            python: folder("python"),
            typescript: folder("typescript"),
        },
        Client {
            name: "surprise",
            python: surprise.join("python"),
            typescript: surprise.join("typescript"),
        },
    ];
    for (language, out) in [("python", &clients[1].python), ("typescript", &clients[1].typescript)] {
        clients::generate_one(&document, "surprise", language, out, Mode::Write)?;
    }
    let rust = places::root().join("tests/interop/surprise/client");
    report.note(
        "tests/interop/surprise/client is what would be generated",
        clients::generate_one(&document, "surprise", "rust", &rust, Mode::Check),
    );
    let suites = places::root().join("tests").join("interop");
    python_suites(report, tools, checks, node, &clients, &suites)?;
    typescript_suites(report, node, &clients, &suites)
}

fn python_suites(
    report: &mut Report,
    tools: &Tools,
    checks: &Environment,
    node: &Packages,
    clients: &[Client],
    suites: &Path,
) -> Result<(), Error> {
    let rules = places::root().join("codegen/support/python/pyproject.toml");
    let environment = Environment::with_checks(tools, "interop", crate::test::REQUIREMENTS)?;
    for client in clients {
        let name = client.name;
        let package = client.python.join(name);
        let tool = |tool: &str| {
            let mut command = Command::new(checks.program(tool));
            command.current_dir(&client.python);
            command
        };
        let check = ["check", "--no-cache", "--config"];
        report.check(
            &format!("python {name}: ruff check"),
            tool("ruff").args(check).arg(&rules).arg(&package),
        )?;
        let format = ["format", "--no-cache", "--check", "--config"];
        report.check(
            &format!("python {name}: ruff format"),
            tool("ruff").args(format).arg(&rules).arg(&package),
        )?;
        let cache = places::target().join("mypy");
        let mut mypy = tool("mypy");
        mypy.args(["--strict", "--cache-dir"]).arg(&cache).arg(&package);
        report.check(&format!("python {name}: mypy"), &mut mypy)?;
        let mut pyright = Command::new(node.program("pyright"));
        pyright
            .current_dir(&client.python)
            .arg("--pythonpath")
            .arg(checks.program("python"))
            .arg(&package);
        report.check(&format!("python {name}: pyright"), &mut pyright)?;
        let wheel = checks.build_wheel(&client.python, &places::target().join("wheels").join(name))?;
        environment.install(&wheel, "msgpack")?;
    }
    let mut pytest = environment.python();
    pytest.current_dir(suites).env("PYTHONDONTWRITEBYTECODE", "1");
    report.suite(
        "python interop",
        pytest.args(["-m", "pytest", "-p", "no:cacheprovider", "-rfE"]),
    )
}

fn typescript_suites(report: &mut Report, node: &Packages, clients: &[Client], suites: &Path) -> Result<(), Error> {
    let mut packed = Vec::new();
    for client in clients {
        let project = node.project(&client.typescript, client.name)?;
        let mut tsc = Command::new(node.program("tsc"));
        report.check(&format!("typescript {}: tsc", client.name), tsc.current_dir(&project))?;
        packed.push(node.pack(&project)?);
    }
    let project = node.user_project(suites, &packed, "interop")?;
    fs::write(project.join("readme.ts"), readme("ts")?)?;
    let mut tsc = Command::new(node.program("tsc"));
    report.check("typescript interop and README: tsc", tsc.current_dir(&project))?;
    suite_in_node(report, "typescript interop", node, &project)
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

/// The only block of the README in `language`.
fn readme(language: &str) -> Result<String, Error> {
    let text = fs::read_to_string(places::root().join("README.md"))?;
    let start = format!("```{language}\n");
    let mut blocks = text.split(&start).skip(1).filter_map(|rest| rest.split("```").next());
    match (blocks.next(), blocks.next()) {
        (Some(block), None) => Ok(block.to_owned()),
        _ => Err(Error::new(format!("the README has not one block of {language}"))),
    }
}

fn suite_in_node(report: &mut Report, name: &str, node: &Packages, project: &Path) -> Result<(), Error> {
    let mut files = Vec::new();
    test_files(project, &mut files)?;
    files.sort();
    // Named one by one: which folders and patterns `--test` understands depends on the version of Node.
    report.suite(
        name,
        node.node(project).args(["--test", "--test-reporter=spec"]).args(files),
    )
}

fn test_files(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Error> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            if !path.ends_with("node_modules") {
                test_files(&path, files)?;
            }
        } else if [".test.js", ".test.mjs"]
            .iter()
            .any(|end| path.to_string_lossy().ends_with(end))
        {
            files.push(path);
        }
    }
    Ok(())
}
