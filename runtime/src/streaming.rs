//! The named stream that a contract's methods return.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

use callsheet_schema::{ContractType, Returned};
use callsheet_wire::Failure;
use futures_core::Stream;

use crate::call::Arriving;

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
pub struct Streaming<T>(Origin<T>);

enum Origin<T> {
    Here(Pin<Box<dyn Stream<Item = T> + Send>>),
    /// An actor outside the process, which may be lost.
    Outside(Box<dyn Outside<T>>),
}

/// A stream of items from outside the process.
trait Outside<T>: Send {
    fn poll_item(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<T, Failure>>>;
}

impl<T: Returned<Ok: ContractType>> Outside<T> for Arriving {
    fn poll_item(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<T, Failure>>> {
        Arriving::poll_item(self, cx)
    }
}

impl<T> Streaming<T> {
    /// The replies of `stream`.
    pub fn new(stream: impl Stream<Item = T> + Send + 'static) -> Self {
        Streaming(Origin::Here(Box::pin(stream)))
    }

    /// The next reply, or why it is lost on its way here.
    pub(crate) fn poll_reply(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<T, Failure>>> {
        match &mut self.0 {
            Origin::Here(stream) => stream.as_mut().poll_next(cx).map(|item| item.map(Ok)),
            Origin::Outside(items) => items.poll_item(cx),
        }
    }
}

impl<T: Returned<Ok: ContractType>> Streaming<T> {
    /// Replies that come from outside the process.
    pub(crate) fn arriving(items: Arriving) -> Self {
        Streaming(Origin::Outside(Box::new(items)))
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
        // What comes from outside is read by the call that opened it, which sees failures too.
        self.poll_reply(cx).map(|item| item?.ok())
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match &self.0 {
            Origin::Here(stream) => stream.size_hint(),
            Origin::Outside(_) => (0, None),
        }
    }
}

impl<T> fmt::Debug for Streaming<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Streaming")
    }
}
