//! The client for programs without async.
//!
//! Every call blocks its thread until it ends. Threads may share a [`Connection`]: whichever waits reads for all.
//!
//! ```no_run
//! use callsheet_client::{CallOptions, Failure, blocking::Connection};
//!
//! # #[derive(serde::Serialize)] struct Add { a: i64, b: i64 }
//! # fn example() -> Result<(), Failure> {
//! let connection = Connection::connect("/run/user/1000/callsheet/demo.sock")?;
//! let sum: i64 = connection.ask("calculator", "demo.Calculator.Add", &Add { a: 5, b: 3 }, CallOptions::new())?;
//! # Ok(()) }
//! ```
//!
//! # Assumptions
//!
//! The socket is read and deadlines are kept only while some thread is in a call: between calls, events wait in the
//! socket, and a server may count a client that never looks as too slow. So is a lost connection made anew by whoever calls
//! next, or waits already. Within async code every call fails at once,
//! since it would hold up its executor; use the async client there.

use std::{
    fmt,
    future::Future,
    path::Path,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use callsheet_wire::{Code, Codec, Delivered};
use futures_util::StreamExt;
use serde::{Serialize, de::DeserializeOwned};
use tokio::{
    runtime::{Builder, Handle, Runtime},
    task::{coop, yield_now},
};

use crate::{
    CallError, CallOptions, ConnectOptions, DetailedStats, Discovery, Document, Failure, Notice, Push, Welcome,
    hosting::{Actor, HostOptions, Hosted},
};

/// A connection to a server, shared by any number of threads; see the [async one](crate::Connection).
#[derive(Clone, Debug)]
pub struct Connection {
    inner: crate::Connection,
    // After `inner`, so that the connection begins to close before what drives it ends.
    driver: Arc<Driver>,
}

impl Connection {
    /// Connects to the Unix socket at `path` with the default [`ConnectOptions`].
    ///
    /// # Errors
    ///
    /// `ConnectionClosed` if nobody listens there, `Timeout` if nobody answers, `Internal` within async code.
    pub fn connect(path: impl AsRef<Path>) -> Result<Self, Failure> {
        Self::connect_with(path, ConnectOptions::default())
    }

    /// Connects to the Unix socket at `path`.
    ///
    /// # Errors
    ///
    /// `ConnectionClosed` if nobody listens there, `Timeout` if nobody answers, `Internal` within async code.
    pub fn connect_with(path: impl AsRef<Path>, options: ConnectOptions) -> Result<Self, Failure> {
        let driver = Driver::new()?;
        let inner = driver.run(crate::Connection::connect_with(path, options))?;
        Ok(Self {
            inner,
            driver: Arc::new(driver),
        })
    }

    /// The codec of what is sent.
    pub fn codec(&self) -> Codec {
        self.inner.codec()
    }

    /// Whether the connection takes no more calls, as far as the last call saw.
    pub fn is_closed(&self) -> bool {
        self.inner.is_closed()
    }

    /// Whether there is a socket that calls are written to, as far as the last call saw.
    pub fn is_connected(&self) -> bool {
        self.inner.is_connected()
    }

    /// What the server said of itself, as far as the last call saw; see [`crate::Connection::server`].
    pub fn server(&self) -> Option<Welcome> {
        self.inner.server()
    }

    /// Asks whether the server is there; see [`crate::Connection::ping`].
    ///
    /// # Errors
    ///
    /// If it does not answer.
    pub fn ping(&self) -> Result<(), Failure> {
        self.driver.run(self.inner.ping())
    }

    /// Asks what there is to call; see [`crate::Connection::discover`].
    ///
    /// # Errors
    ///
    /// If the server does not answer, or knows no such question.
    pub fn discover(&self) -> Result<Discovery, Failure> {
        self.driver.run(self.inner.discover())
    }

    /// Asks for the document that describes what is served; see [`crate::Connection::schema`].
    ///
    /// # Errors
    ///
    /// If the server does not answer, or knows no such question.
    pub fn schema(&self) -> Result<Document, Failure> {
        self.driver.run(self.inner.schema())
    }

    /// Asks what the server has counted; see [`crate::Connection::stats`].
    ///
    /// # Errors
    ///
    /// If the server does not answer, knows no such question, or does not tell this client.
    pub fn stats(&self) -> Result<DetailedStats, Failure> {
        self.driver.run(self.inner.stats())
    }

    /// Closes the connection; see [`crate::Connection::close`].
    ///
    /// # Errors
    ///
    /// `Internal` within async code.
    pub fn close(&self) -> Result<(), Failure> {
        self.driver.run(async {
            self.inner.close().await;
            Ok(())
        })
    }

    /// Sends `message` to the actor `target` and waits for its reply; see [`crate::Connection::ask`].
    ///
    /// # Errors
    ///
    /// What went wrong on the way.
    pub fn ask<M, R>(&self, target: &str, message_type: &str, message: &M, options: CallOptions) -> Result<R, Failure>
    where
        M: Serialize + ?Sized,
        R: DeserializeOwned,
    {
        self.driver.run(self.inner.ask(target, message_type, message, options))
    }

    /// As [`ask`](Self::ask), of a method whose contract declares the error `E`.
    ///
    /// # Errors
    ///
    /// The declared error, or what went wrong on the way.
    pub fn ask_fallible<M, R, E>(
        &self,
        target: &str,
        message_type: &str,
        message: &M,
        options: CallOptions,
    ) -> Result<R, CallError<E>>
    where
        M: Serialize + ?Sized,
        R: DeserializeOwned,
        E: DeserializeOwned + Send + 'static,
    {
        self.driver
            .run(self.inner.ask_fallible(target, message_type, message, options))
    }

    /// Sends `message` to the actor `target`, which never replies to it; ends once it is written to the socket.
    ///
    /// # Errors
    ///
    /// If the message cannot be encoded or written. What happens to it at the server is not told.
    pub fn tell<M>(&self, target: &str, message_type: &str, message: &M, options: CallOptions) -> Result<(), Failure>
    where
        M: Serialize + ?Sized,
    {
        self.driver.run(async {
            self.inner.tell(target, message_type, message, options).await?;
            self.inner.flush().await
        })
    }

    /// Sends `message` to the actor `target` and returns its replies; see [`crate::Connection::stream`].
    pub fn stream<M, T>(&self, target: &str, message_type: &str, message: &M, options: CallOptions) -> ReplyStream<T>
    where
        M: Serialize + ?Sized,
        T: DeserializeOwned,
    {
        self.iterate(self.inner.stream(target, message_type, message, options))
    }

    /// As [`stream`](Self::stream), of a method whose contract declares the error `E`.
    pub fn stream_fallible<M, T, E>(
        &self,
        target: &str,
        message_type: &str,
        message: &M,
        options: CallOptions,
    ) -> ReplyStream<T, CallError<E>>
    where
        M: Serialize + ?Sized,
        T: DeserializeOwned,
        E: DeserializeOwned + Send + 'static,
    {
        self.iterate(self.inner.stream_fallible(target, message_type, message, options))
    }

    /// Subscribes to the events called `names`; see [`crate::Connection::subscribe`].
    ///
    /// # Errors
    ///
    /// If the server refuses or does not answer.
    pub fn subscribe(&self, names: &[&str]) -> Result<Subscription, Failure> {
        let inner = self.driver.run(self.inner.subscribe(names))?;
        Ok(Subscription(self.iterate(inner)))
    }

    /// Serves `actor` on this connection; see [`crate::Connection::host`]. Its calls are read while some thread is in a call.
    pub fn host<M>(&self, actor: impl Actor, mailbox: impl FnOnce(String) -> M) -> Hosted<M> {
        self.inner.host(actor, mailbox)
    }

    /// Serves `actor` with options; see [`crate::Connection::host_with`].
    ///
    /// # Errors
    ///
    /// `ProtocolError` if the options have an id that is none, or that another actor hosted on this connection has.
    pub fn host_with<M>(
        &self,
        actor: impl Actor,
        options: HostOptions,
        mailbox: impl FnOnce(String) -> M,
    ) -> Result<Hosted<M>, Failure> {
        self.inner.host_with(actor, options, mailbox)
    }

    fn iterate<S>(&self, stream: S) -> Blocked<S> {
        Blocked {
            stream,
            driver: LastWords(Arc::clone(&self.driver)),
        }
    }
}

/// The replies of one call; see [`crate::ReplyStream`].
pub type ReplyStream<T, F = Failure> = Blocked<crate::ReplyStream<T, F>>;

/// The events of a [`Subscription`], decoded; see [`crate::Events`].
pub type Events<T> = Blocked<crate::Events<T>>;

/// The events that a connection has subscribed to; see [`crate::Subscription`].
#[derive(Debug)]
#[must_use = "a subscription that is dropped ends"]
pub struct Subscription(Blocked<crate::Subscription>);

impl Subscription {
    /// Decodes each event as `T`: for a subscription to events of one type.
    pub fn decoded<T: DeserializeOwned>(self) -> Events<T> {
        Blocked {
            stream: self.0.stream.decoded(),
            driver: self.0.driver,
        }
    }
}

impl Iterator for Subscription {
    type Item = Result<Notice<Push>, Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
    }
}

