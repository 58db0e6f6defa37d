//! What an actor does when it starts and when it stops.

use std::{error::Error, future::Future, pin::Pin};

use crate::context::CallContext;

/// Why a start hook failed: any error.
pub type HookError = Box<dyn Error + Send + Sync>;

/// What an actor does when it starts and when it stops. An actor is asked to by
/// [`hooks`](super::ActorBuilder::hooks).
///
/// Each state has all four: the first one, and each that follows a failure. The hooks have the state alone, as exclusive
/// calls have. A start hook that fails or panics is a failure of the actor: the first start then fails, and of a later one its
/// supervisor hears. What panics in a stop hook ends there. State that a panic has discarded has no stop hooks.
///
/// ```
/// use callsheet::{Actor, CallContext, HookError, Runtime};
///
/// #[derive(Default)]
/// struct Journal {
///     lines: Vec<String>,
/// }
///
/// impl Actor for Journal {
///     async fn before_start(&mut self, cx: &CallContext) -> Result<(), HookError> {
///         self.lines.push(format!("{} opens", cx.actor()));
///         Ok(())
///     }
///
///     async fn after_stop(&mut self, _: &CallContext) {
///         self.lines.clear();
///     }
/// }
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let runtime = Runtime::launch()?;
/// runtime.actor("journal", Journal::default).hooks().start().await?;
/// # runtime.shutdown().await;
/// # Ok(()) }
/// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
/// ```
pub trait Actor: Send + Sync + 'static {
    /// Before the first message is handled, and before the children start. Messages already wait in the queue.
    fn before_start(&mut self, cx: &CallContext) -> impl Future<Output = Result<(), HookError>> + Send {
        let _ = cx;
        async { Ok(()) }
    }

    /// When the children have started; it is what the actor does first in its loop.
    fn after_start(&mut self, cx: &CallContext) -> impl Future<Output = Result<(), HookError>> + Send {
        let _ = cx;
        async { Ok(()) }
    }

    /// When the loop was left, before the queue is closed and the children stop.
    fn before_stop(&mut self, cx: &CallContext) -> impl Future<Output = ()> + Send {
        let _ = cx;
        async {}
    }

    /// When all children have stopped and nothing can be sent any more. It is the last thing that the state sees.
    fn after_stop(&mut self, cx: &CallContext) -> impl Future<Output = ()> + Send {
        let _ = cx;
        async {}
    }
}

type Started<'a> = Pin<Box<dyn Future<Output = Result<(), HookError>> + Send + 'a>>;
type Done<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// The hooks of a state's type; none do nothing.
pub(super) struct Hooks<S> {
    pub(super) before_start: for<'a> fn(&'a mut S, &'a CallContext) -> Started<'a>,
    pub(super) after_start: for<'a> fn(&'a mut S, &'a CallContext) -> Started<'a>,
    pub(super) before_stop: for<'a> fn(&'a mut S, &'a CallContext) -> Done<'a>,
    pub(super) after_stop: for<'a> fn(&'a mut S, &'a CallContext) -> Done<'a>,
}

impl<S: Actor> Hooks<S> {
    pub(super) fn of_actor() -> Self {
        Hooks {
            before_start: |state, cx| Box::pin(state.before_start(cx)),
            after_start: |state, cx| Box::pin(state.after_start(cx)),
            before_stop: |state, cx| Box::pin(state.before_stop(cx)),
            after_stop: |state, cx| Box::pin(state.after_stop(cx)),
        }
    }
}
