//! The reply slot: its caller, the handler, the clock, and the next call in the same slot.

use std::task::{Context, Poll, Waker};

use callsheet_wire::{Code, Delivered, Failure};
use loom::{sync::Arc, thread};

use super::{slot::Slot, try_all, wait};
use crate::clock::Deadline;

const FIRST: Deadline = Deadline::from_word(1);
const SECOND: Deadline = Deadline::from_word(2);

fn armed(deadline: Deadline) -> Arc<Slot<Counted>> {
    let slot = Arc::new(Slot::new());
    slot.arm(deadline);
    slot
}

/// A reply that says when it is dropped.
struct Counted(u8, std::sync::Arc<()>);

impl Counted {
    fn new(number: u8) -> Self {
        Counted(number, std::sync::Arc::new(()))
    }
}

/// What the caller made of it: the reply's number, or whether a late call was delivered.
fn told(outcome: Result<Counted, Failure>) -> Result<u8, Delivered> {
    match outcome {
        Ok(reply) => Ok(reply.0),
        Err(failure) => {
            assert_eq!(failure.code(), Code::Timeout);
            Err(failure.delivered())
        }
    }
}

#[test]
fn a_call_has_one_outcome_which_is_true_of_what_was_run() {
    try_all(4, || {
        let slot = armed(FIRST);
        let handler = thread::spawn({
            let slot = Arc::clone(&slot);
            move || {
                let began = slot.begin();
                // A call that nobody waits for is not run, but its duty to reply ends all the same.
                let outcome = match began {
                    true => Ok(Counted::new(1)),
                    false => Err(Failure::new(Code::ActorStopped, "it was not run")),
                };
                slot.complete(outcome);
                began
            }
        });
        let clock = thread::spawn({
            let slot = Arc::clone(&slot);
            move || slot.expire(FIRST)
        });
        let (outcome, reusable) = wait(|cx| slot.poll_outcome(cx));
        let outcome = told(outcome);
        let began = handler.join().expect("it does not panic");
        clock.join().expect("it does not panic");
        match outcome {
            Ok(reply) => assert!(began && reusable && reply == 1),
            Err(Delivered::No) => assert!(!began && !reusable),
            Err(_) => assert!(began && !reusable),
        }
        let mut cx = Context::from_waker(Waker::noop());
        assert!(slot.poll_outcome(&mut cx).is_pending(), "there is no second outcome");
    });
}

#[test]
fn a_call_that_was_put_back_is_begun_again_or_known_not_to_have_run() {
    try_all(4, || {
        let slot = armed(FIRST);
        let leaving = thread::spawn({
            let slot = Arc::clone(&slot);
            move || {
                let left = slot.begin();
                if left {
                    slot.put_back();
                }
                let again = slot.begin();
                assert!(left || !again, "what was given up stays so");
                if again {
                    slot.complete(Ok(Counted::new(1)));
                }
                again
            }
        });
        let clock = thread::spawn({
            let slot = Arc::clone(&slot);
            move || slot.expire(FIRST)
        });
        let outcome = wait(|cx| slot.poll_outcome(cx));
        let again = leaving.join().expect("it does not panic");
        clock.join().expect("it does not panic");
        match (told(outcome.0), outcome.1) {
            (Ok(reply), reusable) => assert!(again && reusable && reply == 1),
            (Err(Delivered::No), reusable) => assert!(!again && !reusable),
            (Err(_), reusable) => assert!(!reusable),
        }
    });
}

#[test]
fn the_next_call_in_a_slot_sees_nothing_of_the_one_before() {
    try_all(2, || {
        let slot = armed(FIRST);
        let handle = |slot: &Arc<Slot<Counted>>, reply| {
            let slot = Arc::clone(slot);
            thread::spawn(move || {
                if slot.begin() {
                    slot.complete(Ok(Counted::new(reply)));
                }
            })
        };
        let first = handle(&slot, 1);
        let clock = thread::spawn({
            let slot = Arc::clone(&slot);
            move || {
                // As the sweep does: it read the deadline some time ago.
                let seen = slot.deadline();
                if seen == FIRST {
                    slot.expire(seen);
                }
            }
        });
        let (outcome, reusable) = wait(|cx| slot.poll_outcome(cx));
        assert_eq!(outcome.is_ok(), reusable);
        if reusable {
            slot.arm(SECOND);
            let second = handle(&slot, 2);
            let (outcome, reusable) = wait(|cx| slot.poll_outcome(cx));
            assert_eq!(told(outcome), Ok(2));
            assert!(reusable, "nothing was late");
            second.join().expect("it does not panic");
        }
        first.join().expect("it does not panic");
        clock.join().expect("it does not panic");
    });
}

#[test]
fn a_handler_hears_that_its_caller_went_away_or_was_told_it_is_late() {
    try_all(4, || {
        let slot = armed(FIRST);
        assert!(slot.begin());
        let handler = thread::spawn({
            let slot = Arc::clone(&slot);
            move || wait(|cx| slot.poll_abandoned(cx))
        });
        let clock = thread::spawn({
            let slot = Arc::clone(&slot);
            move || slot.expire(FIRST)
        });
        // The caller looks once, and goes.
        let mut cx = Context::from_waker(Waker::noop());
        if let Poll::Ready((outcome, _)) = slot.poll_outcome(&mut cx) {
            assert_eq!(told(outcome), Err(Delivered::Unknown));
        } else {
            slot.abandon();
        }
        handler.join().expect("it is told");
        clock.join().expect("it does not panic");
    });
}

#[test]
fn a_late_call_is_over_for_its_handler_without_its_caller() {
    try_all(4, || {
        let slot = armed(FIRST);
        assert!(slot.begin());
        let handler = thread::spawn({
            let slot = Arc::clone(&slot);
            move || wait(|cx| slot.poll_abandoned(cx))
        });
        slot.expire(FIRST);
        handler.join().expect("it is told");
    });
}

#[test]
fn a_reply_that_nobody_takes_is_dropped() {
    try_all(4, || {
        let slot = armed(FIRST);
        let reply = Counted::new(1);
        let alive = std::sync::Arc::downgrade(&reply.1);
        let handler = thread::spawn({
            let slot = Arc::clone(&slot);
            move || slot.complete(Ok(reply))
        });
        slot.abandon();
        handler.join().expect("it does not panic");
        assert_eq!(alive.strong_count(), 0, "though the slot is still there");
        assert!(!slot.begin());
    });
}
