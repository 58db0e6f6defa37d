//! The life of an actor: one state after the other, until it is stopped for good.

use std::{
    collections::VecDeque,
    future::{Future, poll_fn},
    pin::pin,
    sync::Arc,
    task::Poll,
    time::Duration,
};

use tokio::sync::oneshot;

use super::{
    bounded::{Bounded, bounded},
    builder::StartError,
    core::Core,
    dispatch::Dispatch,
    events::Subscriptions,
    hooks::{HookError, Hooks},
    readers::Readers,
    run::{Inbox, Running, lose, panicked},
};
use crate::{
    call::{CallHeader, Ending},
    clock::Clock,
    contained,
    context::CallContext,
    supervision::{End, Happening, Phase, Will},
    turn::ActorScope,
};

/// Makes the state: at the start, and again when a failure has discarded it.
pub(super) type Factory<S> = Box<dyn Fn() -> S + Send>;

/// Starts a child that was declared before its parent was started.
pub(super) type StartChild = Box<dyn FnOnce(Arc<Core>) -> Starting + Send>;

/// The start of a child.
pub(super) type Starting = std::pin::Pin<Box<dyn Future<Output = Result<(), StartError>> + Send>>;

pub(super) struct Life<S, D: Dispatch<S>> {
    pub(super) core: Arc<Core>,
    pub(super) scope: Arc<ActorScope>,
    pub(super) clock: Arc<Clock>,
    pub(super) factory: Factory<S>,
    pub(super) hooks: Option<Hooks<S>>,
    /// Those that are started with the first state; later ones find them there.
    pub(super) declared: VecDeque<StartChild>,
    pub(super) dispatch: D,
    pub(super) inbox: Inbox<D::Message>,
    /// They outlive states, and end with the actor.
    pub(super) subscriptions: Subscriptions,
    pub(super) readers_limit: usize,
    pub(super) stop_limit: Duration,
    /// Who waits for the first state to be up.
    pub(super) started: Option<oneshot::Sender<Result<(), StartError>>>,
}

/// A life that takes the actor's names away at its end and says that it has stopped, also if its task is dropped.
pub(super) struct Mortal<S, D: Dispatch<S>>(pub(super) Life<S, D>);

/// Runs an actor until it is stopped for good.
///
/// In a box, since the task would have room for the life twice: as what it is given and as what it has.
pub(super) async fn live<S: Send + Sync + 'static, D: Dispatch<S>>(mut life: Box<Mortal<S, D>>) {
    let mut generation = 1;
    loop {
        let end = life.0.generation(generation).await;
        let core = Arc::clone(&life.0.core);
        let end = match end {
            Ok(end) => end,
            // It was halted with others before it was up, and may come up with them.
            Err(StartError::Stopped(_))
                if !core.control.is_stopping() && core.control.leaves(generation) == Some(End::Asked) =>
            {
                End::Asked
            }
            Err(StartError::Stopped(_))
                if life.0.started.is_none() && core.control.leaves(generation) == Some(End::Finished) =>
            {
                End::Finished
            }
            Err(error) => {
                if let Some(started) = life.0.started.take() {
                    // Whoever starts it is told, and decides what is next. By then nothing is left of it.
                    core.report(generation, Happening::Failed { cause: error.cause() });
                    children_go(&core, Will::Stop).await;
                    drop(life);
                    let _ = started.send(Err(error));
                    return;
                }
                if core.control.is_stopping() {
                    End::Asked
                } else {
                    End::Failed(error.cause())
                }
            }
        };
        match &end {
            End::Failed(cause) => {
                tracing::error!(actor = %core.id, generation, %cause, "the actor failed");
                core.report(generation, Happening::Failed { cause: cause.clone() });
            }
            End::Finished => core.report(generation, Happening::Finished),
            End::Asked if !core.control.is_stopping() => core.report(generation, Happening::Halted),
            End::Asked => {}
        }
        if end != End::Asked {
            core.supervisor.ended(core.number, generation, end);
        }
        core.control.set_phase(Phase::Down(generation));
        let next = poll_fn(|cx| {
            core.control.register(cx.waker());
            core.control.next(generation).map_or(Poll::Pending, Poll::Ready)
        });
        match next.await {
            Some(next) => generation = next,
            None => break,
        }
    }
    // An actor that was down when it was stopped still has children, and what waits.
    let Life {
        core,
        inbox,
        subscriptions,
        ..
    } = &mut life.0;
    subscriptions.end();
    inbox.close(|queued| lose::<S, D>(core, queued)).await;
    children_go(core, Will::Halt).await;
    core.report(generation, Happening::Stopped);
}

