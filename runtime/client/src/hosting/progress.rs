//! How far a call has come: what its task and those who steer it from outside share.

use std::{
    future::poll_fn,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    task::Poll,
};

use futures_util::task::AtomicWaker;

/// How far a call has come.
#[derive(Debug)]
pub(super) struct Progress {
    begun: AtomicBool,
    /// How many items of its stream were sent.
    sent: AtomicU64,
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
            granted: credit.map(AtomicU64::new),
            more: AtomicWaker::new(),
        }
    }

    pub(super) fn begin(&self) {
        self.begun.store(true, Ordering::Release);
    }

    pub(super) fn has_begun(&self) -> bool {
        self.begun.load(Ordering::Acquire)
    }

    /// The number of the next frame of the stream.
    pub(super) fn sequence(&self) -> u64 {
        self.sent.load(Ordering::Acquire)
    }

    pub(super) fn count_item(&self) {
        self.sent.fetch_add(1, Ordering::AcqRel);
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
