//! What actors run in: names, clock, broker, and an orderly end.

use std::{
    collections::{HashMap, hash_map},
    fmt,
    future::Future,
    sync::{Arc, Weak},
    time::Duration,
};

use callsheet_wire::{Code, Failure};
use parking_lot::RwLock;
use tokio::{
    runtime::Handle,
    time::{Instant, timeout},
};
use tokio_util::task::TaskTracker;

#[cfg(feature = "settings")]
use crate::settings::Settings;
use crate::{
    actor::{ActorBuilder, Sink, StartError},
    ambient::{self, EnterGuard, Handler},
    broker::Broker,
    clock::Clock,
    contract::{Contract, ContractMessage},
    dead_letter::{DeadLetter, DeadLetterCounts, DeadLetters, Loss},
    id::ActorId,
    launch::{LaunchError, RuntimeOptions},
    layer::Layers,
    mailbox::{ActorRef, Mailbox, Target},
    naming::Naming,
    router::{Router, Routes},
    supervision::{Backoff, Supervisor, Will},
    transport::{Route, exports::Exports},
};

/// So long a shutdown waits for what it has aborted.
const LAST_GRACE: Duration = Duration::from_secs(1);

/// What actors run in.
///
/// It is cheap to clone. Several may live in one process, and in one tokio runtime. When the last one is dropped its
/// actors are told to stop, and nobody waits for them; use [`shutdown`](Self::shutdown) for an orderly end.
///
/// ```
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use callsheet::{Runtime, actor_contract};
///
/// #[actor_contract(namespace = "demo")]
/// pub trait Calculator {
///     async fn add(&self, a: i64, b: i64) -> i64;
/// }
///
/// #[derive(Default)]
/// struct Adder;
///
/// impl Calculator for Adder {
///     async fn add(&self, a: i64, b: i64) -> i64 {
///         a + b
///     }
/// }
///
/// let runtime = Runtime::launch()?;
/// runtime.actor("calculator", Adder::default).serves(Calculator).start().await?;
/// assert_eq!(Calculator.at("calculator").add(5, 3).await?, 8);
/// runtime.shutdown().await;
/// # Ok(()) }
/// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
/// ```
#[derive(Clone)]
pub struct Runtime(Arc<Inner>);

/// A runtime that is not kept alive.
#[derive(Clone)]
pub(crate) struct WeakRuntime(Weak<Inner>);

struct Inner {
    tokio: Handle,
    router: Router,
    naming: Arc<Naming>,
    broker: Broker,
    clock: Arc<Clock>,
    terms: Terms,
    /// Of the actors that are nobody's children.
    supervisor: Supervisor,
    /// The replies that follow turns which have ended.
    deferred: TaskTracker,
    dead_letters: DeadLetterCounts,
    /// The ways to actors outside, by the names that they have here.
    routes: RwLock<HashMap<String, Arc<dyn Route>>>,
    exports: Exports,
}

/// What holds in a runtime.
#[derive(Debug)]
pub(crate) struct Terms {
    pub(crate) timeouts: Timeouts,
    pub(crate) actors: ActorDefaults,
    pub(crate) shutdown_limit: Duration,
    /// What goes round the calls of mailboxes.
    pub(crate) calling: Layers,
    /// What goes round the calls of actors.
    pub(crate) serving: Layers,
    #[cfg(feature = "settings")]
    pub(crate) settings: Settings,
}

/// What holds for an actor whose builder says nothing else.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ActorDefaults {
    pub(crate) capacity: usize,
    pub(crate) shared_limit: usize,
    pub(crate) stop_limit: Duration,
    pub(crate) backoff: Backoff,
}

/// How long calls may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timeouts {
    pub(crate) default: Duration,
    pub(crate) longest: Duration,
}

impl Timeouts {
    /// The time for a call that asks for `timeout`.
    pub(crate) fn of(self, timeout: Option<Duration>) -> Duration {
        timeout.unwrap_or(self.default).min(self.longest)
    }
}

impl Runtime {
    /// Launches a runtime with the defaults in the tokio runtime that is entered here.
    ///
    /// # Errors
    ///
    /// Outside a tokio runtime, and in a program built with `panic = "abort"`.
    pub fn launch() -> Result<Runtime, LaunchError> {
        Self::configure().launch()
    }

