//! `tests/fuzzed/envelope.rs`, fuzzed.
#![no_main]
#![allow(dead_code, reason = "no target has a use for all that they share")]

#[path = "../../tests/fuzzed/envelope.rs"]
mod envelope;
#[path = "../../tests/fuzzed/made.rs"]
mod made;
#[path = "../../tests/fuzzed/reference.rs"]
mod reference;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| envelope::holds(bytes));
