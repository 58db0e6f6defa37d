//! The command as a user runs it: what it prints, and how it exits.

use std::{
    fs,
    io::Write,
    path::Path,
    process::{Command, Output, Stdio},
};

use callsheet_codegen::backends;
use tempfile::TempDir;

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/documents/everything.json");

fn callsheet(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_callsheet"));
    command
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .expect("the command was built for this test")
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("the command was not killed")
}

fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn directory() -> TempDir {
    tempfile::tempdir().expect("the system has a folder for temporary files")
}

fn text(path: &Path) -> &str {
    path.to_str().expect("temporary folders have plain names")
}

#[test]
fn help_shows_an_example_of_each_verb() {
    for verb in ["schema", "generate", "diff", "export"] {
        let output = callsheet(&[verb, "--help"]);
        assert_eq!(code(&output), 0);
        let help = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(help.contains(&format!("\n  callsheet {verb} ")), "{help}");
    }
}

#[test]
fn a_json_schema_is_printed_or_written() {
    let root = directory();
    let out = root.path().join("schema.json");
    let printed = callsheet(&["export", "jsonschema", SAMPLE, "--contract", "everything.Orders"]);
    assert_eq!((code(&printed), errors(&printed).as_str()), (0, ""));
    let written = callsheet(&[
        "export",
        "jsonschema",
        SAMPLE,
        "--contract",
        "everything.Orders",
        "--out",
        text(&out),
    ]);
    assert_eq!((code(&written), written.stdout.as_slice()), (0, &b""[..]));
    let schema = fs::read(&out).expect("it was written");
    assert_eq!(schema, printed.stdout);
    assert!(String::from_utf8_lossy(&schema).contains("\"everything.Orders.PlaceOrder-request\""));

    let unknown = callsheet(&["export", "jsonschema", SAMPLE, "--contract", "everything.Nobody"]);
    assert_eq!(code(&unknown), 1);
    assert!(errors(&unknown).starts_with("error: the document has no contract `everything.Nobody`; it has: "));
    assert_eq!(code(&callsheet(&["export"])), 2);
}

#[test]
fn a_wrong_command_line_exits_with_2() {
    assert_eq!(code(&callsheet(&["no-such-verb"])), 2);
    assert_eq!(
        code(&callsheet(&[
            "generate", "--lang", "cobol", "--schema", SAMPLE, "--out", "x"
        ])),
        2
    );
    let python = [
        "generate",
        "--lang",
        "python",
        "--schema",
        SAMPLE,
        "--out",
        "x",
        "--client-path",
        "y",
    ];
    assert_eq!(code(&callsheet(&python)), 2);
    let integers = [&python[..7], &["--int64", "number"]].concat();
    assert_eq!(code(&callsheet(&integers)), 2);
}

#[test]
fn every_language_is_generated_checked_and_found_stale() {
    assert!(!backends::all().is_empty());
    for backend in backends::all() {
        let language = backend.language().name();
        let root = directory();
        let out = root.path().join("client");
        let generate = ["generate", "--schema", SAMPLE, "--lang", language, "--out", text(&out)];
        let check = [&generate[..], &["--check"]].concat();

        let missing = callsheet(&check);
        assert_eq!(code(&missing), 101, "{}", errors(&missing));
        assert!(
            String::from_utf8_lossy(&missing.stdout).contains("missing README.md\n"),
            "{language}"
        );
        assert!(!out.exists(), "checking writes nothing");

        let written = callsheet(&generate);
        assert_eq!(code(&written), 0, "{}", errors(&written));
        let same = callsheet(&check);
        assert_eq!((code(&same), errors(&same).as_str()), (0, ""));

        fs::write(out.join("README.md"), "changed by hand").expect("it was generated");
        let changed = callsheet(&check);
        assert_eq!(code(&changed), 101);
        assert_eq!(
            String::from_utf8_lossy(&changed.stdout),
            "changed README.md\n",
            "{language}"
        );
    }
}

#[test]
fn a_document_is_read_from_the_standard_input() {
    for backend in backends::all() {
        let (root, language) = (directory(), backend.language().name());
        let mut running = Command::new(env!("CARGO_BIN_EXE_callsheet"))
            .args([
                "generate",
                "--schema",
                "-",
                "--lang",
                language,
                "--out",
                text(root.path()),
                "--package",
                "sample",
            ])
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the command was built for this test");
        let sample = fs::read(SAMPLE).expect("the sample is there");
        running
            .stdin
            .take()
            .expect("it is piped")
            .write_all(&sample)
            .expect("the command reads all of it");
        let output = running.wait_with_output().expect("it ends");
        assert_eq!(code(&output), 0, "{}", errors(&output));
    }
}

#[test]
fn a_package_name_that_no_language_takes_is_refused_before_anything_is_written() {
    for backend in backends::all() {
        let root = directory();
        let (out, language) = (root.path().join("client"), backend.language().name());
        for package in ["", "../evil", "a b", "ä"] {
            let generate = ["generate", "--schema", SAMPLE, "--lang", language, "--out", text(&out)];
            let output = callsheet(&[&generate[..], &["--package", package]].concat());
            assert_eq!(code(&output), 1, "{language} {package:?}: {}", errors(&output));
            assert!(
                errors(&output).contains(&format!("package `{package}`: ")),
                "{}",
                errors(&output)
            );
            assert!(!out.exists(), "{language} {package:?}");
        }
    }
}

#[test]
fn a_document_that_cannot_be_read_is_named_with_its_cause() {
    let root = directory();
    let nowhere = root.path().join("nowhere.json");
    let other_format = root.path().join("other.json");
    fs::write(&other_format, r#"{"callsheet": 7}"#).expect("the folder is new");
    for backend in backends::all() {
        let generate = |schema: &Path| {
            let out = root.path().join("client");
            let language = backend.language().name();
            callsheet(&[
                "generate",
                "--schema",
                text(schema),
                "--lang",
                language,
                "--out",
                text(&out),
            ])
        };
        let output = generate(&nowhere);
        assert_eq!(code(&output), 1);
        let head = format!(
            "error: failed to read the schema document `{}`\n  caused by: ",
            nowhere.display()
        );
        assert!(errors(&output).starts_with(&head), "{}", errors(&output));

        let output = generate(&other_format);
        assert_eq!(code(&output), 1);
        assert!(
            errors(&output).contains("\n  caused by: the document has format 7;"),
            "{}",
            errors(&output)
        );
    }
}
