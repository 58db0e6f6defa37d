//! Which directories the targets of a file were generated into, so that those of targets that are gone are told.
//!
//! The record stands beside `callsheet.toml`, as a manifest does in each directory.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
};

use callsheet_codegen::output::{Difference, MANIFEST, State};

const NAME: &str = ".callsheet-targets";

const HEAD: &str = "# The directories that the targets of `callsheet.toml` were generated into.\n";

/// What the record says, and what it should say.
pub(super) struct Record {
    path: PathBuf,
    /// Nothing if there is none.
    text: Option<String>,
    /// The directories that stay in it, or come to it.
    kept: BTreeSet<String>,
    /// Those in which files are left of a target that is gone.
    pub(super) gone: Vec<String>,
}

#[derive(Debug, thiserror::Error)]
#[error("failed to {action} `{}`", path.display())]
pub(super) struct Error {
    action: &'static str,
    path: PathBuf,
    source: io::Error,
}

impl Record {
    /// Reads the one in `folder`. `all` are the directories of all targets, `selected` of those that are generated now.
    pub(super) fn read(folder: &Path, all: &BTreeSet<&str>, selected: &BTreeSet<&str>) -> Result<Self, Error> {
        let path = folder.join(NAME);
        let text = match fs::read_to_string(&path) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(source) => {
                let action = "read";
                return Err(Error { action, path, source });
            }
        };
        let lines = text.iter().flat_map(|text| text.lines());
        let recorded: BTreeSet<&str> = lines
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .collect();
        let is_left = |out: &&&str| !all.contains(**out) && folder.join(out).join(MANIFEST).is_file();
        let gone: Vec<String> = recorded.iter().filter(is_left).map(|out| (*out).to_owned()).collect();
        let still = recorded.intersection(all).chain(selected).map(|out| (*out).to_owned());
        let kept = still.chain(gone.iter().cloned()).collect();
        Ok(Self { path, text, kept, gone })
    }

    fn expected(&self) -> String {
        self.kept.iter().fold(HEAD.to_owned(), |text, out| text + out + "\n")
    }

    /// Writes it, unless it is what it should be.
    pub(super) fn write(&self) -> Result<(), Error> {
        let expected = self.expected();
        if self.text.as_ref() == Some(&expected) {
            return Ok(());
        }
        fs::write(&self.path, expected).map_err(|source| Error {
            action: "write",
            path: self.path.clone(),
            source,
        })
    }

    /// In what it is not what it should be, and what is left of targets that are gone.
    pub(super) fn check(&self) -> Vec<Difference> {
        let state = match &self.text {
            None => Some(State::Missing),
            Some(text) if *text != self.expected() => Some(State::Changed),
            Some(_) => None,
        };
        let own = state.map(|state| Difference {
            path: NAME.to_owned(),
            state,
        });
        let gone = self.gone.iter().map(|out| Difference {
            path: out.clone(),
            state: State::Stale,
        });
        own.into_iter().chain(gone).collect()
    }
}
