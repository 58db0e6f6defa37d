//! Where a listener listens, and what it allows.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use super::{connection::MOST_IN_FLIGHT, socket::Location};
#[cfg(feature = "settings")]
use crate::Settings;

/// Where a listener listens, and what it allows.
///
/// ```
/// use callsheet::ListenerOptions;
///
/// let options = ListenerOptions::named("calculator").max_connections(10).max_frame(1 << 20);
/// let options = ListenerOptions::at("/run/calculator/calls.sock");
/// ```
#[derive(Clone, Debug)]
pub struct ListenerOptions {
    pub(super) location: Location,
    max_frame: Option<usize>,
    max_in_flight: Option<usize>,
    high_water: Option<usize>,
    max_connections: Option<usize>,
    drain: Option<Duration>,
}

/// What one connection may do.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) frame: usize,
    pub(super) in_flight: usize,
    pub(super) high_water: usize,
}

impl ListenerOptions {
    pub(crate) const MAX_FRAME: usize = 16 << 20;
    pub(crate) const MAX_IN_FLIGHT: usize = 1024;
    /// More cannot be told apart on one connection.
    pub(crate) const MOST_IN_FLIGHT: usize = MOST_IN_FLIGHT;
    pub(crate) const HIGH_WATER: usize = 1 << 20;
    pub(crate) const MAX_CONNECTIONS: usize = 100;
    pub(crate) const DRAIN: Duration = Duration::from_secs(10);

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

    fn of(location: Location) -> Self {
        ListenerOptions {
            location,
            max_frame: None,
            max_in_flight: None,
            high_water: None,
            max_connections: None,
            drain: None,
        }
    }

    /// The most bytes that a frame's payload may have, either way; 16 MiB unless set. A longer frame is refused with
    /// `FrameTooLarge` and skipped; a longer reply becomes a `SerializationError`.
    pub fn max_frame(mut self, bytes: usize) -> Self {
        self.max_frame = Some(bytes);
        self
    }

    /// How many calls may be in flight on one connection, streams included, at least 1; 1024 unless set. More are refused
    /// with `LimitExceeded`.
    pub fn max_in_flight(mut self, calls: usize) -> Self {
        self.max_in_flight = Some(calls.clamp(1, Self::MOST_IN_FLIGHT));
        self
    }

    /// From how many bytes on that a peer has not read its connection counts as slow; 1 MiB unless set. As long as it
    /// does, no request is read from it, its streams are not polled, and events are dropped; the next event that it gets
    /// tells how many.
    pub fn high_water(mut self, bytes: usize) -> Self {
        self.high_water = Some(bytes.max(1));
        self
    }

    /// How many connections may be open; 100 unless set. More are refused with `LimitExceeded`.
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.max_connections = Some(connections);
        self
    }

    /// How long [`shutdown`](crate::Listener::shutdown) waits for the calls that are in flight; 10 s unless set.
    pub fn drain(mut self, limit: Duration) -> Self {
        self.drain = Some(limit);
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
        self.max_frame = self.max_frame.or(listener.max_frame());
        self.max_in_flight = self.max_in_flight.or(listener.max_in_flight());
        self.high_water = self.high_water.or(listener.high_water());
        self.max_connections = self.max_connections.or(listener.max_connections());
        self.drain = self.drain.or(listener.drain());
        self
    }

    pub(super) fn limits(&self) -> Limits {
        Limits {
            frame: self.max_frame.unwrap_or(Self::MAX_FRAME),
            in_flight: self.max_in_flight.unwrap_or(Self::MAX_IN_FLIGHT),
            high_water: self.high_water.unwrap_or(Self::HIGH_WATER),
        }
    }

    pub(super) fn connections(&self) -> usize {
        self.max_connections.unwrap_or(Self::MAX_CONNECTIONS)
    }

    pub(super) fn drain_limit(&self) -> Duration {
        self.drain.unwrap_or(Self::DRAIN)
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

#[cfg(all(test, feature = "settings"))]
mod tests {
    use std::time::Duration;

    use super::ListenerOptions;
    use crate::Settings;

    /// Everything that a listener is told in numbers.
    fn numbers(options: &ListenerOptions) -> (usize, usize, usize, usize, Duration) {
        let limits = options.limits();
        (
            limits.frame,
            limits.in_flight,
            limits.high_water,
            options.connections(),
            options.drain_limit(),
        )
    }

    #[test]
    fn the_settings_say_what_the_program_does_not() {
        let settings = Settings::from_toml(
            "[listener]\nmax_frame = 2048\nmax_in_flight = 2\nhigh_water = 4096\nmax_connections = 3\ndrain = '4s'",
        )
        .expect("the keys exist");
        let silent = ListenerOptions::at("/calls.sock");
        let defaults = (16 << 20, 1024, 1 << 20, 100, Duration::from_secs(10));
        assert_eq!(numbers(&silent.clone().settled(&Settings::default())), defaults);
        let settled = silent.clone().settled(&settings);
        assert_eq!(numbers(&settled), (2048, 2, 4096, 3, Duration::from_secs(4)));
        let program = silent
            .max_frame(5000)
            .max_in_flight(6)
            .high_water(7000)
            .max_connections(8)
            .drain(Duration::from_secs(9));
        assert_eq!(
            numbers(&program.settled(&settings)),
            (5000, 6, 7000, 8, Duration::from_secs(9))
        );
    }
}
