//! Makes packages of the corpus and checks them: `cargo xtask test` and `cargo xtask soak` run it.

use std::{collections::BTreeMap, io, path::PathBuf, process::ExitCode, thread, time::Instant};

use callsheet_codegen::{
    backends::{self, Backend, Language},
    output::Files,
};
use callsheet_corpus::{
    checked::Bench,
    echo::Echo,
    finding::Finding,
    generated,
    known::{self, Known},
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
    /// What there is time for in every run of the tests: all is made and checked, but values do not go to Rust clients that
    /// take long to compile
    #[arg(long)]
    share: bool,
}

/// So many bytes of Rust take long to compile, which a check alone does not.
const LONG_TO_COMPILE: usize = 460_000;

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
    let start = Instant::now();
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
    let is_asked = |name: &str| arguments.only.is_empty() || arguments.only.iter().any(|only| only == name);
    let backends: Vec<_> = (backends::all().iter().copied())
        .filter(|backend| is_asked(backend.language().name()))
        .collect();
    println!(
        "== {} documents; those made at random follow from seed {}",
        documents.len(),
        arguments.seed
    );
    let echoes: BTreeMap<String, Echo> = documents
        .iter()
        .filter_map(|written| Some((written.name.clone(), Echo::of(&written.document)?)))
        .collect();
    let corpus = Corpus {
        bench: &bench,
        documents: &documents,
        echoes: &echoes,
    };
    println!("-- the documents: {:.0} s", start.elapsed().as_secs_f64());
    let mut findings = Vec::new();
    let mut made = BTreeMap::new();
    let mut unasked = Vec::new();
    for (backend, outcome) in backends.iter().zip(corpus.try_all(&backends, !arguments.values_only)?) {
        findings.extend(outcome.findings);
        if arguments.share && backend.language() == Language::Rust {
            unasked = outcome.slow;
        }
        made.insert(backend.language(), outcome.made);
    }
    // What does not compile cannot be asked.
    if let Some(crates) = made.get_mut(&Language::Rust) {
        let broken = |document: &String| {
            let mut findings = findings.iter();
            findings.any(|finding| {
                finding.document == *document && finding.check == "cargo check" && finding.says.contains(": error")
            })
        };
        crates.retain(|document| !broken(document) && !unasked.contains(document));
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
    let is_asked = |known: &Known| known.check != "rust values" || !unasked.contains(&known.document);
    let was_made = |known: &Known| is_whole && is_there(&known.document) && is_asked(known);
    let (news, gone) = known::judge(&known, &findings, was_made);
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

/// Whether rustc needs long to make a program of these files.
fn takes_long(files: &Files) -> bool {
    let code = files.iter().filter(|(path, _)| path.ends_with(".rs"));
    code.map(|(_, text)| text.len()).sum::<usize>() > LONG_TO_COMPILE
}

/// What packages are made of, and where.
struct Corpus<'a> {
    bench: &'a Bench,
    documents: &'a [Written],
    /// The documents with the contract by which values come back, by their names.
    echoes: &'a BTreeMap<String, Echo>,
}

/// What one language made of the documents.
#[derive(Default)]
struct Tried {
    /// The documents of which there is a package.
    made: Vec<String>,
    /// Those whose package takes long to compile.
    slow: Vec<String>,
    findings: Vec<Finding>,
}

impl Corpus<'_> {
    /// Makes the packages of all these languages and has them checked, every language's beside the others': most of the checkers
    /// keep one core busy.
    fn try_all(&self, backends: &[&'static dyn Backend], checks: bool) -> io::Result<Vec<Tried>> {
        thread::scope(|scope| {
            let run = |backend: &'static dyn Backend| scope.spawn(move || self.try_one(backend, checks));
            let running: Vec<_> = backends.iter().copied().map(run).collect();
            let ended = running.into_iter().map(|one| one.join());
            ended
                .map(|tried| tried.map_err(|_| io::Error::other("a check broke"))?)
                .collect()
        })
    }

    fn try_one(&self, backend: &dyn Backend, checks: bool) -> io::Result<Tried> {
        let (language, start) = (backend.language(), Instant::now());
        let mut tried = Tried::default();
        for written in self.documents {
            if written.only.is_some_and(|only| only != language) {
                continue;
            }
            let echo = self.echoes.get(&written.name);
            let document = echo.map_or(&written.document, |echo| &echo.document);
            let outcome = package(backend, document, &called(&written.name, language));
            tried.findings.extend(judged(written, language, &outcome));
            let Outcome::Made(files) = &outcome else { continue };
            match self.bench.write(language, &written.name, files) {
                Ok(()) => {
                    tried.made.push(written.name.clone());
                    if takes_long(files) {
                        tried.slow.push(written.name.clone());
                    }
                }
                Err(error) => tried.findings.push(Finding {
                    document: written.name.clone(),
                    check: "generate",
                    says: format!("{language}: cannot be written: {error}"),
                }),
            }
        }
        let count = tried.made.len();
        println!(
            "-- {language}: {count} packages, {:.0} s",
            start.elapsed().as_secs_f64()
        );
        if checks {
            tried.findings.extend(self.bench.check(language, &tried.made)?);
        }
        Ok(tried)
    }
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
