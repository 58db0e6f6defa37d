//! `cargo xtask corpus`: documents made to break generators, with clients of them in every language; `tests/corpus` says how.
//!
//! It runs the share of it that takes minutes: each document, and few contracts made at random. `cargo xtask soak` has more.

use std::process::Command;

use crate::{
    clients::cargo,
    node::Packages,
    places,
    python::Environment,
    run::{Error, run},
    test::REQUIREMENTS,
    tools,
};

/// How many contracts are made at random.
const CONTRACTS: u32 = 4;

/// What they follow from: always the same, so that a failure stays where it is.
const SEED: u64 = 1;

/// Makes clients of the share in every language, has them compiled, checked and tried.
pub(crate) fn share() -> Result<(), Error> {
    let tools = tools::find()?;
    let python = Environment::set_up(&tools, "checks", REQUIREMENTS)?;
    let node = Packages::set_up(&tools)?;
    share_with(&python, &node)
}

/// The same with what is set up.
pub(crate) fn share_with(python: &Environment, node: &Packages) -> Result<(), Error> {
    run(command(python, node, SEED, CONTRACTS).arg("--share"))
}

/// Makes clients of the corpus and of so many generated contracts that follow from `seed`, in every language, and has them
/// compiled, checked and tried.
pub(crate) fn command(python: &Environment, node: &Packages, seed: u64, contracts: u32) -> Command {
    let mut command = cargo();
    command
        .args(["run", "--quiet", "-p", "callsheet-corpus", "--bin", "corpus", "--"])
        .arg(places::target().join("corpus"))
        .arg("--python")
        .arg(python.program("python"))
        .arg("--node")
        .arg(node.root())
        .args(["--seed", &seed.to_string(), "--contracts", &contracts.to_string()]);
    command
}
