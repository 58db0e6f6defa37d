//! Events that the server publishes.

use std::{
    collections::BTreeMap,
    fmt,
    marker::PhantomData,
    ops::Deref,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use callsheet_wire::{Code, write};
use futures_core::Stream;
use serde::{Deserialize, de::DeserializeOwned};

use crate::{
    Connection, Failure,
    connection::Inbox,
    reply::{Part, Received, Reply},
};

impl Connection {
    /// Subscribes to the events called `names`.
    ///
    /// A name that ends in `*` stands for all events whose names begin so. Ends when the server has accepted; every event
    /// published after that arrives, or is part of a [`Gap`].
    ///
    /// # Errors
    ///
    /// If the server refuses, for example since it knows no such event, or does not answer within the connection's
    /// timeout.
    pub async fn subscribe(&self, names: &[&str]) -> Result<Subscription, Failure> {
        let shared = self.shared();
        let inbox = Arc::new(Inbox::new(
            names,
            shared.options.subscription_buffer,
            shared.options.stream_buffer,
        ));
        shared.subscribers().add(&inbox);
        // Made first, so that it is taken out again wherever this ends.
        let subscription = Subscription {
            connection: self.clone(),
            inbox,
        };
        let inbox = &subscription.inbox;
        let subscribe = shared.ask(shared.options.timeout, true, |out, codec, id, _| {
            write::subscribe(out, codec, names, Some(id));
            // Ids are numbers that this connection has made.
            if let Ok(id) = id.parse() {
                shared.awaits_acceptance(id, inbox);
            }
            Ok(())
        });
        acknowledged(subscribe.await?)?;
        Ok(subscription)
    }
}

/// What an answer says of the subscription that it is to; `None` if it was not accepted.
pub(crate) fn accepted_from(reply: &Reply) -> Option<BTreeMap<String, u64>> {
    match reply {
        Reply::Value(received) => Some(numbers(received).unwrap_or_default()),
        Reply::Declared(..) | Reply::Failed(_) | Reply::Lost(_) => None,
    }
}

/// The numbers of the next events of each name.
fn numbers(received: &Received) -> Option<BTreeMap<String, u64>> {
    received
        .decode::<Accepted>(Part::Reply)
        .ok()
        .map(|accepted| accepted.subscribed)
}

#[derive(Deserialize)]
struct Accepted {
    subscribed: BTreeMap<String, u64>,
}

/// The numbers of the next events, as the server tells when it has accepted a subscription; `None` if it tells something
/// else.
pub(crate) fn acknowledged(reply: Reply) -> Result<Option<BTreeMap<String, u64>>, Failure> {
    match reply {
        Reply::Value(received) => Ok(numbers(&received)),
        other => Err(other.decode::<Accepted, Failure>(Part::Reply).map_or_else(
            |failure| failure,
            |_| {
                Failure::new(
                    Code::ProtocolError,
                    "the server did not say whether it accepted the subscription",
                )
            },
        )),
    }
}

/// What a subscription brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice<E> {
    /// The next event.
    Event(E),
    /// Events that will not come; it stands where they would have stood.
    Gap(Gap),
}

impl<E> Notice<E> {
    /// The event, if it is one. Whoever looks no further learns nothing of gaps.
    pub fn event(self) -> Option<E> {
        match self {
            Self::Event(event) => Some(event),
            Self::Gap(_) => None,
        }
    }
}

/// Events of a subscription that will not come: they were not read in time, here or at the server, or there was no
/// connection when they were published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// How many, all of the subscription's names together; `None` if nobody knows, perhaps none. That is so after another
    /// server has taken the place of the one before, and after each loss of the connection if the client does not
    /// [introduce itself](crate::ConnectOptions::contracts).
    pub missed: Option<u64>,
}

/// An event as it arrived, still undecoded.
#[derive(Clone, Debug)]
pub struct Push {
    pub(crate) name: String,
    pub(crate) sequence: Option<u64>,
    pub(crate) timestamp_ms: u64,
    pub(crate) payload: Received,
}

impl Push {
    /// The name of the event.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The server's count of events of this name, if it counts.
    pub fn sequence(&self) -> Option<u64> {
        self.sequence
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
        self.payload.decode(Part::Event)
    }
}

/// The events that a connection has subscribed to, of any name, in the order they arrived, and the [gaps](Gap) in them.
///
/// The stream ends, after one failure, when the connection does for good, or when a server that it was made anew to
/// refuses the subscription. Once it is dropped, events that nothing else on the connection has subscribed to are no
/// longer sent. It keeps its connection open.
///
/// # Slow readers
///
/// At most [`ConnectOptions::subscription_buffer`](crate::ConnectOptions::subscription_buffer) notices wait to be read, and
/// events of as many bytes as [`ConnectOptions::stream_buffer`](crate::ConnectOptions::stream_buffer) says, but at least one.
/// Beyond that the oldest is lost, and a gap before the rest says how many were.
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
    type Item = Result<Notice<Push>, Failure>;

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
    type Item = Result<Notice<Event<T>>, Failure>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = ready!(Pin::new(&mut self.subscription).poll_next(cx));
        Poll::Ready(next.map(|notice| match notice? {
            Notice::Event(push) => Ok(Notice::Event(Event {
                value: push.decode()?,
                push,
            })),
            Notice::Gap(gap) => Ok(Notice::Gap(gap)),
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

    /// The server's count of events of this name, if it counts.
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
