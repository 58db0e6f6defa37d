//! What a subscriber holds: its subscription, and what comes out of it.

use std::{
    any::Any,
    fmt,
    future::poll_fn,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::SystemTime,
};

use futures_core::Stream;

use super::{
    queue::{Queue, Rules, WhenFull},
    registry::Attachment,
};

/// So many events wait for a slow subscriber unless it says otherwise.
const CAPACITY: usize = 1024;

/// A subscription that is not made yet: how many events may wait, and what happens to more.
///
/// Made by [`Broker::subscription`](super::Broker::subscription) and
/// [`Broker::subscription_matching`](super::Broker::subscription_matching).
///
/// ```
/// use callsheet::{Broker, Received, WhenFull, contract_type};
///
/// #[contract_type]
/// #[derive(Debug, PartialEq)]
/// pub struct Tick(u32);
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let broker = Broker::default();
/// let mut ticks = broker.subscription::<Tick>().capacity(2).when_full(WhenFull::DropNewest).subscribe();
/// for n in 0..5 {
///     broker.publish(Tick(n));
/// }
/// assert_eq!(ticks.next().await, Some(Received::Event(Tick(0).into())));
/// assert_eq!(ticks.next().await, Some(Received::Event(Tick(1).into())));
/// assert_eq!(ticks.next().await, Some(Received::Missed(3)));
/// # }
/// ```
#[must_use = "nothing is subscribed to until `subscribe` is called"]
pub struct Subscription<E> {
    rules: Rules,
    attach: Attach<E>,
}

type Attach<E> = Box<dyn FnOnce(Arc<Queue<E>>) -> Attachment + Send>;

impl<E> Subscription<E> {
    pub(super) fn new(attach: Attach<E>) -> Self {
        Subscription {
            rules: Rules {
                capacity: CAPACITY,
                when_full: WhenFull::default(),
            },
            attach,
        }
    }

    /// How many events may wait to be received; 1024 unless set, and 1 if set to 0.
    pub fn capacity(mut self, events: usize) -> Self {
        self.rules.capacity = events.max(1);
        self
    }

    /// What happens to an event when that many wait; the oldest is lost unless this is set.
    pub fn when_full(mut self, when_full: WhenFull) -> Self {
        self.rules.when_full = when_full;
        self
    }

    /// Subscribes to the events that are published from now on.
    ///
    /// # Panics
    ///
    /// If another type was published or declared under the event's name.
    #[must_use = "dropping it ends the subscription"]
    pub fn subscribe(self) -> Events<E> {
        let queue = Queue::new(self.rules);
        Events {
            _attachment: (self.attach)(Arc::clone(&queue)),
            queue,
        }
    }
}

impl<E> fmt::Debug for Subscription<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription")
            .field("rules", &self.rules)
            .finish_non_exhaustive()
    }
}

/// A subscription to events: those of one type, or [`AnyEvent`]s whose names match a pattern.
///
/// It is also a [`Stream`] of the same items. When it is dropped, the events that it has not received are gone at once.
pub struct Events<E> {
    queue: Arc<Queue<E>>,
    _attachment: Attachment,
}

/// What a subscription came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Received<E> {
    /// The next event. All subscribers share the one value.
    Event(Arc<E>),
    /// The subscriber was too slow: so many events are lost between the last one and the next. It stands exactly where
    /// they would have stood.
    Missed(u64),
    /// The subscriber was too slow, and [`WhenFull::Close`] is its rule: an unknown number of events is lost, and none
    /// follows.
    Closed,
}

impl<E> Events<E> {
    /// What comes next; `None` when nothing will: after [`Received::Closed`], and when the broker is gone and all that was
    /// published before is received.
    ///
    /// It is cancel safe: a call that is given up before it is ready has taken nothing.
    pub async fn next(&mut self) -> Option<Received<E>> {
        poll_fn(|cx| self.poll(cx)).await
    }

    fn poll(&self, cx: &mut Context<'_>) -> Poll<Option<Received<E>>> {
        // A subscriber whose queue is never empty lets others run too.
        let progress = ready!(tokio::task::coop::poll_proceed(cx));
        let received = ready!(self.queue.poll(cx));
        progress.made_progress();
        Poll::Ready(received)
    }
}

impl<E> Stream for Events<E> {
    type Item = Received<E>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll(cx)
    }
}

impl<E> Drop for Events<E> {
    fn drop(&mut self) {
        self.queue.leave();
    }
}

impl<E> fmt::Debug for Events<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Events")
    }
}

/// An event of whatever type, as subscriptions to a pattern receive it.
#[derive(Clone)]
pub struct AnyEvent {
    name: &'static str,
    seq: u64,
    timestamp: SystemTime,
    event: Arc<dyn Any + Send + Sync>,
}

impl AnyEvent {
    pub(super) fn new(name: &'static str, seq: u64, timestamp: SystemTime, event: Arc<dyn Any + Send + Sync>) -> Self {
        AnyEvent {
            name,
            seq,
            timestamp,
            event,
        }
    }

    /// The name of the event's type on the wire.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The event's number: how many of its type were published before it. Subscribers outside are told the same.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// When it was published.
    pub fn timestamp(&self) -> SystemTime {
        self.timestamp
    }

    /// The event itself, if it is an `E`: the same value that subscribers of `E` receive.
    pub fn downcast<E: Send + Sync + 'static>(&self) -> Option<Arc<E>> {
        Arc::clone(&self.event).downcast().ok()
    }
}

impl fmt::Debug for AnyEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnyEvent")
            .field("name", &self.name)
            .field("seq", &self.seq)
            .field("timestamp", &self.timestamp)
            .finish_non_exhaustive()
    }
}
