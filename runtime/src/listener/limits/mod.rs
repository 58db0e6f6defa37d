//! What a listener allows, and the books that are kept of it.
//!
//! The limits of one listener stand in one place that all its connections read ([`LiveLimits`]), so that a change holds for
//! those that are open too. What is bounded for several connections together has books of its own: the connections and
//! the rate of each user ([`users`], [`rate`]), and the memory of all of them ([`memory`]).

pub(super) mod memory;
pub(super) mod rate;
pub(super) mod said;
pub(super) mod users;

use std::{sync::Arc, time::Duration};

use arc_swap::{ArcSwap, Guard};

use super::connection::MOST_IN_FLIGHT;

/// What a listener allows its peers, and for how long it waits for them.
///
/// [`ListenerOptions`](crate::ListenerOptions) set them before a listener begins, with a method of each field's name. While
/// it runs, they can be read and changed:
///
/// ```
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use std::time::Duration;
/// use callsheet::{ListenerOptions, Runtime};
///
/// let runtime = Runtime::launch()?;
/// let listener = runtime.listen_in_process(ListenerOptions::in_process());
/// let mut limits = listener.limits();
/// assert_eq!(limits.idle, Some(Duration::from_secs(30)));
/// limits.idle = None;
/// limits.rate = Some(1000);
/// listener.set_limits(limits);
/// # Ok(()) }
/// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
/// ```
///
/// Whoever meets a limit is told so with a code of the wire, in a text that names the limit and says what to do.
/// [`ListenerStats::limited`](crate::ListenerStats::limited) counts it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListenerLimits {
    /// How many connections may be open; 100 by default. More are refused with `LimitExceeded`.
    pub max_connections: usize,
    /// How many connections of one user of the system may be open; no limit by default. More are refused with
    /// `LimitExceeded`.
    pub max_connections_per_user: Option<usize>,
    /// The most bytes that a frame's payload may have, either way; 16 MiB by default. A longer frame is refused with
    /// `FrameTooLarge` and skipped; a longer reply becomes a `SerializationError`.
    pub max_frame: usize,
    /// How many values a payload may hold, at least 1; 1,000,000 by default. Every element of an array, and every key and
    /// every value of a map, counts, at whatever depth. What holds more is refused with `SerializationError`.
    pub max_values: usize,
    /// How many calls may be in flight on one connection, streams included, 1 to 1,048,576; 1024 by default. More are
    /// refused with `LimitExceeded`.
    pub max_in_flight: usize,
    /// How many streams may be open on one connection; 256 by default. More are refused with `LimitExceeded`.
    pub max_streams: usize,
    /// How many names and patterns of events one connection may be subscribed to; 256 by default. More are refused with
    /// `LimitExceeded`.
    pub max_subscriptions: usize,
    /// From how many bytes on that a peer has not read its connection counts as slow, at least 1; 1 MiB by default. As long
    /// as it does, no request is read from it, its streams are not polled, and events are dropped; the next event that it
    /// gets tells how many.
    pub high_water: usize,
    /// How many bytes all connections together may keep of what was read and not understood yet, of what waits to be
    /// written, of arguments that pass layers, and of items of peers' streams that nobody has read; 256 MiB by default. It
    /// counts as three of the longest frames at least, so that each of them can pass.
    ///
    /// Once it is spent, only connections that keep less than 64 KiB are read from as always. Of the others one at a time
    /// goes on, so that its frame is finished. A reply that would have to be kept beyond it becomes a `LimitExceeded`. No
    /// connection gets more than half of it for what its peer has not read: a reply beyond that becomes a `SlowConsumer`.
    pub memory: usize,
    /// How many requests, subscriptions and controls one connection may send in a second, at least 1; no limit by default.
    /// What is too many is refused with `RateLimited`, which says when to try again. `cancel`, `credit` and
    /// `unsubscribe`, which leave less to do, are never refused.
    pub rate: Option<usize>,
    /// How many of them may come at once after a rest, at least 1; as many as in a second by default.
    pub burst: Option<usize>,
    /// How many requests, subscriptions and controls all connections of one user of the system may send in a second, at
    /// least 1; no limit by default.
    pub user_rate: Option<usize>,
    /// How many of them may come at once after a rest, at least 1; as many as in a second by default.
    pub user_burst: Option<usize>,
    /// After how long a connection is closed that has no call in flight, no open stream and no subscription, and on which
    /// nothing is read or written; 30 s by default. `None` is never. A frame of which a part has come is left to
    /// [`frame_time`](Self::frame_time). Clients that say hello are told of it.
    pub idle: Option<Duration>,
    /// How long a new connection may take until its first whole frame; 30 s by default. `None` is for ever.
    pub start_time: Option<Duration>,
    /// How long a frame may take from its first byte to its last, however they come; 30 s by default. Whoever takes longer
    /// gets a `ProtocolError`, and the connection is closed.
    pub frame_time: Duration,
    /// How long a peer may leave what it was sent unread, without taking a single byte; 5 min by default. `None` is for ever.
    /// Then the connection is closed: nobody can be told.
    pub unread_time: Option<Duration>,
    /// How long [`shutdown`](crate::Listener::shutdown) waits for the calls that are in flight; 10 s by default.
    pub drain: Duration,
}

impl Default for ListenerLimits {
    fn default() -> Self {
        ListenerLimits {
            max_connections: 100,
            max_connections_per_user: None,
            max_frame: 16 << 20,
            max_values: 1_000_000,
            max_in_flight: 1024,
            max_streams: 256,
            max_subscriptions: 256,
            high_water: 1 << 20,
            memory: 256 << 20,
            rate: None,
            burst: None,
            user_rate: None,
            user_burst: None,
            idle: Some(Duration::from_secs(30)),
            start_time: Some(Duration::from_secs(30)),
            frame_time: Duration::from_secs(30),
            unread_time: Some(Duration::from_secs(300)),
            drain: Duration::from_secs(10),
        }
    }
}

impl ListenerLimits {
    /// The same, with each number where it can be kept to.
    pub(super) fn within_range(mut self) -> Self {
        self.max_values = self.max_values.max(1);
        self.max_in_flight = self.max_in_flight.clamp(1, MOST_IN_FLIGHT);
        self.high_water = self.high_water.max(1);
        self
    }
}

/// The limits of a listener as they are now, for all its connections.
#[derive(Debug)]
pub(super) struct LiveLimits(ArcSwap<ListenerLimits>);

impl LiveLimits {
    pub(super) fn new(limits: ListenerLimits) -> Self {
        LiveLimits(ArcSwap::from_pointee(limits.within_range()))
    }

    /// Reads them, without a lock and for little more than a load; held no longer than a look at them takes.
    pub(super) fn load(&self) -> Guard<Arc<ListenerLimits>> {
        self.0.load()
    }

    pub(super) fn store(&self, limits: ListenerLimits) {
        self.0.store(Arc::new(limits.within_range()));
    }
}
