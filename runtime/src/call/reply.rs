//! The duty to reply, which travels with a message.

use std::{
    sync::Arc,
    task::{Context, Poll},
};

use callsheet_wire::Failure;

use super::{
    failing::{handler_lost, never_run},
    port::{Port, WireReply},
    returns::{Outcome, Returns},
    slot::Slot,
};
use crate::contained::{contain, discard};

/// The duty to reply to one call. Dropping it ends the call with a failure, so every call ends exactly once.
pub struct Reply<R: Returns> {
    destination: Destination<R>,
    running: bool,
}

enum Destination<R: Returns> {
    Slot(Arc<Slot<Outcome<R>>>),
    Port(Port),
    Nowhere,
}

impl<R: Returns> Reply<R> {
    pub(crate) fn to_slot(slot: Arc<Slot<Outcome<R>>>) -> Self {
        Reply {
            destination: Destination::Slot(slot),
            running: false,
        }
    }

    /// The reply that a call from the wire asks for.
    pub fn to_wire(reply: WireReply) -> Self {
        Reply {
            destination: match reply {
                WireReply::Port(port) => Destination::Port(port),
                WireReply::Discard => Destination::Nowhere,
            },
            running: false,
        }
    }

    /// Marks the call as running; `false` if nobody waits for it any more and it need not run.
    pub fn begin(&mut self) -> bool {
        self.running = true;
        match &self.destination {
            Destination::Slot(slot) => slot.begin(),
            Destination::Port(port) => port.begin(),
            Destination::Nowhere => true,
        }
    }

    /// Takes back that the call is running: whoever it was sent to says that it will not be, or never got it.
    pub(super) fn put_back(&mut self) {
        self.running = false;
        if let Destination::Slot(slot) = &self.destination {
            slot.put_back();
        }
    }

    /// Whether the reply goes to somebody.
    pub fn is_awaited(&self) -> bool {
        !matches!(self.destination, Destination::Nowhere)
    }

    /// Ready when nobody waits for the reply any more.
    pub(crate) fn poll_abandoned(&self, cx: &mut Context<'_>) -> Poll<()> {
        match &self.destination {
            Destination::Slot(slot) => slot.poll_abandoned(cx),
            Destination::Port(port) => port.poll_abandoned(cx),
            Destination::Nowhere => Poll::Pending,
        }
    }

    /// Ends the call with what the method returned, or with what follows from it.
    #[inline]
    pub fn complete(self, value: R) {
        value.settle(self);
    }

    /// Ends the call.
    #[inline]
    pub(crate) fn deliver(mut self, outcome: Outcome<R>) {
        match self.take() {
            Destination::Slot(slot) => slot.complete(Ok(outcome)),
            Destination::Port(port) => {
                let mut reply = Some((outcome, port));
                let written = contain(&mut || {
                    if let Some((outcome, port)) = reply.take() {
                        R::write(outcome, port);
                    }
                });
                if written.is_err() {
                    tracing::error!("a reply panicked while it was dropped");
                }
            }
            // As what a slot holds, so that it is compiled once for both.
            Destination::Nowhere => discard(Ok::<_, Failure>(outcome)),
        }
    }

    /// Ends the call with a failure.
    pub fn fail(mut self, failure: Failure) {
        self.take().fail(failure);
    }

    fn take(&mut self) -> Destination<R> {
        std::mem::replace(&mut self.destination, Destination::Nowhere)
    }
}

impl<R: Returns> Destination<R> {
    fn fail(self, failure: Failure) {
        match self {
            Destination::Slot(slot) => slot.complete(Err(failure)),
            Destination::Port(port) => port.fail(failure),
            Destination::Nowhere => {}
        }
    }
}

impl<R: Returns> Drop for Reply<R> {
    fn drop(&mut self) {
        if !self.is_awaited() {
            return;
        }
        let failure = if self.running { handler_lost() } else { never_run() };
        self.take().fail(failure);
    }
}

impl<R: Returns> std::fmt::Debug for Reply<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reply")
            .field("running", &self.running)
            .finish_non_exhaustive()
    }
}
