//! What the fuzzer tries on a whole connection for hours, tried for a moment.
//!
//! `schema/wire/fuzz` runs [`connection::holds`] on what the fuzzer thinks of. What it has found stands here as a test of
//! its own.
#![allow(missing_docs, unreachable_pub, reason = "a test is no library")]

mod acton;
mod answers;
mod connection;
#[path = "../../../schema/wire/tests/fuzzed/header.rs"]
mod header;
#[allow(dead_code, reason = "the wire's own tests have a use for all of it")]
#[path = "../../../schema/wire/tests/fuzzed/made.rs"]
mod made;
#[allow(dead_code, reason = "as above")]
#[path = "../../../schema/wire/tests/fuzzed/reference.rs"]
mod reference;
mod session;

use std::{
    cell::Cell,
    io::{self, Write},
    panic, process,
    sync::{Once, mpsc},
    thread,
    time::Duration,
};

use proptest::{collection::vec, prelude::*};

/// A case takes some milliseconds, and a clock that stands still when nothing moves ends no wait of it.
const LONGEST_CASE: Duration = Duration::from_secs(60);

thread_local! {
    static PANICS: Cell<usize> = const { Cell::new(0) };
}

/// No part of the server may panic, though a panic would be contained. All of it runs in this thread.
fn holds(bytes: &[u8]) {
    static COUNTED: Once = Once::new();
    COUNTED.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            PANICS.set(PANICS.get() + 1);
            before(panic);
        }));
    });
    PANICS.set(0);
    let (ended, end) = mpsc::channel();
    let case = bytes.to_vec();
    // A case that hangs would hang all tests, and nobody would know which one it was.
    thread::spawn(move || {
        if end.recv_timeout(LONGEST_CASE) == Err(mpsc::RecvTimeoutError::Timeout) {
            // Not `eprintln`, which is kept back until the test ends.
            let _ = writeln!(io::stderr(), "after {LONGEST_CASE:?} there is no end of {case:?}");
            process::abort();
        }
    });
    connection::holds(bytes);
    drop::<mpsc::Sender<()>>(ended);
    assert_eq!(PANICS.get(), 0, "something panicked in the server");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_bytes_are_answered_and_the_next_peer_is_served(cuts in any::<u8>(), said in vec(prop_oneof![Just(0), any::<u8>()], 0..256)) {
        holds(&[&[0, cuts][..], &said].concat());
    }

    #[test]
    fn any_session_is_answered_once_and_in_order(cuts in any::<u8>(), seed in vec(any::<u8>(), 32..2048)) {
        holds(&[&[1, cuts][..], &seed].concat());
    }

    #[test]
    fn any_session_of_a_client_of_acton_reactive_is_answered_in_its_forms(cuts in any::<u8>(), seed in vec(any::<u8>(), 32..2048)) {
        holds(&[&[2, cuts][..], &seed].concat());
    }

    #[test]
    fn any_bytes_behind_a_version_of_acton_reactive_are_answered(
        cuts in any::<u8>(), length in 0..64_u8, version in 1..=2_u8, kind in 0..13_u8, said in vec(prop_oneof![Just(0), any::<u8>()], 0..256),
    ) {
        holds(&[&[0, cuts, 0, 0, 0, length, version, kind][..], &said].concat());
    }
}

// What the fuzzer has found.

#[test]
fn a_connection_ends_with_its_peer_though_a_stream_of_it_waits_for_credit() {
    let request = br#"{"target":"probe","message_type":"Count","expects_stream":true,"credit":1,"payload":{"to":9}}"#;
    let prefix = (request.len() as u32).to_be_bytes();
    holds(&[&[0, 0][..], &prefix, request].concat());
}

#[test]
fn answers_behind_a_stream_that_waits_for_credit_do_not_keep_the_credit_out() {
    let stream = br#"{"target":"probe","message_type":"Count","expects_stream":true,"credit":1,"payload":{"to":9}}"#;
    let ask = br#"{"target":"probe","message_type":"Echo","expects_reply":true,"payload":{"text":"sings and sings"}}"#;
    let asks = std::iter::repeat_n(&ask[..], 10_000);
    let frames = std::iter::once(&stream[..]).chain(asks);
    let said = frames.flat_map(|frame| [&(frame.len() as u32).to_be_bytes()[..], frame].concat());
    holds(&[0, 0].into_iter().chain(said).collect::<Vec<u8>>());
}
