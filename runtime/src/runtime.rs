//! What actors run in: names, clock, broker, and an orderly end.

use std::{
    fmt,
    future::Future,
    sync::{Arc, Weak},
    time::Duration,
};

use callsheet_wire::{Code, Failure};
use tokio::{
    runtime::Handle,
    time::{Instant, timeout},
};
use tokio_util::task::TaskTracker;

#[cfg(feature = "settings")]
use crate::settings::Settings;
use crate::{
    actor::{ActorBuilder, StartError},
    ambient::{self, EnterGuard, Handler},
    broker::Broker,
    clock::Clock,
    contract::{Contract, ContractMessage},
    dead_letter::{DeadLetter, DeadLetterCounts, DeadLetters, Loss},
    id::ActorId,
    layer::{Layer, Layers},
    mailbox::{ActorRef, Mailbox, Target},
    router::{Router, Routes},
    supervision::{Backoff, Parent, Supervision, Supervisor, Will},
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
    broker: Broker,
    clock: Arc<Clock>,
    timeouts: Timeouts,
    #[cfg(feature = "settings")]
    settings: Settings,
    defaults: ActorDefaults,
    /// Of the actors that are nobody's children.
    supervisor: Supervisor,
    shutdown_limit: Duration,
    /// What goes round the calls of mailboxes.
    calling: Layers,
    /// What goes round the calls of actors.
    serving: Layers,
    /// The replies that follow turns which have ended.
    deferred: TaskTracker,
    dead_letters: DeadLetterCounts,
}

/// What holds for an actor whose builder says nothing else.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ActorDefaults {
    pub(crate) capacity: usize,
    pub(crate) shared_limit: usize,
    pub(crate) stop_limit: Duration,
    pub(crate) backoff: Backoff,
}

/// The top, where no supervisor is above, and actors have nothing to do with each other.
struct Top(Supervision);

impl Parent for Top {
    fn supervision(&self) -> Option<Supervision> {
        None
    }

    fn restarts(&self) -> Supervision {
        self.0
    }

    fn escalate(&self, _: &str) {}
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
#[derive(Clone, Debug, Default)]
#[must_use = "nothing is launched until `launch` is called"]
pub struct RuntimeOptions {
    default_timeout: Option<Duration>,
    longest_timeout: Option<Duration>,
    capacity: Option<usize>,
    shared_limit: Option<usize>,
    stop_limit: Option<Duration>,
    restarts: Option<(u32, Duration)>,
    backoff: Option<Backoff>,
    shutdown_limit: Option<Duration>,
    calling: Layers,
    serving: Layers,
    allow_panic_abort: bool,
    #[cfg(feature = "settings")]
    settings: Settings,
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
    pub(crate) const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);
    pub(crate) const LONGEST_TIMEOUT: Duration = Duration::from_secs(600);
    pub(crate) const CAPACITY: usize = 1024;
    pub(crate) const STOP_LIMIT: Duration = Duration::from_secs(10);
    pub(crate) const SHUTDOWN_LIMIT: Duration = Duration::from_secs(30);

    /// How long a call waits for its reply unless it says otherwise; 30 s unless set.
    pub fn default_timeout(mut self, timeout: Duration) -> Self {
        self.default_timeout = Some(timeout);
        self
    }

    /// How long a call may wait at the most, whatever it says; 10 min unless set.
    pub fn longest_timeout(mut self, timeout: Duration) -> Self {
        self.longest_timeout = Some(timeout);
        self
    }

    /// So many messages may wait in an actor's queue unless its builder says otherwise, at least 1; 1024 unless set.
    pub fn capacity(mut self, messages: usize) -> Self {
        self.capacity = Some(messages.max(1));
        self
    }

    /// So many shared calls of an actor may be suspended at once unless its builder says otherwise, at least 1; no limit
    /// unless set.
    pub fn shared_limit(mut self, calls: usize) -> Self {
        self.shared_limit = Some(calls.max(1));
        self
    }

    /// So long the stop of an actor waits for the calls that run, and as long for each hook, unless its builder says
    /// otherwise; 10 s unless set.
    pub fn stop_limit(mut self, limit: Duration) -> Self {
        self.stop_limit = Some(limit);
        self
    }

    /// So often within so long a time an actor that is nobody's child is started again, each by itself; 10 times within a
    /// minute unless set. One more, and it stays stopped. [`u32::MAX`] has no limit. How children are restarted is said by
    /// their parent's [`supervision`](crate::ActorBuilder::supervision).
    pub fn restarts(mut self, most: u32, within: Duration) -> Self {
        self.restarts = Some((most, within));
        self
    }

    /// How long a supervisor waits before it starts an actor again, unless the actor's builder says otherwise;
    /// [`Backoff::default`] unless set.
    pub fn backoff(mut self, backoff: Backoff) -> Self {
        self.backoff = Some(backoff);
        self
    }

    /// So long [`Runtime::shutdown`] waits in all before it aborts what still runs; 30 s unless set.
    pub fn shutdown_limit(mut self, limit: Duration) -> Self {
        self.shutdown_limit = Some(limit);
        self
    }

    /// Puts a layer round all calls that mailboxes of the runtime make, within those that were given before.
    pub fn calling(mut self, layer: impl Layer) -> Self {
        self.calling = self.calling.with(layer);
        self
    }

