//! The order in which requests without ids are answered: that of their arrival.

use std::{
    collections::VecDeque,
    task::{Context, Waker},
};

/// The place of one request in the order of answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slot(u64);

/// The slots of a connection. Only the first open one may write; what the others have to say is held until it is their
/// turn.
#[derive(Debug, Default)]
pub(super) struct Order {
    /// The number of the slot at the front of `slots`.
    first: u64,
    /// The first is always open: whatever is closed at the front is written and taken away.
    slots: VecDeque<Held>,
    held_bytes: usize,
}

#[derive(Debug)]
enum Held {
    /// No answer yet; who is to be told that the slot is first.
    Open(Option<Waker>),
    /// The whole answer.
    Closed(Vec<u8>),
}

impl Order {
    /// Takes the next slot.
    pub(super) fn take(&mut self) -> Slot {
        self.slots.push_back(Held::Open(None));
        Slot(self.first + self.slots.len() as u64 - 1)
    }

    pub(super) fn is_first(&self, slot: Slot) -> bool {
        slot.0 == self.first
    }

    /// Has the task of `cx` woken when the slot becomes the first.
    pub(super) fn wake_when_first(&mut self, slot: Slot, cx: &mut Context<'_>) {
        if let Some(Held::Open(waker)) = self.at(slot) {
            *waker = Some(cx.waker().clone());
        }
    }

    /// Closes a slot with the last that is to be written in it. Appends to `out` what is now in turn, and gives back who
    /// is to be told that its slot is the first.
    pub(super) fn close(&mut self, slot: Slot, last: &[u8], out: &mut Vec<u8>) -> Option<Waker> {
        if !self.is_first(slot) {
            if let Some(held) = self.at(slot) {
                *held = Held::Closed(last.to_vec());
                self.held_bytes += last.len();
            }
            return None;
        }
        out.extend_from_slice(last);
        self.leave_first();
        while let Some(Held::Closed(answer)) = self.slots.front() {
            out.extend_from_slice(answer);
            self.held_bytes -= answer.len();
            self.leave_first();
        }
        match self.slots.front_mut() {
            Some(Held::Open(waker)) => waker.take(),
            _ => None,
        }
    }

    /// How many bytes wait for their turn.
    pub(super) fn held_bytes(&self) -> usize {
        self.held_bytes
    }

    fn leave_first(&mut self) {
        self.slots.pop_front();
        self.first += 1;
    }

    fn at(&mut self, slot: Slot) -> Option<&mut Held> {
        let index = usize::try_from(slot.0.checked_sub(self.first)?).ok()?;
        self.slots.get_mut(index)
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::{
            Arc,
            atomic::{AtomicBool, Ordering},
        },
        task::{Context, Wake, Waker},
    };

    use super::Order;

    #[test]
    fn answers_leave_in_the_order_of_their_slots() {
        let mut order = Order::default();
        let [a, b, c] = [order.take(), order.take(), order.take()];
        let mut out = Vec::new();
        order.close(c, b"c", &mut out);
        order.close(b, b"bb", &mut out);
        assert_eq!((out.as_slice(), order.held_bytes()), (&b""[..], 3));
        let late = order.take();
        order.close(a, b"a", &mut out);
        assert_eq!((out.as_slice(), order.held_bytes()), (&b"abbc"[..], 0));
        assert!(order.is_first(late));
        order.close(late, b"d", &mut out);
        assert_eq!(out, b"abbcd");
        let next = order.take();
        assert!(order.is_first(next), "an empty order goes on counting");
    }

    struct Told(AtomicBool);

    impl Wake for Told {
        fn wake(self: Arc<Self>) {
            self.0.store(true, Ordering::Relaxed);
        }
    }

    #[test]
    fn who_waits_for_its_turn_is_told_once_it_is_first() {
        let mut order = Order::default();
        let [a, b, c] = [order.take(), order.take(), order.take()];
        let told = Arc::new(Told(AtomicBool::new(false)));
        order.wake_when_first(c, &mut Context::from_waker(&Waker::from(Arc::clone(&told))));
        let mut out = Vec::new();
        assert!(
            order.close(a, b"", &mut out).is_none(),
            "nobody waits for the second slot"
        );
        order
            .close(b, b"", &mut out)
            .expect("the third slot is first now")
            .wake();
        assert!(told.0.load(Ordering::Relaxed));
        assert!(order.is_first(c));
    }
}
