//! How the command shows it.

use std::{
    fs,
    path::PathBuf,
    process::{Command, Output, Stdio},
};

use callsheet_schema::Document;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::documents::{both_ways, fields};

/// A folder with two documents.
struct Pair(TempDir);

impl Pair {
    fn new(old: &Document, new: &Document) -> Self {
        let folder = tempfile::tempdir().expect("the system has a folder for temporary files");
        for (name, document) in [("old.json", old), ("new.json", new)] {
            fs::write(folder.path().join(name), document.to_json()).expect("the folder is the test's own");
        }
        Self(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn diff(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_callsheet"));
        command
            .arg("diff")
            .args([self.path("old.json"), self.path("new.json")])
            .args(arguments);
        command
            .stdin(Stdio::null())
            .output()
            .expect("the command was built for this test")
    }
}

fn pair() -> Pair {
    let old = both_ways(fields(
        json!([{"name": "age", "type": "u8"}, {"name": "nickname", "type": "string"}]),
    ));
    let new = both_ways(json!({"docs": "One.", "shape": {"struct": {"fields": [
        {"name": "age", "type": "u16", "ident": "years"}, {"name": "email", "type": "string", "optional": true}]}}}));
    Pair::new(&old, &new)
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn the_command_shows_changes_grouped_and_aligned() {
    let output = pair().diff(&[]);
    assert_eq!(output.status.code(), Some(0));
    let expected = "\
type User
  ~ field age       type: u8 -> u16  (both ways)
  - field nickname  string  (both ways)
  + field email     string, optional  (both ways)

Names and sources, not the wire:

type User
  ~ field age  name in Rust: none -> years

Documentation:

type User
  ~ type  docs

3 changes on the wire, 1 change in sources alone, 1 change in documentation alone
";
    assert_eq!(stdout(&output), expected);
}

#[test]
fn colour_is_for_terminals_alone() {
    let pair = pair();
    for (name, value) in [("TERM", "xterm-256color"), ("NO_COLOR", "1")] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_callsheet"));
        command
            .arg("diff")
            .args([pair.path("old.json"), pair.path("new.json")])
            .env(name, value);
        command.env_remove("CLICOLOR_FORCE");
        let output = command.output().expect("the command was built for this test");
        assert!(!stdout(&output).contains('\u{1b}'), "{name}");
    }
    let mut forced = Command::new(env!("CARGO_BIN_EXE_callsheet"));
    forced.arg("diff").args([pair.path("old.json"), pair.path("new.json")]);
    forced.env("CLICOLOR_FORCE", "1").env_remove("NO_COLOR");
    let output = forced.output().expect("the command was built for this test");
    assert!(
        stdout(&output).contains("\u{1b}[31m-\u{1b}[0m field nickname"),
        "{}",
        stdout(&output)
    );
    let output = forced
        .env("NO_COLOR", "1")
        .output()
        .expect("the command was built for this test");
    assert!(!stdout(&output).contains('\u{1b}'), "NO_COLOR goes before all else");
}

#[test]
fn json_has_the_places_and_what_the_documents_have_there() {
    let output = pair().diff(&["--format", "json"]);
    let report: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    let changes = report["changes"].as_array().expect("it is a list");
    assert_eq!(changes.len(), 5);
    assert_eq!(
        changes[0],
        json!({"place": [{"type": "User"}], "change": "changed", "aspect": "docs", "before": "", "after": "One.", "effect": "docs"})
    );
    let field_added = json!({"place": [{"type": "User"}, {"field": "email"}], "change": "added",
        "after": {"name": "email", "type": "string", "optional": true}, "direction": "both", "effect": "wire"});
    assert!(changes.contains(&field_added), "{report:#}");
    let type_changed = json!({"place": [{"type": "User"}, {"field": "age"}], "change": "changed", "aspect": "type",
        "before": "u8", "after": "u16", "direction": "both", "effect": "wire"});
    assert!(changes.contains(&type_changed), "{report:#}");
}

#[test]
fn the_exit_code_tells_of_differences_where_that_was_asked_for() {
    let different = pair();
    assert_eq!(different.diff(&[]).status.code(), Some(0));
    assert_eq!(different.diff(&["--exit-code"]).status.code(), Some(100));
    let document = both_ways(fields(json!([])));
    let same = Pair::new(&document, &document);
    let output = same.diff(&["--exit-code"]);
    assert_eq!(
        (output.status.code(), stdout(&output).as_str()),
        (Some(0), "the documents are the same\n")
    );
    let output = same.diff(&["--format", "json"]);
    assert_eq!(stdout(&output), "{\n  \"changes\": []\n}\n");
    fs::remove_file(same.path("new.json")).expect("it was there");
    let output = same.diff(&["--exit-code"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("error: failed to read the schema document `"));
    assert!(output.stdout.is_empty());
}

#[test]
fn the_standard_input_is_one_document_at_most() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_callsheet"));
    let output = command.args(["diff", "-", "-"]).stdin(Stdio::null()).output();
    let output = output.expect("the command was built for this test");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("name a file for one of them"));
}
