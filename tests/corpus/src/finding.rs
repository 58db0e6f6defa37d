//! What a check complains about.

use std::fmt;

/// One complaint about one package.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The document that the package was made of.
    pub document: String,
    /// The check, by its name in the list of known failures.
    pub check: &'static str,
    /// What it says, of one line.
    pub says: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.document, self.check, self.says)
    }
}
