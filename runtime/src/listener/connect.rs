//! Connections to listeners of other processes, whose actors then have mailboxes here.

use std::{
    fmt, io,
    path::{Path, PathBuf},
    pin::Pin,
    sync::{Arc, Weak},
    time::Duration,
};

use callsheet_wire::{Code, Codec, Delivered, Failure};
use parking_lot::Mutex;
use tokio::{
    net::UnixStream,
    sync::{Notify, watch},
    time::Instant,
};

use super::{course::Stage, dialled::Dialled};
use crate::{
    contract::Contract,
    id::ActorId,
    mailbox::{Location, Mailbox},
    peer::Peer,
    runtime::{Runtime, WeakRuntime},
    supervision::Backoff,
    transport::{RemoteCall, Route, RouteState},
};

/// How actors of another process are reached.
///
/// ```
/// use callsheet::ConnectOptions;
///
/// let options = ConnectOptions::at("/run/billing/calls.sock").packed();
/// ```
#[derive(Clone, Debug)]
pub struct ConnectOptions {
    path: PathBuf,
    pub(super) codec: Codec,
    pub(super) max_frame: usize,
    backoff: Backoff,
}

/// The actors behind a listener of another process. Made by [`Runtime::connect`].
///
/// It is cheap to clone. A connection that was lost is made again when it is next used, with longer and longer rests between
/// attempts; calls that are made meanwhile wait for it until their deadline, and those that were on their way fail. It ends with
/// [`close`](Self::close), or when its runtime is shut down; until then, a connection that is open keeps the runtime.
#[derive(Clone)]
pub struct Remote {
    shared: Arc<Shared>,
}

struct Shared {
    name: String,
    runtime: WeakRuntime,
    state: Mutex<State>,
    changed: Arc<Notify>,
    /// Told by those who find no connection.
    wanted: Arc<Notify>,
    /// Ends the connection when it is told to close, or dropped.
    stage: watch::Sender<Stage>,
    /// Itself, for those whom mailboxes are given to.
    me: Weak<Shared>,
}

enum State {
    Connected(Dialled),
    /// The connection is being made.
    Connecting,
    Closed,
}

impl ConnectOptions {
    /// The listener at `path`.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        ConnectOptions {
            path: path.into(),
            codec: Codec::Json,
            max_frame: 16 << 20,
            backoff: Backoff::new(Duration::from_millis(50), Duration::from_secs(5)),
        }
    }

    /// Speaks MessagePack and not JSON.
    #[cfg(feature = "msgpack")]
    #[must_use]
    pub fn packed(mut self) -> Self {
        self.codec = Codec::MessagePack;
        self
    }

    /// The most bytes that a frame's payload may have, either way; 16 MiB unless set. A longer call is refused before it is
    /// sent, with `FrameTooLarge`. A longer answer ends the connection, which is then made again: what it was to is not known.
    #[must_use]
    pub fn max_frame(mut self, bytes: usize) -> Self {
        self.max_frame = bytes;
        self
    }

    /// How long it rests between attempts to connect again; from 50 ms, doubled each time, to 5 s unless set, and up to half
    /// of it less by chance.
    #[must_use]
    pub fn backoff(mut self, backoff: Backoff) -> Self {
        self.backoff = backoff;
        self
    }
}

impl From<&Path> for ConnectOptions {
    fn from(path: &Path) -> Self {
        Self::at(path)
    }
}

impl From<PathBuf> for ConnectOptions {
    fn from(path: PathBuf) -> Self {
        Self::at(path)
    }
}

impl From<&str> for ConnectOptions {
    fn from(path: &str) -> Self {
        Self::at(path)
    }
}

