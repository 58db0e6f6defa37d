//! Configuring an actor, until it is started.

use std::{marker::PhantomData, sync::Arc};

use tokio::sync::mpsc;

use super::{
    ActorHandle, ActorId,
    dispatch::Dispatch,
    handle::Lifecycle,
    run::{ActorLoop, Factory},
    set::{Cons, ContractSet, Nil, QueueSender},
};
use crate::{
    Runtime,
    ambient::{self, Handler},
    contained::{self, Panicked},
    context::ActorScope,
    contract::{ContractRef, Serves},
    router::Routes,
    runtime::WeakRuntime,
};

/// How many messages wait in an actor's queue, unless its builder says otherwise.
const CAPACITY: usize = 1024;

/// An actor that is not started: what it serves, and how it is reached. Made by [`Runtime::actor`].
#[must_use = "the actor does not exist until it is started"]
pub struct ActorBuilder<S, C = Nil> {
    runtime: Runtime,
    id: ActorId,
    factory: Factory<S>,
    names: Vec<ActorId>,
    capacity: usize,
    contracts: PhantomData<fn() -> C>,
}

/// Why an actor was not started.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// It is no name for an actor.
    #[error("`{name}` is not an actor's name: {reason}", name = .0, reason = .1)]
    InvalidName(ActorId, &'static str),
    /// Another actor has the name.
    #[error("an actor called `{0}` is running already")]
    NameTaken(ActorId),
    /// The factory panicked, so there is no state.
    #[error("the factory of actor `{0}` panicked")]
    FactoryPanicked(ActorId),
    /// The runtime was shut down.
    #[error("the runtime was shut down; actor `{0}` cannot be started")]
    ShutDown(ActorId),
}

impl<S: Send + Sync + 'static> ActorBuilder<S> {
    pub(crate) fn new(runtime: Runtime, id: ActorId, factory: impl Fn() -> S + Send + 'static) -> Self {
        ActorBuilder {
            runtime,
            id,
            factory: Box::new(factory),
            names: Vec::new(),
            capacity: CAPACITY,
            contracts: PhantomData,
        }
    }
}

impl<S: Send + Sync + 'static, C: ContractSet<S>> ActorBuilder<S, C> {
    /// Serves a contract, which the state's type must implement, and the contracts it builds on. A contract that is named
    /// or built on several times is served once.
    pub fn serves<T>(self, _: ContractRef<T>) -> ActorBuilder<S, Cons<T::Contracts, C>>
    where
        T: Serves<S> + ?Sized,
    {
        ActorBuilder {
            runtime: self.runtime,
            id: self.id,
            factory: self.factory,
            names: self.names,
            capacity: self.capacity,
            contracts: PhantomData,
        }
    }

    /// Lets callers outside the process reach the actor by its id. Nothing is reachable from outside until it is exposed.
    pub fn expose(self) -> Self {
        let id = self.id.clone();
        self.expose_as(id)
    }

    /// Lets callers outside the process reach the actor by a further name.
    pub fn expose_as(mut self, name: impl Into<ActorId>) -> Self {
        self.names.push(name.into());
        self
    }

    /// So many messages may wait in the queue, at least 1; 1024 unless set.
    pub fn capacity(mut self, messages: usize) -> Self {
        self.capacity = messages.max(1);
        self
    }

    /// Starts the actor. It runs until it is stopped.
    ///
    /// # Errors
    ///
    /// If a name is taken or is none, the factory panics, or the runtime was shut down.
    ///
    /// # Panics
    ///
    /// If a contract publishes an event under the name of another one.
    pub async fn start(mut self) -> Result<ActorHandle, StartError> {
        self.names.dedup();
        for name in std::iter::once(&self.id).chain(&self.names) {
            if let Some(reason) = name.fault() {
                return Err(StartError::InvalidName(name.clone(), reason));
            }
        }
        let state =
            contained::outcome(&self.factory).map_err(|Panicked| StartError::FactoryPanicked(self.id.clone()))?;

        let (sender, queue) = mpsc::channel(self.capacity);
        let mut routes = Routes::default();
        C::add_routes(&mut routes, &QueueSender(sender), |message| message);

        let scope = Arc::new(ActorScope::new(self.id.clone(), &self.runtime));
        let (handle, lifecycle) = ActorHandle::new(self.id.clone(), &self.runtime);
        let actor = ActorLoop {
            id: self.id.clone(),
            scope: Arc::clone(&scope),
            clock: self.runtime.clock(),
            lifecycle: Arc::clone(&lifecycle),
            factory: self.factory,
            state: Arc::new(state),
            spare: None,
            dispatch: <C::Dispatch as Dispatch<S>>::new(),
            queue,
            stop_wakes: None,
        };
        self.runtime.add_actor(&handle, &self.names, Arc::new(routes))?;
        let end = End {
            id: self.id,
            runtime: self.runtime.downgrade(),
            lifecycle,
        };
        if !self.names.is_empty() {
            C::expose_events(self.runtime.broker());
        }
        let scoped = ambient::scope(Handler::Loop(scope), async move {
            actor.run().await;
            drop(end);
        });
        self.runtime.spawn(scoped);
        Ok(handle)
    }
}

/// Takes the actor's names away and says that it has stopped, also if its task is dropped.
struct End {
    id: ActorId,
    runtime: WeakRuntime,
    lifecycle: Arc<Lifecycle>,
}

impl Drop for End {
    fn drop(&mut self) {
        if let Ok(runtime) = self.runtime.upgrade() {
            runtime.remove_actor(&self.id);
        }
        self.lifecycle.set_stopped();
    }
}

impl<S, C> std::fmt::Debug for ActorBuilder<S, C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ActorBuilder")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
