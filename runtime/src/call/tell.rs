//! Calls without a reply.

use std::time::Duration;

use callsheet_schema::Returned;
use callsheet_wire::Failure;

use super::ask::Ask;
use crate::{
    contract::{Message, TellMessage},
    mailbox::{Address, Enqueue},
};

/// A call of a `#[tell]` method: no reply exists. It does nothing until it is sent or awaited.
///
/// It is delivered at most once. Sending waits while the actor's queue is full, until the deadline.
#[must_use = "a tell does nothing until it is awaited, or given to `send`"]
pub struct Tell<M: TellMessage> {
    address: Address<M::Queued>,
    message: M,
    timeout: Option<Duration>,
}

impl<M: TellMessage> Tell<M> {
    #[doc(hidden)]
    pub fn new(address: Address<M::Queued>, message: M) -> Self {
        Tell {
            address,
            message,
            timeout: None,
        }
    }

    /// Waits at most so long for room in the queue, instead of the runtime's default.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }
}

/// A call that can be sent without waiting for data: a tell, or an ask that returns `()`.
#[diagnostic::on_unimplemented(
    message = "`send` is for methods whose reply carries no data",
    label = "this method replies with data, a declared error or a stream",
    note = "await the call or use `.send_and_receive(..)` for a reply, and `.stream(..)` for a stream"
)]
pub trait Sends: Send {
    /// Puts the message into the actor's queue.
    ///
    /// # Errors
    ///
    /// If the actor cannot be found, has stopped, or its queue stays full until the deadline.
    fn send(self) -> impl Future<Output = Result<(), Failure>> + Send;
}

impl<M: TellMessage> Sends for Tell<M> {
    async fn send(self) -> Result<(), Failure> {
        self.address.enqueue(self.timeout, self.message.into_queued()).await
    }
}

// What it lacks to be sent is better said by the trait than by what this asks for.
#[diagnostic::do_not_recommend]
impl<M: Message<Returns = R>, R: Returned<Ok = (), Err = std::convert::Infallible>> Sends for Ask<M> {
    async fn send(self) -> Result<(), Failure> {
        let (address, message, timeout) = self.into_parts();
        let reply = super::Reply::to_wire(super::WireReply::Discard);
        address.enqueue(timeout, message.into_queued(reply)).await
    }
}

impl<M: TellMessage> IntoFuture for Tell<M> {
    type Output = Result<(), Failure>;
    type IntoFuture = Enqueue<M::Queued>;

    fn into_future(self) -> Self::IntoFuture {
        self.address.enqueue(self.timeout, self.message.into_queued())
    }
}

impl<M: TellMessage> std::fmt::Debug for Tell<M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tell")
            .field("to", &self.address.id())
            .finish_non_exhaustive()
    }
}
