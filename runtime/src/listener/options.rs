//! Where a listener listens, and what it allows.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

#[cfg(feature = "settings")]
use super::connection::MOST_IN_FLIGHT;
use super::{
    door::Door,
    limits::{ListenerLimits, said::Said},
    socket::Location,
};
#[cfg(feature = "settings")]
use crate::Settings;

/// Where a listener listens, and what it allows.
///
/// [`ListenerLimits`] says what each limit means and what becomes of those who meet it, and has their defaults. A limit that
/// can be none is set with `None`.
///
/// ```
/// use std::time::Duration;
/// use callsheet::ListenerOptions;
///
/// let options = ListenerOptions::named("calculator").max_connections(10).max_frame(1 << 20).idle(None);
/// let options = ListenerOptions::at("/run/calculator/calls.sock").rate(500).idle(Duration::from_secs(300));
/// ```
#[derive(Clone, Debug)]
pub struct ListenerOptions {
    pub(super) location: Location,
    said: Said,
    pub(super) door: Door,
    pub(super) hands_over: bool,
}

impl ListenerOptions {
    /// More cannot be told apart on one connection.
    #[cfg(feature = "settings")]
    pub(crate) const MOST_IN_FLIGHT: usize = MOST_IN_FLIGHT;

    /// Listens at `path`. Folders that are missing on the way are made, for this user alone.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self::of(Location::Path(path.into()))
    }

    /// Listens where callers on this machine look for the service `name`: at `$XDG_RUNTIME_DIR/callsheet/NAME.sock`, or,
    /// without such a folder, at `callsheet-UID/NAME.sock` in the folder for temporary files. The socket's folder must
    /// belong to this user alone. Settings of the runtime may say another place (`listener.socket`).
    pub fn named(name: impl Into<String>) -> Self {
        Self::of(Location::Name(name.into()))
    }

    /// Listens at no place: for [`Runtime::listen_in_process`](crate::Runtime::listen_in_process) alone.
    pub fn in_process() -> Self {
        Self::of(Location::Nowhere)
    }

    pub(super) fn of(location: Location) -> Self {
        ListenerOptions {
            location,
            said: Said::default(),
            door: Door::default(),
            hands_over: false,
        }
    }

    /// How many connections may be open; 100 unless set. See [`ListenerLimits::max_connections`].
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.said.max_connections = Some(connections);
        self
    }

    /// How many connections of one user of the system may be open; no limit unless set. See
    /// [`ListenerLimits::max_connections_per_user`].
    pub fn max_connections_per_user(mut self, connections: impl Into<Option<usize>>) -> Self {
        self.said.max_connections_per_user = Some(connections.into());
        self
    }

    /// The most bytes that a frame's payload may have, either way; 16 MiB unless set. See [`ListenerLimits::max_frame`].
    pub fn max_frame(mut self, bytes: usize) -> Self {
        self.said.max_frame = Some(bytes);
        self
    }

    /// How many values a payload may hold, at least 1; 1,000,000 unless set. See [`ListenerLimits::max_values`].
    pub fn max_values(mut self, values: usize) -> Self {
        self.said.max_values = Some(values);
        self
    }

    /// How many calls may be in flight on one connection, streams included, at least 1; 1024 unless set. See
    /// [`ListenerLimits::max_in_flight`].
    pub fn max_in_flight(mut self, calls: usize) -> Self {
        self.said.max_in_flight = Some(calls);
        self
    }

    /// How many streams may be open on one connection; 256 unless set. See [`ListenerLimits::max_streams`].
    pub fn max_streams(mut self, streams: usize) -> Self {
        self.said.max_streams = Some(streams);
        self
    }

    /// How many names and patterns of events one connection may be subscribed to; 256 unless set. See
    /// [`ListenerLimits::max_subscriptions`].
    pub fn max_subscriptions(mut self, names: usize) -> Self {
        self.said.max_subscriptions = Some(names);
        self
    }

    /// From how many bytes on that a peer has not read its connection counts as slow; 1 MiB unless set. See
    /// [`ListenerLimits::high_water`].
    pub fn high_water(mut self, bytes: usize) -> Self {
        self.said.high_water = Some(bytes);
        self
    }

    /// How many bytes all connections together may keep; 256 MiB unless set. See [`ListenerLimits::memory`].
    pub fn memory(mut self, bytes: usize) -> Self {
        self.said.memory = Some(bytes);
        self
    }

    /// How many requests, subscriptions and controls one connection may send in a second; no limit unless set. See
    /// [`ListenerLimits::rate`].
    pub fn rate(mut self, per_second: impl Into<Option<usize>>) -> Self {
        self.said.rate = Some(per_second.into());
        self
    }

    /// How many of them may come at once; as many as in a second unless set. See [`ListenerLimits::burst`].
    pub fn burst(mut self, requests: impl Into<Option<usize>>) -> Self {
        self.said.burst = Some(requests.into());
        self
    }

    /// How many requests, subscriptions and controls all connections of one user may send in a second; no limit unless set.
    /// See [`ListenerLimits::user_rate`].
    pub fn user_rate(mut self, per_second: impl Into<Option<usize>>) -> Self {
        self.said.user_rate = Some(per_second.into());
        self
    }

    /// How many of them may come at once; as many as in a second unless set. See [`ListenerLimits::user_burst`].
    pub fn user_burst(mut self, requests: impl Into<Option<usize>>) -> Self {
        self.said.user_burst = Some(requests.into());
        self
    }

    /// After how long without anything to do a connection is closed; 30 s unless set, `None` for never. See
    /// [`ListenerLimits::idle`].
    pub fn idle(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.said.idle = Some(limit.into());
        self
    }

    /// How long a new connection may take until its first whole frame; 30 s unless set, `None` for ever. See
    /// [`ListenerLimits::start_time`].
    pub fn start_time(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.said.start_time = Some(limit.into());
        self
    }

    /// How long a frame may take from its first byte to its last; 30 s unless set. See [`ListenerLimits::frame_time`].
    pub fn frame_time(mut self, limit: Duration) -> Self {
        self.said.frame_time = Some(limit);
        self
    }

    /// How long a peer may leave what it was sent unread; 5 min unless set, `None` for ever. See
    /// [`ListenerLimits::unread_time`].
    pub fn unread_time(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.said.unread_time = Some(limit.into());
        self
    }

    /// How long [`shutdown`](crate::Listener::shutdown) waits for the calls that are in flight; 10 s unless set.
    pub fn drain(mut self, limit: Duration) -> Self {
        self.said.drain = Some(limit);
        self
    }

    /// Takes from the settings what the program did not say. It said where only if it gave a path: with a name, it is
    /// the settings that may give one.
    #[cfg(feature = "settings")]
    pub(crate) fn settled(mut self, settings: &Settings) -> Self {
        let listener = settings.listener();
        if let (Location::Name(_), Some(socket)) = (&self.location, listener.socket()) {
            self.location = Location::Path(socket);
        }
        self.said = self.said.over(listener);
        self
    }

    pub(super) fn limits(&self) -> ListenerLimits {
        self.said.limits()
    }
}

impl From<PathBuf> for ListenerOptions {
    fn from(path: PathBuf) -> Self {
        Self::at(path)
    }
}

impl From<&Path> for ListenerOptions {
    fn from(path: &Path) -> Self {
        Self::at(path)
    }
}

impl From<&PathBuf> for ListenerOptions {
    fn from(path: &PathBuf) -> Self {
        Self::at(path)
    }
}

impl From<&str> for ListenerOptions {
    fn from(path: &str) -> Self {
        Self::at(path)
    }
}

impl From<String> for ListenerOptions {
    fn from(path: String) -> Self {
        Self::at(path)
    }
}
