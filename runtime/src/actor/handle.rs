//! Stopping an actor, and knowing that it has stopped.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::Waker,
};

use futures_util::task::AtomicWaker;
use tokio::sync::watch;

use super::ActorId;
use crate::{
    Runtime,
    contract::{Contract, ContractRef},
    mailbox::Mailbox,
    runtime::WeakRuntime,
};

/// A running actor. Dropping the handle does not stop it.
#[derive(Clone, Debug)]
pub struct ActorHandle {
    id: ActorId,
    lifecycle: Arc<Lifecycle>,
    runtime: WeakRuntime,
}

/// What the handle and the loop share.
#[derive(Debug)]
pub(super) struct Lifecycle {
    stopping: AtomicBool,
    wake: AtomicWaker,
    stopped: watch::Sender<bool>,
}

impl ActorHandle {
    pub(super) fn new(id: ActorId, runtime: &Runtime) -> (Self, Arc<Lifecycle>) {
        let lifecycle = Arc::new(Lifecycle {
            stopping: AtomicBool::new(false),
            wake: AtomicWaker::new(),
            stopped: watch::Sender::new(false),
        });
        let handle = ActorHandle {
            id,
            lifecycle: Arc::clone(&lifecycle),
            runtime: runtime.downgrade(),
        };
        (handle, lifecycle)
    }

    /// The actor's id.
    pub fn id(&self) -> &ActorId {
        &self.id
    }

    /// A mailbox of the actor for one of its contracts.
    pub fn mailbox<T: Contract + ?Sized>(&self, _: ContractRef<T>) -> Mailbox<T> {
        Mailbox::of(self.runtime.clone(), self.id.clone())
    }

    /// Stops the actor and waits until it has stopped: the call that runs is finished, calls that wait in the queue fail
    /// with `ActorStopped`. Awaited by one of the actor's own exclusive calls, it waits for itself for ever.
    pub async fn stop(&self) {
        self.request_stop();
        self.stopped().await;
    }

    pub(crate) fn request_stop(&self) {
        self.lifecycle.stopping.store(true, Ordering::Release);
        self.lifecycle.wake.wake();
    }

    /// Waits until the actor has stopped.
    pub async fn stopped(&self) {
        // The sender lives as long as this handle, so waiting cannot fail.
        let _ = self.lifecycle.stopped.subscribe().wait_for(|stopped| *stopped).await;
    }

    /// Whether the actor has stopped.
    pub fn has_stopped(&self) -> bool {
        *self.lifecycle.stopped.borrow()
    }
}

impl Lifecycle {
    pub(super) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Acquire)
    }

    /// Has a stop wake `waker`.
    pub(super) fn register(&self, waker: &Waker) {
        self.wake.register(waker);
    }

    pub(super) fn set_stopped(&self) {
        self.stopped.send_replace(true);
    }
}
