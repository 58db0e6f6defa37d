//! `callsheet schema` against packages that are built for real.
//!
//! They have no dependencies: each holds the test that the macros would leave behind, so that what is tested is how the
//! command finds, builds and runs it.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use tempfile::TempDir;

/// A package in a folder of its own.
struct Scratch(TempDir);

impl Scratch {
    fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let folder = tempfile::Builder::new()
            .prefix(name)
            .tempdir_in(env!("CARGO_TARGET_TMPDIR"));
        let scratch = Self(folder.expect("Cargo made the folder for tests"));
        let manifest = format!(
            "[package]\nname = \"{name}\"\nedition = \"2024\"\n[features]\nbilling = []\n\
             [lints.rust]\nwarnings = \"deny\"\n[workspace]\n"
        );
        scratch.put("Cargo.toml", &manifest);
        files.iter().for_each(|(path, contents)| scratch.put(path, contents));
        scratch
    }

    fn put(&self, path: &str, contents: &str) {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().unwrap_or(Path::new(""))).expect("the folder is the test's own");
        fs::write(path, contents).expect("the folder is the test's own");
    }

    fn schema(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_callsheet"));
        command.arg("schema").args(arguments).current_dir(self.0.path());
        command
            .env("CARGO_NET_OFFLINE", "true")
            .env("CARGO_TARGET_DIR", self.0.path().join("target"));
        command.output().expect("the command was built for this test")
    }
}

/// What the macros leave behind beside a contract, here with `write` as its body.
fn left_behind(body: &str) -> String {
    format!(
        "#[allow(unexpected_cfgs, non_snake_case)]
        mod __callsheet_document_Clock {{
            #[cfg(all(test, callsheet_document))]
            #[test]
            fn emit() {{
                let file = std::env::var(\"CALLSHEET_DOCUMENT\").unwrap();
                {body}
            }}
        }}"
    )
}

fn document(contract: &str) -> String {
    let contracts = format!(r#"[{{"name": "{contract}", "methods": []}}]"#);
    format!(r#"{{"callsheet": 1, "contracts": {contracts}, "types": {{}}, "encodings": {{}}}}"#)
}

fn writes(contract: &str) -> String {
    left_behind(&format!(
        "std::fs::write(file, r##\"{}\"##).unwrap();",
        document(contract)
    ))
}

fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn assert_fails(output: &Output, error: &str) {
    assert_eq!(output.status.code(), Some(1), "{}", errors(output));
    assert!(errors(output).contains(error), "{}", errors(output));
    assert!(output.stdout.is_empty());
}

fn canonical(contract: &str) -> String {
    callsheet_schema::Document::from_json(&document(contract))
        .expect("the test's document holds together")
        .to_json()
}

#[test]
fn a_library_tells_its_contracts_and_is_not_built_twice() {
    let scratch = Scratch::new(
        "library",
        &[("src/lib.rs", &format!("mod inner {{ {} }}", writes("demo.Clock")))],
    );
    let first = scratch.schema(&["-p", "library"]);
    assert_eq!(first.status.code(), Some(0), "{}", errors(&first));
    assert_eq!(String::from_utf8_lossy(&first.stdout), canonical("demo.Clock"));
    assert!(
        errors(&first).contains("Compiling"),
        "Cargo's own words are shown: {}",
        errors(&first)
    );

    let second = scratch.schema(&["--out", "contracts.json"]);
    assert_eq!(second.status.code(), Some(0), "{}", errors(&second));
    assert!(
        second.stdout.is_empty() && !errors(&second).contains("Compiling"),
        "{}",
        errors(&second)
    );
    let written = fs::read_to_string(scratch.0.path().join("contracts.json")).expect("it was written");
    assert_eq!(written, canonical("demo.Clock"));
}

#[test]
fn a_binary_is_asked_where_the_library_has_nothing_to_tell() {
    let main = format!("fn main() {{}} {}", writes("demo.Service"));
    let scratch = Scratch::new("service", &[("src/lib.rs", ""), ("src/main.rs", &main)]);
    let output = scratch.schema(&["-p", "service"]);
    assert_eq!(output.status.code(), Some(0), "{}", errors(&output));
    assert_eq!(String::from_utf8_lossy(&output.stdout), canonical("demo.Service"));
}

#[test]
fn features_are_passed_on() {
    let both = format!(
        "#[cfg(feature = \"billing\")] mod on {{ {} }}\n#[cfg(not(feature = \"billing\"))] mod off {{ {} }}",
        writes("demo.Billing"),
        writes("demo.Plain")
    );
    let scratch = Scratch::new("features", &[("src/lib.rs", &both)]);
    for (arguments, contract) in [
        (&[][..], "demo.Plain"),
        (&["--features", "billing"], "demo.Billing"),
        (&["--all-features"], "demo.Billing"),
    ] {
        let output = scratch.schema(arguments);
        assert_eq!(
            String::from_utf8_lossy(&output.stdout),
            canonical(contract),
            "{}",
            errors(&output)
        );
    }
}

#[test]
fn a_package_without_contracts_is_told_what_to_do() {
    let scratch = Scratch::new("plain", &[("src/lib.rs", "#[test] fn unrelated() {}")]);
    assert_fails(
        &scratch.schema(&["-p", "plain"]),
        "error: the package `plain` declares no contract; name the package that does, or put `callsheet::document!();`",
    );
    assert_fails(
        &scratch.schema(&["-p", "other"]),
        "error: the workspace has no package `other`; it has: plain",
    );
    assert_fails(
        &scratch.schema(&["--manifest-path", "nowhere/Cargo.toml"]),
        "error: failed to read the workspace",
    );
}

#[test]
fn the_reason_why_there_is_no_document_is_shown() {
    let body = "std::fs::write(file + \".error\", \"two contracts are called `demo.Clock`\").unwrap(); panic!();";
    let scratch = Scratch::new("conflict", &[("src/lib.rs", &left_behind(body))]);
    assert_fails(
        &scratch.schema(&[]),
        "error: the package `conflict` has no schema document: two contracts are called `demo.Clock`\n",
    );
    scratch.put("src/lib.rs", &left_behind("panic!(\"no reason but this: {file:.0}\");"));
    assert_fails(&scratch.schema(&[]), "no reason but this");
}

#[test]
fn a_package_that_does_not_build_shows_the_compiler_s_words() {
    let scratch = Scratch::new("broken", &[("src/lib.rs", "fn broken() -> u8 { \"text\" }")]);
    let output = scratch.schema(&[]);
    assert_fails(&output, "error: the package `broken` does not build");
    assert!(errors(&output).contains("mismatched types"), "{}", errors(&output));
}
