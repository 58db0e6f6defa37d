//! The named stream that a contract's methods return.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

use futures_core::Stream;

/// A stream of replies: what a method returns that answers many times.
///
/// It is made from any stream that owns what it needs, or from the receiving half of a channel. It outlives the call that
/// made it and never holds the actor's state, so an idle reader blocks nobody. Items may be `Result<T, E>`; the first
/// error ends the stream.
///
/// ```
/// use callsheet::Streaming;
///
/// fn countdown(from: u32) -> Streaming<u32> {
///     Streaming::new(futures_util::stream::iter((1..=from).rev()))
/// }
/// # let _ = countdown(3);
/// ```
pub struct Streaming<T>(Pin<Box<dyn Stream<Item = T> + Send>>);

impl<T> Streaming<T> {
    /// The replies of `stream`.
    pub fn new(stream: impl Stream<Item = T> + Send + 'static) -> Self {
        Streaming(Box::pin(stream))
    }
}

impl<T: Send + 'static> Streaming<T> {
    /// One reply for each item.
    pub fn iter<I>(items: I) -> Self
    where
        I: IntoIterator<Item = T>,
        I::IntoIter: Send + 'static,
    {
        Streaming::new(futures_util::stream::iter(items))
    }
}

impl<T: Send + 'static> From<tokio::sync::mpsc::Receiver<T>> for Streaming<T> {
    /// One reply for each value that is sent, until the last sender is dropped.
    fn from(mut receiver: tokio::sync::mpsc::Receiver<T>) -> Self {
        Streaming::new(futures_util::stream::poll_fn(move |cx| receiver.poll_recv(cx)))
    }
}

impl<T> Stream for Streaming<T> {
    type Item = T;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        self.0.as_mut().poll_next(cx)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl<T> fmt::Debug for Streaming<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Streaming")
    }
}
