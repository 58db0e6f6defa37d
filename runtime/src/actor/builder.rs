//! Configuring an actor, until it is started.

use std::{collections::VecDeque, marker::PhantomData, sync::Arc, time::Duration};

use tokio::sync::{mpsc, oneshot};

use super::{
    Actor, ActorHandle,
    admitted::Admitted,
    core::Core,
    dispatch::Dispatch,
    events::{Hears, OnEvent, Subscriptions},
    hooks::Hooks,
    life::{Factory, Life, Mortal, StartChild, live},
    plain::{DispatchOn, DispatchOnShared, On, OnShared},
    queue::QueueSender,
    run::Inbox,
    set::{Cons, ContractSet, Nil, Single},
};
use crate::{
    Runtime,
    ambient::{self, Handler},
    broker::Event,
    contract::{ContractRef, Serves},
    id::ActorId,
    layer::{Layer, Layers},
    naming::NameConflicts,
    router::Routes,
    supervision::{Backoff, Child, RestartPolicy, Supervision, Supervisor, Will},
    turn::ActorScope,
};

/// An actor that is not started: what it serves, how it is reached, and what becomes of it when it fails. Made by
/// [`Runtime::actor`].
#[must_use = "the actor does not exist until it is started"]
pub struct ActorBuilder<S, C = Nil> {
    runtime: Runtime,
    id: ActorId,
    factory: Factory<S>,
    options: Options,
    hooks: Option<Hooks<S>>,
    layers: Layers,
    declared: VecDeque<StartChild>,
    contracts: PhantomData<fn() -> C>,
}

