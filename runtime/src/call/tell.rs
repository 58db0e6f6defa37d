//! Calls without a reply.

use std::{sync::Arc, time::Duration};

use callsheet_wire::Failure;

use super::{Metadata, ask::Ask, blocking, pending::Part, returns::Returns};
use crate::{
    contract::{Message, MessageOf, TellMessage},
    mailbox::{Address, Enqueue, SendOptions},
    scheduled::Prepared,
};

/// A call of a `#[tell]` method: no reply exists. It is sent when it is awaited, made a future, or given to `send`.
///
/// It is delivered at most once. Sending waits while the actor's queue is full, until the deadline.
#[must_use = "a tell does nothing until it is awaited, or given to `send`"]
pub struct Tell<'a, M: TellMessage> {
    address: &'a Address<MessageOf<M::Contract>>,
    message: M,
    timeout: Option<Duration>,
    meta: Option<Metadata>,
}

impl<'a, M: TellMessage> Tell<'a, M> {
    #[doc(hidden)]
    pub fn new(address: &'a Address<MessageOf<M::Contract>>, message: M) -> Self {
        Tell {
            address,
            message,
            timeout: None,
            meta: None,
        }
    }

    /// Waits at most so long for room in the queue, instead of what the contract says, or the runtime's default.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Sends it, and waits on this thread until it is in the queue: for code that is not async.
    ///
    /// # Errors
    ///
    /// As awaiting it; and in async code: then nothing was sent.
    pub fn block(self) -> Result<(), Failure> {
        blocking::wait(|| self.into_future())?
    }

    /// Sends `value` along under `key`. The handler finds it in its [context](crate::CallContext::meta).
    pub fn meta(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        let meta = self.meta.get_or_insert_default();
        Arc::make_mut(meta).insert(key.into(), value.into());
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
    /// Puts the message into the actor's queue: at once if there is room, else by the deadline.
    fn send(self) -> Enqueue;

    /// The same for later: the message with the way to the actor.
    #[doc(hidden)]
    fn prepare(self) -> Prepared;
}

/// Where a message of the contract `C` goes, how, and what it is.
type Way<'a, C, M> = (&'a Address<MessageOf<C>>, SendOptions, M);

impl<'a, M: TellMessage> Tell<'a, M> {
    fn into_parts(self) -> Way<'a, M::Contract, M> {
        let options = SendOptions {
            timeout: self.timeout.or(M::TIMEOUT),
            meta: self.meta,
            detached: false,
        };
        (self.address, options, self.message)
    }
}

impl<M: TellMessage> Sends for Tell<'_, M> {
    #[inline]
    fn send(self) -> Enqueue {
        let (address, options, message) = self.into_parts();
        address.enqueue(options, message.into_queued())
    }

    fn prepare(self) -> Prepared {
        let (address, options, message) = self.into_parts();
        Prepared::new(address, options, message.into_queued())
    }
}

impl<'a, M: Message<Returns = R>, R: Returns<Value = (), Error = std::convert::Infallible>> Ask<'a, M> {
    /// The same without anybody who waits for the reply.
    fn into_send(self) -> Way<'a, M::Contract, MessageOf<M::Contract>> {
        let (address, message, options) = self.into_parts();
        let reply = super::Reply::to_wire(super::WireReply::Discard);
        let options = SendOptions {
            timeout: options.timeout.or(M::TIMEOUT),
            meta: options.meta,
            detached: options.part != Part::Of,
        };
        (address, options, message.into_queued(reply))
    }
}

// What it lacks to be sent is better said by the trait than by what this asks for.
#[diagnostic::do_not_recommend]
impl<M: Message<Returns = R>, R: Returns<Value = (), Error = std::convert::Infallible>> Sends for Ask<'_, M> {
    fn send(self) -> Enqueue {
        let (address, options, message) = self.into_send();
        address.enqueue(options, message)
    }

    fn prepare(self) -> Prepared {
        let (address, options, message) = self.into_send();
        Prepared::new(address, options, message)
    }
}

impl<M: TellMessage> IntoFuture for Tell<'_, M> {
    type Output = Result<(), Failure>;
    type IntoFuture = Enqueue;

    #[inline]
    fn into_future(self) -> Enqueue {
        self.send()
    }
}

impl<M: TellMessage> std::fmt::Debug for Tell<'_, M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tell")
            .field("to", &self.address.id())
            .finish_non_exhaustive()
    }
}
