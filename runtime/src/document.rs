//! The schema document of a program, written for the `callsheet schema` command.

use std::{env, fs, path::PathBuf, sync::OnceLock};

use callsheet_schema::{Document, DocumentError, Registered};

/// The document of every contract that is linked into this program, made once; or why there is none.
pub(crate) fn of_program() -> &'static Result<Document, DocumentError> {
    static DOCUMENT: OnceLock<Result<Document, DocumentError>> = OnceLock::new();
    DOCUMENT.get_or_init(Document::of_registered)
}

/// Names the file that the document goes to.
pub(crate) const FILE: &str = "CALLSHEET_DOCUMENT";

/// Writes the document of every contract that is linked into this program to the file that the environment names.
///
/// It runs as a test item, which the command builds and starts; what is wrong goes into a file of its own, beside the
/// document's, and the test fails.
///
/// # Panics
///
/// If there is no document, or it cannot be written.
pub fn emit() {
    let file = PathBuf::from(env::var_os(FILE).unwrap_or_else(|| panic!("{FILE} is not set; run `callsheet schema`")));
    let document = if Registered::all().next().is_none() {
        Err("no contract is linked into the program; mark a trait with `#[actor_contract]`".to_owned())
    } else {
        Document::of_registered().map_err(|error| error.to_string())
    };
    let written = document.and_then(|document| fs::write(&file, document.to_json()).map_err(|error| error.to_string()));
    if let Err(error) = written {
        let _ = fs::write(file.with_extension("error"), &error);
        panic!("no schema document: {error}");
    }
}

/// Lets `callsheet schema -p` describe a package that declares no contract of its own but links those of others: a
/// service's binary, say.
///
/// ```
/// callsheet::document!();
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! document {
    () => {
        #[doc(hidden)]
        #[allow(unexpected_cfgs)]
        mod __callsheet_document {
            #[cfg(all(test, callsheet_document))]
            #[test]
            fn emit() {
                $crate::__private::document::emit();
            }
        }
    };
}
