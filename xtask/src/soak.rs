//! `cargo xtask soak`: what takes too long to be run with the tests.
//!
//! A crowd of actors is started, called and stopped: `runtime/tests/crowd.rs` says what for. Then very many calls are made
//! over many connections: `runtime/tests/calls_under_load` says how. Then types are generated, compiled and put on trial:
//! `tests/oracle` says what for. Then contracts are generated, and clients from them in every language: `tests/corpus` says
//! what for.

use std::{
    path::PathBuf,
    process::Command,
    time::{SystemTime, UNIX_EPOCH},
};

use crate::{
    clients::cargo,
    corpus,
    node::Packages,
    places,
    python::Environment,
    run::{Error, run},
    test::REQUIREMENTS,
    tools,
};

/// How many types are compiled at once.
const BATCH: u64 = 500;

/// How many contracts' clients are compiled at once.
const CLIENTS: u32 = 40;

/// How much of each there is to be; what is 0 is left out.
pub(crate) struct Sizes {
    pub(crate) actors: u64,
    pub(crate) calls: u32,
    pub(crate) connections: u32,
    pub(crate) types: u64,
    pub(crate) contracts: u32,
}

/// Tries a crowd of actors, calls over connections, and at least so many generated types. Calls and types follow from
/// `seed`, or from the clock if there is none.
pub(crate) fn soak(sizes: &Sizes, seed: Option<u64>) -> Result<(), Error> {
    let &Sizes {
        actors,
        calls,
        connections,
        types,
        contracts,
    } = sizes;
    if actors > 0 {
        println!(
            "\n== {actors} actors; `cargo xtask soak --actors {actors} --calls 0 --types 0 --contracts 0` repeats it \
             =="
        );
        run(&mut crowd(actors))?;
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let seed = seed.unwrap_or_else(|| now.map_or(0, |now| now.as_secs()));
    if calls > 0 && connections > 0 {
        println!(
            "\n== {calls} calls over {connections} connections, of seed {seed}; `cargo xtask soak --calls {calls} \
             --connections {connections} --seed {seed} --actors 0 --types 0 \
             --contracts 0` repeats it =="
        );
        run(&mut calls_under_load(calls, connections, seed))?;
    }
    for batch in 0..types.div_ceil(BATCH) {
        let seed = seed.wrapping_add(batch);
        println!(
            "\n== {BATCH} generated types of seed {seed}; `cargo xtask soak --seed {seed} --types {BATCH} --actors 0 --calls 0 \
             --contracts 0` repeats it =="
        );
        run(&mut generate(seed, BATCH))?;
        run(&mut generated_types())?;
    }
    if contracts > 0 {
        let tools = tools::find()?;
        let (python, node) = (
            Environment::set_up(&tools, "checks", REQUIREMENTS)?,
            Packages::set_up(&tools)?,
        );
        for batch in 0..contracts.div_ceil(CLIENTS) {
            let seed = seed.wrapping_add(batch.into());
            println!(
                "\n== {CLIENTS} generated contracts of seed {seed}; `cargo xtask soak --seed {seed} --contracts {CLIENTS} \
                 --actors 0 --calls 0 --types 0` repeats it =="
            );
            run(&mut corpus::command(&python, &node, seed, CLIENTS))?;
        }
    }
    Ok(())
}

/// Starts, calls and stops a crowd of `actors`, and prints what they cost.
fn crowd(actors: u64) -> Command {
    let mut command = long("crowd");
    command.env("CALLSHEET_CROWD", actors.to_string());
    command
}

/// Makes the calls, and prints how they ended and how long they took.
fn calls_under_load(calls: u32, connections: u32, seed: u64) -> Command {
    let mut command = long("calls_under_load");
    command
        .env("CALLSHEET_CALLS", calls.to_string())
        .env("CALLSHEET_CONNECTIONS", connections.to_string())
        .env("CALLSHEET_SEED", seed.to_string());
    command
}

/// A test of the runtime whose size is said in its environment.
fn long(test: &str) -> Command {
    let mut command = cargo();
    command.args([
        "test",
        "--release",
        "-p",
        "callsheet",
        "--test",
        test,
        "--",
        "--nocapture",
    ]);
    command
}

/// Writes a crate of `types` generated types that follow from `seed`.
pub(crate) fn generate(seed: u64, types: u64) -> Command {
    let mut command = cargo();
    command
        .args(["run", "--quiet", "-p", "callsheet-oracle", "--bin", "generate", "--"])
        .arg(folder())
        .args(["--seed", &seed.to_string(), "--types", &types.to_string()]);
    command
}

/// Compiles the generated crate and tries its types.
pub(crate) fn generated_types() -> Command {
    let mut command = cargo();
    command
        .args(["run", "--quiet", "--offline", "--manifest-path"])
        .arg(folder().join("Cargo.toml"))
        // What it is built on has been built there already.
        .env("CARGO_TARGET_DIR", places::target());
    command
}

fn folder() -> PathBuf {
    places::target().join("oracle").join("generated")
}
