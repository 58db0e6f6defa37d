//! The two sides of a connection: each a runtime of its own.

use std::{future::IntoFuture, sync::Arc, time::Duration};

use callsheet::{
    Failure, Listener, ListenerOptions, Mailbox, Remote, Runtime, Streaming, actor_contract, contract_type,
};
use futures_util::stream;
use tempfile::TempDir;
use tokio::sync::{Notify, Semaphore};

/// So long anything in these tests may take.
pub async fn within<F: IntoFuture>(future: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(10), future.into_future())
        .await
        .expect("it is done in time")
}

#[contract_type]
#[derive(Clone, Debug, PartialEq)]
pub enum MathError {
    ByZero { dividend: i64 },
}

/// What the serving side can do.
#[actor_contract(namespace = "far")]
pub trait Work {
    async fn add(&self, a: i64, b: i64) -> i64;
    async fn divide(&self, a: i64, b: i64) -> Result<i64, MathError>;
    async fn wait(&self) -> String;
    /// As `wait`, but nothing comes of it.
    async fn pause(&self);
    fn count(&self, to: u32) -> Streaming<u32>;
    fn endless(&self) -> Streaming<u32>;
    fn failing(&self, after: u32) -> Streaming<Result<u32, MathError>>;
    fn refused(&self) -> Result<Streaming<u32>, MathError>;
    fn panics(&self) -> u32;
    #[tell]
    fn note(&mut self, text: String);
    fn notes(&self) -> Vec<String>;
    /// Tells `listener` of every step.
    async fn report(&self, steps: u32, listener: Mailbox<dyn Progress>) -> Result<u32, Lost>;
    /// Remembers `listener` beyond the call.
    fn remember(&mut self, listener: Mailbox<dyn Progress>);
    async fn tell_remembered(&self, step: u32) -> Result<u32, Lost>;
    /// What was remembered, given back.
    fn remembered(&self) -> Mailbox<dyn Progress>;
    /// An actor of this side.
    fn colleague(&self, id: String) -> Mailbox<dyn Work>;
    fn colleagues(&self, ids: Vec<String>) -> Streaming<Mailbox<dyn Work>>;
    /// So many texts of so many bytes each.
    fn texts(&self, count: u32, bytes: u32) -> Streaming<String>;
    fn items(&self, to: u32, listener: Mailbox<dyn Progress>) -> Streaming<Result<u32, Lost>>;
}

/// What the calling side is told.
#[actor_contract(namespace = "far")]
pub trait Progress {
    async fn step(&mut self, step: u32) -> u32;
    fn steps(&self, to: u32) -> Streaming<u32>;
    fn lines(&self) -> Streaming<String>;
    #[tell]
    fn hint(&mut self, step: u32);
}

/// Why a listener could not be told.
#[contract_type]
#[derive(Clone, Debug, PartialEq)]
pub struct Lost {
    pub code: String,
}

impl From<Failure> for Lost {
    fn from(failure: Failure) -> Self {
        Lost {
            code: failure.code().to_string(),
        }
    }
}

/// What tests and the working actor share.
#[derive(Clone, Default)]
pub struct Shared {
    /// A waiting call has begun.
    pub entered: Arc<Notify>,
    /// A waiting call was dropped before its end.
    pub dropped: Arc<Notify>,
    pub gate: Arc<Gate>,
}

pub struct Gate(pub Semaphore);

impl Default for Gate {
    fn default() -> Self {
        Gate(Semaphore::new(0))
    }
}

#[derive(Default)]
pub struct Worker {
    shared: Shared,
    notes: Vec<String>,
    remembered: Option<Mailbox<dyn Progress>>,
}

