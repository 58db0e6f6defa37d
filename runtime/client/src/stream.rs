//! Streams of replies.

use std::{
    collections::VecDeque,
    fmt,
    marker::PhantomData,
    pin::Pin,
    task::{Context, Poll, ready},
};

use callsheet_wire::write::{self, RequestHead};
use futures_core::Stream;
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    CallError, CallFailure, CallOptions, Connection, Failure,
    connection::CallId,
    deadline::{Deadline, in_millis},
    reply::{Part, Reply},
};

impl Connection {
    /// Sends `message` to the actor `target` and returns the stream of its replies.
    ///
    /// The request is sent at once, or waits for a connection and for a place at the server without being polled. What
    /// keeps it from being sent is the first and last item of the stream.
    pub fn stream<M, T>(&self, target: &str, message_type: &str, message: &M, options: CallOptions) -> ReplyStream<T>
    where
        M: Serialize + ?Sized,
        T: DeserializeOwned,
    {
        self.open(target, message_type, message, options)
    }

    /// As [`stream`](Self::stream), of a method whose contract declares the error `E`.
    pub fn stream_fallible<M, T, E>(
        &self,
        target: &str,
        message_type: &str,
        message: &M,
        options: CallOptions,
    ) -> ReplyStream<T, CallError<E>>
    where
        M: Serialize + ?Sized,
        T: DeserializeOwned,
        E: DeserializeOwned + Send + 'static,
    {
        self.open(target, message_type, message, options)
    }

    fn open<M, T, F>(&self, target: &str, message_type: &str, message: &M, options: CallOptions) -> ReplyStream<T, F>
    where
        M: Serialize + ?Sized,
    {
        let shared = self.shared();
        let timeout = options.timeout_or(shared.options.timeout);
        let window = shared.options.stream_window;
        let head = RequestHead {
            expects_stream: true,
            timeout_ms: Some(in_millis(timeout)),
            credit: (window > 0).then_some(window.into()),
            meta: options.sent_along(),
            ..RequestHead::new(target, message_type)
        };
        let sent = shared.check_fit(message_type).and_then(|()| {
            shared.send_stream(Deadline::after(timeout), |out, codec, id| {
                let head = RequestHead {
                    request_id: Some(id),
                    ..head
                };
                write::request(out, codec, &head, &message)
            })
        });
        let (id, ready) = match sent {
            Ok(id) => (Some(id), VecDeque::new()),
            Err(failure) => (None, VecDeque::from([Reply::Failed(failure)])),
        };
        ReplyStream {
            connection: self.clone(),
            id,
            ready,
            window,
            read: 0,
            item: PhantomData,
        }
    }
}

/// The replies of one call, in order; ends after the last one or after its first error.
///
/// The call's timeout covers the wait for the first item. Dropped before its end, the stream cancels the call, and the
/// handler stops. It keeps its connection open.
///
/// If the connection is lost, the stream fails: it is not begun again.
///
/// # Slow readers
///
/// The server sends [`ConnectOptions::stream_window`](crate::ConnectOptions::stream_window) items and no more before
/// they are read, so that a stream which is not read stops at the server. Where there is no window, or the server does
/// not keep to it, the connection reads on, since other calls wait for their replies behind it: when more bytes have
/// arrived unread than [`ConnectOptions::stream_buffer`](crate::ConnectOptions::stream_buffer) allows, the stream is
/// cancelled, and after the items that were kept it fails with `SlowConsumer`.
#[must_use = "a stream that is dropped is cancelled"]
pub struct ReplyStream<T, F = Failure> {
    connection: Connection,
    /// Absent once nothing more will arrive.
    id: Option<CallId>,
    /// Taken from the connection, to be decoded.
    ready: VecDeque<Reply>,
    /// How many items the server may send before they are read; 0 if it need not ask.
    window: u32,
    /// How many were read since the server was last granted more.
    read: u32,
    item: PhantomData<fn() -> (T, F)>,
}

impl<T: DeserializeOwned, F: CallFailure> Stream for ReplyStream<T, F> {
    type Item = Result<T, F>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        if this.ready.is_empty()
            && let Some(id) = this.id
        {
            let goes_on = ready!(this.connection.shared().calls().poll_items(id, &mut this.ready, cx));
            if !goes_on {
                this.id = None;
            }
        }
        let Some(reply) = this.ready.pop_front() else {
            return Poll::Ready(None);
        };
        let item = reply.decode(Part::Item);
        if item.is_err() {
            this.ready.clear();
            this.cancel();
        } else {
            this.grant();
        }
        Poll::Ready(Some(item))
    }
}

impl<T, F> ReplyStream<T, F> {
    /// Lets the server send as many more items as were read, half a window at a time: it never waits for a reader that
    /// keeps up, and is not told of every item.
    fn grant(&mut self) {
        self.read = self.read.saturating_add(1);
        if self.window > 0
            && self.read >= self.window.div_ceil(2)
            && let Some(id) = self.id
        {
            self.connection.shared().grant(id, self.read.into());
            self.read = 0;
        }
    }

    fn cancel(&mut self) {
        if let Some(id) = self.id.take() {
            self.connection.shared().abandon(id);
        }
    }
}

impl<T, F> Drop for ReplyStream<T, F> {
    fn drop(&mut self) {
        self.cancel();
    }
}

impl<T, F> fmt::Debug for ReplyStream<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReplyStream")
            .field("id", &self.id)
            .field("ready", &self.ready.len())
            .finish_non_exhaustive()
    }
}
