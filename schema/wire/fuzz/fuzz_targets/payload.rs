//! `tests/fuzzed/payload.rs`, fuzzed.
#![no_main]
#![allow(dead_code, reason = "no target has a use for all that they share")]

#[path = "../../tests/fuzzed/contract_like.rs"]
mod contract_like;
#[path = "../../tests/fuzzed/made.rs"]
mod made;
#[path = "../../tests/fuzzed/payload.rs"]
mod payload;
#[path = "../../tests/fuzzed/reference.rs"]
mod reference;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| payload::holds(bytes));
