//! The document that a server gives of what it serves.

use std::{
    fmt, fs, io,
    os::unix::fs::FileTypeExt,
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

use callsheet_client::{Code, ConnectOptions, blocking::Connection};
use callsheet_schema::{Document, DocumentError};

/// Where a server listens, written `unix:PATH`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address(PathBuf);

#[derive(Debug, thiserror::Error)]
#[error("a server's address is `unix:` and the path of its socket, as in unix:/run/user/1000/callsheet/demo.sock")]
pub(crate) struct NoAddress;

impl FromStr for Address {
    type Err = NoAddress;

    fn from_str(text: &str) -> Result<Self, NoAddress> {
        match text.strip_prefix("unix:") {
            Some(path) if !path.is_empty() => Ok(Self(path.into())),
            _ => Err(NoAddress),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unix:{}", self.0.display())
    }
}

impl Address {
    /// The same address, if its path is seen from `folder`.
    pub(crate) fn seen_from(&self, folder: &Path) -> Self {
        Self(folder.join(&self.0))
    }
}

/// A server, and how long it is waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Server {
    pub(crate) address: Address,
    /// For each of its answers.
    pub(crate) patience: Duration,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("there is no server at `{0}`; start it, or give the path of the socket that it listens on")]
    Nowhere(Address, #[source] io::Error),
    #[error("there is no server at `{0}`, which is no socket; give the path of the socket that it listens on")]
    NoSocket(Address),
    #[error("failed to connect to `{0}`; is the server running, and may you use its socket?")]
    Unreachable(Address, #[source] callsheet_client::Failure),
    #[error(
        "the server at `{0}` did not answer within {seconds} s; wait longer with `--timeout`, or see whether it is one \
         of callsheet's", seconds = .1.as_secs()
    )]
    Silent(Address, Duration),
    #[error("what listens at `{0}` does not speak callsheet's protocol; give the socket of a callsheet server")]
    Foreign(Address, #[source] callsheet_client::Failure),
    #[error("the server at `{0}` refuses to say what it serves; it has to allow you to ask for its `schema`")]
    Forbidden(Address, #[source] callsheet_client::Failure),
    #[error(
        "the server at `{0}` is too old to say what it serves; build it with a newer callsheet, or generate from its \
         package with `-p`"
    )]
    TooOld(Address, #[source] callsheet_client::Failure),
    #[error("the server at `{0}` did not say what it serves; try again when it is well")]
    Failed(Address, #[source] callsheet_client::Failure),
    #[error(
        "what the server at `{0}` says it serves is not a document that this version reads; do its callsheet and this \
         command differ?"
    )]
    Unreadable(Address, #[source] callsheet_client::Failure),
    #[error("the server at `{0}` serves nothing that you may use; ask whoever runs it to allow you what you need")]
    Nothing(Address),
    #[error("the document of the server at `{0}` does not hold together; do its callsheet and this command differ?")]
    Document(Address, #[source] DocumentError),
}

impl Server {
    /// Asks the server for its document.
    pub(super) fn document(&self) -> Result<Document, Error> {
        let at = || self.address.clone();
        let path = &self.address.0;
        match fs::metadata(path) {
            Ok(found) if !found.file_type().is_socket() => return Err(Error::NoSocket(at())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(Error::Nowhere(at(), error)),
            // What else may be wrong with it, connecting will show.
            Ok(_) | Err(_) => {}
        }
        let options = ConnectOptions::new().timeout(self.patience).reconnect(false);
        let connection = Connection::connect_with(path, options).map_err(|failure| match failure.code() {
            Code::Timeout => Error::Silent(at(), self.patience),
            _ => Error::Unreachable(at(), failure),
        })?;
        // Every version answers it, so that what fails from then on is no longer a stranger's.
        connection.ping().map_err(|failure| match failure.code() {
            Code::Timeout => Error::Silent(at(), self.patience),
            Code::ConnectionClosed | Code::SerializationError => Error::Foreign(at(), failure),
            Code::ProtocolError => Error::TooOld(at(), failure),
            Code::PermissionDenied => Error::Forbidden(at(), failure),
            _ => Error::Failed(at(), failure),
        })?;
        let document = connection.schema().map_err(|failure| match failure.code() {
            Code::Timeout => Error::Silent(at(), self.patience),
            Code::PermissionDenied => Error::Forbidden(at(), failure),
            Code::ProtocolError => Error::TooOld(at(), failure),
            Code::SerializationError => Error::Unreadable(at(), failure),
            _ => Error::Failed(at(), failure),
        })?;
        let document = document.checked().map_err(|error| Error::Document(at(), error))?;
        if document.contracts.is_empty() {
            return Err(Error::Nothing(at()));
        }
        Ok(document)
    }
}
