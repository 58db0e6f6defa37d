//! `tests/fuzzed/frame.rs`, fuzzed.
#![no_main]

#[path = "../../tests/fuzzed/frame.rs"]
mod frame;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| frame::holds(bytes));
