//! All cases, with every client in both codecs.

use std::{
    collections::VecDeque,
    error::Error,
    io,
    path::PathBuf,
    sync::{Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use conformance_server::{Codec, Server as Reference};
use serde_json::json;
use tempfile::TempDir;

use crate::{
    cases::{Case, Server},
    client::TestClient,
    languages::Language,
    outcome,
    service::Service,
};

/// How many clients are tried beside each other.
const BESIDE: usize = 2;

/// A client in a codec.
#[derive(Debug)]
pub(crate) struct Combination {
    pub(crate) language: Language,
    pub(crate) codec: Codec,
    pub(crate) command: Vec<String>,
    pub(crate) service: PathBuf,
    pub(crate) changed: PathBuf,
}

/// What came of a case.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) case: String,
    pub(crate) topic: String,
    pub(crate) language: Language,
    pub(crate) codec: Codec,
    /// How long it took.
    pub(crate) took: Duration,
    /// Why it failed, if it did.
    pub(crate) fault: Option<String>,
}

/// Runs every case that a client has what it needs for.
pub(crate) fn run_all(combinations: &[Combination], cases: &[Case]) -> Result<Vec<Outcome>, Box<dyn Error>> {
    let waiting: Mutex<VecDeque<&Combination>> = Mutex::new(combinations.iter().collect());
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
    let outcomes = thread::scope(|scope| {
        let workers: Vec<_> = (0..BESIDE)
            .map(|_| {
                scope.spawn(|| {
                    let mut outcomes = Vec::new();
                    while let Some(combination) = next() {
                        outcomes.extend(run(combination, cases)?);
                    }
                    Ok::<_, io::Error>(outcomes)
                })
            })
            .collect();
        workers
            .into_iter()
            .map(|worker| {
                worker
                    .join()
                    .unwrap_or_else(|_| Err(io::Error::other("a worker has panicked")))
            })
            .collect::<Result<Vec<_>, _>>()
    })?;
    let mut outcomes: Vec<_> = outcomes.into_iter().flatten().collect();
    outcomes.sort_by_key(|outcome| (outcome.language, outcome.codec.name()));
    Ok(outcomes)
}

fn run(combination: &Combination, cases: &[Case]) -> io::Result<Vec<Outcome>> {
    // A socket's path must be short, so not cargo's own folder for temporary files.
    let folder = tempfile::Builder::new().prefix("callsheet-").tempdir()?;
    let mut stage = Stage {
        client: TestClient::new(&combination.command),
        service: Service::new(&combination.service, folder.path().join("service.sock")),
        changed: Service::new(&combination.changed, folder.path().join("changed.sock")),
        codec: combination.codec,
        folder,
        played: 0,
    };
    let fit = cases
        .iter()
        .filter(|case| case.needs.iter().all(|need| combination.language.has(*need)));
    Ok(fit
        .map(|case| {
            let begun = Instant::now();
            let fault = stage.play(case).err();
            Outcome {
                case: case.name.clone(),
                topic: case.topic.clone(),
                language: combination.language,
                codec: combination.codec,
                took: begun.elapsed(),
                fault,
            }
        })
        .collect())
}

/// Where a client is tried.
struct Stage {
    client: TestClient,
    service: Service,
    changed: Service,
    codec: Codec,
    folder: TempDir,
    played: u32,
}

impl Stage {
    fn play(&mut self, case: &Case) -> Result<(), String> {
        self.played += 1;
        match &case.server {
            Server::Service {} => {
                self.service.ensure()?;
                self.play_to(case, self.service.socket().to_owned())
            }
            Server::Changed {} => {
                self.changed.ensure()?;
                self.play_to(case, self.changed.socket().to_owned())
            }
            Server::Script(script) => {
                let path = self.folder.path().join(format!("{}.sock", self.played));
                let server = Reference::start(&path, self.codec, script.clone()).map_err(|error| error.to_string())?;
                let outcome = self.play_to(case, path);
                let faults = server.finish();
                match (outcome, faults.is_empty()) {
                    (Ok(()), true) => Ok(()),
                    (Err(fault), true) => Err(fault),
                    (outcome, false) => {
                        let told = outcome.err().into_iter().chain(faults);
                        Err(told.collect::<Vec<_>>().join("\n    "))
                    }
                }
            }
        }
    }

    fn play_to(&mut self, case: &Case, socket: PathBuf) -> Result<(), String> {
        let told = json!({
            "case": case.name,
            "socket": socket,
            "codec": self.codec,
            "options": case.options,
            "steps": case.client,
        });
        let service = &mut self.service;
        let mut sync = |word: &str| match case.on.get(word) {
            Some(action) => service.act(*action),
            None => Err(format!("the case says nothing of {word:?}")),
        };
        let found = self.client.play(&told, &mut sync)?;
        outcome::compare(&case.outcome, &found)
    }
}