/// What a builder was told that no type matters to.
struct Options {
    exposed: bool,
    names: Vec<ActorId>,
    capacity: Option<usize>,
    readers_limit: Option<usize>,
    stop_limit: Option<Duration>,
    policy: RestartPolicy,
    backoff: Option<Backoff>,
    supervision: Supervision,
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
    /// It was to be exposed while somebody listens, and what it serves has names that other things have.
    #[error("actor `{id}` cannot be exposed: {conflicts}", id = .0, conflicts = .1)]
    NameConflicts(ActorId, NameConflicts),
    /// The factory panicked, so there is no state.
    #[error("the factory of actor `{0}` panicked")]
    FactoryPanicked(ActorId),
    /// A start hook failed.
    #[error("`{hook}` of actor `{id}` failed: {error}", id = .0, hook = .1, error = .2)]
    HookFailed(ActorId, &'static str, String),
    /// A start hook panicked.
    #[error("`{hook}` of actor `{id}` panicked", id = .0, hook = .1)]
    HookPanicked(ActorId, &'static str),
    /// It failed before it had started: it said so itself, or its children failed more often than is borne.
    #[error("actor `{id}` failed before it had started: {cause}", id = .0, cause = .1)]
    Failed(ActorId, String),
    /// It was told to stop before it had started.
    #[error("actor `{0}` was stopped before it had started")]
    Stopped(ActorId),
    /// The actor whose child it was to be has stopped.
    #[error("actor `{parent}` has stopped; its child `{child}` cannot be started", child = .0, parent = .1)]
    ParentStopped(ActorId, ActorId),
    /// The runtime was shut down.
    #[error("the runtime was shut down; actor `{0}` cannot be started")]
    ShutDown(ActorId),
}

impl StartError {
    /// What went wrong, for those who know of which actor it is said.
    pub(super) fn cause(&self) -> String {
        match self {
            StartError::FactoryPanicked(_) => "its factory panicked".to_owned(),
            StartError::HookFailed(_, hook, error) => format!("`{hook}` failed: {error}"),
            StartError::HookPanicked(_, hook) => format!("`{hook}` panicked"),
            StartError::Failed(_, cause) => cause.clone(),
            other => other.to_string(),
        }
    }
}

impl<S: Send + Sync + 'static> ActorBuilder<S> {
    pub(crate) fn new(runtime: Runtime, id: ActorId, factory: impl Fn() -> S + Send + 'static) -> Self {
        ActorBuilder {
            runtime,
            id,
            factory: Box::new(factory),
            options: Options {
                exposed: false,
                names: Vec::new(),
                capacity: None,
                readers_limit: None,
                stop_limit: None,
                policy: RestartPolicy::default(),
                backoff: None,
                supervision: Supervision::default(),
            },
            hooks: None,
            layers: Layers::default(),
            declared: VecDeque::new(),
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
        self.taking()
    }

    /// Subscribes the actor to the events of a type, which its state handles by [`OnEvent`]. An event that is named several
    /// times is heard once.
    ///
    /// The subscription begins before the state is made: what is published while `before_start` runs waits in the queue. It
    /// lasts over restarts, with the events that wait, and ends when the actor leaves its loop to stop. Events that wait then
    /// are not handled; the [books](super::Books) count them. They take room in the queue as calls do; one that finds none is
    /// lost to this actor, which is told so by [`on_missed`](OnEvent::on_missed).
    pub fn on_event<E: Event>(self) -> ActorBuilder<S, Cons<Hears<E>, C>>
    where
        S: OnEvent<E>,
    {
        self.taking()
    }

    /// Takes plain messages of a type, which its state handles by [`On`], with the state alone. They belong to no contract, and
    /// are never reachable from outside. A type that is named several times is taken once.
    pub fn on<M: Send + 'static>(self) -> ActorBuilder<S, Cons<Single<DispatchOn<S, M>>, C>>
    where
        S: On<M>,
    {
        self.taking()
    }

    /// The same for messages that its state handles by [`OnShared`], beside others.
    pub fn on_shared<M: Send + 'static>(self) -> ActorBuilder<S, Cons<Single<DispatchOnShared<S, M>>, C>>
    where
        S: OnShared<M>,
    {
        self.taking()
    }

    /// The same actor, which takes what `D` says.
    pub(crate) fn taking<D>(self) -> ActorBuilder<S, D> {
        ActorBuilder {
            runtime: self.runtime,
            id: self.id,
            factory: self.factory,
            options: self.options,
            hooks: self.hooks,
            layers: self.layers,
            declared: self.declared,
            contracts: PhantomData,
        }
    }

    /// Runs the hooks that the state's type has as an [`Actor`].
    pub fn hooks(mut self) -> Self
    where
        S: Actor,
    {
        self.hooks = Some(Hooks::of_actor());
        self
    }

    /// Puts a layer round all calls that the actor handles, within those that were given before and those of the runtime.
    pub fn serving(mut self, layer: impl Layer) -> Self {
        self.layers = self.layers.with(layer);
        self
    }

    /// Lets callers outside the process reach the actor by its id. Nothing is reachable from outside until it is exposed.
    pub fn expose(mut self) -> Self {
        self.options.exposed = true;
        self
    }

    /// Lets callers outside the process reach the actor by a further name.
    pub fn expose_as(mut self, name: impl Into<ActorId>) -> Self {
        self.options.names.push(name.into());
        self
    }

    /// So many messages may wait in the queue, at least 1; 1024 unless set here or for the runtime.
    pub fn capacity(mut self, messages: usize) -> Self {
        self.options.capacity = Some(messages.max(1));
        self
    }

    /// So many shared calls may be suspended at once, at least 1; no limit unless set here or for the runtime. What comes
    /// then waits in the queue, with all that is behind it.
    pub fn shared_limit(mut self, calls: usize) -> Self {
        self.options.readers_limit = Some(calls.max(1));
        self
    }

    /// So long a stop waits for the calls that run, and as long for each hook, before it aborts them; 10 s unless set here or
    /// for the runtime. What computes and never awaits cannot be aborted.
    pub fn stop_limit(mut self, limit: Duration) -> Self {
        self.options.stop_limit = Some(limit);
        self
    }

    /// Whether the actor is started again when it has ended: [`RestartPolicy::Permanent`] unless set.
    pub fn restart_policy(mut self, policy: RestartPolicy) -> Self {
        self.options.policy = policy;
        self
    }

    /// How long its supervisor waits before it starts the actor again; [`Backoff::default`] unless set here or for the
    /// runtime.
    pub fn backoff(mut self, backoff: Backoff) -> Self {
        self.options.backoff = Some(backoff);
        self
    }

    /// How the actor supervises its children; [`Supervision::one_for_one`] unless set.
    pub fn supervision(mut self, supervision: Supervision) -> Self {
        self.options.supervision = supervision;
        self
    }

    /// Declares a child, which is started with the actor: after its `before_start`, before its `after_start`, and after the
    /// children that were declared before. If the child cannot be started, neither can the actor.
    ///
    /// The child's id is put behind the actor's: `worker` of `orders` is `orders/worker`.
    ///
    /// ```
    /// use callsheet::{Runtime, Supervision};
    ///
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// let runtime = Runtime::launch()?;
    /// let orders = runtime
    ///     .actor("orders", || ())
    ///     .supervision(Supervision::rest_for_one())
    ///     .child(runtime.actor("stock", || ()))
    ///     .child(runtime.actor("billing", || ()));
    /// let orders = orders.start().await?;
    /// // Later ones are possible too.
    /// let audit = orders.supervise(runtime.actor("audit", || ())).await?;
    /// assert_eq!(audit.id().as_str(), "orders/audit");
    /// # runtime.shutdown().await;
    /// # Ok(()) }
    /// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
    /// ```
    pub fn child<T, D>(mut self, child: ActorBuilder<T, D>) -> Self
    where
        T: Send + Sync + 'static,
        D: ContractSet<T>,
    {
        self.declared.push_back(Box::new(move |parent| {
            Box::pin(async move { child.start_under(&parent, false).await.map(drop) })
        }));
        self
    }

    /// Starts the actor: its state is made, its start hooks run, and its children are started. It runs until it is stopped,
    /// or fails and is not started again.
    ///
    /// # Errors
    ///
    /// If a name is taken or is none, the factory panics, a start hook fails, a child cannot be started, or the runtime was
    /// shut down; and, if it is exposed while a listener is there, if a contract or a type of it has a name that means
    /// something else in what is exposed already. Nothing is left of the actor then: its first start is not tried again.
    ///
    /// # Panics
    ///
    /// If a contract publishes, or the actor hears, an event under the name of another one.
    pub async fn start(self) -> Result<ActorHandle, StartError> {
        let supervisor = self.runtime.supervisor().clone();
        if supervisor.is_closing() {
            return Err(StartError::ShutDown(self.id));
        }
        self.start_with(supervisor, None, false).await
    }

    /// The same for a child of `parent`; of its present state, or of itself.
    pub(crate) async fn start_under(mut self, parent: &Arc<Core>, of_state: bool) -> Result<ActorHandle, StartError> {
        let supervisor = parent.children().clone();
        self.id = ActorId::from(format!("{}/{}", parent.id, self.id));
        if supervisor.is_closing() || parent.control.is_stopping() {
            return Err(StartError::ParentStopped(self.id, parent.id.clone()));
        }
        self.start_with(supervisor, Some(parent), of_state).await
    }

    /// The child cannot be started, since `parent` is none.
    pub(crate) fn orphaned(self, parent: &ActorId) -> StartError {
        StartError::ParentStopped(self.id, parent.clone())
    }

    async fn start_with(
        self,
        supervisor: Supervisor,
        parent: Option<&Arc<Core>>,
        of_state: bool,
    ) -> Result<ActorHandle, StartError> {
        let ActorBuilder {
            runtime,
            id,
            factory,
            options,
            hooks,
            layers,
            declared,
            ..
        } = self;
        let mut names = options.names;
        if options.exposed {
            names.push(id.clone());
        }
        names.sort();
        names.dedup();
        for name in std::iter::once(&id).chain(&names) {
            if let Some(reason) = name.fault() {
                return Err(StartError::InvalidName(name.clone(), reason));
            }
        }
        let defaults = runtime.actor_defaults();
        let core = Arc::new(Core::new(
            id.clone(),
            runtime.downgrade(),
            supervisor.clone(),
            options.supervision,
            runtime.serving_layers().over(&layers),
        ));
        let (sender, queue) = mpsc::channel(options.capacity.unwrap_or(defaults.capacity));
        let admitted = Arc::new(Admitted::new());
        let mut routes = Routes::default();
        let ways = QueueSender {
            queue: sender,
            admitted: Arc::clone(&admitted),
            core: Arc::clone(&core),
        };
        C::add_routes(&mut routes, &ways, |message| message);
        runtime.add_actor(&id, &names, Arc::new(routes))?;
        let (started, starting) = oneshot::channel();
        let scope = Arc::new(ActorScope::new(&core, &runtime));
        let mut life = Box::new(Mortal(Life {
            core: Arc::clone(&core),
            scope: Arc::clone(&scope),
            clock: runtime.clock(),
            factory,
            hooks,
            declared,
            dispatch: <C::Dispatch as Dispatch<S>>::new(),
            inbox: Inbox::new(queue, admitted),
            subscriptions: Subscriptions::default(),
            readers_limit: options.readers_limit.unwrap_or(defaults.shared_limit),
            stop_limit: options.stop_limit.unwrap_or(defaults.stop_limit),
            started: Some(started),
        }));
        C::subscribe(&mut life.0.subscriptions, runtime.broker(), &ways, |message| message);
        drop(ways);
        if !names.is_empty() {
            C::expose_events(runtime.broker());
        }
        // Before its task is there, so that its supervisor knows it before it hears of its end.
        supervisor.adopt(Child {
            number: core.number,
            name: core.id.to_string(),
            control: Arc::clone(&core.control),
            policy: options.policy,
            backoff: options.backoff.unwrap_or(defaults.backoff),
            of_state,
            report: Box::new({
                let core = Arc::downgrade(&core);
                move |generation, happening| {
                    if let Some(core) = core.upgrade() {
                        core.report(generation, happening);
                    }
                }
            }),
        });
        if parent.is_some_and(|parent| parent.control.is_stopping()) {
            // It may have gone through its children before this one was among them.
            supervisor.want(Will::Stop);
        }
        runtime.spawn(ambient::scope(Handler::Loop(scope), live(life)));
        drop(runtime);
        match starting.await {
            Ok(Ok(())) => Ok(ActorHandle::new(core)),
            Ok(Err(error)) => Err(error),
            // Its task was dropped.
            Err(_) => Err(StartError::Stopped(core.id.clone())),
        }
    }
}

impl<S, C> std::fmt::Debug for ActorBuilder<S, C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ActorBuilder")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
