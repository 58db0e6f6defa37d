//! The loop of an actor, on one of its states.

use std::{
    future::poll_fn,
    pin::pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use tokio::sync::mpsc::Receiver;

use super::{
    admitted::Admitted,
    bounded::{Bounded, bounded},
    core::Core,
    dispatch::{Dispatch, Mode, SharedTurn},
    queue::Queued,
    readers::Readers,
};
use crate::{
    call::{Ending, ending},
    clock::Clock,
    contained,
    dead_letter::Loss,
    supervision::End,
    turn::ActorScope,
};

/// So long a queue that is closed waits for those who have room promised there.
const CLOSE_GRACE: Duration = Duration::from_secs(1);

/// So many messages are taken from the queue at once.
const BATCH: usize = 64;

/// What an actor has received and not run. It lives outside the state, so the next state goes on with it.
pub(super) struct Inbox<Q> {
    pub(super) queue: Receiver<Queued<Q>>,
    /// The oldest is the last one.
    received: Vec<Queued<Q>>,
    admitted: Arc<Admitted<Queued<Q>>>,
}

/// One state of an actor, and what runs on it.
pub(super) struct Running<'a, S, D: Dispatch<S>> {
    pub(super) core: &'a Arc<Core>,
    pub(super) scope: &'a Arc<ActorScope>,
    pub(super) clock: &'a Arc<Clock>,
    pub(super) dispatch: &'a mut D,
    pub(super) inbox: &'a mut Inbox<D::Message>,
    pub(super) generation: u64,
    pub(super) state: Arc<S>,
    /// Another count of the state, lent to shared calls.
    pub(super) spare: Option<Arc<S>>,
    pub(super) readers: Readers,
    /// How many shared calls may be suspended at once.
    pub(super) readers_limit: usize,
    /// How long a call that runs may go on when the actor is to leave.
    pub(super) stop_limit: Duration,
}

/// Why the loop was woken.
enum Woken {
    Messages,
    /// Something is wanted, was let past the queue, or has ended.
    Look,
}

/// What the next message needs.
#[derive(Clone, Copy)]
enum Needs {
    /// That fewer calls than the limit are suspended.
    Room,
    /// That no call is suspended.
    Solitude,
}

impl<Q> Inbox<Q> {
    pub(super) fn new(queue: Receiver<Queued<Q>>, admitted: Arc<Admitted<Queued<Q>>>) -> Self {
        Inbox {
            queue,
            received: Vec::new(),
            admitted,
        }
    }

    /// Gives what waits by now to `lose`. More may come, and is not waited for: senders may be as fast as this.
    pub(super) fn empty(&mut self, mut lose: impl FnMut(Queued<Q>)) {
        while let Some(queued) = self.admitted.pop_if(|| true) {
            lose(queued);
        }
        while let Some(queued) = self.received.pop() {
            lose(queued);
        }
        for _ in 0..self.queue.len() {
            if let Ok(queued) = self.queue.try_recv() {
                lose(queued);
            }
        }
    }

    /// Closes the queue. What is in it, and what those still put there who had room reserved, is given to `lose`.
    pub(super) async fn close(&mut self, mut lose: impl FnMut(Queued<Q>)) {
        self.queue.close();
        self.admitted.close().into_iter().for_each(&mut lose);
        while let Some(queued) = self.received.pop() {
            lose(queued);
        }
        // Room may be promised to a sender that nobody polls. Once the queue is closed it puts nothing there any more, so it is
        // not waited for without end.
        let rest = async {
            while let Some(queued) = self.queue.recv().await {
                lose(queued);
            }
        };
        let _ = tokio::time::timeout(CLOSE_GRACE, rest).await;
    }

    /// The same for an actor whose task is dropped, so that it cannot wait for anyone.
    pub(super) fn abandon(&mut self, mut lose: impl FnMut(Queued<Q>)) {
        self.queue.close();
        self.admitted.close().into_iter().for_each(&mut lose);
        self.empty(lose);
    }
}

