//! Calls that share the state beside the loop, and the panic of one.
//!
//! A [`Bell`] stands in for tokio's set of tasks: it is rung when one has ended, and wakes the loop.

use std::{future::poll_fn, task::Poll};

use callsheet_wire::{Code, Failure};
use loom::{future::block_on, sync::Arc, thread};

use super::{Bell, admitted::Admitted, control::Control, fate::Fate, slot::Slot, try_all, wait};
use crate::{call::Ending, clock::Deadline};

#[test]
fn whoever_was_told_of_a_panic_never_meets_the_state_that_had_it() {
    try_all(2, || {
        let fate = Arc::new(Fate::new());
        let slot = Arc::new(Slot::<()>::new());
        slot.arm(Deadline::NONE);
        let (ended, control, admitted) = (
            Arc::new(Bell::new()),
            Arc::new(Control::new()),
            Arc::new(Admitted::new()),
        );
        // In the order in which a suspended call ends.
        let reader = thread::spawn({
            let (fate, slot, ended) = (Arc::clone(&fate), Arc::clone(&slot), Arc::clone(&ended));
            move || {
                fate.fail();
                slot.complete(Err(Failure::new(Code::ActorFailed, "it panicked")));
                ended.ring();
            }
        });
        let caller = thread::spawn({
            let (slot, control, admitted) = (Arc::clone(&slot), Arc::clone(&control), Arc::clone(&admitted));
            move || {
                let (outcome, _) = wait(|cx| slot.poll_outcome(cx));
                outcome.expect_err("it panicked");
                admitted.push(()).expect("it is not closed");
                control.attend();
            }
        });
        block_on(async {
            while !fate.has_failed() {
                let met = admitted.pop_if(|| !fate.has_failed());
                assert_eq!(met, None, "it was made after the panic was told");
                poll_fn(|cx| match (fate.has_failed(), ended.poll(cx)) {
                    (true, _) | (_, Poll::Ready(_)) => Poll::Ready(()),
                    (false, Poll::Pending) => control.poll_attention(cx),
                })
                .await;
            }
        });
        reader.join().expect("it does not panic");
        caller.join().expect("it does not panic");
        assert_eq!(admitted.pop_if(|| true), Some(()), "it waits for the next state");
    });
}

#[test]
fn solitude_comes_when_all_calls_have_ended_and_not_on_a_state_that_failed() {
    try_all(3, || {
        let fate = Arc::new(Fate::new());
        let ended = Arc::new(Bell::new());
        let reader = |panics: bool| {
            let (fate, ended) = (Arc::clone(&fate), Arc::clone(&ended));
            thread::spawn(move || {
                if panics {
                    fate.fail();
                }
                ended.ring();
            })
        };
        let readers = [reader(false), reader(true)];
        let control = Control::new();
        let mut running = readers.len();
        // As `Running::poll_gate` waits.
        wait(|cx| {
            while let Poll::Ready(ends) = ended.poll(cx) {
                running -= ends;
            }
            if running == 0 || fate.has_failed() {
                return Poll::Ready(());
            }
            control.poll_attention(cx)
        });
        assert!(fate.has_failed(), "one of them has panicked");
        for reader in readers {
            reader.join().expect("it does not panic");
        }
    });
}

#[test]
fn a_call_that_is_aborted_says_why() {
    try_all(4, || {
        let fate = Arc::new(Fate::new());
        let aborted = Arc::new(Bell::new());
        let reader = thread::spawn({
            let (fate, aborted) = (Arc::clone(&fate), Arc::clone(&aborted));
            move || {
                wait(|cx| aborted.poll(cx));
                fate.why()
            }
        });
        fate.abort(Ending::Stopped);
        aborted.ring();
        assert_eq!(reader.join().expect("it does not panic"), Ending::Stopped);
    });
}
