//! `callsheet schema` against packages that are built for real.
//!
//! They have no dependencies: each holds the test that the macros would leave behind, so that what is tested is how the
//! command finds, builds and runs it.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use callsheet_schema::{Document, Package};
use tempfile::TempDir;

/// A package in a folder of its own.
struct Scratch(TempDir);

impl Scratch {
    fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let folder = tempfile::Builder::new()
            .prefix(name)
            .tempdir_in(env!("CARGO_TARGET_TMPDIR"));
        let scratch = Self(folder.expect("Cargo made the folder for tests"));
        scratch.put("Cargo.toml", &format!("{}[workspace]\n", manifest(name)));
        files.iter().for_each(|(path, contents)| scratch.put(path, contents));
        scratch
    }

    fn put(&self, path: &str, contents: &str) {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().unwrap_or(Path::new(""))).expect("the folder is the test's own");
        fs::write(path, contents).expect("the folder is the test's own");
    }

    fn schema(&self, arguments: &[&str]) -> Output {
        self.schema_in("", arguments)
    }

    fn schema_in(&self, folder: &str, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_callsheet"));
        command
            .arg("schema")
            .args(arguments)
            .current_dir(self.0.path().join(folder));
        command
            .env("CARGO_NET_OFFLINE", "true")
            .env("CARGO_TARGET_DIR", self.0.path().join("target"));
        command.output().expect("the command was built for this test")
    }
}

