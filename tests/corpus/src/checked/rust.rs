//! One workspace of all crates, in which a warning is a complaint.

use std::{env, fs, io, process::Command};

use callsheet_codegen::backends::Language;

use super::{Bench, by_line, complaints};
use crate::{finding::Finding, package};

pub(super) fn check(bench: &Bench, documents: &[String]) -> io::Result<Vec<Finding>> {
    let folder = bench.folder(Language::Rust);
    let members = documents
        .iter()
        .map(|name| format!("    {name:?},\n"))
        .collect::<String>();
    // The program that gives values back is built for those that compile, and knows this workspace.
    fs::write(
        folder.join("Cargo.toml"),
        format!(
            "[workspace]\nresolver = \"3\"\nmembers = [\n{members}]\nexclude = [\"echo\"]\n\n[profile.dev]\ndebug = 0\n"
        ),
    )?;
    // What the repository has built is there without a network.
    fs::copy(package::root().join("Cargo.lock"), folder.join("Cargo.lock"))?;
    let mut cargo = cargo(bench);
    cargo.current_dir(&folder).args([
        "check",
        "--offline",
        "--workspace",
        "--all-features",
        "--keep-going",
        "--quiet",
        "--message-format",
        "short",
    ]);
    complaints("cargo check", &mut cargo, |printed| {
        by_line("cargo check", "", printed, |line| {
            line.contains(".rs:") && (line.contains(": error") || line.contains(": warning"))
        })
    })
}

/// `cargo`, which builds where the bench is: what was built there once is not built again.
pub(crate) fn cargo(bench: &Bench) -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .env("CARGO_TARGET_DIR", bench.into.join("target"))
        .env("CARGO_INCREMENTAL", "0")
        .env_remove("RUSTFLAGS");
    cargo
}
