//! What is made of the corpus in memory: packages, or refusals that say where and why. Nothing here needs another language.

use callsheet_codegen::backends::{self, Language};
use callsheet_corpus::{
    generated,
    package::{Outcome, called, package},
    written::{self, Written, hostile},
};

/// Every sentence names a place, what is wrong there, and what to do.
fn is_a_sentence(said: &str) -> bool {
    let places = ["package `", "type `", "contract `", "event `", "CS0"];
    places.iter().any(|place| said.starts_with(place)) && said.contains(": ") && said.contains("; ")
}

fn outcome(written: &Written, language: Language) -> Outcome {
    let mut backends = backends::all().iter();
    let backend = backends
        .find(|backend| backend.language() == language)
        .expect("it is one of them");
    package(*backend, &written.document, &called(&written.name, language))
}

/// Whether nothing broke, and what was said is fit to be read.
fn judge(written: &Written) -> Vec<String> {
    let mut wrong = Vec::new();
    for language in [Language::Python, Language::TypeScript, Language::Rust] {
        match outcome(written, language) {
            Outcome::Made(_) => {}
            Outcome::Broke(how) => wrong.push(format!("{} in {language} broke: {how}", written.name)),
            Outcome::Refused(sentences) => wrong.extend(
                (sentences.iter())
                    .filter(|said| !is_a_sentence(said))
                    .map(|said| format!("{} in {language}: {said}", written.name)),
            ),
        }
    }
    wrong
}

#[test]
fn names_that_only_a_hand_can_write_are_taken_or_refused_in_a_sentence() {
    let wrong: Vec<_> = hostile::alone().iter().flat_map(judge).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_cannot_be_said_is_refused_by_name() {
    for written in written::all() {
        for language in [Language::Python, Language::TypeScript, Language::Rust] {
            let Some(refusal) = written.refusal(language) else {
                continue;
            };
            let Outcome::Refused(sentences) = outcome(&written, language) else {
                panic!("{} in {language} is not refused", written.name);
            };
            let all = sentences.join("\n");
            assert!(
                sentences.iter().all(|said| is_a_sentence(said)),
                "{} in {language}: {all}",
                written.name
            );
            for name in &refusal.names {
                assert!(
                    all.contains(name),
                    "{} in {language} does not speak of {name}: {all}",
                    written.name
                );
            }
        }
    }
}

#[test]
fn documents_made_at_random_break_nobody() {
    let made = (0..80).map(|number| Written::made((format!("made_{number}"), generated::document(20, number))));
    let wrong: Vec<_> = made.flat_map(|written| judge(&written)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn packages_are_called_as_packages_can_be() {
    let names = [
        "",
        ".",
        "..",
        "../up",
        "/etc",
        "a/b",
        "a\\b",
        "C:x",
        "con",
        "a b",
        "a\nb",
        "a\u{0}b",
        "A\"",
        "-x",
        "_",
        "1st",
        "🎭",
        "Größe",
        "a..b",
        "a;b",
        "$(x)",
        "@",
        "@/x",
        "@a/../b",
        "@a/b/c",
        "node_modules",
        "import",
        "class",
        "crate",
        "self",
        "std",
        "core",
        "test",
    ];
    let document =
        callsheet_schema::Document::from_json(r#"{"callsheet": 1, "contracts": [], "types": {}, "encodings": {}}"#)
            .expect("it is a document");
    for backend in backends::all() {
        for name in names {
            match package(*backend, &document, name) {
                Outcome::Broke(how) => panic!("{} broke on `{name}`: {how}", backend.language()),
                Outcome::Refused(sentences) => {
                    assert!(
                        sentences.iter().all(|said| said.starts_with("package `")),
                        "{sentences:?}"
                    );
                }
                // Not every language minds all of them, but no name may be a path, a line or code anywhere.
                Outcome::Made(files) => {
                    let bare = name
                        .strip_prefix('@')
                        .map_or(name.to_owned(), |scoped| scoped.replacen('/', "", 1));
                    let plain = !bare.is_empty()
                        && bare
                            .chars()
                            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
                    assert!(plain, "{} takes `{name}`", backend.language());
                    let climbs = |path: &str| path.split('/').any(|part| part == "..");
                    assert!(
                        files.iter().all(|(path, _)| !climbs(path)),
                        "{} takes `{name}`",
                        backend.language()
                    );
                }
            }
        }
    }
}
