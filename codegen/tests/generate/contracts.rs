//! Packages of fewer contracts.

use callsheet_codegen::backends;

use crate::place::Place;

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/documents/everything.json");

/// Everything in the folder, one after the other.
fn all_text(place: &Place, folder: &str) -> String {
    let files = place.tree(folder).into_values();
    files
        .map(|contents| String::from_utf8_lossy(&contents).into_owned())
        .collect()
}

#[test]
fn only_chosen_contracts_are_generated_with_those_that_they_extend() {
    let place = Place::new();
    for backend in backends::all() {
        let language = backend.language().name();
        let generate = ["generate", "--schema", SAMPLE, "--lang", language, "--out", language];
        let two = ["--contract", "everything.Generics", "--contract", "everything.Feed"];
        place.callsheet(&[&generate[..], &two].concat()).assert_fine();
        let text = all_text(&place, language);
        for there in ["everything.Generics", "everything.Feed", "everything.Containers"] {
            assert!(text.contains(there), "{language} has no {there}");
        }
        for gone in ["everything.Orders", "everything.Keywords", "everything.TwoWays"] {
            assert!(!text.contains(gone), "{language} has {gone}");
        }
        // A directory of all contracts is narrowed to fewer, and stale files go.
        place.callsheet(&generate).assert_fine();
        let all = place.tree(language);
        let one = [&generate[..], &["--contract", "everything.Feed"]].concat();
        place.callsheet(&one).assert_fine();
        place.callsheet(&[&one[..], &["--check"]].concat()).assert_fine();
        assert!(place.tree(language).len() <= all.len(), "{language}");
        assert!(
            !all_text(&place, language).contains("everything.Containers"),
            "{language}"
        );
    }
}

#[test]
fn unknown_contracts_are_all_told_with_those_that_were_meant() {
    let place = Place::new();
    let generate = ["generate", "--schema", SAMPLE, "--lang", "rust", "--out", "out"];
    let names = ["everything.Ordres", "feed", "everything.Feed", "other.Thing"];
    let wrong: Vec<_> = names.iter().flat_map(|name| ["--contract", name]).collect();
    place.callsheet(&[&generate[..], &wrong].concat()).assert_fails(
        1,
        "error: the document has no contract `everything.Ordres` (did you mean `everything.Orders`?) and no `feed` (did you \
         mean `everything.Feed`?) and no `other.Thing`; it has: everything.Containers, everything.Feed, ",
    );
    assert!(!place.has("out"));
}
