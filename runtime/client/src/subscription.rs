//! Events that the server publishes.

use std::{
    fmt,
    marker::PhantomData,
    ops::Deref,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use callsheet_wire::write;
use futures_core::Stream;
use serde::{Deserialize, de::DeserializeOwned};

use crate::{Connection, Failure, connection::Inbox, reply::Received};

impl Connection {
    /// Subscribes to the events called `names`.
    ///
    /// Ends when the server has accepted; every event published after that arrives.
    ///
    /// # Errors
    ///
    /// If the server refuses, for example since it knows no such event, or does not answer within the connection's
    /// timeout.
    pub async fn subscribe(&self, names: &[&str]) -> Result<Subscription, Failure> {
        let shared = self.shared();
        let inbox = Arc::new(Inbox::new(shared.options.subscription_buffer));
        shared.subscribers().add(names, &inbox);
        // Made first, so that it is taken out again wherever this ends.
        let subscription = Subscription {
            connection: self.clone(),
            inbox,
        };
        let subscribe = shared.ask(shared.options.timeout, |out, codec, id| {
            write::subscribe(out, codec, names, Some(id));
            Ok(())
        });
        // Nothing in the acknowledgement is needed, only that it came.
        #[derive(Deserialize)]
        struct Accepted {}
        let Accepted {} = subscribe.await?.decode::<_, Failure>()?;
        Ok(subscription)
    }
}

/// An event as it arrived, still undecoded.
#[derive(Clone, Debug)]
pub struct Push {
    pub(crate) name: String,
    pub(crate) sequence: Option<u64>,
    pub(crate) missed: u64,
    pub(crate) timestamp_ms: u64,
    pub(crate) payload: Received,
}

impl Push {
    /// The name of the event.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The server's count of events of this name, if it counts: a gap in it is events that were missed.
    pub fn sequence(&self) -> Option<u64> {
        self.sequence
    }

    /// How many events were lost just before this one, since they were not read in time.
    pub fn missed(&self) -> u64 {
        self.missed
    }

    /// When the server published it, in milliseconds since the Unix epoch.
    pub fn timestamp_ms(&self) -> u64 {
        self.timestamp_ms
    }

    /// The event itself.
    ///
    /// # Errors
    ///
    /// `SerializationError` with the path to the fault, if it is no `T`.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        self.payload.decode()
    }
}

/// The events that a connection has subscribed to, of any name, in the order they arrived.
///
/// The stream ends, after one failure, when the connection does. Once it is dropped, events that nothing else on the
/// connection has subscribed to are thrown away as they arrive. It keeps its connection open.
///
/// # Slow readers
///
/// At most [`ConnectOptions::subscription_buffer`](crate::ConnectOptions::subscription_buffer) events wait to be read.
/// Beyond that the oldest is lost, and [`Push::missed`] of the next one says how many were.
#[must_use = "a subscription that is dropped ends"]
pub struct Subscription {
    connection: Connection,
    inbox: Arc<Inbox>,
}

impl Subscription {
    /// Decodes each event as `T`: for a subscription to events of one type.
    pub fn decoded<T: DeserializeOwned>(self) -> Events<T> {
        Events {
            subscription: self,
            event: PhantomData,
        }
    }
}

impl Stream for Subscription {
    type Item = Result<Push, Failure>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.inbox.poll_next(cx)
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.connection.shared().unsubscribe(&self.inbox);
    }
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription").finish_non_exhaustive()
    }
}

/// The events of a [`Subscription`], decoded.
///
/// An event that is no `T` is an error in its place; the stream goes on after it.
#[must_use = "a subscription that is dropped ends"]
pub struct Events<T> {
    subscription: Subscription,
    event: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned> Stream for Events<T> {
    type Item = Result<Event<T>, Failure>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = ready!(Pin::new(&mut self.subscription).poll_next(cx));
        Poll::Ready(next.map(|push| {
            let push = push?;
            Ok(Event {
                value: push.decode()?,
                push,
            })
        }))
    }
}

impl<T> fmt::Debug for Events<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events").finish_non_exhaustive()
    }
}

/// One event; stands for its value, and knows how it arrived.
#[derive(Clone, Debug)]
pub struct Event<T> {
    value: T,
    push: Push,
}

impl<T> Event<T> {
    /// The event alone.
    pub fn into_inner(self) -> T {
        self.value
    }

    /// How many events of the subscription were lost just before this one, since they were not read in time.
    pub fn missed(&self) -> u64 {
        self.push.missed
    }

    /// The server's count of events of this name, if it counts: a gap in it is events that were missed.
    pub fn sequence(&self) -> Option<u64> {
        self.push.sequence
    }

    /// When the server published it, in milliseconds since the Unix epoch.
    pub fn timestamp_ms(&self) -> u64 {
        self.push.timestamp_ms
    }
}

impl<T> Deref for Event<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}
