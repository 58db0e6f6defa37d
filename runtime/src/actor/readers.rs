//! The suspended shared calls of one state.

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use tokio::task::JoinSet;

use crate::{
    ambient::{self, Handler},
    context::ActorScope,
};

/// How a suspended call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ReaderEnd {
    Finished,
    /// It panicked: the state it shares is to be discarded.
    Panicked,
}

/// The suspended shared calls of one state, each in a task. Dropping them aborts them.
#[derive(Debug, Default)]
pub(super) struct Readers(JoinSet<ReaderEnd>);

impl Readers {
    /// Lets a call go on in a task of its own.
    ///
    /// In a box, so that tokio's tasks are compiled once and not for each method.
    pub(super) fn suspend(&mut self, actor: &Arc<ActorScope>, call: Pin<Box<dyn Future<Output = ReaderEnd> + Send>>) {
        let handler = Handler::Call {
            actor: Arc::clone(actor),
            deadline: actor.turn(),
        };
        self.0.spawn(ambient::scope(handler, call));
    }

    /// Whether no call shares the state.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Ready when a call has panicked; takes note of those that ended.
    #[inline]
    pub(super) fn poll_failed(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        // Few actors have suspended calls, and each of their turns passes here.
        while !self.0.is_empty() {
            match self.0.poll_join_next(cx) {
                Poll::Ready(Some(Ok(ReaderEnd::Finished))) => {}
                // A task that ends in no end of its own was aborted with the tokio runtime, or panicked in a drop.
                Poll::Ready(Some(Ok(ReaderEnd::Panicked) | Err(_))) => return Poll::Ready(()),
                Poll::Ready(None) | Poll::Pending => break,
            }
        }
        Poll::Pending
    }

    /// Waits until no call shares the state.
    ///
    /// # Errors
    ///
    /// If one of them panicked.
    pub(super) async fn idle(&mut self) -> Result<(), ()> {
        poll_fn(|cx| self.poll_idle(cx)).await
    }

    /// Ready when no call shares the state, or one has panicked.
    pub(super) fn poll_idle(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), ()>> {
        match self.poll_failed(cx) {
            Poll::Ready(()) => Poll::Ready(Err(())),
            Poll::Pending if self.0.is_empty() => Poll::Ready(Ok(())),
            Poll::Pending => Poll::Pending,
        }
    }
}
