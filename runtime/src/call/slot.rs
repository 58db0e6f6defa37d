//! Where a reply waits for its caller.
//!
//! A slot is shared by the waiting call and by the message in the actor's queue. The deadline is a word in the slot that
//! the runtime's clock sweeps.

use std::task::{Context, Poll, Waker};

use callsheet_wire::{Code, Failure};

use super::sync::{AtomicU8, AtomicU64, Mutex, Ordering};
use crate::{
    call::{late_in_queue, late_running},
    clock::Deadline,
    contained::discard,
    layer::Passed,
};

pub(crate) struct Slot<R> {
    phase: AtomicU8,
    deadline: AtomicU64,
    parties: Mutex<Parties<R>>,
}

struct Parties<R> {
    outcome: Option<Result<R, Failure>>,
    caller: Option<Waker>,
    /// Whoever looks on for the layers, in a task that may be another's.
    watcher: Option<Waker>,
    /// Only a handler that was suspended waits to be told that nobody listens any more.
    handler: Option<Waker>,
}

/// How far the call is. It leaves `RUNNING` or `QUEUED` for the others under the lock alone. One that left the process is
/// `RUNNING` from then on: nobody here knows when it is run there.
mod phase {
    pub(super) const QUEUED: u8 = 0;
    pub(super) const RUNNING: u8 = 1;
    /// The outcome is there, for the caller to take.
    pub(super) const DONE: u8 = 2;
    /// Nobody waits: the caller went away, or was told that it is too late.
    pub(super) const ABANDONED: u8 = 3;
}

impl<R> Slot<R> {
    pub(super) fn new() -> Self {
        Slot {
            phase: AtomicU8::new(phase::QUEUED),
            deadline: AtomicU64::new(Deadline::NONE.word()),
            parties: Mutex::new(Parties {
                outcome: None,
                caller: None,
                watcher: None,
                handler: None,
            }),
        }
    }

    /// Gives the slot, which nobody else knows but the clock, to a call that is to end by `deadline`.
    pub(super) fn arm(&self, deadline: Deadline) {
        self.deadline.store(deadline.word(), Ordering::Relaxed);
    }

    /// Marks the call as running; `false` if nobody waits for it any more.
    pub(crate) fn begin(&self) -> bool {
        let begun = self
            .phase
            .compare_exchange(phase::QUEUED, phase::RUNNING, Ordering::AcqRel, Ordering::Acquire);
        begun.is_ok()
    }

    /// Marks a call that was begun as queued again: it is known not to run.
    pub(crate) fn put_back(&self) {
        // If it was given up meanwhile, that stays.
        let _ = self
            .phase
            .compare_exchange(phase::RUNNING, phase::QUEUED, Ordering::AcqRel, Ordering::Acquire);
    }

    /// Ready when nobody waits for the reply any more.
    pub(crate) fn poll_abandoned(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut parties = self.parties.lock();
        if self.phase.load(Ordering::Acquire) == phase::ABANDONED {
            return Poll::Ready(());
        }
        register(&mut parties.handler, cx);
        Poll::Pending
    }

    /// Ends the call, if it has not ended yet.
    pub(crate) fn complete(&self, outcome: Result<R, Failure>) {
        let wakers = {
            let mut parties = self.parties.lock();
            if self.phase.load(Ordering::Acquire) > phase::RUNNING {
                // The outcome may run user code when it is dropped: never under the lock.
                drop(parties);
                return discard(outcome);
            }
            self.phase.store(phase::DONE, Ordering::Release);
            parties.outcome = Some(outcome);
            [parties.caller.take(), parties.watcher.take()]
        };
        for waker in wakers.into_iter().flatten() {
            waker.wake();
        }
    }

    /// Ready with the outcome, which is taken, and whether the slot can be given back: only if the reply was given, since
    /// whoever gave it never looks at the slot again.
    pub(crate) fn poll_outcome(&self, cx: &mut Context<'_>) -> Poll<(Result<R, Failure>, bool)> {
        let mut parties = self.parties.lock();
        let Some(outcome) = parties.outcome.take() else {
            register(&mut parties.caller, cx);
            return Poll::Pending;
        };
        let reusable = self.phase.load(Ordering::Acquire) == phase::DONE;
        if reusable {
            // Under the lock, so that the clock never takes the next call for this one.
            self.deadline.store(Deadline::NONE.word(), Ordering::Relaxed);
            self.phase.store(phase::QUEUED, Ordering::Release);
            (parties.handler, parties.watcher) = (None, None);
        }
        Poll::Ready((outcome, reusable))
    }

    /// Ready when the outcome is there, which stays where it is: how the call ended, or why it failed.
    ///
    /// For whoever looks on beside the caller, maybe in another task.
    pub(crate) fn poll_watched(
        &self,
        cx: &mut Context<'_>,
        judge: impl FnOnce(&R) -> Passed,
    ) -> Poll<Result<Passed, Failure>> {
        let mut parties = self.parties.lock();
        match &parties.outcome {
            Some(outcome) => Poll::Ready(outcome.as_ref().map(judge).map_err(Failure::clone)),
            None => {
                register(&mut parties.watcher, cx);
                Poll::Pending
            }
        }
    }

    /// Ready when the outcome is there, which stays where it is; whether it is that the call was late.
    pub(crate) fn poll_late(&self, cx: &mut Context<'_>) -> Poll<bool> {
        let mut parties = self.parties.lock();
        match &parties.outcome {
            Some(outcome) => Poll::Ready(matches!(outcome, Err(failure) if failure.code() == Code::Timeout)),
            None => {
                register(&mut parties.caller, cx);
                Poll::Pending
            }
        }
    }

    /// The caller goes away.
    pub(crate) fn abandon(&self) {
        let (caller, handler, outcome) = {
            let mut parties = self.parties.lock();
            self.phase.store(phase::ABANDONED, Ordering::Release);
            let caller = (parties.caller.take(), parties.watcher.take());
            (caller, parties.handler.take(), parties.outcome.take())
        };
        // A reply that nobody will read, and a waker of another executor, may run user code when they are dropped: never
        // under the lock.
        drop((caller, outcome));
        if let Some(handler) = handler {
            handler.wake();
        }
    }

    /// The deadline of the call that the slot is taken for.
    pub(super) fn deadline(&self) -> Deadline {
        Deadline::from_word(self.deadline.load(Ordering::Relaxed))
    }

    /// Ends the call as late, unless it ended, or the slot was taken for another call, since `deadline` was read.
    pub(super) fn expire(&self, deadline: Deadline) {
        let wakers = {
            let mut parties = self.parties.lock();
            if self.deadline.load(Ordering::Relaxed) != deadline.word() {
                return;
            }
            // From here on a call that was queued is not begun any more.
            let was = self.phase.swap(phase::ABANDONED, Ordering::AcqRel);
            parties.outcome = Some(Err(match was {
                phase::QUEUED => late_in_queue(),
                phase::RUNNING => late_running(),
                ended => {
                    self.phase.store(ended, Ordering::Release);
                    return;
                }
            }));
            [parties.caller.take(), parties.watcher.take(), parties.handler.take()]
        };
        for waker in wakers.into_iter().flatten() {
            waker.wake();
        }
    }
}

/// Keeps the waker of whoever polls.
fn register(place: &mut Option<Waker>, cx: &Context<'_>) {
    match place {
        Some(waker) => waker.clone_from(cx.waker()),
        empty => *empty = Some(cx.waker().clone()),
    }
}
