//! `docs/generate.md`: that its examples run, in the order in which they stand, and that it leaves out no option.

use std::collections::BTreeSet;

use crate::{
    place::{Ended, Place},
    service::{Service, document, put_package},
};

const PAGE: &str = include_str!("../../../docs/generate.md");

/// The blocks of a language, each as it stands.
fn blocks(language: &str) -> Vec<&'static str> {
    let opening = format!("```{language}\n");
    let mut parts = PAGE.split(opening.as_str());
    parts.next();
    parts
        .map(|rest| rest.split_once("```").expect("a block has an end").0)
        .collect()
}

fn run(place: &Place, line: &str) -> Ended {
    let command = line.strip_prefix("$ callsheet ").expect("every line is a command");
    place.callsheet(&command.split(' ').collect::<Vec<_>>())
}

#[test]
fn every_command_of_the_page_runs() {
    let place = Place::new();
    put_package(&place, "");
    let _service = Service::at(&place.path().join("demo.sock"), |options| options);
    let [file] = blocks("toml")[..] else {
        panic!("the page shows one file")
    };
    place.put("callsheet.toml", file);
    let commands: Vec<&str> = blocks("console").iter().flat_map(|block| block.lines()).collect();
    assert!(commands.len() >= 10, "{commands:?}");
    for line in commands {
        let ended = run(&place, line);
        assert_eq!(ended.code, 0, "{line}\n{}", ended.errors);
    }
    let python = place.text("clients/sums/README.md");
    assert!(python.contains("calculator") && !python.contains("clock"), "{python}");
}

#[test]
fn what_the_page_says_is_printed_is_printed() {
    let place = Place::new();
    place.put("contracts.json", &document().to_json());
    let ([file], [shown]) = (&blocks("toml,wrong")[..], &blocks("text")[..]) else {
        panic!("the page shows one file that is wrong, and what is printed")
    };
    place.put("callsheet.toml", file);
    let ended = place.callsheet(&["generate"]);
    assert_eq!((ended.code, ended.errors.as_str()), (1, *shown));
}

/// Every `--option` in the text.
fn options(text: &str) -> BTreeSet<&str> {
    let words = text.split(|c: char| !(c.is_ascii_lowercase() || c == '-'));
    words
        .filter(|word| word.len() > 2 && word.starts_with("--") && !word.starts_with("---"))
        .collect()
}

#[test]
fn the_page_has_every_option_and_no_other() {
    let place = Place::new();
    let help = |verb: &str| {
        let ended = place.callsheet(&[verb, "--help"]);
        ended.assert_fine();
        ended.output
    };
    let (generate, schema) = (help("generate"), help("schema"));
    let page = options(PAGE);
    let own: BTreeSet<_> = options(&generate);
    let unsaid: Vec<_> = own.difference(&page).filter(|option| **option != "--help").collect();
    assert!(unsaid.is_empty(), "the page does not say {unsaid:?}");
    let known: BTreeSet<_> = own.union(&options(&schema)).copied().collect();
    let unknown: Vec<_> = page.difference(&known).collect();
    assert!(unknown.is_empty(), "there is no {unknown:?}");
}

#[test]
fn the_page_has_every_key() {
    for (wrong, section) in [
        ("[generate.targets.a]\nx = 1", "| key of a target |"),
        ("[generate]\nsource = { x = 1 }", "| key of a source |"),
    ] {
        let place = Place::new();
        place.put("callsheet.toml", wrong);
        let errors = place.callsheet(&["generate"]).errors;
        let (_, keys) = errors.split_once("expected one of ").expect("the keys are told");
        let (keys, _) = keys.split_once('\n').expect("the place follows");
        let (_, table) = PAGE.split_once(section).expect("the page has the table");
        let table = table.split("\n\n").next().unwrap_or_default();
        for key in keys.split(", ") {
            assert!(table.contains(key), "{section} has no {key}");
        }
    }
}
