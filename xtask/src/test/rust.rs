//! The checks and tests of the Rust workspace.

use super::report::Report;
use crate::{clients::cargo, places, run::Error, soak};

/// Where loom tries what several threads do at once.
const MODELS: &str = "thread_models::";

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
    for features in ["", "ipc", "msgpack"] {
        report.check(
            &format!(
                "cargo clippy, the runtime with {}",
                if features.is_empty() { "no feature" } else { features }
            ),
            cargo().args([
                "clippy",
                "-p",
                "callsheet",
                "--no-default-features",
                "--features",
                features,
                "--",
                "-D",
                "warnings",
            ]),
        )?;
    }
    let mut doc = cargo();
    doc.args(["doc", "--workspace", "--all-features", "--no-deps"])
        .env("RUSTDOCFLAGS", "-D warnings");
    report.check("cargo doc", &mut doc)?;
    // The models have a step of their own, which says how long they take.
    let tests = [
        "test",
        "--workspace",
        "--all-features",
        "--no-fail-fast",
        "--",
        "--skip",
        MODELS,
    ];
    report.suite("cargo test", cargo().args(tests))?;
    let models = ["test", "-p", "callsheet", "--features", "model", "--lib", MODELS];
    report.suite("models: what several threads do at once", cargo().args(models))?;
    generated_types(report)?;
    foreign_client(report)
}

/// The published client of acton-reactive against the listener. It is in no build but this one.
fn foreign_client(report: &mut Report) -> Result<(), Error> {
    let manifest = places::root().join("tests").join("acton").join("Cargo.toml");
    let mut fmt = cargo();
    fmt.args(["fmt", "--check", "--manifest-path"]).arg(&manifest);
    report.check("acton-reactive's client: cargo fmt", &mut fmt)?;
    let mut test = cargo();
    test.args(["test", "--no-fail-fast", "--manifest-path"])
        .arg(&manifest)
        .env("CARGO_TARGET_DIR", places::target());
    report.suite("acton-reactive's client against a listener", &mut test)
}

/// A few generated types on trial, the same each time; `cargo xtask soak` tries thousands.
fn generated_types(report: &mut Report) -> Result<(), Error> {
    report.check("oracle: types are generated", &mut soak::generate(1, 150))?;
    report.check(
        "oracle: generated types are what they are described as",
        &mut soak::generated_types(),
    )
}
