//! Handlers that block: each runs on a thread of its own, so that the connection is read meanwhile.

use std::sync::Arc;

use futures_core::Stream;
use futures_util::{StreamExt, stream};
use tokio::{
    sync::{Semaphore, mpsc},
    task::spawn_blocking,
};

use tracing::error;

use super::{HostError, HostOptions};

/// The threads on which the handlers of one actor run.
///
/// A handler that runs goes on when its call is given up, and what it answers then is dropped. It keeps its thread until it
/// has ended, so that there are never more threads than calls that may run at once.
#[derive(Clone, Debug)]
pub struct Threads(Arc<Semaphore>);

impl Threads {
    /// As many as calls may run at once.
    #[must_use]
    pub fn of(options: &HostOptions) -> Self {
        Self(Arc::new(Semaphore::new(
            options.most_calls().min(Semaphore::MAX_PERMITS),
        )))
    }

    /// What a handler returns.
    ///
    /// # Errors
    ///
    /// Its own; that it panicked.
    pub async fn run<T, E, H>(&self, handler: H) -> Result<T, HostError<E>>
    where
        T: Send + 'static,
        E: Send + 'static,
        H: FnOnce() -> Result<T, HostError<E>> + Send + 'static,
    {
        let permit = Arc::clone(&self.0).acquire_owned().await.map_err(HostError::failed)?;
        let handled = spawn_blocking(move || {
            let handled = handler();
            drop(permit);
            handled
        });
        handled.await.map_err(HostError::failed)?
    }

    /// Waits until a handler of a tell has run.
    pub async fn done(&self, handler: impl FnOnce() + Send + 'static) {
        let ran = self.run(|| {
            handler();
            Ok::<(), HostError>(())
        });
        if ran.await.is_err() {
            error!("a handler panicked");
        }
    }

    /// The items that a handler hands to the function that it is given, which returns `false` once nobody wants more.
    pub fn items<T, E, H>(&self, handler: H) -> impl Stream<Item = Result<T, HostError<E>>> + Send + use<T, E, H>
    where
        T: Send + 'static,
        E: Send + 'static,
        H: FnOnce(&mut dyn FnMut(Result<T, HostError<E>>) -> bool) + Send + 'static,
    {
        let threads = self.clone();
        let (sender, receiver) = mpsc::channel(1);
        let failing = sender.clone();
        let run = async move {
            let ran = threads.run(move || {
                handler(&mut |item| sender.blocking_send(item).is_ok());
                Ok::<_, HostError<E>>(())
            });
            if let Err(error) = ran.await {
                // Nobody wants it if it cannot be sent.
                let _ = failing.send(Err(error)).await;
            }
        };
        let items = stream::unfold(receiver, |mut receiver| async move {
            receiver.recv().await.map(|item| (item, receiver))
        });
        let run = stream::once(run);
        // The thread is waited for beside the items that it makes.
        stream::select(run.filter_map(|()| async { None }), items)
    }
}
