//! The table of languages and codecs by topic, and the page that shows it.

use std::{error::Error, fs, path::Path};

use conformance_server::Codec;

use crate::{
    cases::Case,
    known::{Mark, Verdict},
    languages::Language,
};

/// Where the page's own text ends and what a run writes begins.
const BEGIN: &str = "<!-- what a run writes: cargo xtask conformance --write -->\n";

/// How many cases of each topic pass, in Markdown.
pub(crate) fn table(cases: &[Case], languages: &[Language], verdicts: &[Verdict]) -> String {
    let columns: Vec<_> = languages
        .iter()
        .flat_map(|language| Codec::ALL.map(|codec| (*language, codec)))
        .collect();
    let mut rows = vec![
        std::iter::once("topic".to_owned())
            .chain(
                columns
                    .iter()
                    .map(|(language, codec)| format!("{}, {}", language.title(), short(*codec))),
            )
            .collect(),
        vec!["--".to_owned(); columns.len() + 1],
    ];
    let mut topics: Vec<_> = cases.iter().map(|case| case.topic.as_str()).collect();
    topics.dedup();
    for topic in topics.into_iter().map(Some).chain([None]) {
        let counted = columns.iter().map(|column| {
            let of_this = |verdict: &&Verdict| {
                let outcome = &verdict.outcome;
                (outcome.language, outcome.codec) == *column && topic.is_none_or(|topic| outcome.topic == topic)
            };
            count(verdicts.iter().filter(of_this).map(|verdict| verdict.mark))
        });
        let name = topic.map_or_else(|| "**all**".to_owned(), |topic| topic.replace('_', " "));
        rows.push(std::iter::once(name).chain(counted).collect());
    }
    rows.iter()
        .map(|row: &Vec<String>| format!("| {} |\n", row.join(" | ")))
        .collect()
}

fn short(codec: Codec) -> &'static str {
    match codec {
        Codec::Json => "JSON",
        Codec::Messagepack => "MessagePack",
    }
}

/// How many passed, and beside that how many did not.
fn count(marks: impl Iterator<Item = Mark>) -> String {
    let (mut passed, mut known, mut failed) = (0, 0, 0);
    for mark in marks {
        match mark {
            Mark::Passed => passed += 1,
            Mark::KnownFailure => known += 1,
            Mark::Failed | Mark::PassedAfterAll => failed += 1,
        }
    }
    match (passed, known, failed) {
        (0, 0, 0) => "–".to_owned(),
        (_, 0, 0) => format!("{passed}"),
        (_, _, 0) => format!("{passed}, {known} known"),
        _ => format!("{passed}, {known} known, {failed} failed"),
    }
}

/// Writes what a run tells into its page, or finds it there.
///
/// # Errors
///
/// If the page says otherwise and is not to be written.
pub(crate) fn page(path: &Path, table: &str, known: &str, write: bool) -> Result<(), Box<dyn Error>> {
    let text = fs::read_to_string(path)?;
    let Some((own, _)) = text.split_once(BEGIN) else {
        return Err(format!("{} has no line {BEGIN:?}", path.display()).into());
    };
    let wanted = format!("{own}{BEGIN}\n{table}\n## Known failures\n\n{known}");
    if write {
        fs::write(path, wanted)?;
    } else if text != wanted {
        return Err(format!(
            "{} does not show what this run came to: `cargo xtask conformance --write` writes it",
            path.display()
        )
        .into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Mark, count};

    #[test]
    fn what_did_not_pass_is_told_beside_what_did() {
        assert_eq!(count([].into_iter()), "–");
        assert_eq!(count([Mark::Passed, Mark::Passed].into_iter()), "2");
        assert_eq!(count([Mark::Passed, Mark::KnownFailure].into_iter()), "1, 1 known");
        assert_eq!(
            count([Mark::Failed, Mark::PassedAfterAll].into_iter()),
            "0, 0 known, 2 failed"
        );
    }
}
