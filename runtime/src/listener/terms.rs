//! What holds for every connection of one listener.

use std::sync::Arc;

use tokio::time::Instant;

use super::{
    audit::Audit,
    catalogue::Catalogue,
    door::Door,
    limits::{ListenerLimits, LiveLimits, memory::Budget, users::Users},
    stats::Counters,
};
use crate::Runtime;

/// What holds for every connection of one listener, and what they share.
pub(super) struct Terms {
    pub(super) runtime: Runtime,
    pub(super) limits: Arc<LiveLimits>,
    pub(super) memory: Arc<Budget>,
    pub(super) users: Users,
    pub(super) counters: Arc<Counters>,
    pub(super) catalogue: Catalogue,
    pub(super) door: Door,
    pub(super) audit: Arc<Audit>,
    begun: Instant,
}

impl Terms {
    pub(super) fn new(runtime: &Runtime, limits: ListenerLimits, door: Door) -> Self {
        let limits = Arc::new(LiveLimits::new(limits));
        Terms {
            runtime: runtime.clone(),
            memory: Budget::new(Arc::clone(&limits)),
            limits,
            users: Users::default(),
            counters: Arc::new(Counters::new()),
            catalogue: Catalogue::new(runtime),
            door,
            audit: Audit::new(runtime),
            begun: Instant::now(),
        }
    }

    /// The time, in nanoseconds since the listener began. For 500 years.
    pub(super) fn now(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}
