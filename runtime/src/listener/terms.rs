//! What holds for every connection of one listener.

use std::{sync::Arc, time::Duration};

use super::{catalogue::Catalogue, options::Limits, stats::Counters};
use crate::Runtime;

/// What holds for every connection of one listener, and what they share.
pub(super) struct Terms {
    pub(super) runtime: Runtime,
    pub(super) limits: Limits,
    /// How many connections may be open.
    pub(super) connections: usize,
    /// How long calls in flight are waited for when the listener ends.
    pub(super) drain: Duration,
    pub(super) counters: Arc<Counters>,
    pub(super) catalogue: Catalogue,
}
