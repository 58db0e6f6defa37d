//! The failures that are known, each with its reason. One that passes fails the run, so that none outlives its reason.

use std::{error::Error, fs, path::Path};

use conformance_server::Codec;
use serde::Deserialize;

use crate::{cases::Case, languages::Language, run::Outcome};

/// What is known to fail.
pub(crate) struct Known(Vec<Entry>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    clients: Vec<Language>,
    /// In which it fails, if not in both.
    #[serde(default)]
    codecs: Vec<Codec>,
    /// Their full names.
    cases: Vec<String>,
    reason: String,
}

/// What an outcome means.
pub(crate) struct Verdict {
    pub(crate) outcome: Outcome,
    pub(crate) mark: Mark,
}

/// What a case counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    Passed,
    KnownFailure,
    Failed,
    /// It is said to fail, and does not.
    PassedAfterAll,
}

impl Known {
    /// Reads them; each must be of cases that there are.
    pub(crate) fn load(path: &Path, cases: &[Case]) -> Result<Self, Box<dyn Error>> {
        let entries: Vec<Entry> = serde_json::from_slice(&fs::read(path)?)?;
        for entry in &entries {
            let unknown = entry
                .cases
                .iter()
                .find(|name| cases.iter().all(|case| case.name != **name));
            if let Some(name) = unknown {
                return Err(format!("{}: there is no case {name}", path.display()).into());
            }
            if entry.reason.is_empty() || entry.clients.is_empty() {
                return Err(format!("{}: an entry has no reason, or no client", path.display()).into());
            }
        }
        Ok(Known(entries))
    }

    pub(crate) fn judge(&self, outcome: Outcome) -> Verdict {
        let is_known = self.0.iter().any(|entry| {
            entry.clients.contains(&outcome.language)
                && (entry.codecs.is_empty() || entry.codecs.contains(&outcome.codec))
                && entry.cases.contains(&outcome.case)
        });
        let mark = match (outcome.fault.is_some(), is_known) {
            (false, false) => Mark::Passed,
            (true, true) => Mark::KnownFailure,
            (true, false) => Mark::Failed,
            (false, true) => Mark::PassedAfterAll,
        };
        Verdict { outcome, mark }
    }

    /// All of them, as a list of a page.
    pub(crate) fn listed(&self) -> String {
        if self.0.is_empty() {
            return "None.\n".to_owned();
        }
        self.0
            .iter()
            .map(|entry| {
                let clients: Vec<_> = entry.clients.iter().map(|client| client.title()).collect();
                let cases: Vec<_> = entry.cases.iter().map(|case| format!("`{case}`")).collect();
                format!("- {}: {} ({})\n", clients.join("; "), entry.reason, cases.join(", "))
            })
            .collect()
    }
}

impl Verdict {
    /// What is told of it, if it is no good.
    pub(crate) fn told(&self) -> Option<String> {
        let Outcome {
            case, language, codec, ..
        } = &self.outcome;
        let whose = format!("{}, {}, {case}", language.title(), codec.name());
        match self.mark {
            Mark::Passed | Mark::KnownFailure => None,
            Mark::Failed => Some(format!(
                "failed: {whose}\n    {}",
                self.outcome.fault.as_deref().unwrap_or_default()
            )),
            Mark::PassedAfterAll => Some(format!(
                "failed: {whose}\n    it passes, and known.json says that it fails: take it out there"
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use conformance_server::Codec;

    use super::{Entry, Known, Mark};
    use crate::{languages::Language, run::Outcome};

    #[test]
    fn a_known_failure_that_passes_is_no_good() {
        let known = Known(vec![Entry {
            clients: vec![Language::Rust],
            codecs: vec![Codec::Json],
            cases: vec!["a/b".to_owned()],
            reason: "it is so".to_owned(),
        }]);
        let mark = |language, codec, case: &str, fails: bool| {
            let verdict = known.judge(Outcome {
                case: case.to_owned(),
                topic: "a".to_owned(),
                language,
                codec,
                took: Duration::ZERO,
                fault: fails.then(|| "why".to_owned()),
            });
            (verdict.mark, verdict.told().is_some())
        };
        assert_eq!(
            mark(Language::Rust, Codec::Json, "a/b", true),
            (Mark::KnownFailure, false)
        );
        assert_eq!(
            mark(Language::Rust, Codec::Json, "a/b", false),
            (Mark::PassedAfterAll, true)
        );
        assert_eq!(
            mark(Language::Rust, Codec::Messagepack, "a/b", true),
            (Mark::Failed, true)
        );
        assert_eq!(mark(Language::Rust, Codec::Json, "a/c", true), (Mark::Failed, true));
        assert_eq!(mark(Language::Python, Codec::Json, "a/b", true), (Mark::Failed, true));
        assert_eq!(mark(Language::Python, Codec::Json, "a/b", false), (Mark::Passed, false));
    }
}
