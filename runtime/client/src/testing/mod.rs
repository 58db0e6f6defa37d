//! A server that stands in for the real one, to test what calls it.
//!
//! Generated clients have one of their own with the feature `testing`, which knows their contracts; what they share stands
//! here. It listens on a socket of its own, so that clients reach it through the codecs and frames of the wire.

mod feed;
mod scene;
mod visitor;

use std::{
    fmt,
    future::{Ready, ready},
    io,
    os::unix::net,
    path::{Path, PathBuf},
    sync::Arc,
};

use callsheet_wire::{Code, Failure};
use futures_core::Stream;
use futures_util::stream;
use serde::Serialize;
use tempfile::TempDir;
use tokio::{
    net::UnixListener,
    runtime::{Builder, Runtime},
};

use crate::hosting::{Actor, HostError};

use scene::Scene;

/// A server in this process that serves what a test gives it.
///
/// It runs on a thread of its own, which ends when this is dropped: it may be made and used with async and without.
pub struct FakeServer {
    scene: Arc<Scene>,
    path: PathBuf,
    /// `None` once this is dropped.
    runtime: Option<Runtime>,
    /// Removed when this is dropped.
    _folder: TempDir,
}

impl FakeServer {
    /// Listens for clients, who may subscribe to these events.
    ///
    /// # Errors
    ///
    /// `Internal` if there is no place for a socket or no thread.
    pub fn new(events: &'static [&'static str]) -> Result<Self, Failure> {
        Self::begin(events).map_err(|error| Failure::new(Code::Internal, format!("no fake server was made: {error}")))
    }

    fn begin(events: &'static [&'static str]) -> io::Result<Self> {
        // A socket's path must be short.
        let folder = tempfile::Builder::new().prefix("callsheet-").tempdir()?;
        let path = folder.path().join("server.sock");
        // Before there is a runtime, which cannot be dropped within async code if this fails.
        let listener = net::UnixListener::bind(&path)?;
        listener.set_nonblocking(true)?;
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("callsheet-fake")
            .enable_all()
            .build()?;
        let scene = Arc::new(Scene::new(events));
        let listener = {
            let _inside = runtime.enter();
            UnixListener::from_std(listener)
        };
        let listener = match listener {
            Ok(listener) => listener,
            Err(error) => {
                runtime.shutdown_background();
                return Err(error);
            }
        };
        runtime.spawn(Arc::clone(&scene).listen(listener));
        Ok(Self {
            scene,
            path,
            runtime: Some(runtime),
            _folder: folder,
        })
    }

    /// Where it listens.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Has `actor` answer these messages to `target`, also in the place of what has answered them.
    pub fn serve(
        &self,
        target: &str,
        contract: &'static str,
        message_types: &'static [&'static str],
        actor: impl Actor,
    ) {
        self.scene.serve(target, contract, message_types, Arc::new(actor));
    }

    /// Tells an event to all who have subscribed to it.
    ///
    /// # Errors
    ///
    /// `SerializationError` if it cannot be encoded in the codec of each who has subscribed, or in JSON if nobody has; it is
    /// told to nobody then, and the next event has its number. `UnknownMessageType` if there is no such event.
    pub fn publish(&self, event: &str, payload: &impl Serialize) -> Result<(), Failure> {
        self.scene.publish(event, payload)
    }

    /// Ends all connections, as a network does that fails. Clients may connect anew.
    pub fn drop_connections(&self) {
        self.scene.drop_connections();
    }
}

impl Drop for FakeServer {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Waiting for it is not allowed within async code.
            runtime.shutdown_background();
        }
    }
}

impl fmt::Debug for FakeServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeServer")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// What a fake answers that has no such method.
pub fn missing<T, E>() -> Ready<Result<T, HostError<E>>> {
    let failure = Failure::new(Code::UnknownMessageType, "this fake does not handle it");
    ready(Err(HostError::Failure(failure)))
}

/// What a fake streams that has no such method.
pub fn missing_stream<T: Send, E: Send>() -> impl Stream<Item = Result<T, HostError<E>>> + Send {
    stream::once(missing())
}
