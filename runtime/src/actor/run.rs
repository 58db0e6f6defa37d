//! The loop of an actor.

use std::{
    future::poll_fn,
    panic::AssertUnwindSafe,
    sync::Arc,
    task::{Context, Poll, Waker},
    time::Duration,
};

use futures_util::FutureExt;
use tokio::sync::mpsc::Receiver;

use super::{
    ActorId,
    dispatch::{Dispatch, Mode, SharedTurn},
    handle::Lifecycle,
    queue::Queued,
    readers::Readers,
};
use crate::{
    clock::Clock,
    contained::{self, Panicked},
    context::ActorScope,
};

/// So many messages are taken from the queue at once.
const BATCH: usize = 64;

/// So long a stopping actor waits for its suspended calls before it aborts them.
const READERS_MAY_TAKE: Duration = Duration::from_secs(10);

/// Makes the state: at the start, and again when a panic has discarded it.
pub(super) type Factory<S> = Box<dyn Fn() -> S + Send>;

pub(super) struct ActorLoop<S, D: Dispatch<S>> {
    pub(super) id: ActorId,
    pub(super) scope: Arc<ActorScope>,
    pub(super) clock: Arc<Clock>,
    pub(super) lifecycle: Arc<Lifecycle>,
    pub(super) factory: Factory<S>,
    pub(super) state: Arc<S>,
    /// Another count of the state, lent to shared calls.
    pub(super) spare: Option<Arc<S>>,
    pub(super) dispatch: D,
    pub(super) queue: Receiver<Queued<D::Message>>,
    /// Who is woken by a stop.
    pub(super) stop_wakes: Option<Waker>,
}

/// Why the loop was woken.
enum Woken {
    Messages,
    ReaderPanicked,
    Stop,
}

/// The factory panicked: there is no state any more.
struct Unrecoverable;

impl<S: Send + Sync + 'static, D: Dispatch<S>> ActorLoop<S, D> {
    /// Runs until the actor is stopped, or cannot be rebuilt after a panic.
    pub(super) async fn run(mut self) {
        let mut readers = Readers::default();
        // What was received but not run lives outside the state, so a rebuilt state goes on with it.
        let mut received = Vec::with_capacity(BATCH);
        let served = self.serve(&mut readers, &mut received).await;
        self.queue.close();
        // Whatever waits is dropped with its reply, which tells its caller.
        discard(&self.id, received);
        self.drain().await;
        if served.is_ok() && tokio::time::timeout(READERS_MAY_TAKE, readers.idle()).await.is_err() {
            tracing::warn!(actor = %self.id, "aborted the calls that were still running when the actor stopped");
        }
        drop(readers);
        self.spare = None;
        discard(&self.id, self.state);
    }

    /// Drops what is in the closed queue, and what those still put there who had room reserved when it was closed.
    async fn drain(&mut self) {
        while let Some(queued) = self.queue.recv().await {
            discard(&self.id, queued);
        }
    }

    async fn serve(
        &mut self,
        readers: &mut Readers,
        received: &mut Vec<Queued<D::Message>>,
    ) -> Result<(), Unrecoverable> {
        while !self.lifecycle.is_stopping() {
            let Some(queued) = received.pop() else {
                match poll_fn(|cx| self.poll_woken(cx, readers, received)).await {
                    // The oldest message is then the last one, which is popped first.
                    Woken::Messages => received.reverse(),
                    Woken::ReaderPanicked => self.rebuild(readers)?,
                    Woken::Stop => break,
                }
                continue;
            };
            if self.clock.is_late(queued.header.deadline) {
                // Its caller is told that it is late before the message goes, which would say something else.
                self.clock.end_late();
                discard(&self.id, queued);
                continue;
            }
            self.scope.begin_turn(queued.header.deadline);
            match D::mode(&queued.message) {
                Mode::Shared => self.shared(readers, queued.message)?,
                mode => self.exclusive(readers, mode, queued.message).await?,
            }
        }
        Ok(())
    }

    fn poll_woken(
        &mut self,
        cx: &mut Context<'_>,
        readers: &mut Readers,
        received: &mut Vec<Queued<D::Message>>,
    ) -> Poll<Woken> {
        if !readers.is_empty() && readers.poll_failed(cx).is_ready() {
            return Poll::Ready(Woken::ReaderPanicked);
        }
        if let Poll::Ready(taken) = self.queue.poll_recv_many(cx, received, BATCH) {
            // Nothing is taken only from a queue that is closed, and only this loop closes it.
            return Poll::Ready(if taken == 0 { Woken::Stop } else { Woken::Messages });
        }
        self.poll_stopping(cx).map(|()| Woken::Stop)
    }

    fn poll_stopping(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        // A task has one waker all its life, and a stop takes it for good.
        if !self
            .stop_wakes
            .as_ref()
            .is_some_and(|waker| waker.will_wake(cx.waker()))
        {
            self.lifecycle.register(cx.waker());
            self.stop_wakes = Some(cx.waker().clone());
        }
        if self.lifecycle.is_stopping() {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }

    fn shared(&mut self, readers: &mut Readers, message: D::Message) -> Result<(), Unrecoverable> {
        let mut turn = SharedTurn {
            state: &self.state,
            spare: &mut self.spare,
            readers,
            scope: &self.scope,
            failed: false,
        };
        self.dispatch.shared(&mut turn, message);
        if turn.failed { self.rebuild(readers) } else { Ok(()) }
    }

    async fn exclusive(&mut self, readers: &mut Readers, mode: Mode, message: D::Message) -> Result<(), Unrecoverable> {
        if !readers.is_empty() {
            let idle = poll_fn(|cx| match readers.poll_idle(cx) {
                Poll::Ready(idle) => Poll::Ready(Some(idle)),
                Poll::Pending => self.poll_stopping(cx).map(|()| None),
            });
            match idle.await {
                Some(Ok(())) => {}
                Some(Err(())) => self.rebuild(readers)?,
                // A reader without a deadline may never end, and the call has not begun.
                None => {
                    discard(&self.id, message);
                    return Ok(());
                }
            }
        }
        self.spare = None;
        let Some(state) = Arc::get_mut(&mut self.state) else {
            tracing::error!(actor = %self.id, "the state is still shared though no call runs; the call fails");
            discard(&self.id, message);
            return Ok(());
        };
        let ran = match mode {
            Mode::AloneAsync => AssertUnwindSafe(D::alone_async(state, message))
                .catch_unwind()
                .await
                .is_ok(),
            Mode::Alone | Mode::Shared => contained::outcome(|| D::alone(state, message)).is_ok(),
        };
        if ran { Ok(()) } else { self.rebuild(readers) }
    }

    /// Discards the state with the calls that share it, and makes a new one.
    fn rebuild(&mut self, readers: &mut Readers) -> Result<(), Unrecoverable> {
        tracing::error!(actor = %self.id, "a handler panicked; the state is made anew");
        *readers = Readers::default();
        match contained::outcome(&self.factory) {
            Ok(state) => {
                self.spare = None;
                let broken = std::mem::replace(&mut self.state, Arc::new(state));
                discard(&self.id, broken);
                Ok(())
            }
            Err(Panicked) => {
                tracing::error!(actor = %self.id, "the factory panicked; the actor stops");
                Err(Unrecoverable)
            }
        }
    }
}

/// Drops a value of the user's, whose drop may panic.
fn discard<T>(id: &ActorId, value: T) {
    if contained::dropped(value).is_err() {
        tracing::error!(actor = %id, "a value panicked while it was dropped");
    }
}
