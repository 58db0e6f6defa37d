//! Which runtime is meant where none is named.

use std::{
    cell::RefCell,
    collections::HashMap,
    marker::PhantomData,
    sync::{Arc, LazyLock, PoisonError, RwLock},
};

use callsheet_wire::{Code, Failure};
use tokio::time::Instant;

use crate::{
    call::Turn,
    clock::{Clock, Deadline},
    context::CallContext,
    runtime::{Runtime, WeakRuntime},
    turn::{ActorScope, CallScope},
};

tokio::task_local! {
    /// What runs here.
    static HANDLER: Handler;
}

/// What a task of a runtime is about.
#[derive(Clone)]
pub(crate) enum Handler {
    /// The loop of an actor: the call of its turn.
    Loop(Arc<ActorScope>),
    /// One call, which has left the loop of its actor.
    Call(Arc<CallScope>),
    /// No call of an actor.
    Runtime(WeakRuntime),
}

impl Handler {
    fn context(&self) -> Option<CallContext> {
        match self {
            Handler::Loop(actor) => Some(CallContext::of_turn(actor)),
            Handler::Call(call) => Some(CallContext::of_call(call)),
            Handler::Runtime(_) => None,
        }
    }

    fn runtime(&self) -> Result<Runtime, Failure> {
        match self {
            Handler::Loop(actor) => actor.runtime(),
            Handler::Call(call) => call.actor().runtime(),
            Handler::Runtime(runtime) => runtime.upgrade(),
        }
    }

    /// The same for a task that goes on with the call when the turn has ended.
    fn after_turn(&self) -> Handler {
        match self {
            Handler::Loop(actor) => Handler::Call(Arc::new(CallScope::after_turn(actor))),
            Handler::Call(call) => Handler::Call(Arc::new(call.followed())),
            Handler::Runtime(runtime) => Handler::Runtime(runtime.clone()),
        }
    }

    fn deadline(&self) -> Option<Instant> {
        let (deadline, actor) = match self {
            Handler::Loop(actor) => (actor.deadline(), actor),
            Handler::Call(call) => (call.deadline(), call.actor()),
            Handler::Runtime(_) => return None,
        };
        actor.clock()?.instant(deadline)
    }

    fn caller(&self) -> Option<Caller> {
        let (turn, deadline, actor) = match self {
            Handler::Loop(actor) => (actor.turn(), actor.deadline(), actor),
            Handler::Call(call) => (call.turn(), call.deadline(), call.actor()),
            Handler::Runtime(_) => return None,
        };
        let deadline = actor.clock().map(|clock| (Arc::clone(clock), deadline));
        Some(Caller { turn, deadline })
    }
}

/// The turn that makes a call.
pub(crate) struct Caller {
    pub(crate) turn: Arc<Turn>,
    /// That of the call it serves, on its own clock.
    pub(crate) deadline: Option<(Arc<Clock>, Deadline)>,
}

thread_local! {
    /// The runtimes that were entered on this thread, the innermost last; `None` where one was left before a later one.
    static ENTERED: RefCell<Vec<Option<Runtime>>> = const { RefCell::new(Vec::new()) };
}

/// The runtimes that were launched in each tokio runtime.
static LAUNCHED: LazyLock<RwLock<HashMap<tokio::runtime::Id, Vec<WeakRuntime>>>> = LazyLock::new(RwLock::default);

/// Notes that `runtime` was launched in the tokio runtime `place`.
pub(crate) fn launched(place: tokio::runtime::Id, runtime: WeakRuntime) {
    let mut launched = LAUNCHED.write().unwrap_or_else(PoisonError::into_inner);
    launched.retain(|_, runtimes| {
        runtimes.retain(WeakRuntime::is_alive);
        !runtimes.is_empty()
    });
    launched.entry(place).or_default().push(runtime);
}

