//! What a connection has to say, until its task takes it to write it.

use std::{
    mem,
    task::{Context, Waker},
};

use super::order::{Order, Slot};
use crate::listener::limits::memory::{SMALL, Share};

/// The output of a connection: whole frames, in the order in which they leave.
///
/// Whoever has something to say appends it. The task of the connection takes all of it at once.
#[derive(Debug)]
pub(super) struct Outbound {
    buffer: Vec<u8>,
    order: Order,
    /// How many bytes the task has taken so far.
    passed: u64,
    /// How many of them it has not written yet.
    unwritten: usize,
    /// How many bytes the buffer has that the task has taken.
    taken: usize,
    /// What all of this keeps.
    memory: Share,
    /// From so many bytes on the output is full.
    high_water: usize,
    /// The task sleeps until there is something to write.
    is_idle: bool,
}

impl Outbound {
    pub(super) fn new(high_water: usize, memory: Share) -> Self {
        Outbound {
            buffer: Vec::new(),
            order: Order::default(),
            passed: 0,
            unwritten: 0,
            taken: 0,
            memory,
            high_water,
            is_idle: false,
        }
    }

    /// Takes the next slot of the order.
    pub(super) fn take_slot(&mut self) -> Slot {
        self.order.take()
    }

    /// Appends frames after which more may follow in the same slot, which must be first.
    pub(super) fn append(&mut self, frames: &[u8]) {
        self.buffer.extend_from_slice(frames);
        self.account();
    }

    /// Counts what is kept, if that has changed.
    fn account(&mut self) {
        self.memory
            .set(self.buffer.capacity() + self.taken + self.order.held_bytes());
    }

    /// Appends the last frames of an answer, now or when the turn of its slot comes. Gives back who is to be told that
    /// its slot is first now.
    #[must_use]
    pub(super) fn finish(&mut self, slot: Option<Slot>, frames: &[u8]) -> Option<Waker> {
        let next = match slot {
            Some(slot) => self.order.close(slot, frames, &mut self.buffer),
            None => {
                self.buffer.extend_from_slice(frames);
                None
            }
        };
        self.account();
        next
    }

    /// Whether frames of this answer may leave; else the task of `cx` is woken when they may.
    pub(super) fn is_in_turn(&mut self, slot: Option<Slot>, cx: &mut Context<'_>) -> bool {
        match slot {
            Some(slot) if !self.order.is_first(slot) => {
                self.order.wake_when_first(slot, cx);
                false
            }
            _ => true,
        }
    }

    /// Whether it is the turn of this slot.
    pub(super) fn is_first(&self, slot: Slot) -> bool {
        self.order.is_first(slot)
    }

    /// Whether so much waits to be written that nothing should be added which can wait or be left out.
    pub(super) fn is_full(&self) -> bool {
        let waiting = self.buffer.len() + self.unwritten;
        waiting >= self.high_water || waiting > SMALL && self.memory.budget().is_spent()
    }

    /// Whether so much waits, for the peer or for its turn, that no more should be read from the peer.
    pub(super) fn is_overfull(&self) -> bool {
        self.unsent() >= self.high_water
    }

    /// How many bytes wait, for the peer or for their turn.
    pub(super) fn unsent(&self) -> usize {
        self.buffer.len() + self.unwritten + self.order.held_bytes()
    }

    /// From now on, the output is full from so many bytes on.
    pub(super) fn set_high_water(&mut self, bytes: usize) {
        self.high_water = bytes;
    }

    /// Whether nothing waits to be written.
    pub(super) fn is_empty(&self) -> bool {
        self.buffer.is_empty() && self.unwritten == 0
    }

    /// Whether the sleeping task is to be woken; asked after something was appended.
    #[must_use]
    pub(super) fn wakes_task(&mut self) -> bool {
        !self.buffer.is_empty() && mem::take(&mut self.is_idle)
    }

    /// Gives the task all that waits. If that is nothing, the task may sleep.
    pub(super) fn take_into(&mut self, taken: &mut Vec<u8>) {
        debug_assert!(taken.is_empty(), "what was taken before is written");
        mem::swap(&mut self.buffer, taken);
        self.unwritten = taken.len();
        self.passed += taken.len() as u64;
        self.taken = taken.capacity();
        self.account();
        self.is_idle = taken.is_empty();
    }

    /// The task is awake and will ask for output by itself.
    pub(super) fn attend(&mut self) {
        self.is_idle = false;
    }

    /// The task has still so many bytes to write.
    pub(super) fn set_unwritten(&mut self, bytes: usize) {
        self.unwritten = bytes;
    }

    /// Where the next frame begins among all bytes that ever leave.
    pub(super) fn end(&self) -> u64 {
        self.passed + self.buffer.len() as u64
    }

    /// How many bytes have left.
    pub(super) fn written(&self) -> u64 {
        self.passed - self.unwritten as u64
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        self.buffer = Vec::new();
        self.order = Order::default();
        (self.unwritten, self.taken, self.is_idle) = (0, 0, false);
        self.account();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Outbound, Share};
    use crate::listener::limits::{ListenerLimits, LiveLimits, memory::Budget};

    fn outbound(high_water: usize) -> Outbound {
        let limits = Arc::new(LiveLimits::new(ListenerLimits::default()));
        Outbound::new(high_water, Share::new(&Budget::new(limits)))
    }

    #[test]
    fn the_task_is_woken_once_for_all_that_is_appended_while_it_sleeps() {
        let mut outbound = outbound(100);
        outbound.append(b"a");
        assert!(!outbound.wakes_task(), "it is awake");
        let mut taken = Vec::new();
        outbound.take_into(&mut taken);
        assert_eq!(taken, b"a");
        taken.clear();
        outbound.take_into(&mut taken);
        assert!(!outbound.wakes_task(), "nothing to write");
        outbound.append(b"b");
        assert!(outbound.wakes_task());
        outbound.append(b"c");
        assert!(!outbound.wakes_task(), "it was woken before");
    }

    #[test]
    fn held_answers_stop_the_reading_but_not_the_first_slot() {
        let mut outbound = outbound(4);
        let first = outbound.take_slot();
        let second = outbound.take_slot();
        assert!(outbound.finish(Some(second), b"2222").is_none());
        assert!(outbound.is_overfull() && !outbound.is_full());
        assert!(outbound.finish(Some(first), b"1").is_none());
        assert!(outbound.is_full());
        let mut taken = Vec::new();
        outbound.take_into(&mut taken);
        assert_eq!(taken, b"12222");
        assert!(outbound.is_full(), "it is not written yet");
        outbound.set_unwritten(3);
        assert!(!outbound.is_full() && !outbound.is_overfull() && !outbound.is_empty());
        outbound.set_unwritten(0);
        assert!(outbound.is_empty());
    }
}
