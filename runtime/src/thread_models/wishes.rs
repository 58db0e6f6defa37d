//! What is wanted of an actor, while it is between two states.

use std::{future::poll_fn, task::Poll};

use loom::{
    future::block_on,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use super::{
    control::{Control, End, Phase},
    try_all, wait,
};

#[test]
fn an_actor_that_is_down_hears_that_it_is_to_come_up_or_to_stop() {
    try_all(3, || {
        let control = Arc::new(Control::new());
        control.halt();
        let want = |want: fn(&Control)| {
            let control = Arc::clone(&control);
            thread::spawn(move || want(&control))
        };
        let wants = [want(|control| control.raise(2)), want(Control::stop)];
        let next = || {
            wait(|cx| {
                control.register(cx.waker());
                control.next(1).map_or(Poll::Pending, Poll::Ready)
            })
        };
        let first = next();
        assert!(first == Some(2) || first.is_none());
        for want in wants {
            want.join().expect("it does not panic");
        }
        assert_eq!(next(), None, "a stop is never taken back");
    });
}

#[test]
fn an_end_is_that_of_the_state_before_or_ends_the_next_one() {
    try_all(4, || {
        let control = Arc::new(Control::new());
        let is_up = Arc::new(AtomicBool::new(false));
        control.set_phase(Phase::Down(1));
        control.raise(2);
        let child = thread::spawn({
            let (control, is_up) = (Arc::clone(&control), Arc::clone(&is_up));
            move || {
                let after = is_up.load(Ordering::Acquire);
                control.end(End::Failed("a child failed".to_owned()));
                if !after {
                    // Else nothing may be left of it, and the actor would run for ever.
                    control.stop();
                }
                after
            }
        });
        control.set_phase(Phase::Starting(2));
        control.set_phase(Phase::Up(2));
        is_up.store(true, Ordering::Release);
        let end = block_on(async {
            loop {
                if let Some(end) = control.leaves(2) {
                    return end;
                }
                poll_fn(|cx| control.poll_attention(cx)).await;
            }
        });
        if child.join().expect("it does not panic") {
            assert!(end.is_failure());
        }
    });
}

#[test]
fn the_first_of_two_ends_counts() {
    try_all(4, || {
        let control = Arc::new(Control::new());
        let finished = thread::spawn({
            let control = Arc::clone(&control);
            move || control.end(End::Finished)
        });
        control.end(End::Failed("it failed".to_owned()));
        let before = control.leaves(1);
        finished.join().expect("it does not panic");
        assert!(before.is_some());
        assert_eq!(control.leaves(1), before);
    });
}
