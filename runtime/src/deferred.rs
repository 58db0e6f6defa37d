//! The named reply that follows later.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

/// A reply that follows after the turn: what a method returns that must not keep the actor, or its state, while it waits.
///
/// The turn ends when the method returns, and other calls go on. The reply follows from a future that owns what it needs,
/// or from the receiving half of a channel. It is dropped when the caller goes away or its deadline passes. If it panics,
/// or its sender is dropped without a value, the call fails with `ActorFailed`, and the state is kept. A reply that was
/// promised still follows when the actor has stopped.
///
/// ```
/// # mod contracts {
/// use callsheet::{Deferred, actor_contract};
///
/// #[actor_contract(namespace = "demo")]
/// pub trait Orders {
///     fn place(&mut self, item: String) -> Deferred<u64>;
/// }
///
/// #[derive(Default)]
/// pub struct Shop {
///     placed: u64,
/// }
///
/// impl Orders for Shop {
///     fn place(&mut self, item: String) -> Deferred<u64> {
///         self.placed += 1;
///         let number = self.placed;
///         Deferred::new(async move {
///             notify_the_warehouse(item).await;
///             number
///         })
///     }
/// }
/// # async fn notify_the_warehouse(_: String) {}
/// # }
/// ```
#[must_use = "a deferred reply follows only if it is returned"]
pub struct Deferred<T>(Pin<Box<dyn Future<Output = Option<T>> + Send>>);

impl<T> Deferred<T> {
    /// The reply is what the future comes to.
    pub fn new(future: impl Future<Output = T> + Send + 'static) -> Self {
        Deferred(Box::pin(async { Some(future.await) }))
    }
}

impl<T: Send + 'static> From<tokio::sync::oneshot::Receiver<T>> for Deferred<T> {
    /// The reply is what is sent.
    fn from(receiver: tokio::sync::oneshot::Receiver<T>) -> Self {
        Deferred(Box::pin(async { receiver.await.ok() }))
    }
}

/// A test of an implementation awaits what it returned: the reply, or `None` if none will come.
impl<T> Future for Deferred<T> {
    type Output = Option<T>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        self.0.as_mut().poll(cx)
    }
}

impl<T> fmt::Debug for Deferred<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Deferred")
    }
}