struct Dropped(Arc<Notify>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

impl Work for Worker {
    async fn add(&self, a: i64, b: i64) -> i64 {
        a + b
    }

    async fn divide(&self, a: i64, b: i64) -> Result<i64, MathError> {
        a.checked_div(b).ok_or(MathError::ByZero { dividend: a })
    }

    async fn wait(&self) -> String {
        let dropped = Dropped(Arc::clone(&self.shared.dropped));
        self.shared.entered.notify_one();
        let permit = self.shared.gate.0.acquire().await.unwrap();
        permit.forget();
        std::mem::forget(dropped);
        "waited".to_owned()
    }

    async fn pause(&self) {
        self.wait().await;
    }

    fn count(&self, to: u32) -> Streaming<u32> {
        Streaming::iter(1..=to)
    }

    fn endless(&self) -> Streaming<u32> {
        let dropped = Dropped(Arc::clone(&self.shared.dropped));
        Streaming::new(stream::unfold((0, dropped), |(n, dropped)| async move {
            Some((n, (n + 1, dropped)))
        }))
    }

    fn failing(&self, after: u32) -> Streaming<Result<u32, MathError>> {
        let error = Err(MathError::ByZero { dividend: 7 });
        Streaming::iter((1..=after).map(Ok).chain([error]).collect::<Vec<_>>())
    }

    fn refused(&self) -> Result<Streaming<u32>, MathError> {
        Err(MathError::ByZero { dividend: 1 })
    }

    fn panics(&self) -> u32 {
        panic!("as it should")
    }

    fn note(&mut self, text: String) {
        self.notes.push(text);
    }

    fn notes(&self) -> Vec<String> {
        self.notes.clone()
    }

    async fn report(&self, steps: u32, listener: Mailbox<dyn Progress>) -> Result<u32, Lost> {
        let mut sum = 0;
        for step in 1..=steps {
            sum += listener.step(step).await?;
        }
        Ok(sum)
    }

    fn remember(&mut self, listener: Mailbox<dyn Progress>) {
        self.remembered = Some(listener);
    }

    async fn tell_remembered(&self, step: u32) -> Result<u32, Lost> {
        let listener = self.remembered.as_ref().expect("it remembers one");
        Ok(listener.step(step).await?)
    }

    fn remembered(&self) -> Mailbox<dyn Progress> {
        self.remembered.clone().expect("it remembers one")
    }

    fn colleague(&self, id: String) -> Mailbox<dyn Work> {
        Work.at(id)
    }

    fn colleagues(&self, ids: Vec<String>) -> Streaming<Mailbox<dyn Work>> {
        Streaming::iter(ids.into_iter().map(|id| Work.at(id)).collect::<Vec<_>>())
    }

    fn texts(&self, count: u32, bytes: u32) -> Streaming<String> {
        Streaming::iter((0..count).map(move |_| "x".repeat(bytes as usize)))
    }

    fn items(&self, to: u32, listener: Mailbox<dyn Progress>) -> Streaming<Result<u32, Lost>> {
        use futures_util::StreamExt;
        Streaming::new(listener.steps(to).map(|item| Ok(item?)))
    }
}

#[derive(Default)]
pub struct Steps(u32);

impl Progress for Steps {
    async fn step(&mut self, step: u32) -> u32 {
        self.0 += step;
        step * 10
    }

    fn steps(&self, to: u32) -> Streaming<u32> {
        Streaming::iter(1..=to)
    }

    fn lines(&self) -> Streaming<String> {
        Streaming::iter(["one".to_owned(), "two".to_owned()])
    }

    fn hint(&mut self, step: u32) {
        self.0 += step;
    }
}

/// A serving runtime, and one that is connected to it.
pub struct Sides {
    pub serving: Runtime,
    pub listener: Listener,
    pub calling: Runtime,
    pub remote: Remote,
    pub shared: Shared,
    pub folder: TempDir,
}

impl Sides {
    pub async fn start() -> Self {
        Self::with(|options| options).await
    }

    /// With a listener of its own options.
    pub async fn with(set: impl FnOnce(ListenerOptions) -> ListenerOptions) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s");
        let serving = Runtime::launch().unwrap();
        let shared = Shared::default();
        let made = shared.clone();
        let worker = move || Worker {
            shared: made.clone(),
            ..Worker::default()
        };
        let exposed = serving.actor("worker", worker.clone()).serves(Work).capacity(4);
        exposed.expose().start().await.unwrap();
        let hidden = serving.actor("hidden", worker.clone()).serves(Work);
        hidden.start().await.unwrap();
        let renamed = serving.actor("inner", worker).serves(Work);
        renamed.expose_as("outer").start().await.unwrap();
        let listener = serving.listen(set(ListenerOptions::at(&path))).await.unwrap();
        let calling = Runtime::launch().unwrap();
        calling
            .actor("steps", Steps::default)
            .serves(Progress)
            .start()
            .await
            .unwrap();
        let remote = calling.connect("far", &*path).await.unwrap();
        Sides {
            serving,
            listener,
            calling,
            remote,
            shared,
            folder,
        }
    }

    pub fn worker(&self) -> Mailbox<dyn Work> {
        self.remote.to("worker")
    }

    pub fn steps(&self) -> Mailbox<dyn Progress> {
        self.calling.to("steps")
    }
}
