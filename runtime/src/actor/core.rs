//! What an actor is to everyone who has to do with it: its name, its control, its books, and its children.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicU64, Ordering},
};

use parking_lot::Mutex;
use tokio_util::sync::CancellationToken;

use super::books::Tally;
use crate::{
    contract::Letter,
    dead_letter::{DeadLetter, Loss},
    id::ActorId,
    layer::Layers,
    runtime::WeakRuntime,
    supervision::{ActorEvent, Control, End, Happening, Parent, Supervision, Supervisor, Will},
};

pub(crate) struct Core {
    pub(crate) id: ActorId,
    /// Greater than that of every actor that was made before.
    pub(crate) number: u64,
    pub(crate) control: Arc<Control>,
    pub(crate) tally: Tally,
    pub(crate) runtime: WeakRuntime,
    /// Who hears of its end.
    pub(crate) supervisor: Supervisor,
    /// How it supervises its children.
    pub(super) supervision: Supervision,
    /// What goes round its calls.
    pub(crate) layers: Layers,
    children: OnceLock<Supervisor>,
    sends: Mutex<Sends>,
}

/// What the present state has scheduled.
enum Sends {
    /// Cancelled when the state ends; made when it schedules something.
    Open(Option<CancellationToken>),
    /// There is no state that could.
    Over,
}

impl Core {
    pub(super) fn new(
        id: ActorId,
        runtime: WeakRuntime,
        supervisor: Supervisor,
        supervision: Supervision,
        layers: Layers,
    ) -> Self {
        static NUMBERS: AtomicU64 = AtomicU64::new(1);
        Core {
            id,
            number: NUMBERS.fetch_add(1, Ordering::Relaxed),
            control: Arc::new(Control::new()),
            tally: Tally::default(),
            runtime,
            supervisor,
            supervision,
            layers,
            children: OnceLock::new(),
            sends: Mutex::new(Sends::Over),
        }
    }

    /// A state begins, which may schedule sends.
    pub(super) fn open_sends(&self) {
        *self.sends.lock() = Sends::Open(None);
    }

    /// What the present state has scheduled is not sent any more, nor is what it schedules from now on.
    pub(super) fn cancel_sends(&self) {
        let former = std::mem::replace(&mut *self.sends.lock(), Sends::Over);
        if let Sends::Open(Some(token)) = former {
            token.cancel();
        }
    }

    /// For a send of the present state: cancelled when that ends.
    pub(crate) fn scheduling(&self) -> CancellationToken {
        match &mut *self.sends.lock() {
            Sends::Open(token) => token.get_or_insert_default().child_token(),
            Sends::Over => {
                let token = CancellationToken::new();
                token.cancel();
                token
            }
        }
    }

    /// The supervisor of its children, made when there is the first one.
    pub(super) fn children(self: &Arc<Self>) -> &Supervisor {
        self.children.get_or_init(|| {
            let parent: Arc<dyn Parent> = Arc::new(ParentOfChildren(Arc::downgrade(self), self.supervision));
            let (supervisor, task) = Supervisor::new(parent);
            match self.runtime.upgrade() {
                Ok(runtime) => runtime.spawn(task),
                // Nothing can be started any more.
                Err(_) => supervisor.want(Will::Stop),
            }
            supervisor
        })
    }

    /// Brings the children, if there are any, to what is wanted of them.
    pub(super) async fn settle_children(&self, will: Will) {
        if let Some(children) = self.children.get() {
            // In a box, since each actor's task would have room for it, and few have children.
            Box::pin(children.settle(will)).await;
        }
    }

    /// Has the children stop, if there are any, and waits for nothing.
    pub(super) fn want_children(&self, will: Will) {
        if let Some(children) = self.children.get() {
            children.want(will);
        }
    }

    /// Tells the world.
    pub(crate) fn report(&self, generation: u64, happening: Happening) {
        if let Ok(runtime) = self.runtime.upgrade() {
            runtime.broker().publish(ActorEvent {
                actor: self.id.to_string(),
                generation,
                happening,
            });
        }
    }

    /// A message will not be handled: its caller was told, or it becomes a dead letter.
    pub(super) fn lose(&self, letter: Letter, loss: Loss) {
        if letter.awaited {
            return self.tally.failed();
        }
        self.tally.dead_lettered();
        if let Ok(runtime) = self.runtime.upgrade() {
            runtime.dead_letter(DeadLetter {
                actor: self.id.to_string(),
                message: format!("{}.{}", letter.contract, letter.method),
                loss,
            });
        }
    }
}

/// An actor, as the supervisor of its children sees it; it does not keep the actor alive.
struct ParentOfChildren(std::sync::Weak<Core>, Supervision);

impl Parent for ParentOfChildren {
    fn supervision(&self) -> Option<Supervision> {
        Some(self.1)
    }

    fn restarts(&self) -> Supervision {
        self.1
    }

    fn escalate(&self, child: &str) {
        if let Some(core) = self.0.upgrade() {
            core.control.end(End::Failed(format!(
                "its child `{child}` failed more often than is borne"
            )));
        }
    }
}

impl std::fmt::Debug for Core {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Core").field("id", &self.id).finish_non_exhaustive()
    }
}