impl Runtime {
    /// Connects to a listener of another process, or of this one. What is behind it is known here as `name`: also to peers
    /// that give mailboxes of it away.
    ///
    /// Actors here are not exposed to the listener by that; only those whose mailboxes it is given can it call.
    ///
    /// ```
    /// use callsheet::{ListenerOptions, Runtime, actor_contract};
    ///
    /// #[actor_contract(namespace = "demo")]
    /// pub trait Calculator {
    ///     fn add(&self, a: i64, b: i64) -> i64;
    /// }
    ///
    /// struct Adder;
    ///
    /// impl Calculator for Adder {
    ///     fn add(&self, a: i64, b: i64) -> i64 {
    ///         a + b
    ///     }
    /// }
    ///
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("calls.sock");
    /// // One process:
    /// let serving = Runtime::launch()?;
    /// serving.actor("calculator", || Adder).serves(Calculator).expose().start().await?;
    /// let listener = serving.listen(ListenerOptions::at(&path)).await?;
    ///
    /// // Another one:
    /// let calling = Runtime::launch()?;
    /// let calculators = calling.connect("calculators", &*path).await?;
    /// let calculator = calculators.to::<dyn Calculator>("calculator");
    /// assert_eq!(calculator.add(5, 3).await?, 8);
    /// # calculators.close().await;
    /// # listener.shutdown().await;
    /// # Ok(()) }
    /// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// If nobody listens there, the name is `server`, `client` or empty, or is taken.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime with I/O enabled.
    pub async fn connect(&self, name: impl Into<String>, options: impl Into<ConnectOptions>) -> io::Result<Remote> {
        let (name, options) = (name.into(), options.into());
        if ["", "server", "client"].contains(&&*name) {
            let text = format!("`{name}` cannot be the name of a route; choose another");
            return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
        }
        let socket = UnixStream::connect(&options.path).await.map_err(|error| {
            let text = format!("failed to connect to `{}`: {error}", options.path.display());
            io::Error::new(error.kind(), text)
        })?;
        let (stage, ended) = watch::channel(Stage::Open);
        let shared = Arc::new_cyclic(|me| Shared {
            name: name.clone(),
            runtime: self.downgrade(),
            state: Mutex::new(State::Connecting),
            changed: Arc::default(),
            wanted: Arc::default(),
            stage,
            me: Weak::clone(me),
        });
        if !self.add_route(&name, Arc::<Shared>::clone(&shared)) {
            let text = format!("a route is called `{name}` already; choose another name");
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, text));
        }
        if let Err(error) = shared.connected(socket, &options, &ended) {
            self.remove_route(&name);
            return Err(error);
        }
        self.spawn_outside(keep(Arc::downgrade(&shared), options, ended));
        Ok(Remote { shared })
    }
}

impl Remote {
    /// The mailbox of the actor that is exposed there as `id`. It never fails: what is wrong is the error of the first call.
    pub fn to<T: Contract + ?Sized>(&self, id: impl Into<ActorId>) -> Mailbox<T> {
        Mailbox::anywhere(&Location {
            id: id.into(),
            runtime: Ok(self.shared.runtime.clone()),
            route: Some(Arc::<Shared>::clone(&self.shared)),
        })
    }

    /// What it is called here.
    pub fn name(&self) -> &str {
        &self.shared.name
    }

    /// Whether the connection is there now.
    pub fn is_connected(&self) -> bool {
        matches!(&*self.shared.state.lock(), State::Connected(dialled) if dialled.is_open())
    }

    /// Ends the connection for good. Calls that are on their way, or wait for a connection, fail with `ConnectionClosed`.
    pub async fn close(&self) {
        let shared = &self.shared;
        if let Ok(runtime) = shared.runtime.upgrade() {
            runtime.remove_route(&shared.name);
        }
        shared.end();
        // Whoever still has something to do holds a receiver.
        shared.stage.closed().await;
    }
}

