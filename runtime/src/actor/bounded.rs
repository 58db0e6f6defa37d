//! User code of an actor that is given its time, and no more once the actor is to leave.

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    task::Poll,
    time::Duration,
};

use crate::{
    call::{Ending, ending},
    contained::{Panicked, contain},
    supervision::Control,
};

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bounded<T> {
    Done(T),
    Panicked,
    /// It was dropped before its end: the actor was to leave, and it took too long.
    Aborted,
}

/// Runs the future in `place` to its end, unless the state `generation` is to be left: then for at most `limit` from there on.
///
/// Its panics, and those of its drop, end here; the place is empty afterwards.
pub(super) async fn bounded<T>(
    control: &Control,
    generation: u64,
    limit: Duration,
    mut place: Pin<&mut Option<impl Future<Output = T>>>,
) -> Bounded<T> {
    let mut timer = None;
    let ended = poll_fn(|cx| {
        let mut polled = Poll::Pending;
        let ran = contain(&mut || {
            if let Some(future) = place.as_mut().as_pin_mut() {
                polled = future.poll(cx);
            }
        });
        match (ran, std::mem::replace(&mut polled, Poll::Pending)) {
            (Err(Panicked), _) => return Poll::Ready(Bounded::Panicked),
            (Ok(()), Poll::Ready(value)) => return Poll::Ready(Bounded::Done(value)),
            (Ok(()), Poll::Pending) => {}
        }
        control.register(cx.waker());
        if control.leaves(generation).is_none() {
            return Poll::Pending;
        }
        let timer = timer.get_or_insert_with(|| Box::pin(tokio::time::sleep(limit)));
        if control.is_cut() || timer.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Bounded::Aborted);
        }
        Poll::Pending
    })
    .await;
    let why = match ended {
        Bounded::Aborted => Ending::Stopped,
        Bounded::Done(_) | Bounded::Panicked => Ending::Failed,
    };
    if ending(why, || contain(&mut || place.set(None))).is_err() {
        tracing::error!("what an actor ran panicked while it was dropped");
        if matches!(ended, Bounded::Done(_)) {
            return Bounded::Panicked;
        }
    }
    ended
}
