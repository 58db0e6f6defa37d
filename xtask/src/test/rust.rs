//! The checks and tests of the Rust workspace.

use super::report::Report;
use crate::{clients::cargo, run::Error};

pub(super) fn check(report: &mut Report) -> Result<(), Error> {
    report.check("cargo fmt", cargo().args(["fmt", "--all", "--check"]))?;
    let clippy = [
        "clippy",
        "--workspace",
        "--all-targets",
        "--all-features",
        "--",
        "-D",
        "warnings",
    ];
    report.check("cargo clippy", cargo().args(clippy))?;
    let mut doc = cargo();
    doc.args(["doc", "--workspace", "--all-features", "--no-deps"])
        .env("RUSTDOCFLAGS", "-D warnings");
    report.check("cargo doc", &mut doc)?;
    report.suite(
        "cargo test",
        cargo().args(["test", "--workspace", "--all-features", "--no-fail-fast"]),
    )
}
