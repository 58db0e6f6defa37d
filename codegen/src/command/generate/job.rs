//! One package that is to be generated, and what of a document it is made from.

use callsheet_codegen::{
    backends::{Backend, ClientSource, Integers, Options},
    chosen::{UnknownContracts, chosen},
    fault::GenerateError,
    ir::Api,
    output::Files,
};
use callsheet_schema::Document;

/// What is asked for, wherever it was said.
pub(super) struct Job {
    pub(super) backend: &'static dyn Backend,
    /// The package's name; by default made from the namespace that all contracts share.
    pub(super) package: Option<String>,
    /// All, if none is named.
    pub(super) contracts: Vec<String>,
    pub(super) rust_client: ClientSource,
    pub(super) int64: Integers,
}

#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    #[error(transparent)]
    Unknown(#[from] UnknownContracts),
    #[error(
        "the contracts share no namespace to name the package after; name it with `--package`, or as `package` of its target"
    )]
    Unnamed,
    #[error("no package was generated{}", indented(.0))]
    Generate(GenerateError),
}

/// Not its source, since it says all of it.
impl From<GenerateError> for Error {
    fn from(error: GenerateError) -> Self {
        Self::Generate(error)
    }
}

/// The faults, each on a line of its own.
fn indented(error: &GenerateError) -> String {
    error.faults().iter().map(|fault| format!("\n  {fault}")).collect()
}

impl Job {
    /// The files of the package, in memory.
    pub(super) fn files(&self, document: &Document) -> Result<Files, Error> {
        let api = Api::lower(&chosen(document, &self.contracts)?)?;
        let package = match (&self.package, api.namespace()) {
            (Some(package), _) => package.clone(),
            (None, Some(namespace)) => self.backend.default_package(namespace),
            (None, None) => return Err(Error::Unnamed),
        };
        let options = Options {
            package,
            rust_client: self.rust_client.clone(),
            int64: self.int64.clone(),
        };
        Ok(self.backend.generate(&api, &options)?)
    }
}
