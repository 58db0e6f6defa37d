//! Writes a crate of generated types that tries them when it is run.
//!
//! `generate FOLDER --seed N --types N --values N --changes N`

use std::{env, fmt::Write, fs, path::Path, process::ExitCode};

use callsheet_oracle::generated::Generator;

/// How many types use one another and stand in one file.
const MODULE: usize = 25;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let number = |name: &str, default: u64| {
        let at = arguments.iter().position(|argument| argument == name);
        at.and_then(|at| arguments.get(at + 1)?.parse().ok()).unwrap_or(default)
    };
    let Some(folder) = arguments.first() else {
        eprintln!("error: no folder was named");
        return ExitCode::from(2);
    };
    let [seed, types, values, changes] = [("--seed", 1), ("--types", 150), ("--values", 15), ("--changes", 8)]
        .map(|(name, default)| number(name, default));
    match write(Path::new(folder), seed, types, [values, changes]) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {folder}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn write(folder: &Path, seed: u64, types: u64, [values, changes]: [u64; 2]) -> std::io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize()?;
    let sources = folder.join("src");
    if sources.exists() {
        fs::remove_dir_all(&sources)?;
    }
    fs::create_dir_all(&sources)?;
    let modules = types.div_ceil(MODULE as u64);
    let mut main = String::new();
    for module in 0..modules {
        let source = Generator::new(seed.wrapping_mul(1_000_003).wrapping_add(module)).module(MODULE);
        fs::write(sources.join(format!("generated_{module}.rs")), source)?;
        let _ = writeln!(main, "mod generated_{module};");
    }
    let cases: String = (0..modules)
        .map(|module| format!("generated_{module}::cases(), "))
        .collect();
    let _ = write!(
        main,
        "\nfn main() -> std::process::ExitCode {{\n    \
         callsheet_oracle::Trial {{ seed: {seed}, values: {values}, changes: {changes} }}\n        \
         .report([{cases}].concat())\n}}\n"
    );
    fs::write(sources.join("main.rs"), main)?;
    let manifest = format!(
        "[package]\nname = \"generated-types\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n\
         [dependencies]\ncallsheet.path = {:?}\ncallsheet-oracle.path = {:?}\n\n\
         [workspace]\n\n[profile.dev.package.generated-types]\ndebug = false\n",
        root.join("runtime"),
        root.join("tests/oracle"),
    );
    fs::write(folder.join("Cargo.toml"), manifest)?;
    // The versions that the rest is tested with.
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock"))?;
    Ok(())
}
