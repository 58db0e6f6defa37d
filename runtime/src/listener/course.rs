//! What a listener does from its beginning to its end, wherever its connections come from.

use std::{fmt, sync::Arc};

use callsheet_wire::DetailedStats;
use tokio::sync::watch;

use super::{
    accept::{Acceptor, Incoming},
    limits::ListenerLimits,
    options::ListenerOptions,
    stats::ListenerStats,
    terms::Terms,
};
use crate::{Runtime, naming::Listening};

/// A listener that has begun, as whoever holds it sees it. Dropping it ends the listener at once.
pub(super) struct Course {
    terms: Arc<Terms>,
    stage: watch::Sender<Stage>,
    /// Kept for as long as there is a listener. `None` if it serves nobody.
    _listening: Option<Listening>,
}

/// How far a listener is on its way to its end. Whoever waits for a change of it is woken by one of the limits too.
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
    pub(super) fn begin(
        runtime: &Runtime,
        options: &ListenerOptions,
        incoming: Incoming,
        listening: Option<Listening>,
    ) -> Self {
        let terms = Arc::new(Terms::new(runtime, options.limits(), options.door.clone()));
        let stage = watch::Sender::new(Stage::Open);
        let acceptor = Acceptor::new(Arc::clone(&terms));
        runtime.spawn(acceptor.run(incoming, stage.subscribe()));
        Course {
            terms,
            stage,
            _listening: listening,
        }
    }

    pub(super) fn stats(&self) -> ListenerStats {
        self.terms.counters.stats()
    }

    pub(super) fn detailed_stats(&self) -> DetailedStats {
        self.terms.counters.detailed()
    }

    pub(super) fn limits(&self) -> ListenerLimits {
        ListenerLimits::clone(&self.terms.limits.load())
    }

    /// Sets other limits, and has every connection look at them.
    pub(super) fn set_limits(&self, limits: ListenerLimits) {
        self.terms.limits.store(limits);
        self.stage.send_modify(|_| {});
    }

    /// Ends it in good order, and waits until it has ended.
    pub(super) async fn end(&self) {
        self.stage
            .send_if_modified(|stage| std::mem::replace(stage, Stage::Draining) == Stage::Open);
        // Whoever still has something to do holds a receiver.
        let drain = self.terms.limits.load().drain;
        if tokio::time::timeout(drain, self.stage.closed()).await.is_err() {
            self.stage.send_replace(Stage::Closing);
            self.stage.closed().await;
        }
    }
}

impl fmt::Debug for Course {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Course")
            .field("stage", &*self.stage.borrow())
            .field("stats", &self.stats())
            .finish()
    }
}