/// A stream whose reader blocks its thread.
#[derive(Debug)]
#[must_use = "a stream that is dropped is cancelled"]
pub struct Blocked<S> {
    stream: S,
    // After `stream`, which may hold the last clone of the connection.
    driver: LastWords,
}

/// Writes what the drop of a stream has left to say: that it is cancelled, or that no more events are wanted.
#[derive(Debug)]
struct LastWords(Arc<Driver>);

impl Drop for LastWords {
    fn drop(&mut self) {
        // Within async code it waits for the next call.
        let _ = self.0.run(async {
            yield_now().await;
            Ok::<_, Failure>(())
        });
    }
}

impl<S, T, F> Iterator for Blocked<S>
where
    S: futures_core::Stream<Item = Result<T, F>> + Unpin,
    F: From<Failure>,
{
    type Item = Result<T, F>;

    fn next(&mut self) -> Option<Self::Item> {
        self.driver
            .0
            .run(async { Ok::<_, F>(self.stream.next().await) })
            .unwrap_or_else(|failure| Some(Err(failure)))
    }
}

/// What drives one connection: a runtime without threads, run by whoever waits.
struct Driver {
    /// Absent only while it is dropped.
    runtime: Option<Runtime>,
}

impl Driver {
    fn new() -> Result<Self, Failure> {
        refuse_async()?;
        let runtime = Builder::new_current_thread().enable_all().build().map_err(|error| {
            let text = format!("failed to make the runtime of the blocking client: {error}");
            Failure::new(Code::Internal, text).with_delivered(Delivered::No)
        })?;
        Ok(Self { runtime: Some(runtime) })
    }

