//! Where a reply waits for its caller.
//!
//! A slot is shared by the waiting call and by the message in the actor's queue. Slots are pooled for each method, so a
//! call allocates nothing once the pool is warm. The deadline is a word in the slot that the runtime's clock sweeps.

use std::{
    mem,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::{Context, Poll, Waker},
};

use callsheet_wire::Failure;

use super::failing::{late_in_queue, late_running};
use crate::clock::{self, Deadline, Judgement, Reading, Sweep};

/// So many unused slots are kept for each method.
const KEPT: usize = 1024;

/// The reply slots of one method, in a static beside it.
pub struct Slots<R: 'static> {
    free: Mutex<Vec<Arc<Slot<R>>>>,
    all: Mutex<Vec<Weak<Slot<R>>>>,
    registered: AtomicBool,
}

pub(crate) struct Slot<R> {
    state: Mutex<State<R>>,
    deadline: AtomicU64,
}

struct State<R> {
    phase: Phase,
    outcome: Option<Result<R, Failure>>,
    caller: Option<Waker>,
    /// Only a handler that was suspended waits to be told that nobody listens any more.
    handler: Option<Waker>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Queued,
    Running,
    /// The outcome is there, for the caller to take.
    Done,
    /// Nobody waits: the caller went away, or was told that it is too late.
    Abandoned,
}

impl<R: Send + 'static> Slots<R> {
    /// An empty pool.
    #[expect(clippy::new_without_default, reason = "it is made in a static, by the macro alone")]
    pub const fn new() -> Self {
        Slots {
            free: Mutex::new(Vec::new()),
            all: Mutex::new(Vec::new()),
            registered: AtomicBool::new(false),
        }
    }

    pub(crate) fn take(&'static self, deadline: Deadline) -> Arc<Slot<R>> {
        let recycled = lock(&self.free).pop();
        let slot = recycled.unwrap_or_else(|| self.make());
        slot.deadline.store(deadline.word(), Ordering::Relaxed);
        slot
    }

    #[cold]
    fn make(&'static self) -> Arc<Slot<R>> {
        if !self.registered.swap(true, Ordering::Relaxed) {
            clock::register_pool(self);
        }
        let slot = Arc::new(Slot {
            state: Mutex::new(State {
                phase: Phase::Queued,
                outcome: None,
                caller: None,
                handler: None,
            }),
            deadline: AtomicU64::new(Deadline::NONE.word()),
        });
        lock(&self.all).push(Arc::downgrade(&slot));
        slot
    }

    /// Takes back a slot whose outcome was taken: whoever gave the reply never looks at it again.
    pub(crate) fn give_back(&self, slot: Arc<Slot<R>>) {
        slot.deadline.store(Deadline::NONE.word(), Ordering::Relaxed);
        {
            let mut state = lock(&slot.state);
            state.phase = Phase::Queued;
            state.caller = None;
            state.handler = None;
        }
        let mut free = lock(&self.free);
        if free.len() < KEPT {
            free.push(slot);
        }
    }
}

impl<R: Send + 'static> Sweep for Slots<R> {
    fn sweep(&self, reading: Reading) -> bool {
        let slots: Vec<_> = {
            let mut all = lock(&self.all);
            all.retain(|slot| slot.strong_count() > 0);
            all.iter().filter_map(Weak::upgrade).collect()
        };
        let mut in_flight = false;
        for slot in slots {
            let deadline = Deadline::from_word(slot.deadline.load(Ordering::Relaxed));
            match reading.judge(deadline) {
                Judgement::Foreign => {}
                Judgement::Waiting => in_flight = true,
                Judgement::Late => slot.expire(deadline),
            }
        }
        in_flight
    }
}

impl<R> Slot<R> {
    /// Marks the call as running; `false` if nobody waits for it any more.
    pub(crate) fn begin(&self) -> bool {
        let mut state = lock(&self.state);
        if state.phase == Phase::Queued {
            state.phase = Phase::Running;
        }
        state.phase == Phase::Running
    }

    /// Ready when nobody waits for the reply any more.
    pub(crate) fn poll_abandoned(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = lock(&self.state);
        if state.phase == Phase::Abandoned {
            return Poll::Ready(());
        }
        match &mut state.handler {
            Some(waker) => waker.clone_from(cx.waker()),
            empty => *empty = Some(cx.waker().clone()),
        }
        Poll::Pending
    }

    /// Ends the call, if it has not ended yet.
    pub(crate) fn complete(&self, outcome: Result<R, Failure>) {
        let caller = {
            let mut state = lock(&self.state);
            if !matches!(state.phase, Phase::Queued | Phase::Running) {
                return;
            }
            state.phase = Phase::Done;
            state.outcome = Some(outcome);
            state.caller.take()
        };
        if let Some(caller) = caller {
            caller.wake();
        }
    }

    /// Ready with the outcome, which is taken: the slot may then be given back.
    pub(crate) fn poll_outcome(&self, cx: &mut Context<'_>) -> Poll<Result<R, Failure>> {
        let mut state = lock(&self.state);
        match state.outcome.take() {
            Some(outcome) => Poll::Ready(outcome),
            None => {
                match &mut state.caller {
                    Some(waker) => waker.clone_from(cx.waker()),
                    empty => *empty = Some(cx.waker().clone()),
                }
                Poll::Pending
            }
        }
    }

    /// Whether the slot can serve another call once its outcome was taken.
    pub(crate) fn is_reusable(&self) -> bool {
        lock(&self.state).phase == Phase::Done
    }

    /// The caller goes away.
    pub(crate) fn abandon(&self) {
        let (handler, outcome) = {
            let mut state = lock(&self.state);
            state.phase = Phase::Abandoned;
            state.caller = None;
            (state.handler.take(), state.outcome.take())
        };
        // A reply that nobody will read may run user code when it is dropped: never under the lock.
        drop(outcome);
        if let Some(handler) = handler {
            handler.wake();
        }
    }

    /// Ends the call as late, unless it ended, or the slot was taken for another call, since `deadline` was read.
    fn expire(&self, deadline: Deadline) {
        let (caller, handler) = {
            let mut state = lock(&self.state);
            if self.deadline.load(Ordering::Relaxed) != deadline.word() {
                return;
            }
            state.outcome = Some(Err(match state.phase {
                Phase::Queued => late_in_queue(),
                Phase::Running => late_running(),
                Phase::Done | Phase::Abandoned => return,
            }));
            state.phase = Phase::Abandoned;
            (state.caller.take(), mem::take(&mut state.handler))
        };
        for waker in [caller, handler].into_iter().flatten() {
            waker.wake();
        }
    }
}

/// No user code runs under these locks, so a poisoned one guards nothing that is broken.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
