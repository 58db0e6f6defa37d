//! What is known to fail, each with its reason, in `known.toml`.
//!
//! A failure that is listed is no news. One that is listed and does not happen is: whoever fixed it takes it off the list.

use serde::Deserialize;

use crate::finding::Finding;

/// One thing that is known to fail.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// The document that shows it.
    pub document: String,
    /// The check that complains.
    pub check: String,
    /// A part of each complaint.
    pub says: String,
    /// The same complaint about any other document is no news either.
    #[serde(default)]
    pub everywhere: bool,
    /// Why it fails.
    pub reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    #[serde(default)]
    known: Vec<Known>,
}

/// The list.
///
/// # Errors
///
/// If it cannot be read.
pub fn list() -> Result<Vec<Known>, toml::de::Error> {
    Ok(toml::from_str::<List>(include_str!("../known.toml"))?.known)
}

impl Known {
    /// It is this one, in the document that shows it.
    fn shows(&self, finding: &Finding) -> bool {
        finding.document == self.document && self.explains(finding)
    }

    /// It is this one.
    fn explains(&self, finding: &Finding) -> bool {
        (self.everywhere || finding.document == self.document)
            && finding.check == self.check
            && finding.says.contains(&self.says)
    }
}

/// What is news, and what of the list did not happen although its check was made of its document.
pub fn judge<'a>(
    known: &'a [Known],
    findings: &'a [Finding],
    was_made: impl Fn(&Known) -> bool,
) -> (Vec<&'a Finding>, Vec<&'a Known>) {
    let news = (findings.iter())
        .filter(|finding| !known.iter().any(|known| known.explains(finding)))
        .collect();
    let gone = (known.iter())
        .filter(|known| was_made(known) && !findings.iter().any(|finding| known.shows(finding)))
        .collect();
    (news, gone)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(everywhere: bool) -> Vec<Known> {
        vec![Known {
            document: "big".to_owned(),
            check: "pyright".to_owned(),
            says: "too complex".to_owned(),
            everywhere,
            reason: "it is".to_owned(),
        }]
    }

    fn finding(document: &str, says: &str) -> Finding {
        Finding {
            document: document.to_owned(),
            check: "pyright",
            says: says.to_owned(),
        }
    }

    #[test]
    fn what_is_listed_is_no_news_and_all_else_is() {
        let findings = [
            finding("big", "is too complex"),
            finding("big", "is wrong"),
            finding("other", "is too complex"),
        ];
        let (list, everywhere) = (known(false), known(true));
        assert_eq!(judge(&list, &findings, |_| true).0, [&findings[1], &findings[2]]);
        assert_eq!(judge(&everywhere, &findings, |_| true).0, [&findings[1]]);
    }

    #[test]
    fn what_is_listed_and_does_not_fail_is_told_where_it_was_tried() {
        let elsewhere = [finding("other", "is too complex")];
        let list = known(true);
        assert_eq!(judge(&list, &elsewhere, |_| true).1.len(), 1);
        assert!(judge(&list, &elsewhere, |_| false).1.is_empty());
        assert!(judge(&list, &[finding("big", "is too complex")], |_| true).1.is_empty());
    }
}
