//! What the fuzzer tries on a whole connection for hours, tried for a moment.
//!
//! `schema/wire/fuzz` runs [`connection::holds`] on what the fuzzer thinks of. What it has found stands here as a test of
//! its own.
#![allow(missing_docs, unreachable_pub, reason = "a test is no library")]

mod answers;
mod connection;
#[allow(dead_code, reason = "the wire's own tests have a use for all of it")]
#[path = "../../../schema/wire/tests/fuzzed/made.rs"]
mod made;
#[allow(dead_code, reason = "as above")]
#[path = "../../../schema/wire/tests/fuzzed/reference.rs"]
mod reference;
mod session;

use std::{cell::Cell, panic, sync::Once};

use proptest::{collection::vec, prelude::*};

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
    connection::holds(bytes);
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
}

// What the fuzzer has found.

#[test]
fn a_connection_ends_with_its_peer_though_a_stream_of_it_waits_for_credit() {
    let request = br#"{"target":"probe","message_type":"Count","expects_stream":true,"credit":1,"payload":{"to":9}}"#;
    let prefix = (request.len() as u32).to_be_bytes();
    holds(&[&[0, 0][..], &prefix, request].concat());
}