/// Runs `future` as `handler`.
pub(crate) fn scope<F: Future>(handler: Handler, future: F) -> impl Future<Output = F::Output> {
    HANDLER.scope(handler, future)
}

/// Runs `poll` as what it is about: the runtime, and no call, whoever polls.
pub(crate) fn outside_of_calls<T>(runtime: &WeakRuntime, poll: impl FnOnce() -> T) -> T {
    HANDLER.sync_scope(Handler::Runtime(runtime.clone()), poll)
}

/// Runs `future` as the call of `scope`.
pub(crate) fn in_call<F: Future>(scope: Arc<CallScope>, future: F) -> impl Future<Output = F::Output> {
    HANDLER.scope(Handler::Call(scope), future)
}

/// The call that runs here, for a task that goes on with it when its turn has ended; `None` outside of a runtime's tasks.
pub(crate) fn after_turn() -> Option<Handler> {
    HANDLER.try_with(Handler::after_turn).ok()
}

/// Whether a task of a runtime runs here.
pub(crate) fn is_handler() -> bool {
    HANDLER.try_with(|_| ()).is_ok()
}

/// The turn that runs here, as one that makes a call; `None` outside of handlers.
#[inline]
pub(crate) fn caller() -> Option<Caller> {
    HANDLER.try_with(Handler::caller).ok().flatten()
}

/// The deadline of the call that runs here; `None` if it has none, and outside of handlers.
pub(crate) fn deadline() -> Option<Instant> {
    HANDLER.try_with(Handler::deadline).ok().flatten()
}

/// The context of the call that runs here.
pub(crate) fn context() -> Option<CallContext> {
    HANDLER.try_with(Handler::context).ok().flatten()
}

/// The ambient runtime.
pub(crate) fn find() -> Result<Runtime, Failure> {
    if let Ok(runtime) = HANDLER.try_with(Handler::runtime) {
        return runtime;
    }
    if let Some(runtime) = ENTERED.with_borrow(|entered| entered.iter().flatten().next_back().cloned()) {
        return Ok(runtime);
    }
    let launched = LAUNCHED.read().unwrap_or_else(PoisonError::into_inner);
    let alive = |runtimes: &Vec<WeakRuntime>| runtimes.iter().filter_map(|r| r.upgrade().ok()).collect::<Vec<_>>();
    let mut candidates = match tokio::runtime::Handle::try_current() {
        Ok(handle) => launched.get(&handle.id()).map(alive).unwrap_or_default(),
        Err(_) => launched.values().flat_map(alive).collect(),
    };
    match (candidates.pop(), candidates.is_empty()) {
        (Some(runtime), true) => Ok(runtime),
        (Some(_), false) => Err(Failure::new(
            Code::ActorNotFound,
            "several runtimes were launched here; name one with `runtime.to(..)` or enter one with `runtime.enter()`",
        )),
        (None, _) => Err(Failure::new(
            Code::ActorNotFound,
            "no runtime was launched here; launch one with `Runtime::launch()`, or name one with `runtime.to(..)`",
        )),
    }
}

/// While it lives, the runtime is the ambient one on this thread. Made by [`Runtime::enter`].
#[must_use = "the runtime is ambient only while the guard lives"]
#[derive(Debug)]
pub struct EnterGuard {
    /// Where it stands among those that were entered.
    place: usize,
    /// It must be dropped on the thread that made it.
    not_send: PhantomData<*const ()>,
}

pub(crate) fn enter(runtime: Runtime) -> EnterGuard {
    let place = ENTERED.with_borrow_mut(|entered| {
        entered.push(Some(runtime));
        entered.len() - 1
    });
    EnterGuard {
        place,
        not_send: PhantomData,
    }
}

impl Drop for EnterGuard {
    fn drop(&mut self) {
        let runtime = ENTERED.with_borrow_mut(|entered| {
            let runtime = entered[self.place].take();
            while entered.pop_if(|entered| entered.is_none()).is_some() {}
            runtime
        });
        drop(runtime);
    }
}
