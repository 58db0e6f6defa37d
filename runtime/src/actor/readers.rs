//! The suspended shared calls of one state.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use tokio::task::JoinSet;

use super::{core::Core, fate::Fate};
use crate::{
    ambient,
    call::{Ending, ending},
    turn::{ActorScope, CallScope},
};

/// So long calls that were aborted are waited for.
const ABORT_GRACE: Duration = Duration::from_secs(1);

/// How a suspended call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ReaderEnd {
    /// Its handler returned.
    Handled,
    /// Nobody waited for it any more.
    Abandoned,
    /// It panicked, and has told its witness: the state it shares is to be discarded.
    Panicked,
}

/// The suspended shared calls of one state, each in a task. Dropping them aborts them.
pub(super) struct Readers {
    tasks: JoinSet<()>,
    shared: Arc<Shared>,
}

/// What the tasks share with the loop.
struct Shared {
    core: Arc<Core>,
    fate: Fate,
}

/// Where a suspended call says that it has panicked.
pub(super) struct Witness(Arc<Shared>);

type Call = Pin<Box<dyn Future<Output = ReaderEnd> + Send>>;

/// A suspended call, and what is said when it is aborted.
struct Reader {
    call: Option<Call>,
    shared: Arc<Shared>,
}

impl Readers {
    pub(super) fn new(core: &Arc<Core>) -> Self {
        Readers {
            tasks: JoinSet::new(),
            shared: Arc::new(Shared {
                core: Arc::clone(core),
                fate: Fate::new(),
            }),
        }
    }

    /// Lets a call go on in a task of its own.
    ///
    /// In a box, so that tokio's tasks are compiled once and not for each method.
    pub(super) fn suspend(&mut self, actor: &Arc<ActorScope>, call: Call) {
        let reader = Reader {
            call: Some(call),
            shared: Arc::clone(&self.shared),
        };
        let scope = Arc::new(CallScope::of_turn(actor));
        self.tasks.spawn(ambient::in_call(scope, reader));
    }

    /// Whether no call shares the state.
    pub(super) fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }

    /// How many calls share the state, those that ended since the last look included.
    pub(super) fn len(&self) -> usize {
        self.tasks.len()
    }

    /// Whether a call has panicked, be it one that has ended since.
    #[inline]
    pub(super) fn has_failed(&self) -> bool {
        self.shared.fate.has_failed()
    }

    /// For a call that is to be suspended.
    pub(super) fn witness(&self) -> Witness {
        Witness(Arc::clone(&self.shared))
    }

    /// Takes note of those that ended, and has the next one wake the loop.
    pub(super) fn poll_ended(&mut self, cx: &mut Context<'_>) {
        while let Poll::Ready(Some(_)) = self.tasks.poll_join_next(cx) {}
    }

    /// Aborts the calls, whose callers are told why, and waits until they have let go of the state: not for long, since
    /// what computes and never awaits cannot be aborted.
    pub(super) async fn abort(&mut self, why: Ending) {
        self.shared.fate.abort(why);
        self.tasks.abort_all();
        let gone = async { while self.tasks.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(ABORT_GRACE, gone).await;
    }
}

impl Witness {
    /// The call has panicked.
    pub(super) fn panicked(&self) {
        self.0.fate.fail();
    }
}

impl Future for Reader {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let Some(call) = &mut self.call else {
            return Poll::Ready(());
        };
        let Poll::Ready(end) = call.as_mut().poll(cx) else {
            return Poll::Pending;
        };
        let tally = &self.shared.core.tally;
        match end {
            ReaderEnd::Handled => tally.handled_beside(),
            ReaderEnd::Abandoned | ReaderEnd::Panicked => tally.failed(),
        }
        self.call = None;
        Poll::Ready(())
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        if let Some(call) = self.call.take() {
            self.shared.core.tally.failed();
            ending(self.shared.fate.why(), || crate::contained::discard(call));
        }
    }
}
