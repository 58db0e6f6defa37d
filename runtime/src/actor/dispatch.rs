//! From a message to the method it calls.

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use callsheet_wire::Failure;

use crate::{
    call::{Reply, Returns, handler_lost},
    contained::{Panicked, contain, discard},
    contract::Letter,
    turn::ActorScope,
};

use super::{
    books::Tally,
    readers::{ReaderEnd, Readers, Witness},
};

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

    /// Runs a message that has the state alone and does not await; `false` if nobody waits for its reply any more.
    fn alone(state: &mut S, message: Self::Message) -> bool;

    /// Runs a message that has the state alone and may await; `false` if nobody waits for its reply any more.
    fn alone_async(state: &mut S, message: Self::Message) -> impl Future<Output = bool> + Send;

    /// What there is to say of a message that does not run.
    fn letter(message: &Self::Message) -> Letter;

    /// Whether it is an event, which others may have heard though this actor never will.
    fn is_event(message: &Self::Message) -> bool {
        let _ = message;
        false
    }

    /// Ends the call of a message that is not to run with `failure`; what nobody waits for is dropped.
    ///
    /// It does not panic, also where dropping an argument does.
    fn refuse(message: Self::Message, failure: Failure);
}

/// How a message is to be run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Beside others that share the state.
    Shared,
    /// Beside others that share the state, in a task of its own from its start.
    Parallel,
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
    pub(super) tally: &'a Tally,
    /// The handler panicked: the state is to be discarded.
    pub(super) failed: bool,
}

impl<S> SharedTurn<'_, S> {
    /// The state that the turn shares.
    pub(crate) fn state(&self) -> &S {
        self.state
    }

    /// Leaves the call to whoever ends it without running it.
    pub(crate) fn skip(&mut self) {
        self.tally.failed();
    }

    /// Runs a plain method: a call without any async machinery.
    pub fn run<R: Returns>(&mut self, mut reply: Reply<R>, method: impl FnOnce(&S) -> R) {
        if !reply.begin() {
            self.tally.failed();
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
            (Ok(()), Some(value)) => {
                self.tally.handled_here();
                reply.complete(value);
            }
            _ => {
                self.tally.failed();
                reply.fail(handler_lost());
                self.failed = true;
            }
        }
    }

    /// Lets a call start in a task of its own: nothing of it runs in the turn.
    ///
    /// `method` makes a future of the call, which gives the state back beside what was returned.
    pub fn start<R, M, F>(&mut self, mut reply: Reply<R>, message: M, method: impl FnOnce(Arc<S>, M) -> F)
    where
        R: Returns,
        S: Send + Sync + 'static,
        F: Future<Output = (R, Arc<S>)> + Send + 'static,
    {
        if !reply.begin() {
            self.tally.failed();
            return discard(message);
        }
        // The spare count stays with the calls that are ready at once.
        let call = Box::pin(Some(method(Arc::clone(self.state), message)));
        self.suspend(call, reply);
    }

    fn suspend<R: Returns>(&mut self, call: Pin<Box<dyn Slot<(R, Arc<S>)>>>, reply: Reply<R>)
    where
        S: Send + Sync + 'static,
    {
        let witness = self.readers.witness();
        self.readers.suspend(self.scope, Box::pin(finish(call, reply, witness)));
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
            Ok(()) => self.suspend(call, reply),
            Err(Panicked) => {
                // What the panic left may panic again when it is dropped.
                discard(call);
                discard(polled);
                self.tally.failed();
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
            turn.tally.failed();
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
                turn.tally.handled_here();
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

/// Polls a call that left the turn to its end, or until nobody waits for it any more.
///
/// The call is an object, so that this is compiled for each type of reply and not for each method.
async fn finish<S, R: Returns>(
    mut call: Pin<Box<dyn Slot<(R, Arc<S>)>>>,
    reply: Reply<R>,
    witness: Witness,
) -> ReaderEnd {
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
    let end = match (&polled, cleared) {
        (Err(Panicked), _) | (_, Err(Panicked)) => ReaderEnd::Panicked,
        (Ok(Some(_)), Ok(())) => ReaderEnd::Handled,
        (Ok(None), Ok(())) => ReaderEnd::Abandoned,
    };
    if end == ReaderEnd::Panicked {
        witness.panicked();
    }
    match polled {
        Ok(Some(value)) => reply.complete(value),
        Ok(None) => {}
        Err(Panicked) => reply.fail(handler_lost()),
    }
    end
}
