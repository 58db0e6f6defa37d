//! From a message to the method it calls.

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use crate::{
    call::{Reply, Returns, handler_lost},
    contained::{Panicked, contain, discard},
    context::ActorScope,
};

use super::readers::{ReaderEnd, Readers};

/// Runs the messages of one contract, or of several, on a state.
pub trait Dispatch<S>: Sized + Send + 'static {
    /// The messages it runs.
    type Message: Send + 'static;

    /// One for a new actor.
    fn new() -> Self;

    /// How the message is to be run.
    fn mode(message: &Self::Message) -> Mode;

    /// Runs a message that shares the state.
    fn shared(&mut self, turn: &mut SharedTurn<'_, S>, message: Self::Message);

    /// Runs a message that has the state alone and does not await.
    fn alone(state: &mut S, message: Self::Message);

    /// Runs a message that has the state alone and may await.
    fn alone_async(state: &mut S, message: Self::Message) -> impl Future<Output = ()> + Send;
}

/// How a message is to be run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Beside others that share the state.
    Shared,
    /// With the state alone, and at once.
    Alone,
    /// With the state alone, and it may await.
    AloneAsync,
}

/// One turn of an actor that shares its state.
pub struct SharedTurn<'a, S> {
    pub(super) state: &'a Arc<S>,
    /// A further count of the state for the next call that is ready at once, so that calls need not count.
    pub(super) spare: &'a mut Option<Arc<S>>,
    pub(super) readers: &'a mut Readers,
    pub(super) scope: &'a Arc<ActorScope>,
    /// The handler panicked: the state is to be discarded.
    pub(super) failed: bool,
}

impl<S> SharedTurn<'_, S> {
    /// Runs a plain method: a call without any async machinery.
    pub fn run<R: Returns>(&mut self, mut reply: Reply<R>, method: impl FnOnce(&S) -> R) {
        if !reply.begin() {
            return discard(method);
        }
        let (mut method, mut value) = (Some(method), None);
        // The arguments, which went into the method, are dropped there too.
        let ran = contain(&mut || {
            if let Some(method) = method.take() {
                value = Some(method(self.state));
            }
        });
        match (ran, value) {
            (Ok(()), Some(value)) => reply.complete(value),
            _ => {
                reply.fail(handler_lost());
                self.failed = true;
            }
        }
    }

    /// Lets a call that was polled and has not ended go on in a task, or fails one that panicked.
    fn unfinished<R: Returns>(
        &mut self,
        ran: Result<(), Panicked>,
        polled: Poll<(R, Arc<S>)>,
        call: Pin<Box<dyn Slot<(R, Arc<S>)>>>,
        reply: Reply<R>,
    ) where
        S: Send + Sync + 'static,
    {
        match ran {
            Ok(()) => self.readers.suspend(self.scope, Box::pin(finish(call, reply))),
            Err(Panicked) => {
                // What the panic left may panic again when it is dropped.
                discard(call);
                discard(polled);
                reply.fail(handler_lost());
                self.failed = true;
            }
        }
    }
}

/// An async method that shares the state, with the place where its calls are polled.
///
/// A call is polled once in a pinned slot that is used again and again, and costs neither a task nor an allocation when
/// it is ready at once. Else its box moves into a task, and the slot is renewed.
pub struct SharedMethod<S, M, R>(Box<dyn Run<S, M, R>>);

trait Run<S, M, R: Returns>: Send {
    fn run(&mut self, turn: &mut SharedTurn<'_, S>, message: M, reply: Reply<R>);
}

struct Slotted<F, C> {
    method: C,
    slot: Pin<Box<Option<F>>>,
}

impl<S, M, R> SharedMethod<S, M, R>
where
    S: Send + Sync + 'static,
    M: Send + 'static,
    R: Returns,
{
    /// The method that `method` calls with the state and the arguments; it gives the state back beside what was returned.
    pub fn new<F, C>(method: C) -> Self
    where
        C: Fn(Arc<S>, M) -> F + Send + 'static,
        F: Future<Output = (R, Arc<S>)> + Send + 'static,
    {
        SharedMethod(Box::new(Slotted {
            method,
            slot: Box::pin(None),
        }))
    }

    /// Runs one call.
    pub fn run(&mut self, turn: &mut SharedTurn<'_, S>, message: M, reply: Reply<R>) {
        self.0.run(turn, message, reply);
    }
}

impl<S, M, R> std::fmt::Debug for SharedMethod<S, M, R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SharedMethod")
    }
}

impl<S, M, R, F, C> Run<S, M, R> for Slotted<F, C>
where
    R: Returns,
    S: Send + Sync + 'static,
    C: Fn(Arc<S>, M) -> F + Send,
    F: Future<Output = (R, Arc<S>)> + Send + 'static,
{
    fn run(&mut self, turn: &mut SharedTurn<'_, S>, message: M, mut reply: Reply<R>) {
        if !reply.begin() {
            return discard(message);
        }
        let state = turn.spare.take().unwrap_or_else(|| Arc::clone(turn.state));
        let (mut call, mut polled) = (Some((state, message)), Poll::Pending);
        let ran = contain(&mut || {
            if let Some((state, message)) = call.take() {
                self.slot.set(Some((self.method)(state, message)));
                polled = self.slot.as_mut().poll_call(&mut Context::from_waker(Waker::noop()));
                if polled.is_ready() {
                    self.slot.set(None);
                }
            }
        });
        match (ran, polled) {
            (Ok(()), Poll::Ready((value, state))) => {
                *turn.spare = Some(state);
                reply.complete(value);
            }
            (ran, polled) => {
                let call = std::mem::replace(&mut self.slot, Box::pin(None));
                turn.unfinished(ran, polled, call, reply);
            }
        }
    }
}

/// The place of a call that is polled.
trait Slot<T>: Send {
    fn poll_call(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T>;

    fn clear(self: Pin<&mut Self>);
}

impl<F: Future + Send> Slot<F::Output> for Option<F> {
    fn poll_call(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        match self.as_pin_mut() {
            Some(call) => call.poll(cx),
            None => Poll::Pending,
        }
    }

    fn clear(mut self: Pin<&mut Self>) {
        self.set(None);
    }
}

/// Polls a suspended call to its end, or until nobody waits for it any more.
///
/// The call is an object, so that this is compiled for each type of reply and not for each method.
async fn finish<S, R: Returns>(mut call: Pin<Box<dyn Slot<(R, Arc<S>)>>>, reply: Reply<R>) -> ReaderEnd {
    let polled = poll_fn(|cx| {
        if reply.poll_abandoned(cx).is_ready() {
            return Poll::Ready(Ok(None));
        }
        let mut polled = Poll::Pending;
        match (contain(&mut || polled = call.as_mut().poll_call(cx)), polled) {
            (Ok(()), Poll::Pending) => Poll::Pending,
            // The state is let go before anyone hears of the reply.
            (Ok(()), Poll::Ready((value, _))) => Poll::Ready(Ok(Some(value))),
            (Err(Panicked), _) => Poll::Ready(Err(Panicked)),
        }
    })
    .await;
    let cleared = contain(&mut || call.as_mut().clear());
    let panicked = polled.is_err() || cleared.is_err();
    match polled {
        Ok(Some(value)) => reply.complete(value),
        Ok(None) => {}
        Err(Panicked) => reply.fail(handler_lost()),
    }
    if panicked {
        ReaderEnd::Panicked
    } else {
        ReaderEnd::Finished
    }
}
