//! What a method may know about its call beside the arguments.

use std::{fmt, sync::Arc, time::Duration};

use callsheet_wire::Failure;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::{
    Runtime,
    actor::{ActorBuilder, ActorHandle, ContractSet, StartError},
    ambient,
    call::Metadata,
    clock::Deadline,
    contract::{Contract, ContractRef},
    id::ActorId,
    mailbox::{ActorRef, Location, Mailbox},
    peer::Peer,
    supervision::End,
    turn::{ActorScope, CallScope},
};

/// What a method may know about its call beside the arguments: who runs it, and how long its caller waits.
///
/// A method takes it as an argument marked `#[context]`, which is no part of the message. Elsewhere in a handler
/// [`current`](Self::current) gives the same. It is cheap to clone, and keeps neither the actor nor the runtime alive.
///
/// ```
/// use callsheet::{CallContext, Runtime, actor_contract};
///
/// #[actor_contract(namespace = "demo")]
/// pub trait Greeter {
///     async fn greet(&self, #[context] cx: &CallContext, name: String) -> String;
/// }
///
/// struct Host;
///
/// impl Greeter for Host {
///     async fn greet(&self, cx: &CallContext, name: String) -> String {
///         format!("{name}, this is {}", cx.actor())
///     }
/// }
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// // An implementation is a plain value: a test makes the context itself.
/// let greeting = Host.greet(&CallContext::new("lobby"), "Ada".to_owned()).await;
/// assert_eq!(greeting, "Ada, this is lobby");
///
/// // Callers do not see it.
/// let runtime = Runtime::launch()?;
/// runtime.actor("desk", || Host).serves(Greeter).start().await?;
/// assert_eq!(Greeter.at("desk").greet("Ada".to_owned()).await?, "Ada, this is desk");
/// # Ok(()) }
/// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
/// ```
#[derive(Clone)]
pub struct CallContext {
    actor: Arc<ActorScope>,
    deadline: Option<Instant>,
    meta: Option<Metadata>,
    peer: Option<Peer>,
}

impl CallContext {
    /// The context of a call of the actor `id` that has no deadline and no runtime: for tests that call a method of an
    /// implementation themselves.
    pub fn new(actor: impl Into<ActorId>) -> Self {
        CallContext {
            actor: Arc::new(ActorScope::by_hand(actor.into(), None)),
            deadline: None,
            meta: None,
            peer: None,
        }
    }

    /// The same call, in a runtime: its mailboxes then find actors.
    #[must_use]
    pub fn in_runtime(self, runtime: &Runtime) -> Self {
        CallContext {
            actor: Arc::new(ActorScope::by_hand(self.actor.id().clone(), Some(runtime))),
            ..self
        }
    }

    /// The same call, whose caller waits until `deadline`.
    #[must_use]
    pub fn with_deadline(self, deadline: Instant) -> Self {
        CallContext {
            deadline: Some(deadline),
            ..self
        }
    }

    /// The same call, made by `peer` from outside the process.
    #[must_use]
    pub fn with_peer(self, peer: Peer) -> Self {
        CallContext {
            peer: Some(peer),
            ..self
        }
    }

    /// The context of the call whose handler runs here; `None` outside of one.
    ///
    /// A task that a handler spawns, and a stream that it returned, are outside of it; a [`Deferred`](crate::Deferred) reply
    /// is still a part of the call.
    pub fn current() -> Option<Self> {
        ambient::context()
    }

    /// That of the turn in the loop of `actor`.
    pub(crate) fn of_turn(actor: &Arc<ActorScope>) -> Self {
        Self::of(actor, actor.deadline(), actor.meta(), actor.peer())
    }

    /// That of a call which has left the loop of its actor.
    pub(crate) fn of_call(call: &CallScope) -> Self {
        Self::of(call.actor(), call.deadline(), call.meta(), call.peer())
    }

    fn of(actor: &Arc<ActorScope>, deadline: Deadline, meta: Option<Metadata>, peer: Option<Peer>) -> Self {
        CallContext {
            actor: Arc::clone(actor),
            deadline: actor.clock().and_then(|clock| clock.instant(deadline)),
            meta,
            peer,
        }
    }

    /// The actor that runs the call.
    pub fn actor(&self) -> &ActorId {
        self.actor.id()
    }

    /// The actor's own mailbox, for a contract that it serves: to send itself something for later, or to tell others where
    /// it is. It never fails: what cannot be resolved is the error of the first call.
    pub fn mailbox<T: Contract + ?Sized>(&self, _: ContractRef<T>) -> Mailbox<T> {
        Mailbox::new(&Location {
            id: self.actor.id().clone(),
            runtime: self.actor.weak_runtime(),
            route: None,
        })
    }