impl<S: Send + Sync + 'static, D: Dispatch<S>> Life<S, D> {
    /// The whole life of one state.
    ///
    /// # Errors
    ///
    /// If it never was up.
    async fn generation(&mut self, generation: u64) -> Result<End, StartError> {
        self.core.control.set_phase(Phase::Starting(generation));
        self.core.open_sends();
        let Ok(mut state) = contained::outcome(&self.factory) else {
            self.core.cancel_sends();
            return Err(StartError::FactoryPanicked(self.core.id.clone()));
        };
        // In a box that is gone once the actor is up, as the start is longer than all that follows.
        if let Err(error) = Box::pin(self.start(generation, &mut state)).await {
            self.core.cancel_sends();
            contained::discard(state);
            children_go(&self.core, Will::Halt).await;
            return Err(error);
        }
        self.core.control.set_phase(Phase::Up(generation));
        self.core.report(generation, Happening::Started);
        if let Some(started) = self.started.take() {
            // Whoever started it may have given up.
            let _ = started.send(Ok(()));
        }
        let Life {
            core,
            scope,
            clock,
            dispatch,
            inbox,
            subscriptions,
            hooks,
            ..
        } = self;
        let mut running = Running {
            core,
            scope,
            clock,
            dispatch,
            inbox,
            generation,
            state: Arc::new(state),
            spare: None,
            readers: Readers::new(core),
            readers_limit: self.readers_limit,
            stop_limit: self.stop_limit,
        };
        let end = running.serve().await;
        core.cancel_sends();
        if core.control.is_stopping() {
            subscriptions.end();
        }
        if end.is_failure() {
            running.discard(Ending::Discarded).await;
            children_go(core, Will::Halt).await;
            return Ok(end);
        }
        if core.control.is_stopping() {
            // Nothing that waits will run, and its callers need not wait for that which does.
            running.inbox.empty(|queued| lose::<S, D>(core, queued));
        }
        if !running.quiet().await {
            let (end, why) = if running.readers.has_failed() {
                (panicked(), Ending::Discarded)
            } else {
                (end, Ending::Stopped)
            };
            running.discard(why).await;
            children_go(core, Will::Halt).await;
            return Ok(end);
        }
        let cx = CallContext::of_turn(scope);
        let stop = Stop {
            core,
            scope,
            generation,
            limit: self.stop_limit,
        };
        if let (Some(hooks), Some(state)) = (&hooks, Arc::get_mut(&mut running.state)) {
            stop.hook("before_stop", (hooks.before_stop)(state, &cx)).await;
        }
        if core.control.is_stopping() {
            // Before the children stop, whose last words to their parent would wait for nobody.
            running.inbox.close(|queued| lose::<S, D>(core, queued)).await;
        }
        children_go(core, Will::Halt).await;
        if core.control.is_stopping() {
            // It may only be stopping since.
            running.inbox.close(|queued| lose::<S, D>(core, queued)).await;
        }
        if let (Some(hooks), Some(state)) = (&hooks, Arc::get_mut(&mut running.state)) {
            stop.hook("after_stop", (hooks.after_stop)(state, &cx)).await;
        }
        running.discard(Ending::Stopped).await;
        Ok(end)
    }

    /// Runs the start hooks, and starts the children in between.
    async fn start(&mut self, generation: u64, state: &mut S) -> Result<(), StartError> {
        let Life {
            core,
            scope,
            hooks,
            declared,
            ..
        } = self;
        let start = Start {
            core,
            scope,
            generation,
            limit: self.stop_limit,
        };
        start.unless_left(core.settle_children(Will::Begin)).await?;
        let cx = CallContext::of_turn(scope);
        if let Some(hooks) = &hooks {
            start.hook("before_start", (hooks.before_start)(state, &cx)).await?;
        }
        while let Some(child) = declared.pop_front() {
            start.unless_left(child(Arc::clone(core))).await??;
        }
        start.unless_left(core.settle_children(Will::Run)).await?;
        if let Some(hooks) = &hooks {
            start.hook("after_start", (hooks.after_start)(state, &cx)).await?;
        }
        Ok(())
    }
}

