//! The socket that callers outside the process come through.
//!
//! A [`socket`] is bound for this user alone, or peers come from the process itself ([`in_process`]); the [`accept`] loop
//! gives each of them that the [`door`] lets in a [`connection`] of its own, within the [`limits`] of all, until its
//! [`course`] is run. What a peer may do there is said in [`authorization`], and what it was refused in [`audit`].

mod accept;
#[cfg(feature = "systemd")]
mod activation;
mod audit;
mod authorization;
mod catalogue;
mod connect;
mod connection;
mod course;
mod dialled;
mod door;
#[cfg(feature = "handover")]
mod handover;
mod in_process;
mod limits;
mod options;
mod peer;
mod serving;
mod socket;
mod stats;
mod terms;

use std::path::{Path, PathBuf};

use callsheet_wire::DetailedStats;
#[cfg(doc)]
use callsheet_wire::Latency;
use tokio_util::sync::CancellationToken;

pub use audit::{AuditEvent, Refusal};
pub use authorization::{Access, Action};
pub use connect::{ConnectOptions, Remote};
pub use door::Denied;
pub use in_process::InProcessListener;
pub use limits::ListenerLimits;
pub use options::ListenerOptions;
pub use socket::ListenError;
pub use stats::ListenerStats;

use self::{
    accept::{Incoming, Socket},
    course::{Course, Stage},
    socket::{Bound, Location},
};
use crate::Runtime;

/// A socket on which the exposed actors of a runtime are served. Made by [`Runtime::listen`].
///
/// It speaks JSON and MessagePack, frame by frame. [`shutdown`](Self::shutdown) ends it in good order; dropping it ends it
/// at once.
///
/// What is true of it, whatever a peer sends: a frame that cannot be understood is refused and the next one works; what
/// is refused is told why; no peer's slowness delays another.
#[must_use = "dropping the listener ends it"]
#[derive(Debug)]
pub struct Listener {
    path: PathBuf,
    course: Course,
    handed_over: CancellationToken,
}

impl Runtime {
    /// Serves the exposed actors on a Unix socket, for this user's programs in any language.
    ///
    /// The socket is there, with mode 0600, when this returns.
    ///
    /// ```
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// use callsheet::{ListenerOptions, Runtime};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("calls.sock");
    /// let runtime = Runtime::launch()?;
    /// let listener = runtime.listen(ListenerOptions::at(&path).max_connections(10)).await?;
    /// println!("listening on {}", listener.path().display());
    /// listener.shutdown().await;
    /// # Ok(()) }
    /// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// If another listener is at the path, something else is there that is no socket, or the socket cannot be made; and if
    /// the options are [for the process itself](ListenerOptions::in_process). Before anything is done, if two contracts or
    /// two types that are exposed have one name ([`Conflicts`](ListenError::Conflicts)); as long as the listener is there,
    /// exposing what would make it so is an error.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime with I/O enabled.
    pub async fn listen(&self, options: impl Into<ListenerOptions>) -> Result<Listener, ListenError> {
        let options = options.into();
        #[cfg(feature = "settings")]
        let options = options.settled(self.settings());
        let listening = self.naming().begin(self.router())?;
        let (socket, path) = match &options.location {
            #[cfg(feature = "systemd")]
            Location::Activated(name) => {
                let (listener, path) = activation::take(name.as_deref())?;
                (Socket::passed(listener), path)
            }
            location => bind(location, options.hands_over).await?,
        };
        let handed_over = socket.token();
        let course = Course::begin(self, &options, Incoming::Socket(socket), Some(listening));
        Ok(Listener {
            path,
            course,
            handed_over,
        })
    }
}

#[cfg(feature = "handover")]
async fn bind(location: &Location, hands_over: bool) -> Result<(Socket, PathBuf), ListenError> {
    if !hands_over {
        return bind_alone(location);
    }
    let (bound, estate) = handover::bind_or_succeed(location).await?;
    let path = bound.path().to_owned();
    let socket = Socket::bound(bound);
    let socket = match estate {
        Some(estate) => socket.until(estate.hand_over()),
        None => socket,
    };
    Ok((socket, path))
}

#[cfg(not(feature = "handover"))]
async fn bind(location: &Location, _: bool) -> Result<(Socket, PathBuf), ListenError> {
    bind_alone(location)
}

fn bind_alone(location: &Location) -> Result<(Socket, PathBuf), ListenError> {
    let bound = Bound::bind(location)?;
    let path = bound.path().to_owned();
    Ok((Socket::bound(bound), path))
}

impl Listener {
    /// Where it listens; empty if it was passed a socket without a path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Waits until another process listens in its place, if it [hands over](ListenerOptions::hand_over) at all. It accepts no
    /// more from then on, but serves the connections that it has; [`shutdown`](Self::shutdown) ends them.
    pub async fn handed_over(&self) {
        self.handed_over.cancelled().await;
    }

    /// What it has done so far.
    pub fn stats(&self) -> ListenerStats {
        self.course.stats()
    }

    /// What it has counted so far, by contracts, methods, events and codes, and how long calls took. Callers are told the same
    /// when they send the control `stats`.
    ///
    /// All is exact but the latencies, which are those of a [sample](Latency). It is added up over all open connections,
    /// each of which waits for that a moment: made to be asked every few seconds, where [`stats`](Self::stats) may be asked
    /// at any time.
    ///
    /// ```
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// use callsheet::{Code, ListenerOptions, Runtime, count_of};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("calls.sock");
    /// # let runtime = Runtime::launch()?;
    /// let listener = runtime.listen(ListenerOptions::at(&path)).await?;
    /// // Calls are made.
    /// let stats = listener.detailed_stats();
    /// for (name, method) in stats.contracts.values().flat_map(|contract| &contract.methods) {
    ///     let busy = count_of(&method.failed, Code::TargetBusy);
    ///     println!("{name}: {} calls, {} in flight, {busy} met a full queue", method.started, method.in_flight);
    /// }
    /// assert_eq!(count_of(&stats.refused, Code::ActorNotFound), 0);
    /// # listener.shutdown().await;
    /// # Ok(()) }
    /// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
    /// ```
    pub fn detailed_stats(&self) -> DetailedStats {
        self.course.detailed_stats()
    }

    /// What it allows now.
    pub fn limits(&self) -> ListenerLimits {
        self.course.limits()
    }

    /// Sets other limits, which hold at once, also for the connections that are open. What was let in under the old ones
    /// stays: no connection and no call is ended because there may be fewer of them now.
    pub fn set_limits(&self, limits: ListenerLimits) {
        self.course.set_limits(limits);
    }

    /// Ends it in good order: no connection and no call is taken any more, what is in flight is answered, the connections
    /// are closed, and the socket is removed.
    ///
    /// Calls that are in flight after the drain limit fail with `ShuttingDown`.
    pub async fn shutdown(&self) {
        self.course.end().await;
    }
}
