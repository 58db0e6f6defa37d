//! What a method may know about its call beside the arguments.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use callsheet_wire::{Code, Failure};
use tokio::time::Instant;

use crate::{
    Runtime,
    actor::ActorId,
    ambient,
    clock::{Clock, Deadline},
    contract::{Contract, ContractRef},
    mailbox::{Location, Mailbox},
    runtime::WeakRuntime,
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
}

/// What the handlers of one actor find around them.
pub(crate) struct ActorScope {
    id: ActorId,
    /// None for a context that was made by hand.
    runtime: Option<(WeakRuntime, Arc<Clock>)>,
    /// The deadline of the call whose turn it is.
    turn: AtomicU64,
}

impl ActorScope {
    pub(crate) fn new(id: ActorId, runtime: &Runtime) -> Self {
        ActorScope {
            id,
            runtime: Some((runtime.downgrade(), runtime.clock())),
            turn: AtomicU64::new(Deadline::NONE.word()),
        }
    }

    /// A turn begins.
    #[inline]
    pub(crate) fn begin_turn(&self, deadline: Deadline) {
        // Only the actor's own task reads it.
        self.turn.store(deadline.word(), Ordering::Relaxed);
    }

    /// The deadline of the call whose turn it is.
    pub(crate) fn turn(&self) -> Deadline {
        Deadline::from_word(self.turn.load(Ordering::Relaxed))
    }

    pub(crate) fn runtime(&self) -> Result<Runtime, Failure> {
        self.weak_runtime()?.upgrade()
    }

    fn weak_runtime(&self) -> Result<WeakRuntime, Failure> {
        let known = self.runtime.as_ref().map(|(runtime, _)| runtime.clone());
        known.ok_or_else(|| {
            let text = "the call's context was made without a runtime; give it one with `.in_runtime(&runtime)`";
            Failure::new(Code::ActorNotFound, text)
        })
    }
}

impl CallContext {
    /// The context of a call of the actor `id` that has no deadline and no runtime: for tests that call a method of an
    /// implementation themselves.
    pub fn new(actor: impl Into<ActorId>) -> Self {
        CallContext {
            actor: Arc::new(ActorScope {
                id: actor.into(),
                runtime: None,
                turn: AtomicU64::new(Deadline::NONE.word()),
            }),
            deadline: None,
        }
    }

    /// The same call, in a runtime: its mailboxes then find actors.
    #[must_use]
    pub fn in_runtime(self, runtime: &Runtime) -> Self {
        CallContext {
            actor: Arc::new(ActorScope::new(self.actor.id.clone(), runtime)),
            deadline: self.deadline,
        }
    }

    /// The same call, whose caller waits until `deadline`.
    #[must_use]
    pub fn with_deadline(self, deadline: Instant) -> Self {
        CallContext {
            actor: self.actor,
            deadline: Some(deadline),
        }
    }

    /// The context of the call whose handler runs here; `None` outside of one.
    ///
    /// A task that a handler spawns, and a stream that it returned, are outside of it; a [`Deferred`](crate::Deferred) reply
    /// is still a part of the call.
    pub fn current() -> Option<Self> {
        ambient::context()
    }

    pub(crate) fn of(actor: &Arc<ActorScope>, deadline: Deadline) -> Self {
        let clock = actor.runtime.as_ref().map(|(_, clock)| clock);
        CallContext {
            actor: Arc::clone(actor),
            deadline: clock.and_then(|clock| clock.instant(deadline)),
        }
    }

    /// The actor that runs the call.
    pub fn actor(&self) -> &ActorId {
        &self.actor.id
    }

    /// The actor's own mailbox, for a contract that it serves: to send itself something for later, or to tell others where
    /// it is. It never fails: what cannot be resolved is the error of the first call.
    pub fn mailbox<T: Contract + ?Sized>(&self, _: ContractRef<T>) -> Mailbox<T> {
        Mailbox::new(&Location {
            id: self.actor.id.clone(),
            runtime: self.actor.weak_runtime(),
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
            .field("actor", &self.actor.id)
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
