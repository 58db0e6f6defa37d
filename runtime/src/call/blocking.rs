//! Waiting for a call on a thread that has nothing else to do.

use std::{
    future::Future,
    task::{Context, Poll, Waker},
};

use callsheet_wire::{Code, Delivered, Failure};
use tokio::task::coop;

use crate::ambient;

/// More than tokio lets a task do before it has to yield.
const MORE_THAN_A_BUDGET: usize = 1024;

/// Waits for what `start` starts.
///
/// # Errors
///
/// In async code, which would wait for itself or keep others waiting. Nothing was started then.
pub(super) fn wait<F: Future>(start: impl FnOnce() -> F) -> Result<F::Output, Failure> {
    if is_async() {
        let text = "`block()` was called in async code, where it would keep a thread of the executor; await the call instead, or \
                    call it in `tokio::task::spawn_blocking`";
        return Err(Failure::new(Code::Internal, text).with_delivered(Delivered::No));
    }
    Ok(pollster::block_on(start()))
}

/// Whether a task runs here, or a future that tokio blocks on.
///
/// The threads of `spawn_blocking` know their tokio runtime too, so that alone tells nothing. But only async code has a budget
/// of steps after which it has to yield. Each step is given back when its guard is dropped.
fn is_async() -> bool {
    if ambient::is_handler() {
        return true;
    }
    let mut cx = Context::from_waker(Waker::noop());
    let mut steps = Vec::new();
    while steps.len() < MORE_THAN_A_BUDGET {
        match coop::poll_proceed(&mut cx) {
            Poll::Ready(step) => steps.push(step),
            Poll::Pending => break,
        }
    }
    let has_budget = steps.len() < MORE_THAN_A_BUDGET;
    // The last step first, so that what is left at the end is what was there at first.
    while steps.pop().is_some() {}
    has_budget
}
