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
                _ = stage.changed() => break,
                Some(ended) = connections.join_next() => self.note_end(ended, connections.len()),
                Some(accepted) = incoming.next() => {
                    if connections.len() >= self.terms.connections {
                        self.refuse(&accepted);
                        continue;
                    }
                    let Ok(peer) = Peer::of(&accepted) else { continue };
                    tracing::debug!(?peer, "a peer connected");
                    let connection = Connection::new(accepted, &self.terms, Side::Server);
                    if peer.uid == rustix::process::geteuid().as_raw() {
                        connection.trust();
                    }
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

    /// Tells a peer that it cannot be served now.
    fn refuse(&self, socket: &UnixStream) {
        self.terms.counters.error();
        let text = format!(
            "{} connections are open; close one, or try again later",
            self.terms.connections
        );
        let mut frame = Vec::new();
        write::refusal(&mut frame, Codec::Json, None, &Failure::new(Code::LimitExceeded, text));
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
