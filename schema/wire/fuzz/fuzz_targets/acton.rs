//! `tests/fuzzed/acton/`, fuzzed.
#![no_main]
#![allow(dead_code, reason = "no target has a use for all that they share")]

#[path = "../../tests/fuzzed/acton/mod.rs"]
mod acton;
#[path = "../../tests/fuzzed/header.rs"]
mod header;
#[path = "../../tests/fuzzed/made.rs"]
mod made;
#[path = "../../tests/fuzzed/reference.rs"]
mod reference;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| acton::holds(bytes));
