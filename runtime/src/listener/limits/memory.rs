//! The memory that all connections of a listener keep together.
//!
//! It is counted by buffers, when one grows or shrinks, and not by messages. What is counted can exceed the budget by what
//! [`SMALL`] lets each connection keep, and by the one frame that is finished although nothing is left: without it,
//! connections that each have a part of a frame would wait for each other for ever.

use std::{
    collections::VecDeque,
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    task::{Context, Poll, Waker},
};

use super::{ListenerLimits, LiveLimits};

/// A connection that keeps no more than so many bytes is served as always, however little is left for others.
pub(in crate::listener) const SMALL: usize = 64 << 10;

/// Bytes are counted in so many at once, so that a buffer that hardly changes is not counted anew.
const STEP: usize = 16 << 10;

/// What there is, and how much of it is in use.
pub(in crate::listener) struct Budget {
    limits: Arc<LiveLimits>,
    used: AtomicUsize,
    /// How many wait, so that whoever gives something back takes the lock only if somebody does.
    waiting: AtomicUsize,
    queue: Mutex<Queue>,
    next_number: AtomicU64,
}

#[derive(Default)]
struct Queue {
    /// The number of the connection that goes on, although nothing is left.
    ahead: Option<u64>,
    waiting: VecDeque<Waiting>,
}

struct Waiting {
    number: u64,
    /// A part of a frame has come, so that it ends: whole, or because its time is up.
    is_within_frame: bool,
    waker: Waker,
}

impl Budget {
    pub(in crate::listener) fn new(limits: Arc<LiveLimits>) -> Arc<Self> {
        Arc::new(Budget {
            limits,
            used: AtomicUsize::new(0),
            waiting: AtomicUsize::new(0),
            queue: Mutex::default(),
            next_number: AtomicU64::new(0),
        })
    }

    /// Whether so many bytes more may be kept.
    pub(in crate::listener) fn has(&self, bytes: usize, limits: &ListenerLimits) -> bool {
        self.used.load(Ordering::SeqCst).saturating_add(bytes) <= total(limits)
    }

    /// How many bytes one connection may keep of what its peer has not read.
    pub(in crate::listener) fn of_one(limits: &ListenerLimits) -> usize {
        total(limits) / 2
    }

    /// Whether anything more may be kept.
    pub(in crate::listener) fn is_spent(&self) -> bool {
        !self.has(1, &self.limits.load())
    }

    /// Counts so many bytes, if they may be kept.
    fn take(&self, bytes: usize) -> bool {
        let total = total(&self.limits.load());
        let taken = |used: usize| Some(used.saturating_add(bytes)).filter(|used| *used <= total);
        self.used
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, taken)
            .is_ok()
    }

    fn give_back(&self, bytes: usize) {
        self.used.fetch_sub(bytes, Ordering::SeqCst);
        // Whoever waits has said so before it looked a last time.
        if self.waiting.load(Ordering::SeqCst) > 0 {
            let wakers: Vec<Waker> = self.lock().waiting.iter().map(|one| one.waker.clone()).collect();
            wakers.into_iter().for_each(Waker::wake);
        }
    }

    /// Nothing under this lock can fail half way.
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Three of the longest frames at least: one that is read, the reply to it, and what its reading and writing round up to.
fn total(limits: &ListenerLimits) -> usize {
    limits.memory.max(limits.max_frame.saturating_mul(3))
}

impl fmt::Debug for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Budget")
            .field("used", &self.used)
            .finish_non_exhaustive()
    }
}

/// A part of the budget, given back when it is dropped.
#[derive(Debug)]
pub(in crate::listener) struct Share {
    budget: Arc<Budget>,
    held: usize,
}

impl Share {
    pub(in crate::listener) fn new(budget: &Arc<Budget>) -> Self {
        Share {
            budget: Arc::clone(budget),
            held: 0,
        }
    }

    /// A part of exactly so many bytes, if they may be kept; so few that they hardly matter always may.
    pub(in crate::listener) fn of(budget: &Arc<Budget>, bytes: usize) -> Option<Self> {
        /// Hardly more than whoever keeps them takes anyway.
        const FEW: usize = 1 << 10;
        if bytes <= FEW {
            budget.used.fetch_add(bytes, Ordering::SeqCst);
        } else if !budget.take(bytes) {
            return None;
        }
        Some(Share {
            budget: Arc::clone(budget),
            held: bytes,
        })
    }

