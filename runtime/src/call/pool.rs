//! The slots that wait to be used again, and those that the clock sweeps.
//!
//! Slots are kept for each method and thread, so a call allocates nothing once there are enough.

use std::{
    cell::RefCell,
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, Ordering},
    },
};

use parking_lot::Mutex;

use super::{returns::Outcome, slot::Slot};
use crate::{
    clock::{self, Deadline, Judgement, Reading, Sweep},
    contract::{ContractMessage, Message, MessageOf},
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
    slot.arm(deadline);
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

impl<R: Send> Expires for Slot<R> {
    fn deadline(&self) -> Deadline {
        Slot::deadline(self)
    }

    fn expire(&self, deadline: Deadline) {
        Slot::expire(self, deadline);
    }
}
