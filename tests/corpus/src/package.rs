//! From a document to the files of a package, whatever happens on the way.

use std::{
    panic::{self, AssertUnwindSafe},
    path::Path,
};

use callsheet_codegen::{
    backends::{Backend, ClientSource, Integers, Language, Options},
    ir::Api,
    output::Files,
};
use callsheet_schema::{Document, DocumentError};

/// What became of a document.
#[derive(Debug)]
pub enum Outcome {
    /// A package was made.
    Made(Files),
    /// It was refused, for reasons of one sentence each.
    Refused(Vec<String>),
    /// The generator broke, which it never may.
    Broke(String),
}

/// Makes the package called `name` of a document that nobody has judged yet.
pub fn package(backend: &dyn Backend, document: &Document, name: &str) -> Outcome {
    let made = panic::catch_unwind(AssertUnwindSafe(|| {
        let document = document.clone().checked().map_err(|error| of_document(&error))?;
        // What is written is read again, as the command does it.
        let document = Document::from_json(&document.to_json()).map_err(|error| of_document(&error))?;
        let api = Api::lower(&document).map_err(|error| of_faults(&error))?;
        let options = Options {
            package: name.to_owned(),
            rust_client: ClientSource::Path(client()),
            int64: Integers::default(),
        };
        backend.generate(&api, &options).map_err(|error| of_faults(&error))
    }));
    match made {
        Ok(Ok(files)) => Outcome::Made(files),
        Ok(Err(sentences)) => Outcome::Refused(sentences),
        Err(broke) => Outcome::Broke(
            (broke.downcast_ref::<String>().cloned())
                .or_else(|| broke.downcast_ref::<&str>().map(|text| (*text).to_owned()))
                .unwrap_or_default(),
        ),
    }
}

fn of_document(error: &DocumentError) -> Vec<String> {
    match error {
        DocumentError::Faults(faults) => faults.iter().map(ToString::to_string).collect(),
        other => vec![other.to_string()],
    }
}

/// One for each fault: the names in them may have lines.
fn of_faults(error: &callsheet_codegen::fault::GenerateError) -> Vec<String> {
    error.faults().iter().map(ToString::to_string).collect()
}

/// Where the crate is that generated Rust stands on.
fn client() -> String {
    root().join("runtime/client").display().to_string()
}

/// The root of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .unwrap_or(Path::new("."))
}

/// What the package of this document is called in a language.
pub fn called(document: &str, language: Language) -> String {
    match language {
        Language::Python => format!("corpus_{document}"),
        Language::TypeScript => format!("corpus-{}", document.replace('_', "-")),
        Language::Rust => format!("corpus-{}-client", document.replace('_', "-")),
    }
}