    /// One on the terms that were chosen, in `tokio`.
    pub(crate) fn begin(tokio: Handle, terms: Terms, supervisor: Supervisor) -> Runtime {
        let runtime = Runtime(Arc::new(Inner {
            router: Router::default(),
            naming: Arc::default(),
            broker: Broker::default(),
            clock: Arc::new(Clock::new(tokio.clone())),
            terms,
            supervisor,
            deferred: TaskTracker::new(),
            dead_letters: DeadLetterCounts::default(),
            routes: RwLock::default(),
            exports: Exports::default(),
            tokio,
        }));
        ambient::launched(runtime.0.tokio.id(), runtime.downgrade());
        runtime
    }

    /// How a runtime is to be launched.
    pub fn configure() -> RuntimeOptions {
        RuntimeOptions::default()
    }

    /// The ambient runtime: that of the handler this runs in, else the one that was entered, else the only one that was
    /// launched in this tokio runtime.
    ///
    /// # Errors
    ///
    /// If there is none, or there are several.
    pub fn current() -> Result<Runtime, Failure> {
        ambient::find()
    }

    /// Makes this the ambient runtime on this thread while the guard lives.
    pub fn enter(&self) -> EnterGuard {
        ambient::enter(self.clone())
    }

    /// A new actor. The factory makes its state: at the start, and again when a panic has discarded it.
    pub fn actor<S>(&self, id: impl Into<ActorId>, factory: impl Fn() -> S + Send + 'static) -> ActorBuilder<S>
    where
        S: Send + Sync + 'static,
    {
        ActorBuilder::new(self.clone(), id.into(), factory)
    }

    /// The mailbox of the actor `id` for the contract `T`. It never fails: what cannot be resolved is the error of the
    /// first call.
    pub fn to<T: Contract + ?Sized>(&self, id: impl Into<ActorId>) -> Mailbox<T> {
        Mailbox::of(self.downgrade(), id.into())
    }

    /// The address of the actor `id`, whose state is an `A`, for plain messages. It never fails: what cannot be resolved is the
    /// error of the first call.
    pub fn actor_ref<A: Send + Sync + 'static>(&self, id: impl Into<ActorId>) -> ActorRef<A> {
        ActorRef::of(self.downgrade(), id.into())
    }

    /// Where events are published and subscribed to.
    pub fn broker(&self) -> &Broker {
        &self.0.broker
    }

    /// How many messages were lost so far that nobody waited for, by reason. Each was published as a
    /// [`DeadLetter`](crate::DeadLetter) too.
    pub fn dead_letters(&self) -> DeadLetters {
        self.0.dead_letters.so_far()
    }

    /// Stops every actor, the last started first, each after its children, and waits until all have stopped. No actor can be
    /// started afterwards.
    ///
    /// Calls that run are finished, and deferred replies follow, for as long as each actor's
    /// [`stop_limit`](crate::ActorBuilder::stop_limit), and the [limit](RuntimeOptions::shutdown_limit) for all together,
    /// allow. Then what still runs is aborted, and its callers are told; what computes and never awaits cannot be, and is not
    /// waited for any longer than a second.
    pub async fn shutdown(&self) {
        let supervisor = &self.0.supervisor;
        let begun = Instant::now();
        let limit = self.0.terms.shutdown_limit;
        if timeout(limit, supervisor.settle(Will::Stop)).await.is_err() {
            tracing::warn!("the shutdown takes longer than it may; aborting what still runs");
            supervisor.want(Will::Cut);
            if timeout(LAST_GRACE, supervisor.settle(Will::Cut)).await.is_err() {
                tracing::error!("some actors compute without end and could not be stopped");
            }
        }
        let routes = std::mem::take(&mut *self.0.routes.write());
        routes.values().for_each(|route| route.end());
        self.0.deferred.close();
        let left = limit.saturating_sub(begun.elapsed());
        if timeout(left, self.0.deferred.wait()).await.is_err() {
            tracing::warn!(
                replies = self.0.deferred.len(),
                "deferred replies still follow after the shutdown"
            );
        }
    }

    pub(crate) fn downgrade(&self) -> WeakRuntime {
        WeakRuntime(Arc::downgrade(&self.0))
    }

    pub(crate) fn clock(&self) -> Arc<Clock> {
        Arc::clone(&self.0.clock)
    }

    pub(crate) fn timeouts(&self) -> Timeouts {
        self.0.terms.timeouts
    }

    #[cfg(feature = "settings")]
    pub(crate) fn settings(&self) -> &Settings {
        &self.0.terms.settings
    }

    /// Where its tasks run.
    pub(crate) fn tokio(&self) -> &Handle {
        &self.0.tokio
    }

    pub(crate) fn router(&self) -> &Router {
        &self.0.router
    }

