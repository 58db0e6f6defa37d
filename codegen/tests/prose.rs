//! What contracts say to people, in the files of each language.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use callsheet_codegen::{
    backends::{self, ClientSource, Integers, Options},
    ir::Api,
    output::Files,
};
use callsheet_schema::Document;

/// Docs, reasons for deprecation and names that hold whatever an editor does not show and every language quotes with.
const NASTY: &str = include_str!("documents/nasty.json");

/// The name of each language with its files.
fn generated() -> Vec<(&'static str, Files)> {
    let api = Api::lower(&Document::from_json(NASTY).unwrap()).unwrap();
    let options = Options {
        package: "nasty-client".to_owned(),
        rust_client: ClientSource::Registry,
        int64: Integers::default(),
    };
    let backends = backends::all().iter();
    backends
        .map(|backend| (backend.language().name(), backend.generate(&api, &options).unwrap()))
        .collect()
}

#[test]
fn no_source_file_holds_what_an_editor_does_not_show() {
    for (language, files) in generated() {
        let mut docs = 0;
        for (path, text) in files.iter() {
            // The document is data, and holds the names as they are.
            if path.ends_with("contracts.json") {
                continue;
            }
            docs += text.matches("CRLF").count();
            for (number, line) in text.split('\n').enumerate() {
                let hidden = line.chars().find(|&character| {
                    character.is_control()
                        || character.is_whitespace() && character != ' '
                        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
                });
                assert_eq!(hidden, None, "{language}, {path}:{}: {line:?}", number + 1);
            }
        }
        assert!(docs > 5, "{language}: the docs are told {docs} times");
    }
}

#[test]
fn no_comment_ends_before_its_last_character() {
    for (language, files) in generated() {
        for (path, text) in files.iter().filter(|(path, _)| path.ends_with(".ts")) {
            let comments = text.lines().filter(|line| line.trim_start().starts_with(['*', '/']));
            for line in comments {
                let end = line.find("*/").map(|at| &line[at..]);
                assert!(matches!(end, None | Some("*/")), "{language}, {path}: {line}");
            }
        }
        for (path, text) in files.iter().filter(|(path, _)| path.ends_with(".py")) {
            for line in text.lines().filter(|line| !line.contains("= \"")) {
                assert!(line.matches("\"\"\"").count() <= 2, "{language}, {path}: {line}");
            }
        }
    }
}
