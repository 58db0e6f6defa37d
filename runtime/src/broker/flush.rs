//! Whether subscribers have caught up.
//!
//! Every event that a subscriber takes comes with a [`Receipt`], which lives until the event is done with. A [`Flush`]
//! waits until the receipts are gone that were given out before it began. Receipts are counted by the time between two
//! flushes in which they were given out, so what is kept does not grow with the number of events.

use std::{
    collections::VecDeque,
    future::poll_fn,
    sync::{
        Arc, Weak,
        atomic::{AtomicUsize, Ordering},
    },
    task::Poll,
    time::Duration,
};

use futures_util::task::AtomicWaker;
use parking_lot::Mutex;

/// Not all subscribers have taken in time what was published before a flush.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{lagging} of the subscribers had not taken within {limit:?} all that was published before; give them more time, or \
     look for what keeps them"
)]
#[non_exhaustive]
pub struct FlushError {
    /// How many subscribers still had something to take.
    pub lagging: usize,
    /// How long was waited for them.
    pub limit: Duration,
}

/// How far one subscriber is.
#[derive(Debug)]
pub(super) struct Progress(Mutex<Spans>);

#[derive(Debug)]
struct Spans {
    /// The number of the span whose count stands first.
    first: u64,
    /// How many receipts of each span live. There is always a last one, which is counted on.
    living: VecDeque<usize>,
    /// The flushes that wait until a span and all before it are over.
    flushes: Vec<(u64, Waits)>,
    /// The subscriber is gone: nothing is waited for.
    is_over: bool,
}

impl Default for Progress {
    fn default() -> Self {
        Progress(Mutex::new(Spans {
            first: 0,
            living: VecDeque::from([0]),
            flushes: Vec::new(),
            is_over: false,
        }))
    }
}

impl Progress {
    /// For an event that the subscriber takes now.
    pub(super) fn receipt(self: &Arc<Self>) -> Receipt {
        let mut spans = self.0.lock();
        let last = spans.last();
        spans.living[last] += 1;
        Receipt {
            span: spans.first + last as u64,
            progress: Arc::clone(self),
        }
    }

    /// Has `flush` wait for all receipts that were given out until now.
    pub(super) fn hold_up(&self, flush: &Arc<Flush>) {
        let mut spans = self.0.lock();
        let last = spans.last();
        if spans.is_over || (last == 0 && spans.living[0] == 0) {
            return;
        }
        if spans.living[last] > 0 {
            spans.living.push_back(0);
        }
        // A subscriber that is stuck for ever must not remember every flush that has given it up.
        spans.flushes.retain(|(_, waits)| waits.0.strong_count() > 0);
        let until = spans.first + spans.last() as u64 - 1;
        spans.flushes.push((until, Waits::new(flush)));
    }

    /// The subscriber is gone. Wakes tasks, so it must not be called under a lock.
    pub(super) fn end(&self) {
        let flushes = {
            let mut spans = self.0.lock();
            spans.is_over = true;
            std::mem::take(&mut spans.flushes)
        };
        drop(flushes);
    }
}

impl Spans {
    fn last(&self) -> usize {
        self.living.len() - 1
    }
}

/// One event that a subscriber has taken. Dropped when it is done with it, whatever became of it, and under no lock: that
/// wakes tasks.
#[derive(Debug)]
#[must_use = "dropping it says that the event is done with"]
pub(crate) struct Receipt {
    progress: Arc<Progress>,
    span: u64,
}

impl Drop for Receipt {
    fn drop(&mut self) {
        let over: Vec<_> = {
            let mut spans = self.progress.0.lock();
            let place = usize::try_from(self.span - spans.first).expect("so many spans are kept");
            spans.living[place] -= 1;
            while spans.living.len() > 1 && spans.living[0] == 0 {
                spans.living.pop_front();
                spans.first += 1;
            }
            let first = spans.first;
            spans.flushes.extract_if(.., |(until, _)| *until < first).collect()
        };
        drop(over);
    }
}

/// Somebody waits until subscribers have caught up.
#[derive(Debug, Default)]
pub(super) struct Flush {
    lagging: AtomicUsize,
    caller: AtomicWaker,
}

impl Flush {
    /// Waits until nobody lags any more, for `limit` at the most.
    pub(super) async fn done(&self, limit: Duration) -> Result<(), FlushError> {
        if self.lagging() == 0 {
            return Ok(());
        }
        let caught_up = poll_fn(|cx| {
            self.caller.register(cx.waker());
            if self.lagging() == 0 {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        });
        match tokio::time::timeout(limit, caught_up).await {
            Ok(()) => Ok(()),
            Err(_) => Err(FlushError {
                lagging: self.lagging(),
                limit,
            }),
        }
    }

    fn lagging(&self) -> usize {
        self.lagging.load(Ordering::Acquire)
    }
}

/// A flush waits for one subscriber, until this is dropped.
#[derive(Debug)]
struct Waits(Weak<Flush>);

impl Waits {
    fn new(flush: &Arc<Flush>) -> Self {
        flush.lagging.fetch_add(1, Ordering::Relaxed);
        Waits(Arc::downgrade(flush))
    }
}

impl Drop for Waits {
    fn drop(&mut self) {
        if let Some(flush) = self.0.upgrade()
            && flush.lagging.fetch_sub(1, Ordering::AcqRel) == 1
        {
            flush.caller.wake();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Flush, Progress};

    fn flush(progress: &Progress) -> Arc<Flush> {
        let flush = Arc::default();
        progress.hold_up(&flush);
        flush
    }

    #[test]
    fn a_flush_waits_for_what_was_taken_before_it_in_whatever_order_that_is_done() {
        let progress = Arc::new(Progress::default());
        assert_eq!(flush(&progress).lagging(), 0, "nothing was taken");
        let (first, second) = (progress.receipt(), progress.receipt());
        let early = flush(&progress);
        let later = progress.receipt();
        let late = flush(&progress);
        let after = progress.receipt();
        drop(second);
        assert_eq!((early.lagging(), late.lagging()), (1, 1), "the first is not done with");
        drop(first);
        assert_eq!((early.lagging(), late.lagging()), (0, 1));
        drop(later);
        assert_eq!(late.lagging(), 0, "what came after it does not matter");
        let (first, later) = (progress.receipt(), flush(&progress));
        drop(after);
        assert_eq!(later.lagging(), 1);
        drop(first);
        assert_eq!(later.lagging(), 0);
        assert_eq!(progress.0.lock().living, [0]);
    }

    #[test]
    fn a_subscriber_that_is_gone_holds_up_nobody() {
        let progress = Arc::new(Progress::default());
        let _stuck = progress.receipt();
        let before = flush(&progress);
        assert_eq!(before.lagging(), 1);
        progress.end();
        assert_eq!((before.lagging(), flush(&progress).lagging()), (0, 0));
    }

    #[test]
    fn flushes_that_were_given_up_leave_nothing_behind() {
        let progress = Arc::new(Progress::default());
        let _stuck = progress.receipt();
        for _ in 0..100 {
            drop(flush(&progress));
        }
        let spans = progress.0.lock();
        assert_eq!((spans.living.len(), spans.flushes.len()), (2, 1));
    }
}
