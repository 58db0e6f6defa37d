//! `runtime/tests/fuzzed/connection.rs`, fuzzed.
#![no_main]
#![allow(dead_code, reason = "no target has a use for all that they share")]

#[path = "../../../../runtime/tests/fuzzed/acton/mod.rs"]
mod acton;
#[path = "../../../../runtime/tests/fuzzed/answers.rs"]
mod answers;
#[path = "../../../../runtime/tests/fuzzed/connection.rs"]
mod connection;
#[path = "../../tests/fuzzed/header.rs"]
mod header;
#[path = "../../tests/fuzzed/made.rs"]
mod made;
#[path = "../../tests/fuzzed/reference.rs"]
mod reference;
#[path = "../../../../runtime/tests/fuzzed/session.rs"]
mod session;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| connection::holds(bytes));
