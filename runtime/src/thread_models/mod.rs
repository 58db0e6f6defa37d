//! What several threads do at once, tried in every order that they could do it in.
//!
//! The code is that of the library, compiled a second time with loom's primitives in place of its own. What loom cannot
//! know, the queue and the tasks of tokio, is stood in for by a [`Bell`]. Run by
//! `cargo test -p callsheet --features model --lib thread_models`.

mod calls_past_the_queue;
mod replies;
mod suspended_calls;
mod sync;
mod wishes;

use std::{
    future::poll_fn,
    task::{Context, Poll, Waker},
};

use loom::{future::block_on, model::Builder};

#[path = "../actor/admitted.rs"]
mod admitted;
#[path = "../supervision/control.rs"]
mod control;
#[path = "../actor/fate.rs"]
mod fate;
#[path = "../call/slot.rs"]
mod slot;

/// Tries `scenario` in all orders in which no thread is interrupted more often than `interruptions` in all, which finds what
/// goes wrong in practice, in seconds and not in days.
fn try_all(interruptions: usize, scenario: impl Fn() + Sync + Send + 'static) {
    let mut builder = Builder::new();
    builder.preemption_bound = Some(interruptions);
    builder.check(scenario);
}

/// Stands in for a queue of tokio's, or a set of its tasks: how many things have come of it, and who is woken by the next.
struct Bell(sync::Mutex<(usize, Option<Waker>)>);

impl Bell {
    fn new() -> Self {
        Bell(sync::Mutex::new((0, None)))
    }

    fn ring(&self) {
        let waker = {
            let mut rung = self.0.lock();
            rung.0 += 1;
            rung.1.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Takes what has come.
    fn poll(&self, cx: &mut Context<'_>) -> Poll<usize> {
        let mut rung = self.0.lock();
        if rung.0 > 0 {
            return Poll::Ready(std::mem::take(&mut rung.0));
        }
        rung.1 = Some(cx.waker().clone());
        Poll::Pending
    }
}

/// Waits as a task of its own would. An actor's task is one `block_on` from its start to its end, as it has one waker.
fn wait<T>(poll: impl FnMut(&mut Context<'_>) -> Poll<T>) -> T {
    block_on(poll_fn(poll))
}
