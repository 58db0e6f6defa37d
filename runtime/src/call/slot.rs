//! Where a reply waits for its caller.
//!
//! A slot is shared by the waiting call and by the message in the actor's queue. Slots are kept for each method and thread,
//! so a call allocates nothing once there are enough. The deadline is a word in the slot that the runtime's clock sweeps.

use std::{
    any::Any,
    cell::RefCell,
    sync::{
        Arc, Weak,
        atomic::{AtomicU8, AtomicU64, AtomicUsize, Ordering},
    },
    task::{Context, Poll, Waker},
};

use callsheet_wire::Failure;
use parking_lot::Mutex;

use super::failing::{late_in_queue, late_running};
use crate::{
    clock::{self, Deadline, Judgement, Reading, Sweep},
    contained::discard,
};

/// So many unused slots are kept for each method and thread.
const KEPT: usize = 256;

/// The reply slots of one method, in a static beside it. They are all of one type, that of its outcomes.
#[derive(Debug)]
pub struct Slots {
    /// Which of each thread's unused slots are this method's; 0 until there is a slot.
    number: AtomicUsize,
    all: Mutex<Vec<Weak<dyn Expires>>>,
}

/// A slot whose type is known to its method.
type Unused = Arc<dyn Any + Send + Sync>;

thread_local! {
    /// The slots that wait on this thread to be used again, by the number of their method.
    static UNUSED: RefCell<Vec<Vec<Unused>>> = const { RefCell::new(Vec::new()) };
}

/// A call that may be late.
trait Expires: Send + Sync {
    fn deadline(&self) -> Deadline;

    /// Ends the call as late, unless it ended, or the slot was taken for another call, since `deadline` was read.
    fn expire(&self, deadline: Deadline);
}

pub(crate) struct Slot<R> {
    phase: AtomicU8,
    deadline: AtomicU64,
    parties: Mutex<Parties<R>>,
}

struct Parties<R> {
    outcome: Option<Result<R, Failure>>,
    caller: Option<Waker>,
    /// Only a handler that was suspended waits to be told that nobody listens any more.
    handler: Option<Waker>,
}

/// How far the call is. It leaves `RUNNING` or `QUEUED` for the others under the lock alone.
mod phase {
    pub(super) const QUEUED: u8 = 0;
    pub(super) const RUNNING: u8 = 1;
    /// The outcome is there, for the caller to take.
    pub(super) const DONE: u8 = 2;
    /// Nobody waits: the caller went away, or was told that it is too late.
    pub(super) const ABANDONED: u8 = 3;
}

impl Slots {
    /// None yet.
    #[expect(clippy::new_without_default, reason = "it is made in a static, by the macro alone")]
    pub const fn new() -> Self {
        Slots {
            number: AtomicUsize::new(0),
            all: Mutex::new(Vec::new()),
        }
    }

    pub(crate) fn take<R: Send + 'static>(&'static self, deadline: Deadline) -> Arc<Slot<R>> {
        let unused = self.unused().and_then(|slot| slot.downcast::<Slot<R>>().ok());
        let slot = unused.unwrap_or_else(|| {
            let slot = Arc::new(Slot::new());
            let weak: Weak<Slot<R>> = Arc::downgrade(&slot);
            self.watch(weak);
            slot
        });
        slot.deadline.store(deadline.word(), Ordering::Relaxed);
        slot
    }

    /// A thread that is ending keeps nothing any more.
    fn unused(&self) -> Option<Unused> {
        let number = self.number.load(Ordering::Relaxed);
        UNUSED
            .try_with(|methods| methods.borrow_mut().get_mut(number)?.pop())
            .ok()
            .flatten()
    }

    /// Has the clock look at a new slot.
    #[cold]
    fn watch(&'static self, slot: Weak<dyn Expires>) {
        static NUMBERS: AtomicUsize = AtomicUsize::new(1);
        let mut all = self.all.lock();
        if self.number.load(Ordering::Relaxed) == 0 {
            self.number
                .store(NUMBERS.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
            clock::register_pool(self);
        }
        all.push(slot);
    }

    /// Takes back a slot that said it can be used again.
    pub(crate) fn give_back(&self, slot: Unused) {
        let number = self.number.load(Ordering::Relaxed);
        let _ = UNUSED.try_with(|methods| {
            let mut methods = methods.borrow_mut();
            if methods.len() <= number {
                methods.resize_with(number + 1, Vec::new);
            }
            let unused = &mut methods[number];
            if unused.len() < KEPT {
                unused.push(slot);
            }
        });
    }
}

impl Sweep for Slots {
    fn sweep(&self, reading: Reading) -> bool {
        let slots: Vec<_> = {
            let mut all = self.all.lock();
            all.retain(|slot| slot.strong_count() > 0);
            all.iter().filter_map(Weak::upgrade).collect()
        };
        let mut in_flight = false;
        for slot in slots {
            let deadline = slot.deadline();
            match reading.judge(deadline) {
                Judgement::Foreign => {}
                Judgement::Waiting => in_flight = true,
                Judgement::Late => slot.expire(deadline),
            }
        }
        in_flight
    }
}

impl std::fmt::Debug for dyn Expires {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Slot")
    }
}

impl<R> Slot<R> {
    fn new() -> Self {
        Slot {
            phase: AtomicU8::new(phase::QUEUED),
            deadline: AtomicU64::new(Deadline::NONE.word()),
            parties: Mutex::new(Parties {
                outcome: None,
                caller: None,
                handler: None,
            }),
        }
    }

    /// Marks the call as running; `false` if nobody waits for it any more.
    pub(crate) fn begin(&self) -> bool {
        let begun = self
            .phase
            .compare_exchange(phase::QUEUED, phase::RUNNING, Ordering::AcqRel, Ordering::Acquire);
        begun.is_ok()
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
        let caller = {
            let mut parties = self.parties.lock();
            if self.phase.load(Ordering::Acquire) > phase::RUNNING {
                // The outcome may run user code when it is dropped: never under the lock.
                drop(parties);
                return discard(outcome);
            }
            self.phase.store(phase::DONE, Ordering::Release);
            parties.outcome = Some(outcome);
            parties.caller.take()
        };
        if let Some(caller) = caller {
            caller.wake();
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
            parties.handler = None;
        }
        Poll::Ready((outcome, reusable))
    }

    /// The caller goes away.
    pub(crate) fn abandon(&self) {
        let (caller, handler, outcome) = {
            let mut parties = self.parties.lock();
            self.phase.store(phase::ABANDONED, Ordering::Release);
            (parties.caller.take(), parties.handler.take(), parties.outcome.take())
        };
        // A reply that nobody will read, and a waker of another executor, may run user code when they are dropped: never
        // under the lock.
        drop((caller, outcome));
        if let Some(handler) = handler {
            handler.wake();
        }
    }
}

impl<R: Send> Expires for Slot<R> {
    fn deadline(&self) -> Deadline {
        Deadline::from_word(self.deadline.load(Ordering::Relaxed))
    }

    fn expire(&self, deadline: Deadline) {
        let (caller, handler) = {
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
            (parties.caller.take(), parties.handler.take())
        };
        for waker in [caller, handler].into_iter().flatten() {
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
