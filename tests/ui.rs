//! What the macros accept, and what they say about the rest.
//!
//! A case is one file. Those in `ui/fail` hold one fault each and are named by it; beside each stands what rustc prints.
//! After a change, `TRYBUILD=overwrite cargo test -p callsheet-tests --test ui` writes it anew, to be read line by line:
//! it must name the fault alone, at its place, and leave no doubt about the mend.

#[test]
fn macros() {
    let cases = trybuild::TestCases::new();
    cases.pass("ui/pass/*.rs");
    cases.compile_fail("ui/fail/*.rs");
}