impl<S: Send + Sync + 'static, D: Dispatch<S>> Running<'_, S, D> {
    /// Handles messages until the state is to be left, or has failed.
    pub(super) async fn serve(&mut self) -> End {
        let mut look = true;
        loop {
            // Also of those that ended: whoever was told of the panic finds the state made anew.
            if self.readers.has_failed() {
                return panicked();
            }
            if (look || self.core.control.wants_attention())
                && let Some(end) = self.look()
            {
                return end;
            }
            look = false;
            let Some(queued) = self.inbox.received.last() else {
                match poll_fn(|cx| self.poll_woken(cx)).await {
                    // The oldest message is then the last one, which is taken first.
                    Woken::Messages => self.inbox.received.reverse(),
                    Woken::Look => look = true,
                }
                continue;
            };
            let mode = D::mode(&queued.message);
            if !self.readers.is_empty()
                && let Some(needs) = self.needs(mode)
            {
                poll_fn(|cx| self.poll_gate(cx, needs)).await;
                look = true;
                continue;
            }
            let Some(queued) = self.inbox.received.pop() else {
                continue;
            };
            let ran = match mode {
                Mode::Shared | Mode::Parallel => self.shared(queued),
                Mode::Alone | Mode::AloneAsync => self.exclusive(mode, queued).await,
            };
            if let Err(end) = ran {
                return end;
            }
        }
    }

    /// What is wanted, and what was let past the queue.
    fn look(&mut self) -> Option<End> {
        if let Some(end) = self.core.control.leaves(self.generation) {
            return Some(end);
        }
        while let Some(queued) = self.inbox.admitted.pop_if(|| !self.readers.has_failed()) {
            if let Err(end) = self.shared(queued) {
                return Some(end);
            }
        }
        None
    }

    /// What a message has to wait for, as far as calls that ended since the last look are still counted.
    fn needs(&self, mode: Mode) -> Option<Needs> {
        match mode {
            Mode::Shared | Mode::Parallel => (self.readers.len() >= self.readers_limit).then_some(Needs::Room),
            Mode::Alone | Mode::AloneAsync => Some(Needs::Solitude),
        }
    }

    /// Ready when the next message may run, or there is something to look at.
    fn poll_gate(&mut self, cx: &mut Context<'_>, needs: Needs) -> Poll<()> {
        self.readers.poll_ended(cx);
        let is_open = match needs {
            Needs::Room => self.readers.len() < self.readers_limit,
            Needs::Solitude => self.readers.is_empty(),
        };
        if is_open || self.readers.has_failed() {
            return Poll::Ready(());
        }
        self.core.control.poll_attention(cx)
    }

    fn poll_woken(&mut self, cx: &mut Context<'_>) -> Poll<Woken> {
        if !self.readers.is_empty() {
            self.readers.poll_ended(cx);
            if self.readers.has_failed() {
                return Poll::Ready(Woken::Look);
            }
        }
        let Inbox { queue, received, .. } = &mut *self.inbox;
        match queue.poll_recv_many(cx, received, BATCH) {
            // Nobody can send to an actor that serves nothing, so its queue is always closed.
            Poll::Ready(0) | Poll::Pending => self.core.control.poll_attention(cx).map(|()| Woken::Look),
            Poll::Ready(_) => Poll::Ready(Woken::Messages),
        }
    }

    /// Whether the call is late. Its caller is told so before the message goes, which would say something else.
    fn is_late(&self, queued: &Queued<D::Message>) -> bool {
        let late = self.clock.is_late(queued.header.deadline);
        if late {
            self.clock.end_late();
        }
        late
    }

    fn shared(&mut self, queued: Queued<D::Message>) -> Result<(), End> {
        if self.is_late(&queued) {
            self.core.tally.failed();
            contained::discard(queued);
            return Ok(());
        }
        self.scope.begin_turn(queued.header, false);
        let mut turn = SharedTurn {
            state: &self.state,
            spare: &mut self.spare,
            readers: &mut self.readers,
            scope: self.scope,
            tally: &self.core.tally,
            failed: false,
        };
        self.dispatch.shared(&mut turn, queued.message);
        let failed = turn.failed;
        self.scope.end_turn();
        if failed { Err(panicked()) } else { Ok(()) }
    }

