//! What the suspended calls of one state and the actor's loop tell each other.

use super::sync::{AtomicBool, AtomicU8, Ordering};
use crate::call::Ending;

/// What the suspended calls of one state and the actor's loop tell each other.
pub(super) struct Fate {
    /// One of the calls has panicked.
    failed: AtomicBool,
    /// Why those end that are aborted; an [`Ending`].
    why: AtomicU8,
}

impl Fate {
    pub(super) fn new() -> Self {
        Fate {
            failed: AtomicBool::new(false),
            why: AtomicU8::new(Ending::Discarded as u8),
        }
    }

    /// A call has panicked. To be said before anyone is told, so that nobody who was told meets the state again.
    pub(super) fn fail(&self) {
        self.failed.store(true, Ordering::Release);
    }

    /// Whether a call has panicked.
    #[inline]
    pub(super) fn has_failed(&self) -> bool {
        self.failed.load(Ordering::Acquire)
    }

    /// Says why the calls end that are about to be aborted.
    pub(super) fn abort(&self, why: Ending) {
        self.why.store(why as u8, Ordering::Release);
    }

    /// Why a call ends that is aborted.
    pub(super) fn why(&self) -> Ending {
        Ending::from_word(self.why.load(Ordering::Acquire))
    }
}
