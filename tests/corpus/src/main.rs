//! Makes packages of the corpus and checks them: `cargo xtask test` and `cargo xtask soak` run it.

use std::{collections::BTreeMap, path::PathBuf, process::ExitCode};

use callsheet_codegen::backends::{self, Language};
use callsheet_corpus::{
    checked::Bench,
    echo::Echo,
    finding::Finding,
    generated, known,
    package::{Outcome, called, package},
    returned,
    written::{self, Written},
};
use clap::Parser;

#[derive(Parser)]
struct Arguments {
    /// Where everything is written; what an earlier run left there is removed
    into: PathBuf,
    /// The Python beside which mypy and ruff are
    #[arg(long)]
    python: PathBuf,
    /// The folder with the `node_modules` that are checked with
    #[arg(long)]
    node: PathBuf,
    /// How many documents are made at random
    #[arg(long, default_value_t = 12)]
    contracts: u32,
    /// What they follow from
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Only these languages
    #[arg(long)]
    only: Vec<String>,
    /// Nothing is checked but that values come back
    #[arg(long)]
    values_only: bool,
    /// Only these documents
    #[arg(long)]
    document: Vec<String>,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<bool, Box<dyn std::error::Error>> {
    let bench = Bench {
        into: arguments.into.clone(),
        python: arguments.python.clone(),
        node: arguments.node.clone(),
    };
    std::fs::create_dir_all(&bench.into)?;
    // Where the generator breaks is told as a complaint, in its turn.
    std::panic::set_hook(Box::new(|_| ()));
    bench.clear()?;
    let mut documents = written::all();
    documents.extend(
        generated::those_that_hold(arguments.seed, arguments.contracts)
            .into_iter()
            .map(Written::made),
    );
    if !arguments.document.is_empty() {
        documents.retain(|written| arguments.document.contains(&written.name));
    }
    let languages: Vec<Language> = backends::all()
        .iter()
        .map(|backend| backend.language())
        .filter(|language| arguments.only.is_empty() || arguments.only.iter().any(|only| only == language.name()))
        .collect();
    let mut findings = Vec::new();
    let mut made: BTreeMap<Language, Vec<String>> = BTreeMap::new();
    let mut echoes = BTreeMap::new();
    println!("== {} documents", documents.len());
    for written in &documents {
        let echo = Echo::of(&written.document);
        let document = echo.as_ref().map_or(&written.document, |echo| &echo.document);
        for backend in backends::all() {
            let language = backend.language();
            if !languages.contains(&language) || written.only.is_some_and(|only| only != language) {
                continue;
            }
            let outcome = package(*backend, document, &called(&written.name, language));
            findings.extend(judged(written, language, &outcome));
            if let Outcome::Made(files) = &outcome {
                match bench.write(language, &written.name, files) {
                    Ok(()) => made.entry(language).or_default().push(written.name.clone()),
                    Err(error) => findings.push(Finding {
                        document: written.name.clone(),
                        check: "generate",
                        says: format!("{language}: cannot be written: {error}"),
                    }),
                }
            }
        }
        echoes.extend(echo.map(|echo| (written.name.clone(), echo)));
    }
    for finding in &findings {
        println!("{finding}");
    }
    for (language, documents) in made.iter().filter(|_| !arguments.values_only) {
        println!("== {language}: {} packages", documents.len());
        findings.extend(bench.check(*language, documents)?);
    }
    // What does not compile cannot be asked.
    if let Some(crates) = made.get_mut(&Language::Rust) {
        let broken = |document: &String| {
            let mut findings = findings.iter();
            findings.any(|finding| {
                finding.document == *document && finding.check == "cargo check" && finding.says.contains(": error")
            })
        };
        crates.retain(|document| !broken(document));
    }
    println!("== values");
    let packages: Vec<_> = made.into_iter().collect();
    findings.extend(returned::try_all(&bench, &echoes, &packages, arguments.seed)?);
    findings.sort();
    findings.dedup();
    let known = known::list()?;
    // Who asked for a part does not see all that fails.
    let is_whole = arguments.only.is_empty() && !arguments.values_only;
    let is_there = |name: &str| documents.iter().any(|written| written.name == name);
    let (news, gone) = known::judge(&known, &findings, |known| is_whole && is_there(&known.document));
    for finding in &news {
        println!("{finding}");
    }
    for known in &gone {
        println!(
            "{}: {}: no longer says `{}`: take it off the list",
            known.document, known.check, known.says
        );
    }
    println!(
        "{} complaints, {} of them news; {} known ones are gone",
        findings.len(),
        news.len(),
        gone.len()
    );
    Ok(news.is_empty() && gone.is_empty())
}

/// Whether a document became what it was to become.
fn judged(written: &Written, language: Language, outcome: &Outcome) -> Option<Finding> {
    let says = match (outcome, written.refusal(language)) {
        (Outcome::Broke(how), _) => format!("{language}: the generator broke: {how}"),
        (Outcome::Made(_), None) => return None,
        (Outcome::Refused(_), None) if written.may_be_refused => return None,
        (Outcome::Made(_), Some(_)) => format!("{language}: a package was made of what is to be refused"),
        (Outcome::Refused(sentences), None) => format!("{language}: refused: {}", sentences.join(" / ")),
        (Outcome::Refused(sentences), Some(refusal)) => {
            let all = sentences.join(" / ");
            let missing = refusal.names.iter().find(|name| !all.contains(name.as_str()))?;
            format!("{language}: does not speak of {missing}: {all}")
        }
    };
    Some(Finding {
        document: written.name.clone(),
        check: "generate",
        says,
    })
}
