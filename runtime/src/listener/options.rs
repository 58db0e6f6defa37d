//! Where a listener listens, and what it allows.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use super::{connection::MOST_IN_FLIGHT, socket::Location};

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
    pub(super) limits: Limits,
    pub(super) connections: usize,
    pub(super) drain: Duration,
}

/// What one connection may do.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) frame: usize,
    pub(super) in_flight: usize,
    pub(super) high_water: usize,
}

impl ListenerOptions {
    /// Listens at `path`. Folders that are missing on the way are made, for this user alone.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self::of(Location::Path(path.into()))
    }

    /// Listens where callers on this machine look for the service `name`: at `$XDG_RUNTIME_DIR/callsheet/NAME.sock`, or,
    /// without such a folder, at `callsheet-UID/NAME.sock` in the folder for temporary files. The socket's folder must
    /// belong to this user alone.
    pub fn named(name: impl Into<String>) -> Self {
        Self::of(Location::Name(name.into()))
    }

    fn of(location: Location) -> Self {
        ListenerOptions {
            location,
            limits: Limits {
                frame: 16 << 20,
                in_flight: 1024,
                high_water: 1 << 20,
            },
            connections: 100,
            drain: Duration::from_secs(10),
        }
    }

    /// The most bytes that a frame's payload may have, either way; 16 MiB unless set. A longer frame is refused with
    /// `FrameTooLarge` and skipped; a longer reply becomes a `SerializationError`.
    pub fn max_frame(mut self, bytes: usize) -> Self {
        self.limits.frame = bytes;
        self
    }

    /// How many calls may be in flight on one connection, streams included, at least 1; 1024 unless set. More are refused
    /// with `LimitExceeded`.
    pub fn max_in_flight(mut self, calls: usize) -> Self {
        self.limits.in_flight = calls.clamp(1, MOST_IN_FLIGHT);
        self
    }

    /// From how many bytes on that a peer has not read its connection counts as slow; 1 MiB unless set. As long as it
    /// does, no request is read from it, its streams are not polled, and events are dropped; the next event that it gets
    /// tells how many.
    pub fn high_water(mut self, bytes: usize) -> Self {
        self.limits.high_water = bytes.max(1);
        self
    }

    /// How many connections may be open; 100 unless set. More are refused with `LimitExceeded`.
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.connections = connections;
        self
    }

    /// How long [`shutdown`](crate::Listener::shutdown) waits for the calls that are in flight; 10 s unless set.
    pub fn drain(mut self, limit: Duration) -> Self {
        self.drain = limit;
        self
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
