//! What becomes of a directory that files are generated into.

use std::{fs, path::Path};

use callsheet_codegen::output::{Difference, Files, MANIFEST, OutputError, State, Written, check, plan, write};
use tempfile::TempDir;

fn files(of: &[(&str, &str)]) -> Files {
    let mut files = Files::default();
    of.iter().for_each(|(path, contents)| files.insert(*path, *contents));
    files
}

fn directory() -> TempDir {
    tempfile::tempdir().expect("the system has a folder for temporary files")
}

fn text(directory: &TempDir, path: &str) -> String {
    fs::read_to_string(directory.path().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn put(directory: &TempDir, path: &str, contents: &str) {
    fs::write(directory.path().join(path), contents).unwrap_or_else(|error| panic!("{path}: {error}"));
}

fn states(differences: &[Difference]) -> Vec<(&str, State)> {
    differences
        .iter()
        .map(|difference| (difference.path.as_str(), difference.state))
        .collect()
}

#[test]
fn what_is_written_is_what_check_expects() {
    let here = directory();
    let files = files(&[("README.md", "one"), ("src/index.ts", "two")]);
    let missing = check(&files, here.path()).expect("nothing is there");
    assert_eq!(
        states(&missing),
        [
            (MANIFEST, State::Missing),
            ("README.md", State::Missing),
            ("src/index.ts", State::Missing)
        ]
    );

    assert_eq!(
        write(&files, here.path()).expect("it is empty"),
        Written { written: 2, removed: 0 }
    );
    assert_eq!(text(&here, "src/index.ts"), "two");
    assert!(
        text(&here, MANIFEST).ends_with("\nREADME.md\nsrc/index.ts\n"),
        "{}",
        text(&here, MANIFEST)
    );
    assert_eq!(check(&files, here.path()).expect("readable"), []);
    assert_eq!(
        write(&files, here.path()).expect("again"),
        Written { written: 0, removed: 0 }
    );
}

#[test]
fn check_lists_what_differs() {
    let here = directory();
    write(&files(&[("a", "1"), ("b", "1"), ("c", "1")]), here.path()).expect("it is empty");
    put(&here, "a", "changed by hand");
    fs::remove_file(here.path().join("b")).expect("it was written");
    let found = check(&files(&[("a", "1"), ("b", "1")]), here.path()).expect("readable");
    assert_eq!(
        states(&found),
        [
            (MANIFEST, State::Changed),
            ("a", State::Changed),
            ("b", State::Missing),
            ("c", State::Stale)
        ]
    );
    assert_eq!(found[3].to_string(), "stale   c");
}

#[test]
fn stale_files_are_removed_and_others_are_not() {
    let here = directory();
    write(
        &files(&[("old/deep/a", "1"), ("kept/b", "1"), ("both/c", "1")]),
        here.path(),
    )
    .expect("it is empty");
    put(&here, "kept/of-the-user", "mine");
    let written = write(&files(&[("both/c", "2")]), here.path()).expect("all of it was generated");
    assert_eq!(written, Written { written: 1, removed: 2 });
    assert!(
        !here.path().join("old").exists(),
        "the folders that became empty go too"
    );
    assert_eq!(text(&here, "kept/of-the-user"), "mine");
    assert_eq!(text(&here, "both/c"), "2");
}

#[test]
fn a_file_may_become_a_folder_and_a_folder_a_file() {
    let here = directory();
    write(&files(&[("models", "1"), ("client/a", "1")]), here.path()).expect("it is empty");
    write(&files(&[("models/a", "2"), ("client", "2")]), here.path()).expect("all of it was generated");
    assert_eq!(
        (text(&here, "models/a").as_str(), text(&here, "client").as_str()),
        ("2", "2")
    );
}

#[test]
fn a_file_of_the_user_is_never_overwritten() {
    let here = directory();
    put(&here, "README.md", "mine");
    put(&here, "same", "equal");
    let generated = files(&[("README.md", "generated"), ("other", "x"), ("same", "equal")]);
    let error = write(&generated, here.path()).expect_err("one file is in the way");
    assert!(
        matches!(&error, OutputError::InTheWay(paths) if paths == &[here.path().join("README.md")]),
        "{error}"
    );
    assert_eq!(text(&here, "README.md"), "mine");
    assert!(
        !here.path().join("other").exists(),
        "nothing is written before everything is judged"
    );
}

#[test]
fn no_path_leaves_the_directory() {
    let root = directory();
    let here = root.path().join("here");
    for path in [
        "../out",
        "/tmp/out",
        "a/../../out",
        "a\\b",
        "C:a",
        "",
        ".",
        "a\nb",
        "#a",
        MANIFEST,
    ] {
        let error = write(&files(&[(path, "x")]), &here).expect_err(path);
        assert!(
            matches!(&error, OutputError::Outside(outside) if outside == path),
            "{path}: {error}"
        );
    }
    assert!(!here.exists());
}

#[test]
fn a_name_that_no_file_can_have_is_told_before_anything_is_written() {
    let root = directory();
    let here = root.path().join("here");
    let (longest, longer) = ("ü".repeat(127) + "s", "ü".repeat(128));
    for path in [
        format!("{longer}/a.ts"),
        format!("src/{longer}"),
        format!("src/{longer}/b/c"),
    ] {
        let generated = files(&[("a", "x"), (&path, "x")]);
        for error in [
            write(&generated, &here).expect_err(&path),
            check(&generated, &here).expect_err(&path),
        ] {
            assert!(matches!(&error, OutputError::NameTooLong(long) if *long == path));
            assert!(error.to_string().contains("has a name of 256 bytes"), "{error}");
        }
        assert!(!here.exists());
    }
    let generated = files(&[(&format!("{longest}/{longest}"), "x")]);
    assert_eq!(
        write(&generated, &here).expect("each name fits"),
        Written { written: 1, removed: 0 }
    );
}

#[test]
fn a_forged_manifest_removes_nothing_outside() {
    let root = directory();
    let here = root.path().join("here");
    fs::create_dir(&here).expect("it is new");
    put(&root, "precious", "mine");
    fs::write(here.join(MANIFEST), "../precious\n").expect("it is new");
    assert!(matches!(write(&files(&[]), &here), Err(OutputError::Outside(_))));
    assert_eq!(text(&root, "precious"), "mine");
}

#[cfg(unix)]
#[test]
fn symbolic_links_are_not_followed() {
    let root = directory();
    let here = root.path().join("here");
    fs::create_dir(&here).expect("it is new");
    std::os::unix::fs::symlink(root.path(), here.join("link")).expect("it is new");
    let error = write(&files(&[("link/out", "x")]), &here).expect_err("a link is in the way");
    assert!(
        matches!(&error, OutputError::Link(path) if path == &here.join("link")),
        "{error}"
    );
    assert!(!root.path().join("out").exists());
}

#[test]
fn a_failure_of_the_file_system_names_the_file() {
    let here = directory();
    put(&here, "file", "no folder");
    let error = write(&files(&[("a", "x")]), Path::new(&here.path().join("file"))).expect_err("not a folder");
    assert!(error.to_string().contains("file"), "{error}");
}

#[test]
fn a_plan_changes_nothing_before_it_is_carried_out() {
    let here = directory();
    let files = files(&[("README.md", "one"), ("src/index.ts", "two")]);
    let planned = plan(&files, here.path()).expect("nothing stands in the way");
    assert_eq!(fs::read_dir(here.path()).expect("it is there").count(), 0);
    let written = planned.carry_out().expect("the folder is the test's own");
    assert_eq!((written.written, written.removed), (2, 0));
    assert_eq!(check(&files, here.path()).expect("it can be read"), []);
}