    /// Puts a layer round all calls that actors of the runtime handle, from inside the process and from outside, within those
    /// that were given before.
    pub fn serving(mut self, layer: impl Layer) -> Self {
        self.serving = self.serving.with(layer);
        self
    }

    /// Launches although a panic in a handler ends the process.
    pub fn allow_panic_abort(mut self) -> Self {
        self.allow_panic_abort = true;
        self
    }

    /// What holds for the runtime and its listeners wherever the program itself does not say otherwise, before or after.
    /// Of several settings the last count alone; [`Settings::over`] joins them.
    ///
    /// ```
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// use callsheet::{Runtime, Settings};
    ///
    /// let runtime = Runtime::configure().settings(Settings::from_toml("shutdown.limit = '5s'")?).launch()?;
    /// # runtime.shutdown().await;
    /// # Ok(()) }
    /// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
    /// ```
    #[cfg(feature = "settings")]
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// Takes from the settings what the program did not say.
    #[cfg(feature = "settings")]
    fn settled(mut self) -> Self {
        let calls = self.settings.calls();
        self.default_timeout = self.default_timeout.or(calls.default_timeout());
        self.longest_timeout = self.longest_timeout.or(calls.longest_timeout());
        let actors = self.settings.actors();
        self.capacity = self.capacity.or(actors.mailbox_capacity());
        self.shared_limit = self.shared_limit.or(actors.shared_limit());
        self.stop_limit = self.stop_limit.or(actors.stop_limit());
        let supervision = self.settings.supervision();
        let (restarts, within) = (supervision.restarts(), supervision.within());
        if self.restarts.is_none() && (restarts.is_some() || within.is_some()) {
            let restarts = restarts.and_then(|restarts| u32::try_from(restarts).ok());
            let (most, time) = (Supervision::RESTARTS, Supervision::WITHIN);
            self.restarts = Some((restarts.unwrap_or(most), within.unwrap_or(time)));
        }
        let (first, cap) = (supervision.backoff_first(), supervision.backoff_cap());
        let healthy_after = supervision.healthy_after();
        if self.backoff.is_none() && (first.is_some() || cap.is_some() || healthy_after.is_some()) {
            let backoff = Backoff::new(first.unwrap_or(Backoff::FIRST), cap.unwrap_or(Backoff::CAP));
            self.backoff = Some(backoff.healthy_after(healthy_after.unwrap_or(Backoff::HEALTHY_AFTER)));
        }
        self.shutdown_limit = self.shutdown_limit.or(self.settings.shutdown().limit());
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
        #[cfg(feature = "settings")]
        let this = self.settled();
        #[cfg(not(feature = "settings"))]
        let this = self;
        let (most, within) = this.restarts.unwrap_or((Supervision::RESTARTS, Supervision::WITHIN));
        let (supervisor, supervising) =
            Supervisor::new(Arc::new(Top(Supervision::one_for_one().restarts(most, within))));
        tokio.spawn(supervising);
        let runtime = Runtime(Arc::new(Inner {
            router: Router::default(),
            broker: Broker::default(),
            clock: Arc::new(Clock::new(tokio.clone())),
            timeouts: Timeouts {
                default: this.default_timeout.unwrap_or(Self::DEFAULT_TIMEOUT),
                longest: this.longest_timeout.unwrap_or(Self::LONGEST_TIMEOUT),
            },
            #[cfg(feature = "settings")]
            settings: this.settings,
            defaults: ActorDefaults {
                capacity: this.capacity.unwrap_or(Self::CAPACITY),
                shared_limit: this.shared_limit.unwrap_or(usize::MAX),
                stop_limit: this.stop_limit.unwrap_or(Self::STOP_LIMIT),
                backoff: this.backoff.unwrap_or_default(),
            },
            supervisor,
            calling: this.calling,
            serving: this.serving,
            shutdown_limit: this.shutdown_limit.unwrap_or(Self::SHUTDOWN_LIMIT),
            deferred: TaskTracker::new(),
            dead_letters: DeadLetterCounts::default(),
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
        let limit = self.0.shutdown_limit;
        if timeout(limit, supervisor.settle(Will::Stop)).await.is_err() {
            tracing::warn!("the shutdown takes longer than it may; aborting what still runs");
            supervisor.want(Will::Cut);
            if timeout(LAST_GRACE, supervisor.settle(Will::Cut)).await.is_err() {
                tracing::error!("some actors compute without end and could not be stopped");
            }
        }
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
        self.0.timeouts
    }

    #[cfg(feature = "settings")]
    pub(crate) fn settings(&self) -> &Settings {
        &self.0.settings
    }

    pub(crate) fn router(&self) -> &Router {
        &self.0.router
    }

    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.0.tokio.spawn(task);
    }

    /// Spawns what belongs to no call.
    pub(crate) fn spawn_outside(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.spawn(ambient::scope(Handler::Runtime(self.downgrade()), task));
    }

    pub(crate) fn resolve<M: ContractMessage>(&self, id: &ActorId) -> Result<Target<M>, Failure> {
        let sink = self.0.router.resolve::<M>(id)?;
        Ok(Target::new(sink, self.clock(), self.0.timeouts, &self.0.calling))
    }

    pub(crate) fn actor_defaults(&self) -> ActorDefaults {
        self.0.defaults
    }

    /// What goes round the calls of all actors.
    pub(crate) fn serving_layers(&self) -> &Layers {
        &self.0.serving
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
        self.0.router.insert(id, names, routes).map_err(StartError::NameTaken)
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
