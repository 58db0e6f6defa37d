//! Connections that come from the process itself, over pairs of sockets without a name.

use std::{io, os::unix::net};

use callsheet_wire::DetailedStats;
use tokio::{net::UnixStream, runtime::Handle, sync::mpsc};

use super::{
    accept::Incoming, course::Course, limits::ListenerLimits, options::ListenerOptions, socket::ListenError,
    stats::ListenerStats,
};
use crate::{NameConflicts, Runtime};

/// How many connections may wait to be accepted.
const BACKLOG: usize = 128;

/// Serves the exposed actors of a runtime to clients in this process, with nothing in the file system. Made by
/// [`Runtime::listen_in_process`].
///
/// It is a [`Listener`](crate::Listener) in all but where its connections come from: the same frames cross the same kind
/// of socket, under the same limits. [`shutdown`](Self::shutdown) ends it in good order; dropping it ends it at once.
#[must_use = "dropping the listener ends it"]
#[derive(Debug)]
pub struct InProcessListener {
    /// The far ends of the pairs, on their way to be accepted.
    accepted: mpsc::Sender<UnixStream>,
    /// Where the far ends are driven.
    tokio: Handle,
    course: Course,
    /// Why nobody can connect, if names of what was exposed mean two things.
    conflicts: Option<NameConflicts>,
}

impl Runtime {
    /// Serves the exposed actors to clients in this process: for tests of what clients see, without a path that tests would
    /// have to share.
    ///
    /// Where the options say to listen is of no account, so a program's own may be tried; [`ListenerOptions::in_process`]
    /// says nothing of it. What is exposed is checked as by [`listen`](Self::listen), and as long as the listener is there;
    /// a conflict that there is already is told by [`connect`](InProcessListener::connect).
    ///
    /// ```
    /// use callsheet::{ListenerOptions, Runtime, actor_contract};
    /// use callsheet_client::{CallOptions, Connection};
    ///
    /// #[actor_contract(namespace = "demo")]
    /// pub trait Counter {
    ///     fn add(&mut self, step: u64) -> u64;
    /// }
    ///
    /// #[derive(Default)]
    /// struct Count(u64);
    ///
    /// impl Counter for Count {
    ///     fn add(&mut self, step: u64) -> u64 {
    ///         self.0 += step;
    ///         self.0
    ///     }
    /// }
    ///
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// let runtime = Runtime::launch()?;
    /// runtime.actor("counter", Count::default).serves(Counter).expose().start().await?;
    /// let listener = runtime.listen_in_process(ListenerOptions::in_process());
    ///
    /// // A generated client is made over such a connection.
    /// let connection = Connection::over(listener.connect()?, Default::default());
    /// let step = std::collections::BTreeMap::from([("step", 2)]);
    /// let count: u64 = connection.ask("counter", "demo.Counter.Add", &step, CallOptions::new()).await?;
    /// assert_eq!(count, 2);
    /// # Ok(()) }
    /// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
    /// ```
    pub fn listen_in_process(&self, options: impl Into<ListenerOptions>) -> InProcessListener {
        let options = options.into();
        #[cfg(feature = "settings")]
        let options = options.settled(self.settings());
        let (listening, conflicts) = match self.naming().begin(self.router()) {
            Ok(listening) => (Some(listening), None),
            Err(conflicts) => (None, Some(conflicts)),
        };
        let (accepted, incoming) = mpsc::channel(BACKLOG);
        InProcessListener {
            accepted,
            tokio: self.tokio().clone(),
            course: Course::begin(self, &options, Incoming::InProcess(incoming), listening),
            conflicts,
        }
    }
}

impl InProcessListener {
    /// A new connection: the client's end of a pair of sockets, whose other end is served.
    ///
    /// As with a socket that has a path, it may be told that it is one too many once it is accepted.
    ///
    /// # Errors
    ///
    /// `InvalidInput` with [`ListenError::Conflicts`](crate::ListenError::Conflicts) in it if two contracts or two types that
    /// were exposed when the listener began had one name, `ConnectionRefused` once it has ended, `WouldBlock` if 128 connections wait to be accepted already, and
    /// whatever keeps the system from making a pair.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime with I/O enabled, and if that of the actors has it not.
    pub fn connect(&self) -> io::Result<UnixStream> {
        if let Some(conflicts) = &self.conflicts {
            let error = ListenError::Conflicts(conflicts.clone());
            return Err(io::Error::new(io::ErrorKind::InvalidInput, error));
        }
        let place = self.accepted.try_reserve().map_err(|error| match error {
            mpsc::error::TrySendError::Full(()) => io::Error::new(
                io::ErrorKind::WouldBlock,
                format!("{BACKLOG} connections wait to be accepted"),
            ),
            mpsc::error::TrySendError::Closed(()) => {
                io::Error::new(io::ErrorKind::ConnectionRefused, "the listener has ended")
            }
        })?;
        let (near, far) = net::UnixStream::pair()?;
        near.set_nonblocking(true)?;
        far.set_nonblocking(true)?;
        let near = UnixStream::from_std(near)?;
        // The caller's tokio runtime may be another one, and end before.
        let _entered = self.tokio.enter();
        place.send(UnixStream::from_std(far)?);
        Ok(near)
    }

    /// What it has done so far.
    pub fn stats(&self) -> ListenerStats {
        self.course.stats()
    }

    /// What it has counted so far, by name; see [`Listener::detailed_stats`](crate::Listener::detailed_stats).
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

    /// Ends it in good order: no connection and no call is taken any more, what is in flight is answered, and the connections
    /// are closed.
    ///
    /// Calls that are in flight after the drain limit fail with `ShuttingDown`.
    pub async fn shutdown(&self) {
        self.course.end().await;
    }
}
