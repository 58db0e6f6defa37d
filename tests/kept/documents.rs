//! The documents that clients of earlier versions were generated from, as the crates of this tree see them.

use std::{fs, path::Path};

use callsheet_schema::{Document, compat};
use serde_json::Value;

const DOCUMENT: &str = "contracts.json";

fn tests() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The versions whose clients are kept, each with the text of its document.
fn kept() -> Vec<(String, String)> {
    let entries = fs::read_dir(tests().join("kept")).expect("the folder is there");
    let folders = entries.map(|entry| entry.expect("it can be listed").path());
    let kept: Vec<_> = folders
        .filter(|folder| folder.is_dir())
        .map(|folder| {
            let version = folder
                .file_name()
                .expect("it has a name")
                .to_string_lossy()
                .into_owned();
            let document = fs::read_to_string(folder.join(DOCUMENT)).expect("each version has its document");
            (version, document)
        })
        .collect();
    assert!(!kept.is_empty(), "the clients of some version are kept");
    kept
}

#[test]
fn the_hashes_of_a_kept_document_are_those_that_are_computed_of_it() {
    for (version, text) in kept() {
        let mut document: Value = serde_json::from_str(&text).expect("it is JSON");
        let stated = document["hashes"].take();
        assert!(stated.as_object().is_some_and(|hashes| !hashes.is_empty()), "{version}");
        document.as_object_mut().expect("it is an object").remove("hashes");
        // Without hashes it is read as one that states none.
        let computed = Document::from_json(&document.to_string()).unwrap_or_else(|fault| panic!("{version}: {fault}"));
        let computed = serde_json::to_value(computed.hashes).expect("hashes are plain data");
        assert_eq!(computed, stated, "{version}");
    }
}

#[test]
fn kept_clients_introduce_themselves_with_the_hashes_of_the_kept_document() {
    for (version, text) in kept() {
        let folder = tests().join("kept").join(&version);
        let read = |path: &str| {
            let path = folder.join(path);
            fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        };
        let document = Document::from_json(&text).unwrap_or_else(|fault| panic!("{version}: {fault}"));
        for path in ["python/showcase/contracts.json", "rust/src/contracts.json"] {
            let told = Document::from_json(&read(path)).unwrap_or_else(|fault| panic!("{version}: {path}: {fault}"));
            assert_eq!(told.hashes, document.hashes, "{version}: {path}");
        }
        for path in [
            "python/showcase/_contracts.py",
            "typescript/src/contracts.ts",
            "rust/src/client.rs",
        ] {
            let source = read(path);
            for (contract, hashes) in &document.hashes {
                let told = source.contains(&format!("\"{contract}\"")) && source.contains(&hashes.contract);
                assert!(told, "{version}: {path} does not tell the hash of {contract}");
            }
        }
    }
}

#[test]
fn what_kept_clients_call_is_served_still() {
    let served = fs::read_to_string(tests().join("../generated-clients/rust/src").join(DOCUMENT));
    let served = Document::from_json(&served.expect("it is generated")).expect("it is a document");
    for (version, text) in kept() {
        let document = Document::from_json(&text).unwrap_or_else(|fault| panic!("{version}: {fault}"));
        let breaks: Vec<_> = compat::breaks_with(&document, &served, compat::Enums::Open)
            .iter()
            .map(ToString::to_string)
            .collect();
        assert!(breaks.is_empty(), "{version}: {breaks:#?}");
    }
}
