//! `cargo xtask soak`: what takes too long to be run with the tests.
//!
//! A crowd of actors is started, called and stopped: `runtime/tests/crowd.rs` says what for. Then types are generated,
//! compiled and put on trial: `tests/oracle` says what for.

use std::{
    path::PathBuf,
    process::Command,
    time::{SystemTime, UNIX_EPOCH},
};

use crate::{
    clients::cargo,
    places,
    run::{Error, run},
};

/// How many types are compiled at once.
const BATCH: u64 = 500;

/// Tries a crowd of `actors`, and at least `types` generated types that follow from `seed`, or from the clock if there is
/// none.
pub(crate) fn soak(actors: u64, seed: Option<u64>, types: u64) -> Result<(), Error> {
    if actors > 0 {
        println!("\n== {actors} actors; `cargo xtask soak --actors {actors} --types 0` repeats it ==");
        run(&mut crowd(actors))?;
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let seed = seed.unwrap_or_else(|| now.map_or(0, |now| now.as_secs()));
    for batch in 0..types.div_ceil(BATCH) {
        let seed = seed.wrapping_add(batch);
        println!(
            "\n== {BATCH} generated types of seed {seed}; `cargo xtask soak --seed {seed} --types {BATCH}` repeats it =="
        );
        run(&mut generate(seed, BATCH))?;
        run(&mut generated_types())?;
    }
    Ok(())
}

/// Starts, calls and stops a crowd of `actors`, and prints what they cost.
fn crowd(actors: u64) -> Command {
    let mut command = cargo();
    command
        .args([
            "test",
            "--release",
            "-p",
            "callsheet",
            "--test",
            "crowd",
            "--",
            "--nocapture",
        ])
        .env("CALLSHEET_CROWD", actors.to_string());
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
