//! The extensions of one runtime, from their start on.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    fmt,
    sync::Arc,
};

use super::{ActorExtension, ExtensionError, Registered, SUPERVISOR};
use crate::{
    actor::ActorHandle,
    mailbox::{ActorRef, Addressed, Mailbox},
    runtime::Runtime,
    supervision::Supervision,
};

/// Extensions that are to start in a runtime.
#[must_use = "no extension runs until they are started"]
pub struct Extensions {
    runtime: Runtime,
    registered: Registered,
}

impl Extensions {
    /// None yet.
    pub fn new(runtime: &Runtime) -> Self {
        Extensions {
            runtime: runtime.clone(),
            registered: Registered::default(),
        }
    }

    /// One actor of the type `A`. A type that is named several times has one.
    pub fn with_actor<A: ActorExtension>(mut self) -> Self {
        self.registered.add::<A>();
        self
    }

    /// Starts them in the order in which they were named, under the actor `extensions`, which supervises them one for one.
    ///
    /// # Errors
    ///
    /// If two types have one name, or one of them cannot be started: then none runs. A runtime has its extensions started
    /// once; a second time, the supervisor's name is taken.
    ///
    /// # Panics
    ///
    /// If the `configure` or the `restart_policy` of a type does.
    pub async fn start(self) -> Result<RunningExtensions, ExtensionError> {
        self.registered.start(&self.runtime).await
    }
}

impl Registered {
    pub(crate) async fn start(&self, runtime: &Runtime) -> Result<RunningExtensions, ExtensionError> {
        self.check()?;
        let mut supervisor = runtime.actor(SUPERVISOR, || ()).supervision(Supervision::one_for_one());
        for extension in &self.0 {
            supervisor = (extension.declare)(runtime, &extension.name, supervisor);
        }
        let supervisor = supervisor.start().await?;
        let actors = self.0.iter();
        let actors = actors.map(|extension| (extension.of, (extension.refer)(runtime, extension.id())));
        Ok(RunningExtensions(Arc::new(Running {
            supervisor,
            actors: actors.collect(),
        })))
    }
}

/// Extensions that were started. It is cheap to clone, and keeps none of them alive.
#[derive(Clone)]
pub struct RunningExtensions(Arc<Running>);

struct Running {
    supervisor: ActorHandle,
    /// For each type `A`, an `ActorRef<A>`.
    actors: HashMap<TypeId, Box<dyn Any + Send + Sync>>,
}

impl RunningExtensions {
    /// The extension of the type `A`, if it was registered.
    pub fn actor<A: ActorExtension>(&self) -> Option<ActorRef<A>> {
        self.0.actors.get(&TypeId::of::<A>())?.downcast_ref().cloned()
    }

    /// The mailbox of the extension of the type `A` for the contract that it is addressed by, if it was registered.
    pub fn mailbox<A: ActorExtension + Addressed>(&self) -> Option<Mailbox<A::Contract>> {
        let actor = self.actor::<A>()?;
        Some(Mailbox::new(actor.location()))
    }

    /// The actor that supervises them; they stop when it does.
    pub fn supervisor(&self) -> &ActorHandle {
        &self.0.supervisor
    }
}

impl fmt::Debug for Extensions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.registered.fmt(f)
    }
}

impl fmt::Debug for Registered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.0.iter().map(|extension| extension.type_name);
        f.debug_list().entries(names).finish()
    }
}

impl fmt::Debug for RunningExtensions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RunningExtensions({})", self.0.actors.len())
    }
}
