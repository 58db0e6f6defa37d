//! One connection: a socket, the calls in flight on it, what is to be written, and the task that drives them.

mod in_flight;
mod output;
mod subscribers;
mod task;

use std::{
    future::poll_fn,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Poll, Waker},
    time::Duration,
};

use callsheet_wire::{Code, Codec, Delivered, EncodeError, Failure, write};
use futures_util::task::AtomicWaker;
use tokio::{net::UnixStream, sync::Notify, time};

use crate::{CallOptions, ConnectOptions, deadline::Deadline};

use in_flight::InFlight;
use output::Output;
use task::Task;

pub(crate) use in_flight::CallId;
pub(crate) use subscribers::{Inbox, Subscribers};

/// A connection to a server, shared by any number of callers.
///
/// Cheap to clone. It closes when its last clone, stream and subscription is gone, after what was handed to it has been
/// written; [`close`](Self::close) does so at once.
///
/// Must be made, and its calls awaited, within a tokio runtime with I/O and time enabled; that runtime drives it.
#[derive(Clone, Debug)]
pub struct Connection {
    handle: Arc<Handle>,
}

/// Closes the connection when the last owner is gone. The task holds what is inside, not this.
#[derive(Debug)]
struct Handle {
    shared: Arc<Shared>,
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.shared.begin_close();
    }
}

impl Connection {
    /// Connects to the Unix socket at `path` with the default [`ConnectOptions`].
    ///
    /// # Errors
    ///
    /// `ConnectionClosed` if nobody listens there, `Timeout` if nobody answers.
    pub async fn connect(path: impl AsRef<Path>) -> Result<Self, Failure> {
        Self::connect_with(path, ConnectOptions::default()).await
    }

    /// Connects to the Unix socket at `path`.
    ///
    /// # Errors
    ///
    /// `ConnectionClosed` if nobody listens there, `Timeout` if nobody answers.
    pub async fn connect_with(path: impl AsRef<Path>, options: ConnectOptions) -> Result<Self, Failure> {
        let path = path.as_ref();
        match time::timeout(options.timeout, UnixStream::connect(path)).await {
            Ok(Ok(socket)) => Ok(Self::over(socket, options)),
            Ok(Err(error)) => Err(unreachable(path, Code::ConnectionClosed, &error)),
            Err(elapsed) => Err(unreachable(path, Code::Timeout, &elapsed)),
        }
    }

    /// Uses a socket that is connected already: inherited, or one end of a pair.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime.
    pub fn over(socket: UnixStream, options: ConnectOptions) -> Self {
        let (reader, writer) = socket.into_split();
        let shared = Arc::new(Shared {
            options,
            output: Mutex::new(Output::new(writer)),
            calls: Mutex::default(),
            subscribers: Mutex::default(),
            task: AtomicWaker::new(),
            ended: Notify::new(),
        });
        tokio::spawn(Task::new(Arc::clone(&shared), reader).run());
        Self {
            handle: Arc::new(Handle { shared }),
        }
    }

    /// The codec of what is sent.
    pub fn codec(&self) -> Codec {
        self.shared().options.codec
    }

    /// Whether the connection takes no more calls: it was closed or lost.
    pub fn is_closed(&self) -> bool {
        !self.shared().output().is_open()
    }

    /// Waits until everything handed to the connection so far, tells among it, has been written to the socket.
    ///
    /// # Errors
    ///
    /// `Timeout` if the server does not take it within the connection's timeout, `ConnectionClosed` if it was lost.
    pub async fn flush(&self) -> Result<(), Failure> {
        let shared = self.shared();
        shared.until(Output::is_drained, shared.options.timeout).await
    }

    /// Writes what was handed to the connection, for at most 5 seconds, and closes it.
    ///
    /// Calls, streams and subscriptions that are still open end with `ConnectionClosed`, those of other clones too.
    pub async fn close(&self) {
        let shared = self.shared();
        shared.begin_close();
        loop {
            let ended = shared.ended.notified();
            if shared.output().is_closed() {
                return;
            }
            ended.await;
        }
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.handle.shared
    }
}

fn unreachable(path: &Path, code: Code, error: &dyn std::error::Error) -> Failure {
    let text = format!("failed to connect to `{}`: {error}", path.display());
    Failure::new(code, text).with_delivered(Delivered::No)
}

/// What the callers and the task share.
///
/// Where two of its locks are held at once, `output` was taken before `calls`.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) options: ConnectOptions,
    output: Mutex<Output>,
    calls: Mutex<InFlight>,
    subscribers: Mutex<Subscribers>,
    /// Wakes the task.
    task: AtomicWaker,
    ended: Notify,
}

