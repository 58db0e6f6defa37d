//! Accepting connections.

use std::{
    future::{Future, pending},
    io,
    pin::Pin,
    sync::Arc,
    time::Duration,
};

use callsheet_wire::{Code, Codec, Failure, write};
use tokio::{
    net::{UnixListener, UnixStream},
    sync::{mpsc, watch},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;

use super::{
    Stage,
    audit::Refusal,
    connection::Connection,
    limits::users::UserPlace,
    socket::{Bound, OwnedPath},
    terms::Terms,
};
use crate::{peer::Peer, transport::Side};

/// How long the loop rests after an error, most of which last: no descriptors are left, or no memory.
pub(super) const REST: Duration = Duration::from_millis(50);

/// Where connections come from.
pub(super) enum Incoming {
    Socket(Socket),
    /// The process itself.
    InProcess(mpsc::Receiver<UnixStream>),
}

/// A socket that listens.
pub(super) struct Socket {
    listener: UnixListener,
    /// None if its file is somebody else's, who has passed the socket.
    path: Option<OwnedPath>,
    /// Ready once the socket is another process's.
    handover: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
    handed_over: CancellationToken,
}

pub(super) struct Acceptor {
    terms: Arc<Terms>,
}

impl Acceptor {
    pub(super) fn new(terms: Arc<Terms>) -> Self {
        Acceptor { terms }
    }

    /// Accepts until the listener ends, then waits for the connections that are open, and removes the socket.
    pub(super) async fn run(self, mut incoming: Incoming, mut stage: watch::Receiver<Stage>) {
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                biased;
                changed = stage.changed() => {
                    // Or the limits have, which are read when somebody comes.
                    if changed.is_err() || *stage.borrow_and_update() != Stage::Open {
                        break;
                    }
                }
                Some(ended) = connections.join_next() => self.note_end(ended, connections.len()),
                accepted = incoming.next() => {
                    let Some(accepted) = accepted else { break };
                    let peer = match Peer::of(&accepted) {
                        Ok(peer) => peer,
                        Err(error) => {
                            tracing::warn!(%error, "dropped a connection of which the system does not say whose it is");
                            continue;
                        }
                    };
                    let place = match self.judge(&peer, connections.len()) {
                        Ok(place) => place,
                        Err((reason, failure)) => {
                            self.refuse(&accepted, peer, reason, &failure);
                            continue;
                        }
                    };
                    tracing::debug!(?peer, "a peer connected");
                    let connection = Connection::new(accepted, peer, place, &self.terms, Side::Server);
                    connections.spawn(connection.run(stage.clone()));
                    self.terms.counters.set_connections(connections.len());
                }
            }
        }
        let path = incoming.close();
        while let Some(ended) = connections.join_next().await {
            self.note_end(ended, connections.len());
        }
        drop(path);
        // Only now: the listener waits until the last receiver is gone.
        drop(stage);
    }

    fn note_end(&self, ended: Result<(), tokio::task::JoinError>, left: usize) {
        if let Err(error) = ended {
            tracing::error!(%error, "a connection failed");
        }
        self.terms.counters.set_connections(left);
    }

    /// The place of a peer that is served, beside the connections that are open.
    ///
    /// # Errors
    ///
    /// If it may not come in, or there are as many as there may be, of all users or of this one.
    fn judge(&self, peer: &Peer, open: usize) -> Result<UserPlace, (Refusal, Failure)> {
        if let Err(denied) = self.terms.door.admit(peer) {
            let failure = Failure::new(Code::PermissionDenied, denied.to_string());
            return Err((Refusal::NotAdmitted, failure));
        }
        let too_many = |text: String| (Refusal::TooManyConnections, Failure::new(Code::LimitExceeded, text));
        let limits = self.terms.limits.load();
        if open >= limits.max_connections {
            return Err(too_many(format!(
                "{} connections may be open, and are; close one, or try again later",
                limits.max_connections
            )));
        }
        let most = limits.max_connections_per_user;
        self.terms.users.admit(peer.uid, most, self.terms.now()).ok_or_else(|| {
            too_many(format!(
                "{} connections of one user may be open, and are of yours; close one, or try again later",
                most.unwrap_or_default()
            ))
        })
    }

    /// Tells a peer that it is not served.
    fn refuse(&self, socket: &UnixStream, peer: Peer, reason: Refusal, failure: &Failure) {
        self.terms.counters.refused(failure);
        self.terms.audit.note(peer, reason, failure.text());
        let mut frame = Vec::new();
        write::refusal(&mut frame, Codec::Json, None, failure);
        // A new connection takes a small frame at once, or the peer is gone already. Past tokio, which has not asked yet
        // whether a socket takes anything that it was given.
        let _ = rustix::io::write(socket, &frame);
    }
}

impl Socket {
    pub(super) fn bound(bound: Bound) -> Self {
        let (listener, path) = bound.split();
        Self::new(listener, Some(path))
    }

    /// One whose file is somebody else's.
    #[cfg(feature = "systemd")]
    pub(super) fn passed(listener: UnixListener) -> Self {
        Self::new(listener, None)
    }

    fn new(listener: UnixListener, path: Option<OwnedPath>) -> Self {
        Socket {
            listener,
            path,
            handover: None,
            handed_over: CancellationToken::new(),
        }
    }

    /// Accepts until `handover` is ready, and another process does.
    #[cfg(feature = "handover")]
    pub(super) fn until(self, handover: impl Future<Output = ()> + Send + 'static) -> Self {
        Socket {
            handover: Some(Box::pin(handover)),
            ..self
        }
    }

    /// What is cancelled when another process accepts.
    pub(super) fn token(&self) -> CancellationToken {
        self.handed_over.clone()
    }

    /// The next connection; `None` once another process accepts. It may be dropped at any time, and goes on where it was.
    async fn next(&mut self) -> Option<UnixStream> {
        tokio::select! {
            biased;
            () = ready(&mut self.handover) => {
                self.handed_over.cancel();
                None
            }
            accepted = accept(&self.listener) => Some(accepted),
        }
    }
}

/// Waits for a future that there may be, which is gone once it is ready.
async fn ready(future: &mut Option<Pin<Box<dyn Future<Output = ()> + Send>>>) {
    match future {
        Some(some) => some.await,
        None => pending().await,
    }
    *future = None;
}

/// The next connection. Errors neither end nor spin the loop.
async fn accept(listener: &UnixListener) -> UnixStream {
    loop {
        match listener.accept().await {
            Ok((accepted, _)) => return accepted,
            // The peer went away between its connecting and its being accepted.
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
            Err(error) => {
                tracing::warn!(%error, "failed to accept a connection");
                tokio::time::sleep(REST).await;
            }
        }
    }
}

impl Incoming {
    /// The next connection; `None` if there will be no more here.
    async fn next(&mut self) -> Option<UnixStream> {
        match self {
            Incoming::Socket(socket) => socket.next().await,
            Incoming::InProcess(connected) => connected.recv().await,
        }
    }

    /// Refuses whoever connects from now on. The file of a socket stays until what is returned is dropped.
    fn close(self) -> Option<OwnedPath> {
        match self {
            // The lock of a socket that was handed over is not held for as long as the last connection is open.
            Incoming::Socket(Socket { path, .. }) => path.filter(|path| !path.is_given()),
            Incoming::InProcess(_) => None,
        }
    }
}