    fn run<T, F: From<Failure>>(&self, call: impl Future<Output = Result<T, F>>) -> Result<T, F> {
        refuse_async()?;
        match &self.runtime {
            Some(runtime) => runtime.block_on(call),
            None => Err(Failure::new(Code::ConnectionClosed, "the blocking client has ended").into()),
        }
    }
}

/// Blocking within async code would hang its executor, and tokio would panic.
///
/// A thread of `spawn_blocking` knows its runtime too, but there it may be blocked: only async code has a budget of steps after
/// which it has to yield.
fn refuse_async() -> Result<(), Failure> {
    if Handle::try_current().is_err() || !has_budget() {
        return Ok(());
    }
    let text = "the blocking client was called within async code; use the async client there, \
                or call it from a thread of its own";
    Err(Failure::new(Code::Internal, text).with_delivered(Delivered::No))
}

/// Whether the steps that a task may do at once are counted here. Each is given back when its guard is dropped.
fn has_budget() -> bool {
    /// More than tokio lets a task do before it has to yield.
    const MORE_THAN_A_BUDGET: usize = 1024;
    let mut cx = Context::from_waker(Waker::noop());
    let mut steps = Vec::new();
    while steps.len() < MORE_THAN_A_BUDGET {
        match coop::poll_proceed(&mut cx) {
            Poll::Ready(step) => steps.push(step),
            Poll::Pending => break,
        }
    }
    let is_counted = steps.len() < MORE_THAN_A_BUDGET;
    // The last step first, so that what is left at the end is what was there at first.
    while steps.pop().is_some() {}
    is_counted
}

impl Drop for Driver {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Dropping it here would panic within async code.
            runtime.shutdown_background();
        }
    }
}

impl fmt::Debug for Driver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Driver").finish_non_exhaustive()
    }
}
