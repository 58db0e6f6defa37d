//! The checks and tests of the Python and TypeScript parts, and of the packages that are generated.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::report::Report;
use crate::{
    clients::{self, Mode, folder},
    node::{Packages, copy},
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

/// The generated packages, installed as their users install them, against running services.
pub(super) fn interop(report: &mut Report, tools: &Tools, checks: &Environment, node: &Packages) -> Result<(), Error> {
    let _ = (
        report,
        tools,
        checks,
        node,
        fs::read_dir("."),
        copy,
        Mode::Check,
        folder("x"),
        clients::document,
    );
    Ok(())
}

fn suite_in_node(report: &mut Report, name: &str, node: &Packages, project: &Path) -> Result<(), Error> {
    let mut files = Vec::new();
    test_files(&project.join("dist"), &mut files)?;
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
            test_files(&path, files)?;
        } else if path.to_string_lossy().ends_with(".test.js") {
            files.push(path);
        }
    }
    Ok(())
}
