//! Which runtime is meant where none is named.

use std::{
    cell::RefCell,
    collections::HashMap,
    marker::PhantomData,
    sync::{Arc, LazyLock, PoisonError, RwLock},
};

use callsheet_wire::{Code, Failure};

use crate::{
    clock::Deadline,
    context::{ActorScope, CallContext},
    runtime::{Runtime, WeakRuntime},
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
    Call { actor: Arc<ActorScope>, deadline: Deadline },
    /// No call of an actor.
    Runtime(WeakRuntime),
}

impl Handler {
    fn context(&self) -> Option<CallContext> {
        match self {
            Handler::Loop(actor) => Some(CallContext::of(actor, actor.turn())),
            Handler::Call { actor, deadline } => Some(CallContext::of(actor, *deadline)),
            Handler::Runtime(_) => None,
        }
    }

    fn runtime(&self) -> Result<Runtime, Failure> {
        match self {
            Handler::Loop(actor) | Handler::Call { actor, .. } => actor.runtime(),
            Handler::Runtime(runtime) => runtime.upgrade(),
        }
    }

    /// The same for a task that goes on with the call when the turn has ended.
    fn of_call(&self) -> Handler {
        match self {
            Handler::Loop(actor) => Handler::Call {
                actor: Arc::clone(actor),
                deadline: actor.turn(),
            },
            other => other.clone(),
        }
    }
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

/// The call that runs here, for a task that goes on with it; `None` outside of a runtime's tasks.
pub(crate) fn call() -> Option<Handler> {
    HANDLER.try_with(Handler::of_call).ok()
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
