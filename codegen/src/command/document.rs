//! Reading the documents that a command line names.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use callsheet_schema::{Document, DocumentError};

#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    #[error("failed to read the schema document {}", named(.0))]
    Unread(PathBuf, #[source] io::Error),
    #[error("failed to use the schema document {}", named(.0))]
    Document(PathBuf, #[source] DocumentError),
}

fn named(path: &Path) -> String {
    if is_standard_input(path) {
        "of the standard input".to_owned()
    } else {
        format!("`{}`", path.display())
    }
}

pub(super) fn is_standard_input(path: &Path) -> bool {
    path == Path::new("-")
}

/// The document in a file; `-` stands for the standard input.
pub(super) fn read(path: &Path) -> Result<Document, Error> {
    let text = if is_standard_input(path) {
        io::read_to_string(io::stdin())
    } else {
        fs::read_to_string(path)
    };
    let text = text.map_err(|error| Error::Unread(path.to_owned(), error))?;
    Document::from_json(&text).map_err(|error| Error::Document(path.to_owned(), error))
}
