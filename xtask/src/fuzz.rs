//! `cargo xtask fuzz`: bytes that nobody thought of, for the wire and for a whole connection.
//!
//! `docs/dev/fuzzing.md` says what the targets hold, and what to do with what they find.

use std::{fs, path::PathBuf, process::Command};

use serde_json::Value;

use crate::{
    places,
    run::{Error, read, run},
};

/// The targets, and the longest input that is thought of for each.
const TARGETS: [(&str, u32); 5] = [
    ("frame", 1024),
    ("envelope", 4096),
    ("payload", 2048),
    ("acton", 2048),
    ("connection", 4096),
];

/// The byte vectors, which are what a fuzzer begins with.
const VECTORS: [&str; 8] = [
    "callback",
    "control",
    "push",
    "refused",
    "request",
    "response",
    "stream",
    "subscribe",
];

/// Those of acton-reactive's wire, which two targets read.
const ACTON: &str = "acton";

/// Runs each target for so many seconds, or only the one with this name.
///
/// # Errors
///
/// If there is no such target, a program is missing, a target cannot be built, or one has found something.
pub(crate) fn fuzz(seconds: u32, only: Option<&str>) -> Result<(), Error> {
    let targets: Vec<_> = TARGETS
        .into_iter()
        .filter(|(target, _)| only.is_none_or(|only| only == *target))
        .collect();
    if targets.is_empty() {
        let names = TARGETS.map(|(target, _)| target).join("`, `");
        return Err(Error::new(format!("there is no such target; there are `{names}`")));
    }
    for (program, how) in [
        (["+nightly", "--version"], "`rustup toolchain install nightly`"),
        (["fuzz", "--version"], "`cargo install cargo-fuzz`"),
    ] {
        if read(Command::new("cargo").args(program)).is_none() {
            let missing = format!("`cargo {}` fails; this needs {how}", program.join(" "));
            return Err(Error::new(missing));
        }
    }
    let mut found = Vec::new();
    for (target, longest) in targets {
        println!("\n== {target}, {seconds} s ==");
        let seeds = sow(target)?;
        if let Err(error) = run(&mut command(target, &seeds, seconds, longest)?) {
            println!("{error}");
            found.push(target);
        }
    }
    if found.is_empty() {
        return Ok(());
    }
    let (found, place) = (found.join("`, `"), folder());
    Err(Error::new(format!(
        "`{found}` found something, or could not be built; what was found is in {}",
        place.join("found").display()
    )))
}

fn folder() -> PathBuf {
    places::target().join("fuzz")
}

fn command(target: &str, seeds: &PathBuf, seconds: u32, longest: u32) -> Result<Command, Error> {
    let found = folder().join("found").join(target);
    fs::create_dir_all(&found)?;
    let mut command = Command::new("cargo");
    command
        .args(["+nightly", "fuzz", "run", "--fuzz-dir"])
        .arg(places::root().join("schema/wire/fuzz"))
        // There is no unsafe code here to be watched, and without the watching it is several times as fast.
        .args(["--sanitizer", "none", "--target-dir"])
        .arg(folder().join("built"));
    if target == "connection" {
        command.args(["--features", "connection"]);
    }
    command
        .arg(target)
        .arg(seeds)
        .arg("--")
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-max_len={longest}"))
        .arg(format!("-dict={}", dictionary()?.display()))
        // A frame that takes as long as this is found, too.
        .arg("-timeout=10")
        .arg(format!("-artifact_prefix={}/", found.display()))
        .current_dir(places::root());
    Ok(command)
}

/// The byte vectors, as the target reads its bytes; into the folder where it keeps what it thinks of.
fn sow(target: &str) -> Result<PathBuf, Error> {
    let corpus = folder().join("corpus").join(target);
    fs::create_dir_all(&corpus)?;
    for file in VECTORS.into_iter().chain([ACTON]) {
        // Each target has a use for the frames of its wire; that of a whole connection for all.
        if target != "connection" && (target == "acton") != (file == ACTON) {
            continue;
        }
        for (number, vector) in vectors(file)?.iter().enumerate() {
            let Some(frame) = vector["frame_hex"].as_str().and_then(bytes) else {
                return Err(Error::new(format!("{file}.json: vector {number} has no bytes")));
            };
            // What stands before the bytes is said where each target reads it.
            let seed = match target {
                "frame" => [&[4, 0, 7], &frame[..]].concat(),
                "envelope" => [&[0], frame.get(4..).unwrap_or_default()].concat(),
                "acton" => [&[0, 4, 0, 7], &frame[..]].concat(),
                "payload" => payload(vector, frame.get(4..).unwrap_or_default(), number),
                _ => [&[0, 7], &frame[..]].concat(),
            };
            fs::write(corpus.join(format!("{file}-{number}")), seed)?;
        }
    }
    Ok(corpus)
}

/// A whole frame is a value, too: read as one of the types, in its own codec.
fn payload(vector: &Value, frame: &[u8], number: usize) -> Vec<u8> {
    let codec = if vector["codec"] == "messagepack" { 2 } else { 0 };
    [&[codec, number as u8], frame].concat()
}

fn vectors(file: &str) -> Result<Vec<Value>, Error> {
    let path = places::root().join(format!("schema/wire/tests/vectors/{file}.json"));
    serde_json::from_slice(&fs::read(&path)?).map_err(|error| Error::new(format!("{}: {error}", path.display())))
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digits = |at| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok();
    (0..hex.len()).step_by(2).map(digits).collect()
}

/// The keys of the vectors' frames, in libFuzzer's form.
fn dictionary() -> Result<PathBuf, Error> {
    let mut words = std::collections::BTreeSet::new();
    for file in VECTORS.into_iter().chain([ACTON]) {
        for vector in vectors(file)? {
            words.extend(
                vector["fields"]
                    .as_object()
                    .into_iter()
                    .flat_map(|map| map.keys().cloned()),
            );
        }
    }
    let lines: String = words.iter().map(|word| format!("\"{word}\"\n")).collect();
    let path = folder().join("words.dict");
    fs::write(&path, lines)?;
    Ok(path)
}