fn manifest(name: &str) -> String {
    format!(
        "[package]\nname = \"{name}\"\nedition = \"2024\"\n[features]\ndefault = [\"basic\"]\nbasic = []\n\
         billing = [\"payment\"]\npayment = []\n[lints.rust]\nwarnings = \"deny\"\n"
    )
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

/// A document of these contracts, as the test writes it.
fn document(contracts: &[&str]) -> String {
    let contracts: Vec<_> = contracts
        .iter()
        .map(|contract| format!(r#"{{"name": "{contract}", "methods": []}}"#))
        .collect();
    let contracts = contracts.join(", ");
    format!(r#"{{"callsheet": 1, "contracts": [{contracts}], "types": {{}}, "encodings": {{}}}}"#)
}

fn writes(contract: &str) -> String {
    writes_all(&[contract])
}

fn writes_all(contracts: &[&str]) -> String {
    left_behind(&format!(
        "std::fs::write(file, r##\"{}\"##).unwrap();",
        document(contracts)
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

/// What the command prints of the package with its default features.
fn canonical(package: &str, contracts: &[&str]) -> String {
    canonical_with(package, &[], true, contracts)
}

fn canonical_with(package: &str, features: &[&str], default_features: bool, contracts: &[&str]) -> String {
    let mut document = Document::from_json(&document(contracts)).expect("the test's document holds together");
    document.package = Some(Package {
        name: package.to_owned(),
        features: features.iter().map(|feature| (*feature).to_owned()).collect(),
        default_features,
    });
    document.to_json()
}

#[track_caller]
fn assert_prints(output: &Output, document: &str) {
    assert_eq!(output.status.code(), Some(0), "{}", errors(output));
    assert_eq!(String::from_utf8_lossy(&output.stdout), document);
}

#[test]
fn a_library_tells_its_contracts_and_is_not_built_twice() {
    let inner = format!("mod inner {{ {} }}", writes("demo.Clock"));
    let scratch = Scratch::new("library", &[("src/lib.rs", &inner)]);
    let first = scratch.schema(&["-p", "library"]);
    assert_prints(&first, &canonical("library", &["demo.Clock"]));
    assert!(
        errors(&first).contains("Compiling"),
        "Cargo's own words are shown: {}",
        errors(&first)
    );

    let second = scratch.schema(&["--out", "contracts.json"]);
    assert_prints(&second, "");
    assert!(!errors(&second).contains("Compiling"), "{}", errors(&second));
    let written = fs::read_to_string(scratch.0.path().join("contracts.json")).expect("it was written");
    assert_eq!(written, canonical("library", &["demo.Clock"]));
}

#[test]
fn the_library_and_every_binary_are_looked_at() {
    let service = format!("fn main() {{}} {}", writes_all(&["demo.Library", "demo.Service"]));
    let other = format!("fn main() {{}} {}", writes("demo.Other"));
    let scratch = Scratch::new(
        "service",
        &[
            ("src/lib.rs", &writes("demo.Library")),
            ("src/main.rs", &service),
            ("src/bin/other.rs", &other),
            ("src/bin/silent.rs", "fn main() {}"),
            ("examples/shown.rs", &format!("fn main() {{}} {}", writes("demo.Shown"))),
        ],
    );
    let all = ["demo.Library", "demo.Other", "demo.Service"];
    assert_prints(&scratch.schema(&[]), &canonical("service", &all));
    assert_prints(&scratch.schema(&["--lib"]), &canonical("service", &["demo.Library"]));
    assert_prints(
        &scratch.schema(&["--bin", "other"]),
        &canonical("service", &["demo.Other"]),
    );
    let both = scratch.schema(&["--bin", "other", "--example", "shown"]);
    assert_prints(&both, &canonical("service", &["demo.Other", "demo.Shown"]));
    assert_fails(
        &scratch.schema(&["--bin", "silent"]),
        "error: the package `service` declares no contract in its binary `silent`; ",
    );
    assert_fails(
        &scratch.schema(&["--bin", "none"]),
        "error: the package `service` has no binary `none`; it has: library, ",
    );
}

#[test]
fn two_things_of_one_name_in_two_binaries_are_told_apart_by_the_user() {
    let main = |docs: &str| {
        let contract = format!(r#"{{"name": "demo.Clock", "docs": "{docs}", "methods": []}}"#);
        let document = format!(r#"{{"callsheet": 1, "contracts": [{contract}], "types": {{}}, "encodings": {{}}}}"#);
        let body = format!("std::fs::write(file, r##\"{document}\"##).unwrap();");
        format!("fn main() {{}} {}", left_behind(&body))
    };
    let scratch = Scratch::new("two", &[("src/bin/one.rs", &main("1")), ("src/bin/two.rs", &main("2"))]);
    assert_fails(
        &scratch.schema(&[]),
        "error: the binary `one` and the binary `two` of `two` each have a contract of their own called `demo.Clock`; \
         describe one of them with `--lib`, `--bin` or `--example`, or rename one contract",
    );
    assert_eq!(scratch.schema(&["--bin", "two"]).status.code(), Some(0));
}

#[test]
fn features_are_passed_on_and_recorded() {
    let both = format!(
        "#[cfg(feature = \"billing\")] mod on {{ {} }}\n#[cfg(not(feature = \"billing\"))] mod off {{ {} }}",
        writes("demo.Billing"),
        writes("demo.Plain")
    );
    let extra = format!("fn main() {{}} {}", writes("demo.Extra"));
    let scratch = Scratch::new("features", &[("src/lib.rs", &both), ("src/extra.rs", &extra)]);
    // Needs a feature that another one turns on.
    let bin = "[[bin]]\nname = \"extra\"\npath = \"src/extra.rs\"\nrequired-features = [\"payment\"]\n[workspace]\n";
    scratch.put("Cargo.toml", &format!("{}{bin}", manifest("features")));
    for (arguments, features, default, contracts) in [
        (&[][..], &[][..], true, &["demo.Plain"][..]),
        (&["--no-default-features"], &[], false, &["demo.Plain"]),
        (&["-F", "billing"], &["billing"], true, &["demo.Billing", "demo.Extra"]),
        (
            &[
                "--features",
                "payment features/billing,payment",
                "--no-default-features",
            ],
            &["billing", "payment"],
            false,
            &["demo.Billing", "demo.Extra"],
        ),
        (
            &["--all-features"],
            &["basic", "billing", "payment"],
            true,
            &["demo.Billing", "demo.Extra"],
        ),
    ] {
        let expected = canonical_with("features", features, default, contracts);
        assert_prints(&scratch.schema(arguments), &expected);
    }
    assert_fails(
        &scratch.schema(&["-F", "none"]),
        "error: the library of the package `features` does not build",
    );
}

#[test]
fn the_package_of_the_directory_is_meant_in_a_workspace() {
    let scratch = Scratch::new("root", &[("src/lib.rs", &writes("demo.Root"))]);
    scratch.put(
        "Cargo.toml",
        &format!("{}[workspace]\nmembers = [\"one\"]\n", manifest("root")),
    );
    scratch.put("one/Cargo.toml", &manifest("one"));
    scratch.put("one/src/lib.rs", &format!("mod private; {}", writes("demo.One")));
    scratch.put("one/src/private.rs", "");
    assert_prints(&scratch.schema(&[]), &canonical("root", &["demo.Root"]));
    assert_prints(&scratch.schema_in("one/src", &[]), &canonical("one", &["demo.One"]));
    assert_prints(&scratch.schema(&["-p", "one"]), &canonical("one", &["demo.One"]));
    let by_path = scratch.schema(&["--manifest-path", "one/Cargo.toml"]);
    assert_prints(&by_path, &canonical("one", &["demo.One"]));
}

#[test]
fn a_virtual_workspace_has_no_package_of_its_own() {
    let scratch = Scratch::new("virtual", &[("one/src/lib.rs", &writes("demo.One"))]);
    scratch.put("Cargo.toml", "[workspace]\nresolver = \"3\"\nmembers = [\"one\"]\n");
    scratch.put("one/Cargo.toml", &manifest("one"));
    assert_prints(&scratch.schema(&[]), &canonical("one", &["demo.One"]));

    scratch.put(
        "Cargo.toml",
        "[workspace]\nresolver = \"3\"\nmembers = [\"one\", \"two\"]\n",
    );
    scratch.put("two/Cargo.toml", &manifest("two"));
    scratch.put("two/src/lib.rs", "");
    assert_fails(
        &scratch.schema(&[]),
        "error: there is no package in the current directory; name one with `-p`: one, two\n",
    );
    assert_prints(&scratch.schema(&["-p", "one"]), &canonical("one", &["demo.One"]));
}

#[test]
fn a_file_is_checked_against_the_document() {
    let scratch = Scratch::new("checked", &[("src/lib.rs", &writes("demo.Clock"))]);
    let check = ["--check", "contracts.json"];
    assert_fails(&scratch.schema(&check), "error: failed to use `contracts.json`");
    scratch.schema(&["--out", "contracts.json"]);
    assert_prints(&scratch.schema(&check), "");

    scratch.put("src/lib.rs", &writes("demo.Watch"));
    let stale = scratch.schema(&check);
    assert_eq!(stale.status.code(), Some(101), "{}", errors(&stale));
    let shown = String::from_utf8_lossy(&stale.stdout).into_owned();
    assert!(
        shown.contains("  - contract  0 methods") && shown.contains("contract demo.Watch"),
        "{shown}"
    );
    assert!(errors(&stale).contains("error: `contracts.json` is not the document of the package; "));
    assert_eq!(scratch.schema(&["--check", "x", "--out", "y"]).status.code(), Some(2));
}

#[test]
fn a_package_without_contracts_is_told_what_to_do() {
    let scratch = Scratch::new("plain", &[("src/lib.rs", "#[test] fn unrelated() {}")]);
    assert_fails(
        &scratch.schema(&["-p", "plain"]),
        "error: the package `plain` declares no contract in its library; name the package that does with `-p`, mark a trait \
         with `#[actor_contract]`, or put `callsheet::document!();` into `plain`",
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
        "error: the library of the package `conflict` has no schema document: two contracts are called `demo.Clock`\n",
    );
    scratch.put("src/lib.rs", &left_behind("panic!(\"no reason but this: {file:.0}\");"));
    assert_fails(&scratch.schema(&[]), "no reason but this");
}

#[test]
fn a_package_that_does_not_build_shows_the_compiler_s_words() {
    let scratch = Scratch::new("broken", &[("src/lib.rs", "fn broken() -> u8 { \"text\" }")]);
    let output = scratch.schema(&[]);
    assert_fails(&output, "error: the library of the package `broken` does not build");
    assert!(errors(&output).contains("mismatched types"), "{}", errors(&output));
}