/// The start of one state.
struct Start<'a> {
    core: &'a Arc<Core>,
    scope: &'a Arc<ActorScope>,
    generation: u64,
    /// How long a hook may go on when the actor is to leave.
    limit: Duration,
}

impl Start<'_> {
    async fn hook(
        &self,
        name: &'static str,
        hook: impl Future<Output = Result<(), HookError>>,
    ) -> Result<(), StartError> {
        self.scope.begin_turn(CallHeader::NONE, true);
        let ran = bounded(&self.core.control, self.generation, self.limit, pin!(Some(hook))).await;
        self.scope.end_turn();
        let id = || self.core.id.clone();
        match ran {
            Bounded::Done(Ok(())) => Ok(()),
            Bounded::Done(Err(error)) => Err(StartError::HookFailed(id(), name, error.to_string())),
            Bounded::Panicked => Err(StartError::HookPanicked(id(), name)),
            Bounded::Aborted => Err(self.left()),
        }
    }

    /// Waits for `start`, unless the actor is to leave before it is up.
    async fn unless_left<T>(&self, start: impl Future<Output = T>) -> Result<T, StartError> {
        match bounded(&self.core.control, self.generation, Duration::ZERO, pin!(Some(start))).await {
            Bounded::Done(started) => Ok(started),
            Bounded::Panicked | Bounded::Aborted => Err(self.left()),
        }
    }

    /// Why the start is cut short.
    fn left(&self) -> StartError {
        let id = self.core.id.clone();
        match self.core.control.leaves(self.generation) {
            Some(End::Failed(cause)) => StartError::Failed(id, cause),
            _ => StartError::Stopped(id),
        }
    }
}

/// Brings the children of an actor whose state is gone down, or to their end: at least to `least`, and to more if more is
/// wanted of the actor meanwhile.
async fn children_go(core: &Core, least: Will) {
    let wanted = || match (core.control.is_cut(), core.control.is_stopping()) {
        (true, _) => Will::Cut,
        (false, true) => least.max(Will::Stop),
        (false, false) => least,
    };
    let mut will = wanted();
    let mut settled = pin!(core.settle_children(will));
    poll_fn(|cx| {
        core.control.register(cx.waker());
        if wanted() > will {
            will = wanted();
            settled.set(core.settle_children(will));
        }
        settled.as_mut().poll(cx)
    })
    .await;
}

/// The stop of one state.
struct Stop<'a> {
    core: &'a Core,
    scope: &'a ActorScope,
    generation: u64,
    /// How long a hook may take.
    limit: Duration,
}

impl Stop<'_> {
    /// Runs a hook. What panics in it, or takes too long, ends there, and the world is told.
    async fn hook(&self, name: &str, hook: impl Future<Output = ()>) {
        let core = self.core;
        self.scope.begin_turn(CallHeader::NONE, true);
        let ran = bounded(&core.control, self.generation, self.limit, pin!(Some(hook))).await;
        self.scope.end_turn();
        let cause = match ran {
            Bounded::Done(()) => return,
            Bounded::Panicked => format!("`{name}` panicked"),
            Bounded::Aborted => format!("`{name}` took longer than a stop waits, and was aborted"),
        };
        tracing::error!(actor = %core.id, %cause, "a stop hook failed");
        core.report(self.generation, Happening::Failed { cause });
    }
}

impl<S, D: Dispatch<S>> Drop for Mortal<S, D> {
    fn drop(&mut self) {
        let Life {
            core,
            inbox,
            subscriptions,
            ..
        } = &mut self.0;
        subscriptions.end();
        core.cancel_sends();
        core.want_children(Will::Stop);
        if let Ok(runtime) = core.runtime.upgrade() {
            runtime.remove_actor(&core.id);
        }
        inbox.abandon(|queued| lose::<S, D>(core, queued));
        core.control.set_phase(Phase::Stopped);
        core.supervisor.gone(core.number);
    }
}
