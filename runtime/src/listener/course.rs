//! What a listener does from its beginning to its end, wherever its connections come from.

use std::{sync::Arc, time::Duration};

use tokio::sync::watch;

use super::{
    accept::{Acceptor, Incoming},
    options::ListenerOptions,
    stats::{Counters, ListenerStats},
};
use crate::Runtime;

/// A listener that has begun, as whoever holds it sees it. Dropping it ends the listener at once.
#[derive(Debug)]
pub(super) struct Course {
    counters: Arc<Counters>,
    stage: watch::Sender<Stage>,
    drain: Duration,
}

/// How far a listener is on its way to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Open,
    /// Calls in flight are answered, new ones are refused.
    Draining,
    /// Nothing is waited for.
    Closing,
}

impl Course {
    /// Begins to serve the exposed actors of `runtime` to what comes in.
    pub(super) fn begin(runtime: &Runtime, options: &ListenerOptions, incoming: Incoming) -> Self {
        let counters = Arc::new(Counters::default());
        let stage = watch::Sender::new(Stage::Open);
        let acceptor = Acceptor {
            runtime: runtime.clone(),
            limits: options.limits(),
            most: options.connections(),
            counters: Arc::clone(&counters),
        };
        runtime.spawn(acceptor.run(incoming, stage.subscribe()));
        Course {
            counters,
            stage,
            drain: options.drain_limit(),
        }
    }

    pub(super) fn stats(&self) -> ListenerStats {
        self.counters.stats()
    }

    /// Ends it in good order, and waits until it has ended.
    pub(super) async fn end(&self) {
        self.stage
            .send_if_modified(|stage| std::mem::replace(stage, Stage::Draining) == Stage::Open);
        // Whoever still has something to do holds a receiver.
        if tokio::time::timeout(self.drain, self.stage.closed()).await.is_err() {
            self.stage.send_replace(Stage::Closing);
            self.stage.closed().await;
        }
    }
}
