//! The contracts of a document that somebody asks for by name.

use std::{collections::BTreeSet, fmt};

use callsheet_schema::Document;

use crate::nearest::nearest;

/// Contracts were asked for that are not in the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownContracts {
    /// The names asked for, as they were, in the order in which they were asked for; never empty.
    pub names: Vec<String>,
    /// The names in the document, sorted.
    pub known: Vec<String>,
}

impl UnknownContracts {
    /// The contract that was meant by `name`, if that can be guessed: one whose name without the namespace is like it,
    /// rather in the same namespace than in another.
    ///
    /// ```
    /// use callsheet_codegen::chosen::UnknownContracts;
    ///
    /// let unknown = UnknownContracts { names: vec!["Clok".to_owned()], known: vec!["demo.Clock".to_owned()] };
    /// assert_eq!(unknown.nearest("Clok"), Some("demo.Clock"));
    /// ```
    pub fn nearest(&self, name: &str) -> Option<&str> {
        // A namespace is most of a name, and says nothing about which contract of it was meant.
        let (namespace, own) = split(name);
        let (here, elsewhere): (Vec<&str>, Vec<&str>) =
            (self.known.iter().map(String::as_str)).partition(|known| split(known).0 == namespace);
        [here, elsewhere].into_iter().find_map(|known| {
            let meant = nearest(own, known.iter().map(|known| split(known).1))?;
            known.into_iter().find(|known| split(known).1 == meant)
        })
    }
}

/// The namespace, empty if there is none, and the name in it.
fn split(name: &str) -> (&str, &str) {
    name.rsplit_once('.').unwrap_or(("", name))
}

impl fmt::Display for UnknownContracts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the document has no contract ")?;
        for (at, name) in self.names.iter().enumerate() {
            let joint = if at > 0 { " and no " } else { "" };
            write!(f, "{joint}`{name}`")?;
            if let Some(nearest) = self.nearest(name) {
                write!(f, " (did you mean `{nearest}`?)")?;
            }
        }
        if self.known.is_empty() {
            f.write_str("; it has none at all")
        } else {
            write!(f, "; it has: {}", self.known.join(", "))
        }
    }
}

impl std::error::Error for UnknownContracts {}

/// The document of the named contracts and of those that they extend; of all, if none is named.
///
/// ```
/// use callsheet_codegen::chosen::chosen;
/// use callsheet_schema::Document;
///
/// let document = Document::from_json(r#"{"callsheet": 1, "types": {}, "encodings": {}, "contracts": [
///     {"name": "demo.Clock", "methods": []}, {"name": "demo.Watch", "methods": []}]}"#)?;
/// assert_eq!(chosen(&document, &["demo.Watch".to_owned()])?.contracts.len(), 1);
/// assert_eq!(
///     chosen(&document, &["demo.Wach".to_owned()]).unwrap_err().to_string(),
///     "the document has no contract `demo.Wach` (did you mean `demo.Watch`?); it has: demo.Clock, demo.Watch"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// If the document has no contract of some of the names: all of those.
pub fn chosen(document: &Document, names: &[String]) -> Result<Document, UnknownContracts> {
    if names.is_empty() {
        return Ok(document.clone());
    }
    let known: BTreeSet<&str> = document.contracts.iter().map(|contract| &*contract.name).collect();
    let unknown: Vec<_> = names.iter().filter(|name| !known.contains(name.as_str())).collect();
    if unknown.is_empty() {
        return Ok(document.of_contracts(&|name| names.iter().any(|chosen| chosen == name)));
    }
    Err(UnknownContracts {
        names: unknown.into_iter().cloned().collect(),
        known: known.into_iter().map(str::to_owned).collect(),
    })
}
