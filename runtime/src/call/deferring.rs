//! Replies that follow a turn that has ended.

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    task::Poll,
};

use super::{
    failing::{deferred_failed, deferred_lost},
    reply::Reply,
    returns::{Outcome, Returns},
};
use crate::{
    Deferred, ambient,
    contained::{discard, outcome as outcome_of},
};

/// Replies with what `deferred` comes to, unless nobody waits for it any more.
pub(super) fn follow<T, R>(
    mut deferred: Deferred<T>,
    reply: Reply<R>,
    outcome: impl FnOnce(T) -> Outcome<R> + Send + 'static,
) where
    T: Send + 'static,
    R: Returns,
{
    let followed = async move {
        let polled = poll_fn(|cx| {
            if reply.poll_abandoned(cx).is_ready() {
                return Poll::Ready(None);
            }
            match outcome_of(|| Pin::new(&mut deferred).poll(cx)) {
                Ok(polled) => polled.map(|value| Some(value.ok_or_else(deferred_lost))),
                Err(_) => Poll::Ready(Some(Err(deferred_failed()))),
            }
        })
        .await;
        discard(deferred);
        match polled {
            Some(Ok(value)) => reply.deliver(outcome(value)),
            Some(Err(failure)) => reply.fail(failure),
            None => {}
        }
    };
    // Calls are settled in the task of their actor, or in their own; without one the reply is dropped, which says so.
    if let Some(call) = ambient::after_turn() {
        match ambient::find() {
            Ok(runtime) => runtime.follow(ambient::scope(call, followed)),
            // Its actors end by themselves when a runtime was dropped.
            Err(_) => _ = tokio::spawn(ambient::scope(call, followed)),
        }
    }
}
