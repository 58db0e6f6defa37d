//! Asks and tells.

use std::{
    future::{Future, poll_fn},
    mem,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use callsheet_wire::{
    Codec, Delivered, EncodeError,
    write::{self, RequestHead},
};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    CallError, CallFailure, CallOptions, Connection, Failure,
    connection::{CallId, Shared},
    deadline::{Deadline, in_millis},
    reply::{Lost, Part, Reply},
};

impl Connection {
    /// Sends `message` to the actor `target` and waits for its reply.
    ///
    /// Nothing is sent before the future is polled; dropped before its end, it cancels the call. Where there is no
    /// connection, or as many calls are in flight as the server allows, it waits to be sent.
    ///
    /// # Errors
    ///
    /// What went wrong on the way. A reply that does not fit `R` is a `SerializationError` with the path to the fault.
    pub async fn ask<M, R>(
        &self,
        target: &str,
        message_type: &str,
        message: &M,
        options: CallOptions,
    ) -> Result<R, Failure>
    where
        M: Serialize + ?Sized,
        R: DeserializeOwned,
    {
        self.call(target, message_type, message, options).await
    }

    /// As [`ask`](Self::ask), of a method whose contract declares the error `E`.
    ///
    /// # Errors
    ///
    /// The declared error, or what went wrong on the way.
    pub async fn ask_fallible<M, R, E>(
        &self,
        target: &str,
        message_type: &str,
        message: &M,
        options: CallOptions,
    ) -> Result<R, CallError<E>>
    where
        M: Serialize + ?Sized,
        R: DeserializeOwned,
        E: DeserializeOwned + Send + 'static,
    {
        self.call(target, message_type, message, options).await
    }

    /// Sends `message` to the actor `target`, which never replies to it.
    ///
    /// Ends once the message is handed to the connection, which writes it together with others; [`flush`](Self::flush)
    /// waits for that. Where the server reads slower than tells are sent, or there is no connection, it waits until there
    /// is room, at most as long as the timeout says.
    ///
    /// # Errors
    ///
    /// If the message cannot be encoded, there is no room, or the connection is closed. What happens to the message at
    /// the server is not told.
    pub async fn tell<M>(
        &self,
        target: &str,
        message_type: &str,
        message: &M,
        options: CallOptions,
    ) -> Result<(), Failure>
    where
        M: Serialize + ?Sized,
    {
        let shared = self.shared();
        shared.check_fit(message_type)?;
        let head = RequestHead {
            meta: options.sent_along(),
            ..RequestHead::new(target, message_type)
        };
        loop {
            shared.room(&options).await?;
            // There may be none any more.
            if shared.send_tell(|out, codec| write::request(out, codec, &head, &message))? {
                return Ok(());
            }
        }
    }

    async fn call<M, R, F>(&self, target: &str, message_type: &str, message: &M, options: CallOptions) -> Result<R, F>
    where
        M: Serialize + ?Sized,
        R: DeserializeOwned,
        F: CallFailure,
    {
        let shared = self.shared();
        shared.check_fit(message_type)?;
        let head = RequestHead {
            expects_reply: true,
            meta: options.sent_along(),
            ..RequestHead::new(target, message_type)
        };
        let timeout = options.timeout_or(shared.options.timeout);
        let reply = shared.ask(timeout, options.is_idempotent(), |out, codec, id, timeout_ms| {
            let head = RequestHead {
                request_id: Some(id),
                timeout_ms: Some(timeout_ms),
                ..head
            };
            write::request(out, codec, &head, &message)
        });
        reply.await?.decode(Part::Reply)
    }
}

impl Shared {
    /// Sends a request and waits for its one reply.
    ///
    /// If it `may_repeat`, and the socket is lost after it was sent, it is sent once more.
    pub(crate) async fn ask(
        &self,
        timeout: Duration,
        may_repeat: bool,
        write: impl Fn(&mut Vec<u8>, Codec, &str, u64) -> Result<(), EncodeError>,
    ) -> Result<Reply, Failure> {
        match self.ask_once(Deadline::after(timeout), &write).await? {
            Reply::Lost(lost) if may_repeat && !self.output().is_ending() => self.ask_again(*lost, &write).await,
            reply => Ok(reply),
        }
    }

    async fn ask_once(
        &self,
        deadline: Deadline,
        write: &impl Fn(&mut Vec<u8>, Codec, &str, u64) -> Result<(), EncodeError>,
    ) -> Result<Reply, Failure> {
        let waker = poll_fn(|cx| Poll::Ready(cx.waker().clone())).await;
        let timeout_ms = in_millis(deadline.remaining());
        let id = self.send_ask(deadline, waker, |out, codec, id| write(out, codec, id, timeout_ms))?;
        let waiting = Waiting {
            shared: self,
            id,
            sent_in_this_poll: true,
            ended: false,
        };
        Ok(waiting.await)
    }

    /// Repeats a call that may have been delivered, which whatever becomes of the repetition does not change.
    async fn ask_again(
        &self,
        lost: Lost,
        write: &impl Fn(&mut Vec<u8>, Codec, &str, u64) -> Result<(), EncodeError>,
    ) -> Result<Reply, Failure> {
        let deadline = lost.deadline.filter(|deadline| !deadline.remaining().is_zero());
        let Some(deadline) = deadline else {
            return Err(lost.failure);
        };
        // Boxed, so that calls which are not repeated stay small.
        match Box::pin(self.ask_once(deadline, write)).await {
            Ok(Reply::Failed(failure)) => Err(perhaps_delivered(failure)),
            Ok(Reply::Lost(lost)) => Err(perhaps_delivered(lost.failure)),
            Ok(reply) => Ok(reply),
            Err(failure) => Err(perhaps_delivered(failure)),
        }
    }
}

fn perhaps_delivered(failure: Failure) -> Failure {
    match failure.delivered() {
        Delivered::No => failure.with_delivered(Delivered::Unknown),
        Delivered::Yes | Delivered::Unknown => failure,
    }
}

/// An ask that has been sent.
struct Waiting<'a> {
    shared: &'a Shared,
    id: CallId,
    /// The call was entered with the waker of this very poll: there is no need to look whether the reply is there.
    sent_in_this_poll: bool,
    ended: bool,
}

impl Future for Waiting<'_> {
    type Output = Reply;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Reply> {
        if mem::take(&mut self.sent_in_this_poll) {
            return Poll::Pending;
        }
        let polled = self.shared.calls().poll_reply(self.id, cx);
        self.ended = polled.is_ready();
        polled
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if !self.ended {
            self.shared.abandon(self.id);
        }
    }
}