    /// What is known of names.
    pub(crate) fn naming(&self) -> &Arc<Naming> {
        &self.0.naming
    }

    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.0.tokio.spawn(task);
    }

    /// Spawns what belongs to no call.
    pub(crate) fn spawn_outside(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.spawn(ambient::scope(Handler::Runtime(self.downgrade()), task));
    }

    pub(crate) fn resolve<M: ContractMessage>(&self, id: &ActorId) -> Result<Target<M>, Failure> {
        Ok(self.target(self.0.router.resolve::<M>(id)?))
    }

    /// What is behind a mailbox of this runtime.
    pub(crate) fn target<M>(&self, sink: Arc<dyn Sink<M>>) -> Target<M> {
        Target::new(sink, self.clock(), self.0.terms.timeouts, &self.0.terms.calling)
    }

    /// Its calls that wait for others in further processes.
    pub(crate) fn exports(&self) -> &Exports {
        &self.0.exports
    }

    /// The way to actors outside that is called `name`.
    pub(crate) fn route(&self, name: &str) -> Option<Arc<dyn Route>> {
        self.0.routes.read().get(name).cloned()
    }

    /// Forgets the way that is called `name`.
    pub(crate) fn remove_route(&self, name: &str) {
        let removed = self.0.routes.write().remove(name);
        drop(removed);
    }

    /// Gives a way to actors outside a name; `false` if that is taken.
    pub(crate) fn add_route(&self, name: &str, route: Arc<dyn Route>) -> bool {
        match self.0.routes.write().entry(name.to_owned()) {
            hash_map::Entry::Occupied(_) => false,
            hash_map::Entry::Vacant(free) => {
                free.insert(route);
                true
            }
        }
    }

    pub(crate) fn actor_defaults(&self) -> ActorDefaults {
        self.0.terms.actors
    }

    /// What goes round the calls of all actors.
    pub(crate) fn serving_layers(&self) -> &Layers {
        &self.0.terms.serving
    }

    /// That of the actors which are nobody's children.
    pub(crate) fn supervisor(&self) -> &Supervisor {
        &self.0.supervisor
    }

    /// Has a deferred reply follow, which a shutdown waits for.
    pub(crate) fn follow(&self, reply: impl Future<Output = ()> + Send + 'static) {
        self.0.deferred.spawn_on(reply, &self.0.tokio);
    }

    /// A message from outside was not delivered, and its sender does not wait to hear so.
    pub(crate) fn lose_from_outside(&self, actor: String, message: String, failure: &Failure) {
        let loss = match failure.code() {
            Code::ActorNotFound => Loss::ActorNotFound,
            Code::ActorStopped => Loss::ActorStopped,
            Code::TargetBusy => Loss::QueueFull,
            _ => Loss::Refused,
        };
        self.dead_letter(DeadLetter { actor, message, loss });
    }

    pub(crate) fn dead_letter(&self, letter: DeadLetter) {
        self.0.dead_letters.count(letter.loss);
        self.broker().publish(letter);
    }

    pub(crate) fn add_actor(&self, id: &ActorId, names: &[ActorId], routes: Arc<Routes>) -> Result<(), StartError> {
        let router = &self.0.router;
        let insert = |routes| router.insert(id, names, routes).map_err(StartError::NameTaken);
        if names.is_empty() {
            return insert(routes);
        }
        let registry = Arc::clone(&routes);
        let admitted = self.0.naming.admit(router, &registry.registry, || insert(routes));
        admitted.map_err(|conflicts| StartError::NameConflicts(id.clone(), conflicts))?
    }

    pub(crate) fn remove_actor(&self, id: &ActorId) {
        // With the routes go the last messages that nobody received, and with those values of the user's.
        drop(self.0.router.remove(id));
    }
}

impl WeakRuntime {
    pub(crate) fn upgrade(&self) -> Result<Runtime, Failure> {
        match self.0.upgrade() {
            Some(inner) => Ok(Runtime(inner)),
            None => Err(Failure::new(Code::ShuttingDown, "the runtime was dropped")),
        }
    }

    /// Whether it is that runtime.
    pub(crate) fn is(&self, runtime: &Runtime) -> bool {
        std::ptr::eq(self.0.as_ptr(), Arc::as_ptr(&runtime.0))
    }

    pub(crate) fn is_alive(&self) -> bool {
        self.0.strong_count() > 0
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.supervisor.want(Will::Stop);
    }
}

impl fmt::Debug for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Runtime")
    }
}

impl fmt::Debug for WeakRuntime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WeakRuntime")
    }
}
