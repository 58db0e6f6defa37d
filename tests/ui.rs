//! What the macros accept, and what they say about the rest.
//!
//! A case is one file. Those in `ui/fail` hold one fault each and are named by it; beside each stands what rustc prints.
//! After a change, `TRYBUILD=overwrite cargo test -p callsheet-tests --test ui` writes it anew, to be read line by line:
//! it must name the fault alone, at its place, and leave no doubt about the mend.

use std::{fs, path::Path};

#[test]
fn macros() {
    let cases = trybuild::TestCases::new();
    cases.pass("ui/pass/*.rs");
    cases.compile_fail("ui/fail/*.rs");
}

#[test]
fn every_code_has_a_case_and_a_section() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &Path| fs::read_to_string(path).expect("a file of the repository");
    let codes: Vec<String> = read(&here.join("../macros/src/fault.rs"))
        .lines()
        .filter_map(|line| line.trim().strip_suffix(',')?.split_once(" = "))
        .filter_map(|(_, number)| number.parse::<u16>().ok())
        .map(|number| format!("CS{number:04}"))
        .collect();
    assert!(codes.len() > 15, "the codes were not found: {codes:?}");

    let page = read(&here.join("../docs/errors.md"));
    let printed: String = fs::read_dir(here.join("ui/fail"))
        .expect("a folder of the repository")
        .map(|entry| entry.expect("an entry of a folder").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "stderr"))
        .map(|path| read(&path))
        .collect();
    for code in codes {
        assert!(
            page.contains(&format!("\n### {code}\n")),
            "docs/errors.md has no section {code}"
        );
        assert!(printed.contains(&format!("error: {code}: ")), "no case prints {code}");
    }
}
