//! Accepting connections.

use std::{io, sync::Arc, time::Duration};

use callsheet_wire::{Code, Codec, Failure, write};
use tokio::{
    net::{UnixListener, UnixStream},
    sync::{mpsc, watch},
    task::JoinSet,
};

use super::{
    Stage,
    connection::Connection,
    limits::users::UserPlace,
    peer::Peer,
    socket::{Bound, OwnedPath},
    terms::Terms,
};
use crate::transport::Side;

/// How long the loop rests after an error, most of which last: no descriptors are left, or no memory.
const REST: Duration = Duration::from_millis(50);

/// Where connections come from.
pub(super) enum Incoming {
    /// A socket that listens, at its path.
    Socket(UnixListener, OwnedPath),
    /// The process itself.
    InProcess(mpsc::Receiver<UnixStream>),
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
                Some(accepted) = incoming.next() => {
                    let Ok(peer) = Peer::of(&accepted) else { continue };
                    match self.admit(peer, connections.len()) {
                        Ok(place) => {
                            tracing::debug!(?peer, "a peer connected");
                            let connection = Connection::new(accepted, place, &self.terms, Side::Server);
                            if peer.uid == rustix::process::geteuid().as_raw() {
                                connection.trust();
                            }
                            connections.spawn(connection.run(stage.clone()));
                            self.terms.counters.set_connections(connections.len());
                        }
                        Err(failure) => self.refuse(&accepted, &failure),
                    }
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

    /// A place for one more connection, beside those that are open.
    ///
    /// # Errors
    ///
    /// If there are as many as there may be, of all users or of this one.
    fn admit(&self, peer: Peer, open: usize) -> Result<UserPlace, Failure> {
        let limits = self.terms.limits.load();
        if open >= limits.max_connections {
            let text = format!(
                "{} connections may be open, and are; close one, or try again later",
                limits.max_connections
            );
            return Err(Failure::new(Code::LimitExceeded, text));
        }
        let most = limits.max_connections_per_user;
        self.terms.users.admit(peer.uid, most, self.terms.now()).ok_or_else(|| {
            let text = format!(
                "{} connections of one user may be open, and are of yours; close one, or try again later",
                most.unwrap_or_default()
            );
            Failure::new(Code::LimitExceeded, text)
        })
    }

    /// Tells a peer that it cannot be served now.
    fn refuse(&self, socket: &UnixStream, failure: &Failure) {
        self.terms.counters.failed(failure);
        let mut frame = Vec::new();
        write::refusal(&mut frame, Codec::Json, None, failure);
        // A new connection takes a small frame at once, or the peer is gone already. Past tokio, which has not asked yet
        // whether a socket takes anything that it was given.
        let _ = rustix::io::write(socket, &frame);
    }
}

impl Incoming {
    pub(super) fn bound(bound: Bound) -> Self {
        let (socket, path) = bound.split();
        Incoming::Socket(socket, path)
    }

    /// The next connection; `None` if there will be no more. Errors neither end nor spin the loop.
    async fn next(&mut self) -> Option<UnixStream> {
        let socket = match self {
            Incoming::Socket(socket, _) => socket,
            Incoming::InProcess(connected) => return connected.recv().await,
        };
        loop {
            match socket.accept().await {
                Ok((accepted, _)) => return Some(accepted),
                // The peer went away between its connecting and its being accepted.
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                Err(error) => {
                    tracing::warn!(%error, "failed to accept a connection");
                    tokio::time::sleep(REST).await;
                }
            }
        }
    }

    /// Refuses whoever connects from now on. The file of a socket stays until what is returned is dropped.
    fn close(self) -> Option<OwnedPath> {
        match self {
            Incoming::Socket(_, path) => Some(path),
            Incoming::InProcess(_) => None,
        }
    }
}
