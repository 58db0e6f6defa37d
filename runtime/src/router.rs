//! From an actor's name to the ways into its queue.

use std::{
    any::{Any, TypeId},
    collections::{HashMap, hash_map},
    sync::{
        Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
        atomic::{AtomicU64, Ordering},
    },
};

use callsheet_wire::Failure;

use crate::{
    actor::Sink,
    contract::ContractMessage,
    exposure::ExposeError,
    id::ActorId,
    registry::{Entry, Registry},
};

/// The ways into one actor's queue.
#[derive(Default)]
pub struct Routes {
    /// For callers in this process: by the contract's message `M`, an `Arc<dyn Sink<M>>`.
    sinks: Vec<(TypeId, Box<dyn Any + Send + Sync>)>,
    /// For callers outside.
    pub(crate) registry: Registry,
}

impl Routes {
    /// Adds the way that `sink` makes, unless the contract has one: several contracts may build on it.
    pub(crate) fn add<M: ContractMessage>(&mut self, sink: impl FnOnce() -> Arc<dyn Sink<M>>) {
        let message = TypeId::of::<M>();
        if self.sinks.iter().any(|(known, _)| *known == message) {
            return;
        }
        let sink = sink();
        self.registry.add(Arc::new(Entry::new(Arc::clone(&sink))));
        self.sinks.push((message, Box::new(sink)));
    }

    fn sink<M: ContractMessage>(&self) -> Option<Arc<dyn Sink<M>>> {
        let id = TypeId::of::<M>();
        let (_, sink) = self.sinks.iter().find(|(message, _)| *message == id)?;
        sink.downcast_ref::<Arc<dyn Sink<M>>>().cloned()
    }
}

/// An actor that callers outside the process may reach.
#[derive(Clone)]
pub(crate) struct Exposed {
    pub(crate) id: ActorId,
    pub(crate) routes: Arc<Routes>,
}

/// An actor and its exposed names.
struct Named {
    routes: Arc<Routes>,
    names: Vec<ActorId>,
}

/// The names of one runtime.
#[derive(Default)]
pub(crate) struct Router {
    actors: RwLock<HashMap<ActorId, Named>>,
    exposed: RwLock<HashMap<ActorId, Exposed>>,
    /// Counts the changes of `exposed`.
    version: AtomicU64,
}

impl Router {
    /// Gives the actor its id and its exposed names, all or none.
    ///
    /// # Errors
    ///
    /// The first name that is taken.
    pub(crate) fn insert(&self, id: &ActorId, names: &[ActorId], routes: Arc<Routes>) -> Result<(), ActorId> {
        let mut actors = write(&self.actors);
        let mut exposed = write(&self.exposed);
        if let Some(taken) = names.iter().find(|name| exposed.contains_key(*name)) {
            return Err(taken.clone());
        }
        match actors.entry(id.clone()) {
            hash_map::Entry::Occupied(_) => return Err(id.clone()),
            hash_map::Entry::Vacant(free) => free.insert(Named {
                routes: Arc::clone(&routes),
                names: names.to_vec(),
            }),
        };
        for name in names {
            let target = Exposed {
                id: id.clone(),
                routes: Arc::clone(&routes),
            };
            exposed.insert(name.clone(), target);
        }
        self.version.fetch_add(1, Ordering::Release);
        Ok(())
    }

    /// Takes the actor's id and its exposed names away from it, and gives back what they led to.
    pub(crate) fn remove(&self, id: &ActorId) -> Option<Arc<Routes>> {
        let mut actors = write(&self.actors);
        let Named { routes, names } = actors.remove(id)?;
        if !names.is_empty() {
            let mut exposed = write(&self.exposed);
            for name in &names {
                exposed.remove(name);
            }
            self.version.fetch_add(1, Ordering::Release);
        }
        Some(routes)
    }

    /// The way of a contract's messages into the queue of the actor `id`.
    pub(crate) fn resolve<M: ContractMessage>(&self, id: &ActorId) -> Result<Arc<dyn Sink<M>>, Failure> {
        let actors = read(&self.actors);
        let named = actors.get(id).ok_or_else(|| Failure::actor_not_found(id.as_str()))?;
        named.routes.sink::<M>().ok_or_else(|| M::unserved(id))
    }

    /// Changes whenever [`exposed`](Self::exposed) may say something else: what was looked up before is then stale.
    pub(crate) fn version(&self) -> u64 {
        self.version.load(Ordering::Acquire)
    }

    /// The ways into the queue of an actor that is to be exposed.
    pub(crate) fn routes(&self, id: &ActorId) -> Result<Arc<Routes>, ExposeError> {
        let actors = read(&self.actors);
        let actor = actors.get(id).ok_or_else(|| ExposeError::Stopped(id.clone()))?;
        Ok(Arc::clone(&actor.routes))
    }

    /// Gives the actor whose [`routes`](Self::routes) these are a further exposed name.
    pub(crate) fn expose(&self, id: &ActorId, name: &ActorId, routes: &Arc<Routes>) -> Result<(), ExposeError> {
        let mut actors = write(&self.actors);
        let actor = actors.get_mut(id).filter(|actor| Arc::ptr_eq(&actor.routes, routes));
        let actor = actor.ok_or_else(|| ExposeError::Stopped(id.clone()))?;
        let mut exposed = write(&self.exposed);
        match exposed.entry(name.clone()) {
            hash_map::Entry::Occupied(_) => return Err(ExposeError::NameTaken(name.clone())),
            hash_map::Entry::Vacant(free) => free.insert(Exposed {
                id: id.clone(),
                routes: Arc::clone(&actor.routes),
            }),
        };
        actor.names.push(name.clone());
        self.version.fetch_add(1, Ordering::Release);
        Ok(())
    }

    /// Takes an exposed name away; whether there was one.
    pub(crate) fn hide(&self, name: &str) -> bool {
        let mut actors = write(&self.actors);
        let Some(hidden) = write(&self.exposed).remove(name) else {
            return false;
        };
        if let Some(actor) = actors.get_mut(&hidden.id) {
            actor.names.retain(|known| known.as_str() != name);
        }
        self.version.fetch_add(1, Ordering::Release);
        true
    }

    /// Every exposed name, with the actor behind it; sorted.
    pub(crate) fn all_exposed(&self) -> Vec<(ActorId, Exposed)> {
        let exposed = read(&self.exposed);
        let mut all: Vec<_> = exposed.iter().map(|(name, to)| (name.clone(), to.clone())).collect();
        all.sort_unstable_by(|(a, _), (b, _)| a.as_str().cmp(b.as_str()));
        all
    }

    /// A name by which callers outside the process reach the actor: its own, or the first one.
    pub(crate) fn exposed_name(&self, id: &ActorId) -> Option<ActorId> {
        let actors = read(&self.actors);
        let names = &actors.get(id)?.names;
        names.iter().find(|name| *name == id).or(names.first()).cloned()
    }

    /// The actor with this id, for a caller outside that was given it.
    pub(crate) fn given(&self, id: &ActorId) -> Option<Exposed> {
        let routes = Arc::clone(&read(&self.actors).get(id)?.routes);
        Some(Exposed { id: id.clone(), routes })
    }

    /// The actor that callers outside the process reach as `name`.
    pub(crate) fn exposed(&self, name: &str) -> Option<Exposed> {
        read(&self.exposed).get(name).cloned()
    }
}

/// No user code runs under these locks, so a poisoned one guards nothing that is broken.
fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}

impl std::fmt::Debug for Routes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Routes({} contracts)", self.sinks.len())
    }
}
