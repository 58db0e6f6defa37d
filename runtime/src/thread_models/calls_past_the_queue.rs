//! Calls that are let past an actor's queue, whatever else comes, and its end.

use std::{future::poll_fn, task::Poll};

use loom::{future::block_on, sync::Arc, thread};

use super::{
    Bell,
    admitted::Admitted,
    control::{Control, End},
    try_all, wait,
};

struct Actor {
    control: Control,
    admitted: Admitted<u8>,
    queue: Bell,
}

impl Actor {
    fn new() -> Arc<Self> {
        Arc::new(Actor {
            control: Control::new(),
            admitted: Admitted::new(),
            queue: Bell::new(),
        })
    }

    fn admit(&self, call: u8) -> Result<(), u8> {
        self.admitted.push(call)?;
        self.control.attend();
        Ok(())
    }

    /// The loop, as `Running::serve` is: it looks, takes messages, and sleeps. Each call that runs is given to `run`.
    fn serve(&self, mut run: impl FnMut(u8)) -> End {
        block_on(async {
            let mut look = true;
            loop {
                if look || self.control.wants_attention() {
                    if let Some(end) = self.control.leaves(1) {
                        return end;
                    }
                    while let Some(call) = self.admitted.pop_if(|| true) {
                        run(call);
                    }
                }
                look = poll_fn(|cx| match self.queue.poll(cx) {
                    Poll::Ready(_) => Poll::Ready(false),
                    Poll::Pending => self.control.poll_attention(cx).map(|()| true),
                })
                .await;
            }
        })
    }
}

#[test]
fn a_stop_is_never_slept_through_whatever_came_before_it() {
    try_all(2, || {
        let actor = Actor::new();
        let sender = thread::spawn({
            let actor = Arc::clone(&actor);
            move || actor.queue.ring()
        });
        let stopper = thread::spawn({
            let actor = Arc::clone(&actor);
            move || {
                actor.admit(1).expect("it is not closed");
                actor.control.stop();
            }
        });
        let mut calls = Vec::new();
        assert_eq!(actor.serve(|call| calls.push(call)), End::Asked);
        sender.join().expect("it does not panic");
        stopper.join().expect("it does not panic");
        assert_eq!(calls.len() + actor.admitted.close().len(), 1);
    });
}

#[test]
fn a_call_that_comes_with_a_message_is_run_while_nothing_else_happens() {
    try_all(2, || {
        let actor = Actor::new();
        let ran = Arc::new(Bell::new());
        let sender = thread::spawn({
            let actor = Arc::clone(&actor);
            move || actor.queue.ring()
        });
        let caller = thread::spawn({
            let (actor, ran) = (Arc::clone(&actor), Arc::clone(&ran));
            move || {
                actor.admit(1).expect("it is not closed");
                // It waits for its reply, as a call does.
                wait(|cx| ran.poll(cx));
                actor.control.stop();
            }
        });
        let mut calls = Vec::new();
        let end = actor.serve(|call| {
            calls.push(call);
            ran.ring();
        });
        assert_eq!(end, End::Asked);
        sender.join().expect("it does not panic");
        caller.join().expect("it does not panic");
        assert_eq!(calls, [1]);
    });
}

#[test]
fn calls_that_come_together_are_all_run() {
    try_all(2, || {
        let actor = Actor::new();
        let admit = |call| {
            let actor = Arc::clone(&actor);
            thread::spawn(move || actor.admit(call).expect("it is not closed"))
        };
        let callers = [admit(1), admit(2)];
        let mut calls = Vec::new();
        actor.serve(|call| {
            calls.push(call);
            if calls.len() == 2 {
                actor.control.stop();
            }
        });
        for caller in callers {
            caller.join().expect("it does not panic");
        }
        calls.sort_unstable();
        assert_eq!(calls, [1, 2]);
    });
}

#[test]
fn a_call_is_run_or_given_back_when_the_actor_closes() {
    try_all(3, || {
        let actor = Actor::new();
        let admit = |call| {
            let actor = Arc::clone(&actor);
            thread::spawn(move || actor.admit(call).err())
        };
        let callers = [admit(1), admit(2)];
        let mut seen: Vec<u8> = std::iter::from_fn(|| actor.admitted.pop_if(|| true)).collect();
        seen.extend(actor.admitted.close());
        seen.extend(
            callers
                .into_iter()
                .filter_map(|caller| caller.join().expect("no panic")),
        );
        seen.sort_unstable();
        assert_eq!(seen, [1, 2]);
        assert_eq!(actor.admitted.pop_if(|| true), None);
    });
}
