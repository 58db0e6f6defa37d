//! The conformance suite, and the checks of its test clients.

use std::process::Command;

use super::report::Report;
use crate::{
    conformance::{self, Choice, Suite},
    node::Packages,
    places,
    python::Environment,
    run::Error,
    tools::Tools,
};

/// Plays all cases, and checks the test clients as users of the packages would check their programs.
pub(super) fn suite(report: &mut Report, tools: &Tools, checks: &Environment, node: &Packages) -> Result<(), Error> {
    let mut suite = conformance::set_up(tools, checks, node, &Choice::default())?;
    report.suite("conformance", &mut suite.driver)?;
    python(report, &suite, checks, node)?;
    typescript(report, &suite, node)
}

fn python(report: &mut Report, suite: &Suite, checks: &Environment, node: &Packages) -> Result<(), Error> {
    let source = conformance::folder().join("python");
    let tool = |name: &str| {
        let mut command = Command::new(checks.program(name));
        command.current_dir(&source);
        command
    };
    report.check(
        "python conformance: ruff check",
        tool("ruff").args(["check", "--no-cache", "."]),
    )?;
    let format = ["format", "--no-cache", "--check", "."];
    report.check("python conformance: ruff format", tool("ruff").args(format))?;
    let mut mypy = tool("mypy");
    mypy.arg("--cache-dir")
        .arg(places::target().join("mypy"))
        .arg("--python-executable")
        .arg(suite.python.program("python"));
    report.check(
        "python conformance: mypy",
        mypy.args(["asynchronous.py", "blocking.py"]),
    )?;
    let mut pyright = Command::new(node.program("pyright"));
    pyright
        .current_dir(&source)
        .arg("--pythonpath")
        .arg(suite.python.program("python"));
    report.check("python conformance: pyright", &mut pyright)
}

fn typescript(report: &mut Report, suite: &Suite, node: &Packages) -> Result<(), Error> {
    let tool = |name: &str| {
        let mut command = Command::new(node.program(name));
        command.current_dir(&suite.typescript);
        command
    };
    report.check("typescript conformance: eslint", tool("eslint").arg("."))?;
    report.check(
        "typescript conformance: prettier",
        tool("prettier").args(["--check", "src"]),
    )
}