impl Shared {
    /// Sends a request whose one reply `waker` waits for.
    pub(crate) fn send_ask(
        &self,
        timeout: Duration,
        waker: Waker,
        write: impl FnOnce(&mut Vec<u8>, Codec, &str) -> Result<(), EncodeError>,
    ) -> Result<CallId, Failure> {
        let mut output = self.output();
        let id = output.next_id();
        let sent_at = self.append_with_id(&mut output, id, write)?;
        let entered = self.calls().enter_ask(id, sent_at, Deadline::after(timeout), waker);
        if entered.alone {
            output.write_now();
        }
        self.wake_task(output, entered.starts_clock);
        Ok(id)
    }

    /// Sends a request that any number of replies follow.
    pub(crate) fn send_stream(
        &self,
        timeout: Duration,
        write: impl FnOnce(&mut Vec<u8>, Codec, &str) -> Result<(), EncodeError>,
    ) -> Result<CallId, Failure> {
        let mut output = self.output();
        let id = output.next_id();
        let sent_at = self.append_with_id(&mut output, id, write)?;
        let entered = self.calls().enter_stream(id, sent_at, Deadline::after(timeout));
        self.wake_task(output, entered.starts_clock);
        Ok(id)
    }

    /// Sends a frame that nothing follows.
    pub(crate) fn send(
        &self,
        write: impl FnOnce(&mut Vec<u8>, Codec) -> Result<(), EncodeError>,
    ) -> Result<(), Failure> {
        let mut output = self.output();
        output.append(self.options.frame_limit, |out| write(out, self.options.codec))?;
        self.wake_task(output, false);
        Ok(())
    }

    /// Waits until not too much is waiting to be written.
    pub(crate) async fn room(&self, options: CallOptions) -> Result<(), Failure> {
        self.until(Output::has_room, options.timeout_or(self.options.timeout))
            .await
    }

    /// Waits until less is waiting to be written.
    async fn until(&self, enough: impl Fn(&Output) -> bool, timeout: Duration) -> Result<(), Failure> {
        // A timer is only made where there is something to wait for.
        if enough(&self.output()) {
            return Ok(());
        }
        let less = poll_fn(|cx| {
            let mut output = self.output();
            if enough(&output) || output.is_closed() {
                return Poll::Ready(output.refuse_unless_open());
            }
            output.wake_when_less(cx.waker());
            Poll::Pending
        });
        time::timeout(timeout, less).await.unwrap_or_else(|_| {
            let text = format!("the server took nothing more for {timeout:?}");
            Err(Failure::new(Code::Timeout, text).with_delivered(Delivered::No))
        })
    }

    /// Tells the server that nobody waits for these calls any longer.
    pub(crate) fn cancel(&self, ids: &[CallId]) {
        for id in ids {
            let mut text = itoa::Buffer::new();
            // A connection that has ended has nothing to cancel.
            let _ = self.send(|out, codec| {
                write::cancel(out, codec, text.format(*id));
                Ok(())
            });
        }
    }

    /// Forgets a call that its caller dropped, and cancels it if it has not ended.
    pub(crate) fn abandon(&self, id: CallId) {
        let runs = self.calls().abandon(id);
        if runs {
            self.cancel(&[id]);
        }
    }

    /// Delivers no more events to `inbox`.
    pub(crate) fn unsubscribe(&self, inbox: &Arc<Inbox>) {
        self.subscribers().remove(inbox);
    }

    fn append_with_id(
        &self,
        output: &mut Output,
        id: CallId,
        write: impl FnOnce(&mut Vec<u8>, Codec, &str) -> Result<(), EncodeError>,
    ) -> Result<u64, Failure> {
        let mut text = itoa::Buffer::new();
        output.append(self.options.frame_limit, |out| {
            write(out, self.options.codec, text.format(id))
        })
    }

    fn wake_task(&self, mut output: MutexGuard<'_, Output>, otherwise: bool) {
        let wake = output.schedule() || otherwise;
        drop(output);
        if wake {
            self.task.wake();
        }
    }

    fn begin_close(&self) {
        {
            let mut output = self.output();
            output.begin_close();
            // The runtime may end before the task has another turn.
            output.write_now();
        }
        self.task.wake();
    }

    fn end(&self, failure: Failure, unwritten: usize) {
        let mut output = self.output();
        let written = output.close(failure.clone(), unwritten);
        let wakers = self.calls().fail_all(&failure, written);
        drop(output);
        self.subscribers().end(&failure);
        wakers.into_iter().for_each(Waker::wake);
        self.ended.notify_waiters();
    }

    pub(crate) fn output(&self) -> MutexGuard<'_, Output> {
        lock(&self.output)
    }

    pub(crate) fn calls(&self) -> MutexGuard<'_, InFlight> {
        lock(&self.calls)
    }

    pub(crate) fn subscribers(&self) -> MutexGuard<'_, Subscribers> {
        lock(&self.subscribers)
    }
}

/// Only a message's own serialisation can panic under a lock, and [`Output`] then drops what it left behind.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
