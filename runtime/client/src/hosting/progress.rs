//! How far a call has come: what its task and those who steer it from outside share.

use std::{
    future::poll_fn,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering, fence},
    },
    task::Poll,
};

use futures_util::task::AtomicWaker;

/// How far a call has come.
#[derive(Debug)]
pub(super) struct Progress {
    begun: AtomicBool,
    /// How many items of its stream were sent. It changes under `is_over` alone.
    sent: AtomicU64,
    /// Nothing but the final frame goes out any more.
    is_over: Mutex<bool>,
    /// How many may be sent, if that is bounded.
    granted: Option<AtomicU64>,
    /// Wakes the stream when it is granted more.
    more: AtomicWaker,
}

impl Progress {
    pub(super) fn new(credit: Option<u64>) -> Self {
        Self {
            begun: AtomicBool::new(false),
            sent: AtomicU64::new(0),
            is_over: Mutex::new(false),
            granted: credit.map(AtomicU64::new),
            more: AtomicWaker::new(),
        }
    }

    /// What runs next sees whether the call was aborted before [`has_begun`](Self::has_begun) said that it has not begun.
    pub(super) fn begin(&self) {
        self.begun.store(true, Ordering::Release);
        fence(Ordering::SeqCst);
    }

    /// Asked after the call was aborted: if it has not begun by then, it never runs.
    pub(super) fn has_begun(&self) -> bool {
        // An abort is a relaxed store; the fences order it and the begin.
        fence(Ordering::SeqCst);
        self.begun.load(Ordering::Acquire)
    }

    /// The number of the next frame of the stream.
    pub(super) fn sequence(&self) -> u64 {
        self.sent.load(Ordering::Acquire)
    }

    /// Puts an item and counts it, unless the call is over: no item follows the final frame, and no number is left out.
    pub(super) fn send(&self, put: impl FnOnce()) {
        let is_over = self.is_over();
        if !*is_over {
            put();
            self.sent.fetch_add(1, Ordering::AcqRel);
        }
    }

    /// Has no more items sent, and tells the number of the final frame.
    pub(super) fn close(&self) -> u64 {
        *self.is_over() = true;
        self.sequence()
    }

    fn is_over(&self) -> MutexGuard<'_, bool> {
        self.is_over.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets the stream send so many more.
    pub(super) fn grant(&self, items: u64) {
        if let Some(granted) = &self.granted {
            // However much a server grants, it is never less than before.
            let _ = granted.fetch_update(Ordering::AcqRel, Ordering::Acquire, |granted| {
                Some(granted.saturating_add(items))
            });
            self.more.wake();
        }
    }

    fn may_send(&self) -> bool {
        self.granted
            .as_ref()
            .is_none_or(|granted| self.sequence() < granted.load(Ordering::Acquire))
    }

    /// Waits until one more item may be sent.
    pub(super) async fn credit(&self) {
        poll_fn(|cx| {
            if self.may_send() {
                return Poll::Ready(());
            }
            self.more.register(cx.waker());
            // It may have been granted in between.
            if self.may_send() {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_final_frame_has_the_number_after_the_last_item_that_was_put() {
        let progress = Progress::new(None);
        let mut put = Vec::new();
        progress.send(|| put.push(0));
        progress.send(|| put.push(1));
        assert_eq!(progress.close(), 2);
        progress.send(|| put.push(2));
        assert_eq!((put, progress.sequence()), (vec![0, 1], 2));
    }
}