    async fn exclusive(&mut self, mode: Mode, queued: Queued<D::Message>) -> Result<(), End> {
        if self.is_late(&queued) {
            self.core.tally.failed();
            contained::discard(queued);
            return Ok(());
        }
        self.spare = None;
        let Some(state) = Arc::get_mut(&mut self.state) else {
            tracing::error!(actor = %self.core.id, "the state is still shared though no call runs; the call fails");
            self.core.tally.failed();
            contained::discard(queued);
            return Ok(());
        };
        self.scope.begin_turn(queued.header, true);
        let message = queued.message;
        let ran = match mode {
            Mode::AloneAsync => {
                let call = pin!(Some(D::alone_async(state, message)));
                bounded(&self.core.control, self.generation, self.stop_limit, call).await
            }
            _ => match contained::outcome(|| D::alone(state, message)) {
                Ok(handled) => Bounded::Done(handled),
                Err(_) => Bounded::Panicked,
            },
        };
        self.scope.end_turn();
        match ran {
            Bounded::Done(true) => self.core.tally.handled_here(),
            Bounded::Done(false) => self.core.tally.failed(),
            Bounded::Panicked => {
                self.core.tally.failed();
                return Err(panicked());
            }
            Bounded::Aborted => {
                self.core.tally.failed();
                tracing::warn!(actor = %self.core.id, "aborted the call that was still running when the actor was to leave");
                // The state is half changed.
                return Err(End::Failed(
                    "a call took longer than a stop waits, and was aborted".to_owned(),
                ));
            }
        }
        Ok(())
    }

    /// Lets the suspended calls end, for so long as a stop waits; then aborts them. Whether the state is whole and can be had
    /// alone.
    pub(super) async fn quiet(&mut self) -> bool {
        let (core, generation, limit) = (self.core, self.generation, self.stop_limit);
        let quiet = pin!(Some(poll_fn(|cx| self.poll_quiet(cx))));
        match bounded(&core.control, generation, limit, quiet).await {
            Bounded::Done(true) => {}
            Bounded::Done(false) | Bounded::Panicked => return false,
            Bounded::Aborted => {
                tracing::warn!(actor = %core.id, "aborted the calls that were still running when the actor was to leave");
                self.readers.abort(Ending::Stopped).await;
            }
        }
        self.spare = None;
        !self.readers.has_failed() && Arc::get_mut(&mut self.state).is_some()
    }

    /// Ready when no call is suspended any more, or one has panicked; whether the state is whole.
    ///
    /// What is let past the queue still runs: a call that is suspended waits for it.
    fn poll_quiet(&mut self, cx: &mut Context<'_>) -> Poll<bool> {
        self.core.control.register(cx.waker());
        while !self.readers.is_empty()
            && let Some(queued) = self.inbox.admitted.pop_if(|| !self.readers.has_failed())
        {
            if self.shared(queued).is_err() {
                return Poll::Ready(false);
            }
        }
        self.readers.poll_ended(cx);
        if self.readers.has_failed() {
            return Poll::Ready(false);
        }
        if self.readers.is_empty() {
            return Poll::Ready(true);
        }
        Poll::Pending
    }

    /// Aborts the suspended calls, and drops the state.
    pub(super) async fn discard(mut self, why: Ending) {
        self.readers.abort(why).await;
        let Running { state, spare, .. } = self;
        contained::discard(spare);
        if ending(why, || contained::dropped(state)).is_err() {
            tracing::error!(actor = %self.core.id, "the state panicked while it was dropped");
        }
    }
}

/// A message will not be handled, because the actor has stopped.
pub(super) fn lose<S, D: Dispatch<S>>(core: &Core, queued: Queued<D::Message>) {
    let letter = (!D::is_event(&queued.message)).then(|| D::letter(&queued.message));
    if contained::dropped(queued).is_err() {
        tracing::error!(actor = %core.id, "a message panicked while it was dropped");
    }
    match letter {
        Some(letter) => core.lose(letter, Loss::ActorStopped),
        // Nobody sent it to this actor, so nobody is to hear that it was lost to it.
        None => core.tally.dead_lettered(),
    }
}

pub(super) fn panicked() -> End {
    End::Failed("a handler panicked".to_owned())
}
