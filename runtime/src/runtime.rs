//! What actors run in: names, clock, broker, and an orderly end.

use std::{
    fmt,
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use callsheet_wire::{Code, Failure};
use tokio::runtime::Handle;

use crate::{
    actor::{ActorBuilder, ActorHandle, ActorId, StartError},
    ambient::{self, EnterGuard},
    broker::Broker,
    clock::Clock,
    contract::{Contract, ContractMessage},
    mailbox::{Mailbox, Target},
    router::{Router, Routes},
};

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
    broker: Broker,
    clock: Arc<Clock>,
    timeouts: Timeouts,
    actors: Mutex<Actors>,
}

/// The actors that have not stopped.
#[derive(Default)]
struct Actors {
    /// In order of start.
    started: Vec<ActorHandle>,
    /// No further one is started.
    shut_down: bool,
}

/// How long calls may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timeouts {
    default: Duration,
    longest: Duration,
}

impl Timeouts {
    /// The time for a call that asks for `timeout`.
    pub(crate) fn of(self, timeout: Option<Duration>) -> Duration {
        timeout.unwrap_or(self.default).min(self.longest)
    }
}

/// How a runtime is launched. Made by [`Runtime::configure`].
#[derive(Clone, Debug)]
#[must_use = "nothing is launched until `launch` is called"]
pub struct RuntimeOptions {
    timeouts: Timeouts,
    allow_panic_abort: bool,
}

/// Why a runtime was not launched.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LaunchError {
    /// There is no tokio runtime here.
    #[error("no tokio runtime here; launch inside one, for example under `#[tokio::main]`")]
    NoTokio,
    /// The program is built with `panic = \"abort\"`, so a panicking handler ends the process.
    #[error(
        "the program is built with `panic = \"abort\"`: a panic in a handler would end the process instead of failing \
         its call; build with `panic = \"unwind\"`, or allow it with `Runtime::configure().allow_panic_abort()`"
    )]
    PanicAbort,
}

impl RuntimeOptions {
    /// How long a call waits for its reply unless it says otherwise; 30 s unless set.
    pub fn default_timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.default = timeout;
        self
    }

    /// How long a call may wait at the most, whatever it says; 10 min unless set.
    pub fn longest_timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.longest = timeout;
        self
    }

    /// Launches although a panic in a handler ends the process.
    pub fn allow_panic_abort(mut self) -> Self {
        self.allow_panic_abort = true;
        self
    }

    /// Launches the runtime in the tokio runtime that is entered here.
    ///
    /// # Errors
    ///
    /// Outside a tokio runtime, and in a program built with `panic = "abort"` unless that was allowed.
    pub fn launch(self) -> Result<Runtime, LaunchError> {
        let tokio = Handle::try_current().map_err(|_| LaunchError::NoTokio)?;
        if cfg!(panic = "abort") && !self.allow_panic_abort {
            return Err(LaunchError::PanicAbort);
        }
        let runtime = Runtime(Arc::new(Inner {
            router: Router::default(),
            broker: Broker::default(),
            clock: Arc::new(Clock::new(tokio.clone())),
            timeouts: self.timeouts,
            actors: Mutex::default(),
            tokio,
        }));
        ambient::launched(runtime.0.tokio.id(), runtime.downgrade());
        Ok(runtime)
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

    /// How a runtime is to be launched.
    pub fn configure() -> RuntimeOptions {
        RuntimeOptions {
            timeouts: Timeouts {
                default: Duration::from_secs(30),
                longest: Duration::from_secs(600),
            },
            allow_panic_abort: false,
        }
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

    /// Where events are published and subscribed to.
    pub fn broker(&self) -> &Broker {
        &self.0.broker
    }

    /// Stops every actor, the last started first, and waits until all have stopped. No actor can be started afterwards.
    /// Awaited by an actor's own exclusive call, it waits for itself for ever.
    pub async fn shutdown(&self) {
        // They stay in the list until they have stopped, for whoever shuts down as well, or again after giving up.
        let started = {
            let mut actors = self.actors();
            actors.shut_down = true;
            actors.started.clone()
        };
        for actor in started.into_iter().rev() {
            actor.stop().await;
        }
    }

    fn actors(&self) -> MutexGuard<'_, Actors> {
        self.0.actors.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn downgrade(&self) -> WeakRuntime {
        WeakRuntime(Arc::downgrade(&self.0))
    }

    pub(crate) fn clock(&self) -> Arc<Clock> {
        Arc::clone(&self.0.clock)
    }

    pub(crate) fn timeouts(&self) -> Timeouts {
        self.0.timeouts
    }

    pub(crate) fn router(&self) -> &Router {
        &self.0.router
    }

    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.0.tokio.spawn(task);
    }

    pub(crate) fn resolve<M: ContractMessage>(&self, id: &ActorId) -> Result<Target<M>, Failure> {
        let sink = self.0.router.resolve::<M>(id)?;
        Ok(Target::new(sink, self.clock(), self.0.timeouts))
    }

    pub(crate) fn add_actor(
        &self,
        handle: &ActorHandle,
        names: &[ActorId],
        routes: Arc<Routes>,
    ) -> Result<(), StartError> {
        let mut actors = self.actors();
        if actors.shut_down {
            return Err(StartError::ShutDown(handle.id().clone()));
        }
        self.0
            .router
            .insert(handle.id(), names, routes)
            .map_err(StartError::NameTaken)?;
        actors.started.push(handle.clone());
        Ok(())
    }

    pub(crate) fn remove_actor(&self, id: &ActorId) {
        // Under one lock, lest an actor that takes the name at once is taken out of the list in its stead.
        let mut actors = self.actors();
        let routes = self.0.router.remove(id);
        actors.started.retain(|actor| actor.id() != id);
        drop(actors);
        // With them go the last messages that nobody received, and with those values of the user's.
        drop(routes);
    }
}

impl WeakRuntime {
    pub(crate) fn upgrade(&self) -> Result<Runtime, Failure> {
        match self.0.upgrade() {
            Some(inner) => Ok(Runtime(inner)),
            None => Err(Failure::new(Code::ShuttingDown, "the runtime was dropped")),
        }
    }

    pub(crate) fn is_alive(&self) -> bool {
        self.0.strong_count() > 0
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        let actors = self.actors.get_mut().unwrap_or_else(PoisonError::into_inner);
        for actor in actors.started.iter().rev() {
            actor.request_stop();
        }
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