    pub(in crate::listener) fn budget(&self) -> &Budget {
        &self.budget
    }

    /// Counts that so many bytes are kept, be they there or not.
    #[inline]
    pub(in crate::listener) fn set(&mut self, bytes: usize) {
        let bytes = bytes.next_multiple_of(STEP);
        if bytes != self.held {
            self.change(bytes);
        }
    }

    fn change(&mut self, bytes: usize) {
        if bytes > self.held {
            self.budget.used.fetch_add(bytes - self.held, Ordering::SeqCst);
        } else {
            self.budget.give_back(self.held - bytes);
        }
        self.held = bytes;
    }

    /// Counts that so many bytes are kept, if they may be.
    pub(in crate::listener) fn try_set(&mut self, bytes: usize) -> bool {
        let bytes = bytes.next_multiple_of(STEP);
        if bytes > self.held && !self.budget.take(bytes - self.held) {
            return false;
        }
        if bytes < self.held {
            self.budget.give_back(self.held - bytes);
        }
        self.held = bytes;
        true
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.change(0);
    }
}

/// What a connection keeps of its input; it may wait for more.
#[derive(Debug)]
pub(in crate::listener) struct Account {
    number: u64,
    share: Share,
    /// It may stand in the queue, or at its head.
    is_queued: bool,
}

impl Account {
    pub(in crate::listener) fn new(budget: &Arc<Budget>) -> Self {
        Account {
            number: budget.next_number.fetch_add(1, Ordering::Relaxed),
            share: Share::new(budget),
            is_queued: false,
        }
    }

    /// Counts that so many bytes are kept.
    pub(in crate::listener) fn set(&mut self, bytes: usize) {
        self.share.set(bytes);
    }

    /// Whether the connection may be read from, with a buffer of `bytes`, while it keeps `elsewhere` of other things. They
    /// are counted then. If not, the task is woken when it is to ask again.
    pub(in crate::listener) fn poll_read(
        &mut self,
        bytes: usize,
        elsewhere: usize,
        is_within_frame: bool,
        cx: &mut Context<'_>,
    ) -> Poll<()> {
        if bytes.saturating_add(elsewhere) <= SMALL {
            self.share.set(bytes);
            self.leave();
            return Poll::Ready(());
        }
        if self.fits(bytes) {
            self.leave();
            return Poll::Ready(());
        }
        self.is_queued = true;
        let budget = Arc::clone(&self.share.budget);
        let mut queue = budget.lock();
        let is_ahead = match queue.ahead {
            Some(ahead) => ahead == self.number,
            None => is_within_frame,
        };
        if is_ahead {
            queue.ahead = Some(self.number);
            queue.remove(self.number);
        } else {
            queue.wait(self.number, is_within_frame, cx.waker());
        }
        budget.waiting.store(queue.waiting.len(), Ordering::SeqCst);
        drop(queue);
        if is_ahead {
            self.share.set(bytes);
            return Poll::Ready(());
        }
        // Something may have been given back before it was seen that somebody waits.
        if self.fits(bytes) {
            self.leave();
            return Poll::Ready(());
        }
        Poll::Pending
    }

    fn fits(&mut self, bytes: usize) -> bool {
        // Whoever needs nothing more goes on while there is anything at all.
        let is_more = bytes.next_multiple_of(STEP) > self.share.held;
        (is_more || !self.share.budget.is_spent()) && self.share.try_set(bytes)
    }

    /// A frame has been finished, or nothing is waited for any more: it is the next one's turn.
    pub(in crate::listener) fn leave(&mut self) {
        if !std::mem::take(&mut self.is_queued) {
            return;
        }
        let mut queue = self.share.budget.lock();
        queue.remove(self.number);
        let mut next = None;
        if queue.ahead == Some(self.number) {
            let first = queue.waiting.iter().position(|one| one.is_within_frame);
            let first = first.and_then(|at| queue.waiting.remove(at));
            queue.ahead = first.as_ref().map(|first| first.number);
            next = first.map(|first| first.waker);
        }
        self.share.budget.waiting.store(queue.waiting.len(), Ordering::SeqCst);
        drop(queue);
        next.into_iter().for_each(Waker::wake);
    }
}