    /// The actor's own address for plain messages, if its state is an `A`; else the error of the first call says that it is
    /// not.
    pub fn actor_ref<A: Send + Sync + 'static>(&self) -> ActorRef<A> {
        ActorRef::new(Location {
            id: self.actor.id().clone(),
            runtime: self.actor.weak_runtime(),
            route: None,
        })
    }

    /// The runtime that the actor runs in, with its broker.
    ///
    /// # Errors
    ///
    /// If it was dropped, or the context was made without one.
    pub fn runtime(&self) -> Result<Runtime, Failure> {
        self.actor.runtime()
    }

    /// What the caller sent along under `key`, with `.meta(key, value)`.
    pub fn meta(&self, key: &str) -> Option<&str> {
        self.meta.as_ref()?.get(key).map(String::as_str)
    }

    /// Who called, from outside the process: the user and the process on the other side of the connection. `None` for a call
    /// from this process, and for whatever else runs as a turn.
    ///
    /// It is that of the call itself and of nothing further: a call that the handler makes in its turn has no peer, because
    /// it is the actor that makes it and answers for it. Whoever must know on whose behalf it is made says so in its
    /// arguments, or along with it.
    pub fn peer(&self) -> Option<&Peer> {
        self.peer.as_ref()
    }

    /// What is cancelled when the actor's present state ends.
    pub(crate) fn scheduling(&self) -> CancellationToken {
        match self.actor.actor() {
            Some(actor) => actor.scheduling(),
            None => CancellationToken::new(),
        }
    }

    /// Starts `child` as a child of the actor: under its supervision, and with the actor's id before its own.
    ///
    /// The child belongs to the actor's present state: it is stopped when that state ends, whether or not the actor is started
    /// again. One that is to outlive it is started by [`ActorHandle::supervise`](crate::ActorHandle::supervise), or
    /// [declared](crate::ActorBuilder::child).
    ///
    /// # Errors
    ///
    /// As [`ActorBuilder::start`](crate::ActorBuilder::start), if the actor stops, and for a context that was made by hand.
    pub async fn supervise<S, C>(&self, child: ActorBuilder<S, C>) -> Result<ActorHandle, StartError>
    where
        S: Send + Sync + 'static,
        C: ContractSet<S>,
    {
        match self.actor.actor() {
            Some(parent) => child.start_under(parent, true).await,
            None => Err(child.orphaned(self.actor())),
        }
    }

    /// Says that the actor's work is done: it leaves its loop after this call, and is started again only if it is
    /// [`Permanent`](crate::RestartPolicy::Permanent). Nothing happens for a context that was made by hand.
    pub fn finish(&self) {
        if let Some(actor) = self.actor.actor() {
            actor.control.end(End::Finished);
        }
    }

    /// Says that the actor has failed: it leaves its loop when this turn is over, its state is discarded, and its supervisor
    /// decides what is next. Calls that are suspended then are given up, a shared one that says so and awaits again among
    /// them. Nothing happens for a context that was made by hand.
    pub fn fail(&self, cause: impl Into<String>) {
        if let Some(actor) = self.actor.actor() {
            actor.control.end(End::Failed(cause.into()));
        }
    }

    /// When nobody waits for the reply any more; `None` for a call without a reply. It is not exact: a caller may be told up
    /// to 20 ms later that it is late.
    pub fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// How long the caller still waits; zero if it does not, `None` for a call without a reply.
    pub fn time_left(&self) -> Option<Duration> {
        self.deadline
            .map(|deadline| deadline.saturating_duration_since(Instant::now()))
    }
}

impl fmt::Debug for CallContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallContext")
            .field("actor", self.actor.id())
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}

/// The type of an argument marked `#[context]`.
#[diagnostic::on_unimplemented(
    message = "CS0016: `{Self}` is not the context of a call",
    label = "an argument marked `#[context]` is `&CallContext`"
)]
pub trait Context: Sized {
    #[doc(hidden)]
    const IS: ();

    /// The context, as this type.
    fn of(context: &CallContext) -> &Self;
}

impl Context for CallContext {
    const IS: () = ();

    fn of(context: &CallContext) -> &Self {
        context
    }
}

/// The context of the call whose handler is about to run.
pub fn context() -> CallContext {
    CallContext::current().expect("handlers run in the tasks of their actors")
}
