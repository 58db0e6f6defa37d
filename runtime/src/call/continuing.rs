//! What follows a call when it is done, beside whoever made it.

use std::future::Future;

use callsheet_wire::Failure;
use tokio::runtime::Handle;

use crate::{
    ambient::{self, Handler},
    contained,
    runtime::WeakRuntime,
};

/// Has `then` follow `call` in a task of the runtime: never in an actor's turn.
pub(super) fn follow<T: Send + 'static>(
    runtime: Result<WeakRuntime, Failure>,
    call: impl Future<Output = T> + Send + 'static,
    then: impl FnOnce(T) + Send + 'static,
) {
    let followed = async move {
        let done = call.await;
        if contained::outcome(|| then(done)).is_err() {
            tracing::error!("what was to follow a call panicked");
        }
    };
    let alive = runtime.and_then(|weak| Ok((weak.upgrade()?, weak)));
    match (alive, Handle::try_current()) {
        (Ok((runtime, weak)), _) => runtime.spawn(ambient::scope(Handler::Runtime(weak), followed)),
        // The call has failed already, for there is nowhere it could have gone.
        (Err(_), Ok(tokio)) => _ = tokio.spawn(followed),
        (Err(_), Err(_)) => pollster::block_on(followed),
    }
}