impl Drop for Account {
    fn drop(&mut self) {
        self.leave();
    }
}

impl Queue {
    fn wait(&mut self, number: u64, is_within_frame: bool, waker: &Waker) {
        match self.waiting.iter_mut().find(|one| one.number == number) {
            Some(known) => {
                known.is_within_frame = is_within_frame;
                known.waker.clone_from(waker);
            }
            None => self.waiting.push_back(Waiting {
                number,
                is_within_frame,
                waker: waker.clone(),
            }),
        }
    }

    fn remove(&mut self, number: u64) {
        self.waiting.retain(|one| one.number != number);
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::{
            Arc,
            atomic::{AtomicUsize, Ordering},
        },
        task::{Context, Poll, Wake, Waker},
    };

    use super::{Account, Budget, SMALL, Share};
    use crate::listener::limits::{ListenerLimits, LiveLimits};

    const MIB: usize = 1 << 20;

    #[derive(Default)]
    struct Woken(AtomicUsize);

    impl Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// A budget of 3 MiB.
    fn budget() -> Arc<Budget> {
        Budget::new(Arc::new(LiveLimits::new(ListenerLimits {
            memory: 3 * MIB,
            max_frame: MIB,
            ..ListenerLimits::default()
        })))
    }

    fn reads(account: &mut Account, bytes: usize, woken: &Arc<Woken>) -> bool {
        let waker = Waker::from(Arc::clone(woken));
        account.poll_read(bytes, 0, true, &mut Context::from_waker(&waker)) == Poll::Ready(())
    }

    #[test]
    fn what_is_dropped_is_given_back() {
        let budget = budget();
        let mut share = Share::new(&budget);
        share.set(5 * MIB);
        assert!(budget.is_spent());
        share.set(2 * MIB);
        assert!(!budget.is_spent());
        assert!(!share.try_set(4 * MIB) && share.try_set(3 * MIB));
        assert!(budget.is_spent());
        drop(share);
        assert_eq!(budget.used.load(Ordering::SeqCst), 0);
    }

    #[test]
    fn once_it_is_spent_one_goes_on_and_the_others_wait_for_their_turn() {
        let (budget, woken) = (budget(), Arc::new(Woken::default()));
        let mut hog = Share::new(&budget);
        hog.set(3 * MIB);
        let [mut first, mut second, mut third] = [(); 3].map(|()| Account::new(&budget));
        assert!(reads(&mut first, SMALL, &woken), "little may always be kept");
        assert!(reads(&mut first, MIB, &woken), "it is the first that wants more");
        assert!(!reads(&mut second, MIB, &woken) && !reads(&mut third, MIB, &woken));
        assert!(reads(&mut first, 2 * MIB, &woken), "it goes on to the end of its frame");
        assert!(!reads(&mut second, MIB, &woken), "asking again does not help");
        first.leave();
        assert_eq!(woken.0.load(Ordering::Relaxed), 1, "only the next one is told");
        assert!(!reads(&mut third, MIB, &woken));
        assert!(!reads(&mut first, 2 * MIB, &woken), "it has had its turn");
        assert!(reads(&mut second, MIB, &woken));
        drop(second);
        assert!(reads(&mut third, MIB, &woken));
        drop(third);
        assert!(reads(&mut first, 2 * MIB, &woken));
    }

    #[test]
    fn who_waits_is_told_when_something_is_given_back() {
        let (budget, woken) = (budget(), Arc::new(Woken::default()));
        let mut hog = Share::new(&budget);
        hog.set(3 * MIB);
        let mut waiting = Account::new(&budget);
        let waker = Waker::from(Arc::clone(&woken));
        let read = |waiting: &mut Account| waiting.poll_read(MIB, 0, false, &mut Context::from_waker(&waker));
        assert_eq!(read(&mut waiting), Poll::Pending, "it has no frame to finish");
        hog.set(MIB);
        assert_eq!(woken.0.load(Ordering::Relaxed), 1);
        assert_eq!(read(&mut waiting), Poll::Ready(()));
        hog.set(0);
        assert_eq!(woken.0.load(Ordering::Relaxed), 1, "nobody waits any more");
    }
}
