//! From an event to everyone who subscribed to it.
//!
//! | step | where |
//! | -- | -- |
//! | an event's type names its topic | [`registry`] |
//! | the topic gives it a number and offers it to all subscribers, in one order | [`topic`] |
//! | a subscriber takes it, refuses it, or wants no more | [`subscriber`] |
//! | in this process it waits in a queue of the subscriber's own, under the subscriber's own rule | [`queue`] |
//! | and is received | [`events`] |
//! | outside it goes to connections, encoded once for all | [`remote`] |
//! | names are matched with patterns | [`pattern`] |
//! | it is known when all have caught up | [`flush`] |
//!
//! No lock is held while code of a user's runs: neither `Serialize`, nor the drop of an event, nor a waker. Each of them may
//! publish in its turn.

mod events;
mod flush;
mod pattern;
mod queue;
mod registry;
mod remote;
pub(crate) mod subscriber;
mod topic;

use std::{fmt, sync::Arc, time::Duration};

use callsheet_schema::ContractType;
use tokio::time::{Instant, timeout};

pub use events::{AnyEvent, Events, Received, Subscription};
pub use flush::FlushError;
pub use pattern::PatternError;
pub use queue::WhenFull;
pub(crate) use registry::Attachment;
pub(crate) use remote::{EventFilter, Notification, RemoteSubscriber, RemoteSubscriptions, Subscribed};

use flush::Flush;
use pattern::Pattern;
use queue::Waiting;
use registry::Registry;
use subscriber::{Publication, Subscriber};

/// Where events are published and subscribed to.
///
/// Publishing never waits, and all subscribers share one value. Events of one type have one order, and a number in it, for
/// all subscribers in this process and outside. One slow subscriber delays nobody else: what happens to events that it has
/// no room for is its own [rule](WhenFull), and it is told how many it missed, at the place where they are missing.
///
/// It is cheap to clone; all clones are one broker. Its methods may be called outside tokio, unless they say otherwise.
#[derive(Clone, Default)]
pub struct Broker(Arc<Registry>);

/// Something that can be published: a contract type that several subscribers may read at once.
///
/// Implemented for every such type.
pub trait Event: ContractType + Sync {}

impl<E: ContractType + Sync> Event for E {}

impl Broker {
    /// Publishes an event to all its subscribers, in this process and outside. It never waits: subscribers that are too
    /// slow for it miss events by their own rules.
    ///
    /// What the event's `Serialize` and the drops of older events do to panic is logged and goes no further.
    ///
    /// # Panics
    ///
    /// If another type was published or declared under the event's name.
    pub fn publish<E: Event>(&self, event: E) {
        self.send(event, false);
    }

    /// Publishes an event and waits until every subscriber in this process whose rule is [`WhenFull::Block`] has room for
    /// it, or has missed it because that took longer than its limit. Subscribers with other rules and those outside are
    /// never waited for, and nobody gets the event later because somebody has no room.
    ///
    /// Nothing is published before the future is first polled. If it is dropped while it waits, those who still have no
    /// room miss the event.
    ///
    /// # Panics
    ///
    /// If another type was published or declared under the event's name; if it has to wait outside a tokio runtime or in
    /// one without timers.
    pub async fn publish_and_wait<E: Event>(&self, event: E) {
        let mut waiting = self.send(event, true);
        if waiting.is_empty() {
            return;
        }
        let since = Instant::now();
        // The shortest limit first: whoever is waited for has a limit that ends no sooner than those before it.
        waiting.sort_by_key(Waiting::limit);
        for waiting in waiting {
            let limit = waiting.limit().saturating_sub(since.elapsed());
            // One that is too slow loses the event when `waiting` is dropped.
            let _ = timeout(limit, waiting.room()).await;
        }
    }

    /// Subscribes to the events of a type that are published from now on. Up to 1024 of them wait to be received; of more,
    /// the oldest are lost. [`subscription`](Self::subscription) is for other rules.
    ///
    /// # Panics
    ///
    /// If another type was published or declared under the event's name.
    #[must_use = "dropping it ends the subscription"]
    pub fn subscribe<E: Event>(&self) -> Events<E> {
        self.subscription().subscribe()
    }

