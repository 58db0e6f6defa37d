//! A connection that this side has made: the same as one that was accepted, but for what the peer may call.

use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Weak},
};

use tokio::{net::UnixStream, sync::watch};

use super::{
    connect::ConnectOptions, connection::Connection, course::Stage, door::Door, limits::ListenerLimits, terms::Terms,
};
use crate::{
    Runtime,
    peer::Peer,
    transport::{Route, RouteState, Side},
};

/// A connection that this side has made, and that is driven by a task of the runtime.
pub(super) struct Dialled {
    route: Arc<dyn Route>,
    /// Whose other half is dropped when the connection ends.
    ended: watch::Receiver<()>,
}

impl Dialled {
    /// Drives the connection over `socket` until it ends or `stage` says so. Mailboxes that come over it lead to `route`.
    pub(super) fn begin(
        runtime: &Runtime,
        socket: UnixStream,
        peer: Peer,
        options: &ConnectOptions,
        route: Weak<dyn Route>,
        stage: watch::Receiver<Stage>,
    ) -> Self {
        let limits = ListenerLimits {
            // Whoever has connected knows when it is done.
            idle: None,
            start_time: None,
            max_frame: options.max_frame,
            ..ListenerLimits::default()
        };
        let terms = Arc::new(Terms::new(runtime, limits, Door::default()));
        let connection = Connection::new(socket, peer, terms.users.alone(), &terms, Side::Client);
        let route = connection.dial(options.codec, route);
        let (alive, ended) = watch::channel(());
        runtime.spawn_outside(async move {
            connection.run(stage).await;
            drop(alive);
        });
        Dialled { route, ended }
    }

    pub(super) fn route(&self) -> Arc<dyn Route> {
        Arc::clone(&self.route)
    }

    pub(super) fn is_open(&self) -> bool {
        !matches!(self.route.state(), RouteState::Ended(_))
    }

    /// Ready when it has ended.
    pub(super) fn ended(&self) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let mut ended = self.ended.clone();
        Box::pin(async move {
            // Nothing is ever sent.
            let _ = ended.changed().await;
        })
    }
}
