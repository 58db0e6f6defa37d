//! The calls that get past an actor's queue.

use std::collections::VecDeque;

use super::sync::{AtomicBool, Mutex, Ordering};

/// Calls that were let past the queue, because a call that is running waits for them.
pub(super) struct Admitted<C> {
    any: AtomicBool,
    /// None once the actor has stopped.
    calls: Mutex<Option<VecDeque<C>>>,
}

impl<C> Admitted<C> {
    pub(super) fn new() -> Self {
        Admitted {
            any: AtomicBool::new(false),
            calls: Mutex::new(Some(VecDeque::new())),
        }
    }

    /// Lets a call past the queue.
    ///
    /// # Errors
    ///
    /// Gives it back if the actor has stopped.
    pub(super) fn push(&self, call: C) -> Result<(), C> {
        match &mut *self.calls.lock() {
            Some(calls) => calls.push_back(call),
            None => return Err(call),
        }
        self.any.store(true, Ordering::Release);
        Ok(())
    }

    /// The oldest of them, if `may` is true, which is asked only when there is one: what its caller had heard before it was
    /// let past is known by then.
    pub(super) fn pop_if(&self, may: impl FnOnce() -> bool) -> Option<C> {
        if !self.any.load(Ordering::Acquire) {
            return None;
        }
        let mut calls = self.calls.lock();
        let waiting = calls.as_mut()?;
        let call = waiting.pop_front_if(|_| may());
        self.any.store(!waiting.is_empty(), Ordering::Release);
        call
    }

    /// Takes no more of them, and gives back what waits.
    pub(super) fn close(&self) -> VecDeque<C> {
        self.calls.lock().take().unwrap_or_default()
    }
}
