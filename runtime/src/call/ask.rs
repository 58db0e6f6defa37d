//! Calls with one reply.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use callsheet_schema::DeclaredError;
use callsheet_wire::Failure;

use super::{
    blocking, continuing,
    pending::{Options, Part, Pending},
    returns::Returns,
};
use crate::{
    contract::{Message, MessageOf},
    mailbox::Address,
};

/// A call with one reply. It starts when it is awaited, or made a future; the future borrows nothing of the mailbox.
///
/// It fails with [`Failure`], or with `CallError<E>` where the contract declares the error `E`. Dropping it before it ends
/// cancels it: a shared handler stops at its next await, an exclusive one runs to its end unless its method is
/// `#[cancel_safe]`.
#[must_use = "a call does nothing until it is awaited"]
pub struct Ask<'a, M: Message> {
    address: &'a Address<MessageOf<M::Contract>>,
    message: M,
    options: Options,
}

/// A reply, or why there is none.
type Replied<R> = Result<<R as Returns>::Value, <<R as Returns>::Error as DeclaredError>::Or<Failure>>;

impl<'a, M: Message> Ask<'a, M> {
    pub(crate) fn new(address: &'a Address<MessageOf<M::Contract>>, message: M) -> Self {
        Ask {
            address,
            message,
            options: Options::default(),
        }
    }

    /// Waits at most so long for the reply, instead of what the contract says, or the runtime's default; never longer than
    /// the runtime's longest, and, within a handler, than the caller of that handler waits.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.options.timeout = Some(timeout);
        self
    }

    /// Sends `value` along under `key`. The handler finds it in its [context](crate::CallContext::meta).
    pub fn meta(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        let meta = self.options.meta.get_or_insert_default();
        Arc::make_mut(meta).insert(key.into(), value.into());
        self
    }

    /// Makes the call apart from the call whose handler this runs in: it is never refused as a deadlock.
    ///
    /// An ask that waits for itself, through whatever actors, is refused with [`Code::Deadlock`](crate::Code::Deadlock). That
    /// is wrong only where something else ends the wait, such as another branch of a `select!`; and that is what this is for.
    /// If nothing does, the call's deadline ends it.
    pub fn detached(mut self) -> Self {
        self.options.part = Part::Detached;
        self
    }

    /// Makes the call, and waits on this thread for its reply: for code that is not async.
    ///
    /// # Errors
    ///
    /// As awaiting it; and in async code, where it would keep a thread that others need: then nothing was sent. The threads of
    /// `tokio::task::spawn_blocking` may block.
    pub fn block(self) -> Replied<M::Returns> {
        match blocking::wait(|| self.into_future()) {
            Ok(replied) => replied,
            Err(failure) => Err(failure.into()),
        }
    }

    /// Makes the call now, and has `then` follow when it is done: in a task of the runtime, never in an actor's turn.
    ///
    /// It is no part of the call whose handler this runs in: it may go on when that has ended, and is never refused as a
    /// deadlock. What panics in `then` ends there.
    pub fn when_done(mut self, then: impl FnOnce(Replied<M::Returns>) + Send + 'static) {
        self.options.part = Part::Apart;
        let runtime = self.address.location().runtime.clone();
        continuing::follow(runtime, self.into_future(), then);
    }

    pub(super) fn into_parts(self) -> (&'a Address<MessageOf<M::Contract>>, M, Options) {
        (self.address, self.message, self.options)
    }
}

impl<M: Message> IntoFuture for Ask<'_, M> {
    type Output = Replied<M::Returns>;
    type IntoFuture = AskFuture<M>;

    fn into_future(self) -> AskFuture<M> {
        AskFuture(Pending::start(self.address, self.message, self.options))
    }
}

impl<M: Message> std::fmt::Debug for Ask<'_, M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ask")
            .field("to", self.address.id())
            .finish_non_exhaustive()
    }
}

/// The future of an [`Ask`].
pub struct AskFuture<M: Message>(Pending<M>);

impl<M: Message> Future for AskFuture<M> {
    type Output = Replied<M::Returns>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(cx).map(|ended| match ended {
            Ok(outcome) => outcome.map_err(DeclaredError::into_call_error),
            Err(failure) => Err(failure.into()),
        })
    }
}

impl<M: Message> std::fmt::Debug for AskFuture<M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AskFuture")
    }
}
