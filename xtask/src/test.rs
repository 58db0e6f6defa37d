//! `cargo xtask test`: every check and every test, in every language.

mod conformance;
mod count;
mod kept;
mod packages;
mod python;
mod readmes;
mod report;
mod rust;
mod typescript;

use std::process::ExitCode;

use crate::{clients, corpus, demo, node::Packages, python::Environment, run::Error, tools};
use report::Report;

/// What the Python parts are built and checked with.
pub(crate) const REQUIREMENTS: &str = include_str!("../requirements.txt");

pub(crate) fn run() -> ExitCode {
    let mut report = Report::default();
    if let Err(error) = check_all(&mut report) {
        report.stopped(&error);
    }
    report.finish()
}

fn check_all(report: &mut Report) -> Result<(), Error> {
    let tools = tools::find()?;
    let python = Environment::set_up(&tools, "checks", REQUIREMENTS)?;
    let node = Packages::set_up(&tools)?;

    rust::check(report)?;
    clients::build(&["callsheet-codegen", "showcase", "surprise"])?;
    report.note(
        "generated-clients/ is what would be generated",
        clients::generate(clients::Mode::Check),
    );
    python::support(report, &python, &node)?;
    packages::support_typescript(report, &node)?;
    packages::interop(report, &tools, &python, &node)?;
    kept::clients(report, &tools, &python, &node)?;
    conformance::suite(report, &tools, &python, &node)?;
    report.note("cargo xtask corpus", corpus::share_with(&python, &node));
    python::tour(report, &python)?;
    report.note("cargo xtask demo", demo::run_demo());
    Ok(())
}
