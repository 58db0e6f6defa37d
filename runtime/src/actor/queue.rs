//! The queue of an actor, and the typed ways into it.

use std::{future::Future, pin::Pin};

use callsheet_wire::Failure;
use tokio::sync::mpsc::{Sender, error::TrySendError};

use crate::call::CallHeader;

/// A message in an actor's queue with its call header.
#[derive(Debug)]
pub(crate) struct Queued<Q> {
    pub(crate) header: CallHeader,
    pub(crate) message: Q,
}

/// A way into an actor's queue for the messages of one contract.
pub(crate) trait Sink<M>: Send + Sync {
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

    /// Enqueues as soon as there is room.
    fn send(&self, header: CallHeader, message: M) -> Sending;
}

/// Waits for room in a queue. A queue that closes drops the message, and with it its reply.
pub(crate) type Sending = Pin<Box<dyn Future<Output = Result<(), Closed>> + Send>>;

/// The queue was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Closed;

/// A message that was not enqueued.
#[derive(Debug)]
pub(crate) enum Rejected<M> {
    /// There is no room.
    Full(M),
    /// Nobody will read the queue any more.
    Closed(M),
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

/// The way into a queue whose messages are the sum of several contracts' messages.
pub(super) struct Injecting<Q, F> {
    pub(super) queue: Sender<Queued<Q>>,
    pub(super) inject: F,
}

impl<M, Q, F> Sink<M> for Injecting<Q, F>
where
    M: Send + 'static,
    Q: Send + 'static,
    F: Fn(M) -> Q + Send + Sync,
{
    fn try_send(&self, header: CallHeader, message: M) -> Result<(), Rejected<M>> {
        // The room is reserved first, so that a message which is refused never has to be taken out of the sum again.
        let permit = match self.queue.try_reserve() {
            Ok(permit) => permit,
            Err(TrySendError::Full(())) => return Err(Rejected::Full(message)),
            Err(TrySendError::Closed(())) => return Err(Rejected::Closed(message)),
        };
        permit.send(Queued {
            header,
            message: (self.inject)(message),
        });
        Ok(())
    }

    fn try_send_with(&self, header: CallHeader, make: &mut dyn FnMut() -> Result<M, Failure>) -> Result<(), Refused> {
        let permit = self.queue.try_reserve().map_err(|error| match error {
            TrySendError::Full(()) => Refused::Full,
            TrySendError::Closed(()) => Refused::Closed,
        })?;
        let message = make().map_err(Refused::Unfit)?;
        permit.send(Queued {
            header,
            message: (self.inject)(message),
        });
        Ok(())
    }

    fn send(&self, header: CallHeader, message: M) -> Sending {
        let queue = self.queue.clone();
        let message = (self.inject)(message);
        Box::pin(async move { queue.send(Queued { header, message }).await.map_err(|_| Closed) })
    }
}