    /// A subscription to the events of a type, with rules of its own.
    pub fn subscription<E: Event>(&self) -> Subscription<E> {
        let broker = self.clone();
        Subscription::new(Box::new(move |queue| broker.attach::<E>(queue)))
    }

    /// Subscribes to all events whose names on the wire match a pattern, also of types that are first published later. The
    /// pattern is a name, or the beginning of names and a `*`: `demo.*`, `demo.Price*`, or `*` for all.
    ///
    /// It has one queue for all of them, and the defaults of [`subscribe`](Self::subscribe).
    ///
    /// ```
    /// use callsheet::{Broker, Received, contract_type};
    ///
    /// #[contract_type(name = "demo.Tick")]
    /// pub struct Tick(u32);
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), callsheet::PatternError> {
    /// let broker = Broker::default();
    /// let mut events = broker.subscribe_matching("demo.*")?;
    /// broker.publish(Tick(7));
    /// if let Some(Received::Event(event)) = events.next().await {
    ///     assert_eq!(event.name(), "demo.Tick");
    ///     assert_eq!(event.downcast::<Tick>().map(|tick| tick.0), Some(7));
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// If the pattern is empty, or has a `*` before its end.
    pub fn subscribe_matching(&self, pattern: &str) -> Result<Events<AnyEvent>, PatternError> {
        Ok(self.subscription_matching(pattern)?.subscribe())
    }

    /// A subscription to all events that match a pattern, with rules of its own.
    ///
    /// # Errors
    ///
    /// If the pattern is empty, or has a `*` before its end.
    pub fn subscription_matching(&self, pattern: &str) -> Result<Subscription<AnyEvent>, PatternError> {
        let pattern = Pattern::parse(pattern)?;
        let registry = Arc::clone(&self.0);
        Ok(Subscription::new(Box::new(move |queue| {
            registry.attach_matching(pattern, queue)
        })))
    }

    /// Waits until every subscriber in this process has taken all events that were published before: received them, or
    /// lost them by its rule. A subscriber that is dropped or closed meanwhile is not waited for, nor are those outside.
    ///
    /// Who calls it in a subscriber's own turn waits for that subscriber too.
    ///
    /// # Errors
    ///
    /// If some have not within `limit`, by tokio's clock. That ends nothing, and it may be called again.
    ///
    /// # Panics
    ///
    /// If it has to wait outside a tokio runtime or in one without timers.
    pub async fn flush(&self, limit: Duration) -> Result<(), FlushError> {
        let flush = Arc::new(Flush::default());
        for progress in self.0.progress() {
            progress.hold_up(&flush);
        }
        flush.done(limit).await
    }

    /// How many subscribers the events of a type have now: subscriptions in this process, to the type or to a pattern that
    /// matches it, and connections from outside.
    ///
    /// # Panics
    ///
    /// If another type was published or declared under the event's name.
    pub fn subscribers<E: Event>(&self) -> usize {
        self.0.topic::<E>().count()
    }

    /// Lets callers outside the process subscribe to the event.
    #[doc(hidden)]
    pub fn expose<E: Event>(&self) {
        self.0.expose::<E>();
    }

    /// Attaches a subscriber to the events of a type that are published from now on.
    ///
    /// # Panics
    ///
    /// If another type was published or declared under the event's name.
    pub(crate) fn attach<E: Event>(&self, subscriber: Arc<dyn Subscriber<E>>) -> Attachment {
        self.0.attach(subscriber)
    }

    /// The subscriptions of a connection, of which there are none yet.
    /// Which life of the broker this is. Events are numbered anew in another one.
    pub(crate) fn epoch(&self) -> &str {
        self.0.epoch()
    }

    pub(crate) fn remote(
        &self,
        subscriber: Arc<dyn RemoteSubscriber>,
        filter: Option<Arc<dyn EventFilter>>,
    ) -> RemoteSubscriptions {
        RemoteSubscriptions::new(Arc::clone(&self.0), subscriber, filter)
    }

    fn send<E: Event>(&self, event: E, may_wait: bool) -> Vec<Waiting> {
        let mut publication = Publication::new(may_wait);
        self.0.topic::<E>().publish(event, &mut publication);
        publication.finish(&self.0)
    }
}

impl fmt::Debug for Broker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Broker")
    }
}
