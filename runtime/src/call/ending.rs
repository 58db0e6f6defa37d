//! Why calls are dropped before their handlers have replied.

use std::cell::Cell;

/// Why a running call is dropped, as its caller is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Ending {
    /// Its handler failed.
    Failed,
    /// Another call's handler failed, and the state they share was discarded.
    Discarded,
    /// The actor stopped, and it took longer than a stop may wait.
    Stopped,
}

impl Ending {
    pub(crate) fn from_word(word: u8) -> Self {
        match word {
            1 => Ending::Discarded,
            2 => Ending::Stopped,
            _ => Ending::Failed,
        }
    }
}

thread_local! {
    static WHY: Cell<Ending> = const { Cell::new(Ending::Failed) };
}

/// Why a call that is dropped here and now is dropped.
pub(super) fn current() -> Ending {
    WHY.get()
}

/// Runs `drop`, which drops calls that end for the reason `why`.
pub(crate) fn ending<T>(why: Ending, drop: impl FnOnce() -> T) -> T {
    struct Restore(Ending);
    impl Drop for Restore {
        fn drop(&mut self) {
            WHY.set(self.0);
        }
    }
    let _restore = Restore(WHY.replace(why));
    drop()
}
