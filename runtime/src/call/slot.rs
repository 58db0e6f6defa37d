//! Where a reply waits for its caller.
//!
//! A slot is shared by the waiting call and by the message in the actor's queue. Slots are kept for each method and thread,
//! so a call allocates nothing once there are enough. The deadline is a word in the slot that the runtime's clock sweeps.

use std::{
    cell::RefCell,
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering},
    },
    task::{Context, Poll, Waker},
};

use callsheet_wire::Failure;
use parking_lot::Mutex;

use super::{
    failing::{late_in_queue, late_running},
    returns::Outcome,
};
use crate::{
    clock::{self, Deadline, Judgement, Reading, Sweep},
    contained::discard,
    contract::{ContractMessage, Message, MessageOf},
    layer::Passed,
};

/// So many unused slots are kept for each method and thread.
const KEPT: usize = 256;

/// The slots of one method that wait on one thread to be used again.
pub struct UnusedSlots<R>(RefCell<Vec<Arc<Slot<R>>>>);

/// The slots of all methods and threads, as every clock of the process sees them; in several lists, so that whoever walks
/// one keeps few from adding a slot.
static WATCHED: [Watched; 16] = [const { Watched::new() }; 16];

struct Watched {
    all: Mutex<Vec<Weak<dyn Expires>>>,
    registered: AtomicBool,
}

/// A call that may be late.
trait Expires: Send + Sync {
    fn deadline(&self) -> Deadline;

    /// Ends the call as late, unless it ended, or the slot was taken for another call, since `deadline` was read.
    fn expire(&self, deadline: Deadline);
}

/// A slot for the outcome of a method.
pub(crate) type SlotOf<M> = Slot<Outcome<<M as Message>::Returns>>;

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

impl<R: Send + 'static> UnusedSlots<R> {
    /// None yet.
    #[expect(clippy::new_without_default, reason = "it is made in a static, by the macro alone")]
    pub const fn new() -> Self {
        UnusedSlots(RefCell::new(Vec::new()))
    }

    fn take(&self) -> Option<Arc<Slot<R>>> {
        self.0.borrow_mut().pop()
    }

    fn give_back(&self, slot: Arc<Slot<R>>) {
        let mut unused = self.0.borrow_mut();
        if unused.len() < KEPT {
            unused.push(slot);
        }
    }
}

/// A slot for a call of the method that `M` is the message of.
pub(crate) fn take<M: Message>(deadline: Deadline) -> Arc<SlotOf<M>> {
    // A thread that is ending keeps nothing any more.
    let unused = MessageOf::<M::Contract>::unused().try_with(|all| M::unused(all).take());
    let slot = match unused {
        Ok(Some(slot)) => slot,
        _ => {
            let slot = Arc::new(Slot::new());
            // Allocations are no closer to each other than this.
            let list = Arc::as_ptr(&slot).addr() / 64 % WATCHED.len();
            WATCHED[list].add(slot.clone());
            slot
        }
    };
    slot.deadline.store(deadline.word(), Ordering::Relaxed);
    slot
}

/// Takes back a slot that said it can be used again.
pub(crate) fn give_back<M: Message>(slot: Arc<SlotOf<M>>) {
    let _ = MessageOf::<M::Contract>::unused().try_with(|all| M::unused(all).give_back(slot));
}

impl Watched {
    const fn new() -> Self {
        Watched {
            all: Mutex::new(Vec::new()),
            registered: AtomicBool::new(false),
        }
    }

    #[cold]
    fn add(&'static self, slot: Arc<dyn Expires>) {
        if !self.registered.swap(true, Ordering::Relaxed) {
            clock::register_pool(self);
        }
        self.all.lock().push(Arc::downgrade(&slot));
    }
}

impl Sweep for Watched {
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

    /// Ready when the outcome is there, which stays where it is: how the call ended, or why it failed.
    pub(crate) fn poll_ended(
        &self,
        cx: &mut Context<'_>,
        judge: impl FnOnce(&R) -> Passed,
    ) -> Poll<Result<Passed, Failure>> {
        let mut parties = self.parties.lock();
        match &parties.outcome {
            Some(outcome) => Poll::Ready(outcome.as_ref().map(judge).map_err(Failure::clone)),
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
