//! The queue of an actor, and the typed ways into it.

use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
};

use callsheet_wire::Failure;
use tokio::sync::mpsc::{Permit, Sender, error::TrySendError};

use super::{admitted::Admitted, core::Core};
use crate::{
    call::{CallHeader, closed},
    layer::Layers,
};

/// A message in an actor's queue with its call header.
#[derive(Debug)]
pub(crate) struct Queued<Q> {
    pub(crate) header: CallHeader,
    pub(crate) message: Q,
}

/// A way into an actor's queue for the messages of one contract.
pub(crate) trait Sink<M>: Send + Sync {
    /// The actor's number.
    fn number(&self) -> u64;

    /// What goes round the actor's calls.
    fn layers(&self) -> &Layers;

    /// Enqueues at once.
    ///
    /// # Errors
    ///
    /// Gives the message back if the queue is full or closed.
    fn try_send(&self, header: CallHeader, message: M) -> Result<(), Rejected<M>>;

    /// Enqueues at once what `make` gives, which is asked only if there is room.
    ///
    /// # Errors
    ///
    /// If the queue is full or closed, or nothing could be made.
    fn try_send_with(&self, header: CallHeader, make: &mut dyn FnMut() -> Result<M, Failure>) -> Result<(), Refused>;

    /// Lets a shared call past the queue, which a running call of the actor waits for.
    ///
    /// # Errors
    ///
    /// If the actor has stopped. The message is dropped, and with it its reply.
    fn admit(&self, header: CallHeader, message: M) -> Result<(), Closed>;

    /// Enqueues as soon as there is room.
    fn send(&self, header: CallHeader, message: M) -> Sending;
}

/// Waits for room in a queue. A queue that closes drops the message, and with it its reply.
pub(crate) struct Sending {
    waiting: Pin<Box<dyn Future<Output = Result<(), Failure>> + Send>>,
    /// Tells whether the message is on its way to a queue outside the process; it is not waited for room alone then.
    left: Option<Arc<AtomicBool>>,
}

impl Sending {
    pub(crate) fn new(waiting: impl Future<Output = Result<(), Failure>> + Send + 'static) -> Self {
        Sending {
            waiting: Box::pin(waiting),
            left: None,
        }
    }

    /// Waits until a message has arrived outside the process, which may be there already once `left` says so.
    pub(crate) fn outside(
        waiting: impl Future<Output = Result<(), Failure>> + Send + 'static,
        left: Arc<AtomicBool>,
    ) -> Self {
        Sending {
            waiting: Box::pin(waiting),
            left: Some(left),
        }
    }

    /// Whether the message may be in the queue already.
    pub(crate) fn may_have_arrived(&self) -> bool {
        self.left.as_ref().is_some_and(|left| left.load(Ordering::Acquire))
    }
}

impl Future for Sending {
    type Output = Result<(), Failure>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.waiting.as_mut().poll(cx)
    }
}

/// The queue was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Closed;

/// A message that was not enqueued.
#[derive(Debug)]
pub(crate) enum Rejected<M> {
    /// There is no room.
    Full(CallHeader, M),
    /// Nobody will read the queue any more.
    Closed(CallHeader, M),
}

/// Why a message from outside was not enqueued.
#[derive(Debug)]
pub(crate) enum Refused {
    /// There is no room.
    Full,
    /// Nobody will read the queue any more.
    Closed,
    /// It could not be made of its payload.
    Unfit(Failure),
}

/// The sending half of an actor's queue.
pub struct QueueSender<Q> {
    pub(super) queue: Sender<Queued<Q>>,
    pub(super) admitted: Arc<Admitted<Queued<Q>>>,
    pub(super) core: Arc<Core>,
}

impl<Q> QueueSender<Q> {
    pub(super) fn put(&self, permit: Permit<'_, Queued<Q>>, header: CallHeader, message: Q) {
        self.core.tally.accept();
        permit.send(Queued { header, message });
    }
}

impl<Q> Clone for QueueSender<Q> {
    fn clone(&self) -> Self {
        QueueSender {
            queue: self.queue.clone(),
            admitted: Arc::clone(&self.admitted),
            core: Arc::clone(&self.core),
        }
    }
}

/// The way into a queue whose messages are the sum of several contracts' messages.
pub(super) struct Injecting<Q, F> {
    pub(super) queue: QueueSender<Q>,
    pub(super) inject: F,
}

impl<M, Q, F> Sink<M> for Injecting<Q, F>
where
    M: Send + 'static,
    Q: Send + 'static,
    F: Fn(M) -> Q + Send + Sync,
{
    fn number(&self) -> u64 {
        self.queue.core.number
    }

    fn layers(&self) -> &Layers {
        &self.queue.core.layers
    }

    fn try_send(&self, header: CallHeader, message: M) -> Result<(), Rejected<M>> {
        // The room is reserved first, so that a message which is refused never has to be taken out of the sum again.
        match self.queue.queue.try_reserve() {
            Ok(permit) => self.queue.put(permit, header, (self.inject)(message)),
            Err(TrySendError::Full(())) => return Err(Rejected::Full(header, message)),
            Err(TrySendError::Closed(())) => return Err(Rejected::Closed(header, message)),
        }
        Ok(())
    }

    fn try_send_with(&self, header: CallHeader, make: &mut dyn FnMut() -> Result<M, Failure>) -> Result<(), Refused> {
        let permit = self.queue.queue.try_reserve().map_err(|error| match error {
            TrySendError::Full(()) => Refused::Full,
            TrySendError::Closed(()) => Refused::Closed,
        })?;
        let message = make().map_err(Refused::Unfit)?;
        self.queue.put(permit, header, (self.inject)(message));
        Ok(())
    }

    fn admit(&self, header: CallHeader, message: M) -> Result<(), Closed> {
        let queued = Queued {
            header,
            message: (self.inject)(message),
        };
        // Before it is there for the actor to handle.
        self.queue.core.tally.accept();
        if self.queue.admitted.push(queued).is_err() {
            self.queue.core.tally.failed();
            return Err(Closed);
        }
        self.queue.core.control.attend();
        Ok(())
    }

    fn send(&self, header: CallHeader, message: M) -> Sending {
        let queue = self.queue.clone();
        let message = (self.inject)(message);
        Sending::new(async move {
            let permit = queue.queue.reserve().await.map_err(|_| closed(&queue.core.id))?;
            queue.put(permit, header, message);
            Ok(())
        })
    }
}
