//! Calls of the caller: the contracts of an import, and of what it imports from.
//!
//! Whoever asks for an import gives the importer a mailbox of a source, and is called back through it. A client hosts its
//! source on the connection that it has.

use callsheet::{Failure, Mailbox, Streaming, actor_contract, contract_type};

/// One row of a table.
#[contract_type]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its place in the table, from 1 on.
    pub number: u32,
    /// What it holds. An importer takes no row without text.
    pub text: String,
}

/// Why a source gives nothing in place of a row.
#[contract_type]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// The row is to be left out.
    #[error("the row is to be left out")]
    LeaveOut,
    /// The import is to end here.
    #[error("the import is to end: {0}")]
    GiveUp(String),
}

/// Has rows: what the caller of an importer serves.
#[actor_contract(namespace = "demo")]
pub trait Source {
    /// Streams the rows, in their order.
    fn rows(&self) -> Streaming<Row>;
    /// What to take in place of a row that cannot be imported.
    async fn correct(&self, row: Row, reason: String) -> Result<Row, SourceError>;
    /// Is told how many rows have been imported.
    #[tell]
    fn imported(&self, rows: u32);
}

/// What an import has done.
#[contract_type]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportSummary {
    /// How many rows were imported, those that were corrected included.
    pub imported: u32,
    /// How many rows were left out.
    pub left_out: u32,
}

/// Why an import ended early.
#[contract_type]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImporterError {
    /// The source gave up, for this reason.
    #[error("the source gave up: {0}")]
    GivenUp(String),
    /// The source could not be called, or what it answered could not be read.
    #[error("the source failed with {code}")]
    SourceFailed {
        /// The code of the failure.
        code: String,
    },
}

impl From<Failure> for ImporterError {
    fn from(failure: Failure) -> Self {
        let code = failure.code().to_string();
        ImporterError::SourceFailed { code }
    }
}

/// Imports rows.
#[actor_contract(namespace = "demo")]
pub trait Importer {
    /// Imports every row of a source. It asks the source what to take in place of a row without text, and tells it of each
    /// row that is imported.
    async fn import_rows(&self, source: Mailbox<dyn Source>) -> Result<ImportSummary, ImporterError>;
}