/// Makes the connection again whenever it is lost.
async fn keep(shared: Weak<Shared>, options: ConnectOptions, mut stage: watch::Receiver<Stage>) {
    let (mut failures, mut since) = (0, Instant::now());
    loop {
        let (lost, wanted) = match shared.upgrade() {
            Some(shared) => (shared.lost(), Arc::clone(&shared.wanted)),
            None => return,
        };
        // Not before somebody has something to say: a server may close connections that nobody uses.
        let needed = async {
            lost.await;
            wanted.notified().await;
        };
        tokio::select! {
            biased;
            _ = stage.changed() => return,
            () = needed => {}
        }
        // A server that accepts and closes at once is no reason to begin anew at once.
        if options.backoff.is_healthy(since.elapsed()) {
            failures = 0;
        }
        tokio::select! {
            biased;
            _ = stage.changed() => return,
            () = tokio::time::sleep(options.backoff.drawn(failures)) => {}
        }
        failures = failures.saturating_add(1);
        let connected = match UnixStream::connect(&options.path).await {
            Ok(socket) => {
                let Some(shared) = shared.upgrade() else { return };
                shared.connected(socket, &options, &stage)
            }
            Err(error) => Err(error),
        };
        match connected {
            Ok(()) => since = Instant::now(),
            Err(error) => {
                tracing::debug!(%error, path = %options.path.display(), "failed to connect again");
                // Those who wait for it still do.
                wanted.notify_one();
            }
        }
    }
}

impl Shared {
    /// Puts the connection over `socket` to use.
    ///
    /// # Errors
    ///
    /// If the system does not know who is on its other side: it was lost already.
    fn connected(
        &self,
        socket: UnixStream,
        options: &ConnectOptions,
        stage: &watch::Receiver<Stage>,
    ) -> io::Result<()> {
        // Nobody calls any more.
        let Ok(runtime) = self.runtime.upgrade() else {
            return Ok(());
        };
        let route: Weak<dyn Route> = Weak::<Shared>::clone(&self.me);
        let peer = Peer::of(&socket)?;
        let dialled = Dialled::begin(&runtime, socket, peer, options, route, stage.clone());
        let mut state = self.state.lock();
        if !matches!(*state, State::Closed) {
            *state = State::Connected(dialled);
        }
        drop(state);
        self.changed.notify_waiters();
        Ok(())
    }

    /// Ready when there is no connection.
    fn lost(&self) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        match &*self.state.lock() {
            State::Connected(dialled) => dialled.ended(),
            State::Connecting | State::Closed => Box::pin(std::future::ready(())),
        }
    }

    fn closed(&self) -> Failure {
        let text = format!("the connection to `{}` was closed here", self.name);
        Failure::new(Code::ConnectionClosed, text).with_delivered(Delivered::No)
    }
}

impl Route for Shared {
    fn state(&self) -> RouteState {
        match &*self.state.lock() {
            // It is made again, or about to be.
            State::Connected(dialled) => match dialled.route().state() {
                RouteState::Ended(_) => {
                    self.wanted.notify_one();
                    RouteState::Waiting
                }
                state => state,
            },
            State::Connecting => RouteState::Waiting,
            State::Closed => RouteState::Ended(self.closed()),
        }
    }

    fn changed(&self) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let changed = Arc::clone(&self.changed).notified_owned();
        match &*self.state.lock() {
            State::Connected(dialled) if dialled.is_open() => {
                let inner = dialled.route().changed();
                Box::pin(async move {
                    tokio::select! {
                        () = changed => {}
                        () = inner => {}
                    }
                })
            }
            _ => Box::pin(changed),
        }
    }

    fn start(&self, call: RemoteCall) {
        let route = match &*self.state.lock() {
            State::Connected(dialled) => Some(dialled.route()),
            State::Connecting | State::Closed => None,
        };
        match route {
            Some(route) => route.start(call),
            None => call.fail(self.closed()),
        }
    }

    fn name(&self) -> Option<&str> {
        Some(&self.name)
    }

    fn end(&self) {
        *self.state.lock() = State::Closed;
        self.stage.send_replace(Stage::Closing);
        self.changed.notify_waiters();
    }

    fn leads_over(&self, connection: &dyn Route) -> bool {
        match &*self.state.lock() {
            State::Connected(dialled) => dialled.route().leads_over(connection),
            State::Connecting | State::Closed => false,
        }
    }
}

impl fmt::Debug for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Remote")
            .field("name", &self.shared.name)
            .field("connected", &self.is_connected())
            .finish()
    }
}
