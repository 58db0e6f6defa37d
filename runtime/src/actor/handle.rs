//! What whoever started an actor has of it.

use std::sync::Arc;

use super::{ActorBuilder, Books, ContractSet, StartError, core::Core};
use crate::{
    contract::{Contract, ContractRef},
    id::ActorId,
    mailbox::{ActorRef, Mailbox},
    supervision::Phase,
};

/// A running actor. Dropping the handle does not stop it.
#[derive(Clone, Debug)]
pub struct ActorHandle(Arc<Core>);

impl ActorHandle {
    pub(super) fn new(core: Arc<Core>) -> Self {
        ActorHandle(core)
    }

    /// The actor's id. That of a child begins with its parent's, and a `/`.
    pub fn id(&self) -> &ActorId {
        &self.0.id
    }

    /// A mailbox of the actor for one of its contracts. It stays valid when the actor is started again.
    pub fn mailbox<T: Contract + ?Sized>(&self, _: ContractRef<T>) -> Mailbox<T> {
        Mailbox::of(self.0.runtime.clone(), self.0.id.clone())
    }

    /// The actor's address for plain messages, if its state is an `A`; else the error of the first call says that it is not.
    pub fn actor_ref<A: Send + Sync + 'static>(&self) -> ActorRef<A> {
        ActorRef::of(self.0.runtime.clone(), self.0.id.clone())
    }

    /// Starts `child` as a child of this actor: under its supervision, and with this actor's id before its own.
    ///
    /// The child belongs to the actor, not to its present state: it is halted when the actor fails, and started again after
    /// it. It stops before the actor has stopped.
    ///
    /// # Errors
    ///
    /// As [`ActorBuilder::start`], and if the actor has stopped.
    pub async fn supervise<S, C>(&self, child: ActorBuilder<S, C>) -> Result<ActorHandle, StartError>
    where
        S: Send + Sync + 'static,
        C: ContractSet<S>,
    {
        child.start_under(&self.0, false).await
    }

    /// Which of the actor's states it is that runs, or ran last: 1 until the actor was started again. `None` once it has
    /// stopped.
    pub fn generation(&self) -> Option<u64> {
        self.0.control.phase().generation()
    }

    /// What became of the messages that the actor has accepted, up to now.
    pub fn books(&self) -> Books {
        self.0.tally.books()
    }

    /// Stops the actor and waits until it has stopped, as its children have before it.
    ///
    /// Calls that run are finished, up to the limit that the [builder](ActorBuilder::stop_limit) sets; what still runs
    /// then is aborted, and fails with `ActorStopped`, as do asks that wait in the queue. Tells that wait there become dead
    /// letters. Awaited by one of the actor's own calls, it waits for that limit and the call is aborted.
    pub async fn stop(&self) {
        self.request_stop();
        self.stopped().await;
    }

    /// Has the actor stop, and does not wait for it.
    pub fn request_stop(&self) {
        self.0.control.stop();
    }

    /// Waits until the actor has stopped for good.
    pub async fn stopped(&self) {
        self.0.control.reached(|phase| phase == Phase::Stopped).await;
    }

    /// Whether the actor has stopped for good.
    pub fn has_stopped(&self) -> bool {
        self.0.control.phase() == Phase::Stopped
    }
}
