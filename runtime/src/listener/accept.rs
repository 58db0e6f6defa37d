//! Accepting connections.

use std::{io, sync::Arc, time::Duration};

use callsheet_wire::{Code, Codec, Failure, write};
use tokio::{net::UnixStream, sync::watch, task::JoinSet};

use super::{Stage, connection::Connection, options::Limits, socket::Bound, stats::Counters};
use crate::Runtime;

/// How long the loop rests after an error, most of which last: no descriptors are left, or no memory.
const REST: Duration = Duration::from_millis(50);

pub(super) struct Acceptor {
    pub(super) runtime: Runtime,
    pub(super) limits: Limits,
    /// How many connections may be open.
    pub(super) most: usize,
    pub(super) counters: Arc<Counters>,
}

impl Acceptor {
    /// Accepts until the listener ends, then waits for the connections that are open, and removes the socket.
    pub(super) async fn run(self, bound: Bound, mut stage: watch::Receiver<Stage>) {
        let mut connections = JoinSet::new();
        let (socket, path) = bound.split();
        loop {
            tokio::select! {
                biased;
                _ = stage.changed() => break,
                Some(ended) = connections.join_next() => self.note_end(ended, connections.len()),
                accepted = accept(&socket) => {
                    if connections.len() >= self.most {
                        self.refuse(&accepted);
                        continue;
                    }
                    let connection = Connection::new(accepted, &self.runtime, self.limits, &self.counters);
                    connections.spawn(connection.run(stage.clone()));
                    self.counters.set_connections(connections.len());
                }
            }
        }
        drop(socket);
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
        self.counters.set_connections(left);
    }

    /// Tells a peer that it cannot be served now.
    fn refuse(&self, socket: &UnixStream) {
        self.counters.error();
        let text = format!("{} connections are open; close one, or try again later", self.most);
        let mut frame = Vec::new();
        write::refusal(&mut frame, Codec::Json, None, &Failure::new(Code::LimitExceeded, text));
        // A new connection takes a small frame at once, or the peer is gone already.
        let _ = socket.try_write(&frame);
    }
}

/// The next connection. Errors neither end nor spin the loop.
async fn accept(socket: &tokio::net::UnixListener) -> UnixStream {
    loop {
        match socket.accept().await {
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
