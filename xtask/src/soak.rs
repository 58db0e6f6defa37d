//! `cargo xtask soak`: what takes too long to be run with the tests.
//!
//! Types are generated, compiled and put on trial: `tests/oracle` says what for.

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

/// Tries at least `types` generated types that follow from `seed`, or from the clock if there is none.
pub(crate) fn soak(seed: Option<u64>, types: u64) -> Result<(), Error> {
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
