//! The socket that callers outside the process come through.
//!
//! A [`socket`] is bound for this user alone; the [`accept`] loop gives each peer a [`connection`] of its own.

mod accept;
mod connection;
mod options;
mod socket;
mod stats;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use tokio::sync::watch;

pub use options::ListenerOptions;
pub use socket::ListenError;
pub use stats::ListenerStats;

use self::{accept::Acceptor, socket::Bound, stats::Counters};
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
    counters: Arc<Counters>,
    stage: watch::Sender<Stage>,
    drain: Duration,
}

/// How far a listener is on its way to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Open,
    /// Calls in flight are answered, new ones are refused.
    Draining,
    /// Nothing is waited for.
    Closing,
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
    /// If another listener is at the path, something else is there that is no socket, or the socket cannot be made.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime with I/O enabled.
    pub async fn listen(&self, options: impl Into<ListenerOptions>) -> Result<Listener, ListenError> {
        let options = options.into();
        #[cfg(feature = "settings")]
        let options = options.settled(self.settings());
        let bound = Bound::bind(&options.location)?;
        let path = bound.path().to_owned();
        let counters = Arc::new(Counters::default());
        let stage = watch::Sender::new(Stage::Open);
        let acceptor = Acceptor {
            runtime: self.clone(),
            limits: options.limits(),
            most: options.connections(),
            counters: Arc::clone(&counters),
        };
        self.spawn(acceptor.run(bound, stage.subscribe()));
        Ok(Listener {
            path,
            counters,
            stage,
            drain: options.drain_limit(),
        })
    }
}

impl Listener {
    /// Where it listens.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What it has done so far.
    pub fn stats(&self) -> ListenerStats {
        self.counters.stats()
    }

    /// Ends it in good order: no connection and no call is taken any more, what is in flight is answered, the connections
    /// are closed, and the socket is removed.
    ///
    /// Calls that are in flight after the drain limit fail with `ShuttingDown`.
    pub async fn shutdown(&self) {
        self.stage
            .send_if_modified(|stage| std::mem::replace(stage, Stage::Draining) == Stage::Open);
        // Whoever still has something to do holds a receiver.
        if tokio::time::timeout(self.drain, self.stage.closed()).await.is_err() {
            self.stage.send_replace(Stage::Closing);
            self.stage.closed().await;
        }
    }
}
