//! Plays the cases of the conformance suite to the test client of each language, and tells what came of it as a table.
//!
//! `cargo xtask conformance` sets up what it needs and starts it; `tests/conformance/README.md` says what cases look like.

mod cases;
mod client;
mod known;
mod languages;
mod outcome;
mod run;
mod service;
mod table;

use std::{error::Error, path::PathBuf, process::ExitCode, time::Duration};

use clap::Parser;
use conformance_server::Codec;

use crate::{known::Known, languages::Language, run::Combination};

/// What takes longer is told: the suite is run often.
const SLOW: Duration = Duration::from_secs(2);

/// Plays the cases of the conformance suite.
#[derive(Parser)]
struct Options {
    /// The folder with cases, known failures and clients
    #[arg(long, value_name = "PATH")]
    suite: PathBuf,
    /// The Python in whose environment the generated package is installed
    #[arg(long, value_name = "PROGRAM")]
    python: PathBuf,
    /// Node
    #[arg(long, value_name = "PROGRAM")]
    node: PathBuf,
    /// The compiled project in which the generated package is installed
    #[arg(long, value_name = "PATH")]
    typescript: PathBuf,
    /// The test client in Rust
    #[arg(long, value_name = "PROGRAM")]
    rust: PathBuf,
    /// The real server
    #[arg(long, value_name = "PROGRAM")]
    service: PathBuf,
    /// The real server of another version of the contract
    #[arg(long, value_name = "PROGRAM")]
    changed: PathBuf,
    /// The page that shows the table
    #[arg(long, value_name = "PATH")]
    page: PathBuf,
    /// Writes the table into the page instead of comparing it
    #[arg(long)]
    write: bool,
    /// Only cases whose name contains this; the page is left alone
    #[arg(long)]
    case: Option<String>,
    /// Only this client; the page is left alone
    #[arg(long)]
    client: Option<Language>,
}

fn main() -> ExitCode {
    match conform(&Options::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn conform(options: &Options) -> Result<bool, Box<dyn Error>> {
    let mut cases = cases::load(&options.suite.join("cases"))?;
    let known = Known::load(&options.suite.join("known.json"), &cases)?;
    if let Some(part) = &options.case {
        cases.retain(|case| case.name.contains(part));
    }
    let languages: Vec<_> = Language::ALL
        .into_iter()
        .filter(|language| options.client.is_none_or(|only| only == *language))
        .collect();
    let combinations: Vec<_> = languages
        .iter()
        .flat_map(|language| Codec::ALL.map(|codec| (*language, codec)))
        .map(|(language, codec)| Combination {
            language,
            codec,
            command: language.command(options),
            service: options.service.clone(),
            changed: options.changed.clone(),
        })
        .collect();
    let results = run::run_all(&combinations, &cases)?;

    let mut is_well = true;
    let mut verdicts = Vec::new();
    for result in results {
        if result.took > SLOW {
            let codec = result.codec.name();
            eprintln!(
                "slow: {}, {codec}, {}: {:.1?}",
                result.language.title(),
                result.case,
                result.took
            );
        }
        let verdict = known.judge(result);
        if let Some(told) = verdict.told() {
            eprintln!("{told}");
            is_well = false;
        }
        verdicts.push(verdict);
    }
    let table = table::table(&cases, &languages, &verdicts);
    println!("{table}");
    // In the words of the other runners of tests, which are counted.
    let failed = verdicts.iter().filter(|verdict| verdict.told().is_some()).count();
    println!("test result: {} passed; {failed} failed", verdicts.len() - failed);
    let whole = options.case.is_none() && options.client.is_none();
    if whole && is_well {
        table::page(&options.page, &table, &known.listed(), options.write)?;
    }
    Ok(is_well)
}
