//! Asks and tells.

use std::{
    future::{Future, poll_fn},
    mem,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use callsheet_wire::{
    Codec, EncodeError,
    write::{self, RequestHead},
};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    CallError, CallFailure, CallOptions, Connection, Failure,
    connection::{CallId, Shared},
    deadline::in_millis,
    reply::Reply,
};

impl Connection {
    /// Sends `message` to the actor `target` and waits for its reply.
    ///
    /// Nothing is sent before the future is polled; dropped before its end, it cancels the call.
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
    /// waits for that. Where the server reads slower than tells are sent, it waits until there is room, at most as long
    /// as the timeout says.
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
        shared.room(options).await?;
        shared.send(|out, codec| write::request(out, codec, &RequestHead::new(target, message_type), &message))
    }

    async fn call<M, R, F>(&self, target: &str, message_type: &str, message: &M, options: CallOptions) -> Result<R, F>
    where
        M: Serialize + ?Sized,
        R: DeserializeOwned,
        F: CallFailure,
    {
        let timeout = options.timeout_or(self.shared().options.timeout);
        let head = RequestHead {
            expects_reply: true,
            timeout_ms: Some(in_millis(timeout)),
            ..RequestHead::new(target, message_type)
        };
        let reply = self.shared().ask(timeout, |out, codec, id| {
            write::request(
                out,
                codec,
                &RequestHead {
                    request_id: Some(id),
                    ..head
                },
                &message,
            )
        });
        reply.await?.decode()
    }
}

impl Shared {
    /// Sends a request and waits for its one reply.
    pub(crate) async fn ask(
        &self,
        timeout: Duration,
        write: impl FnOnce(&mut Vec<u8>, Codec, &str) -> Result<(), EncodeError>,
    ) -> Result<Reply, Failure> {
        let waker = poll_fn(|cx| Poll::Ready(cx.waker().clone())).await;
        let id = self.send_ask(timeout, waker, write)?;
        let waiting = Waiting {
            shared: self,
            id,
            sent_in_this_poll: true,
            ended: false,
        };
        Ok(waiting.await)
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
