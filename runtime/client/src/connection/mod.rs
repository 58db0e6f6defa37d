//! One connection: a socket, the calls in flight on it, what is to be written, and the task that drives them.
//!
//! The socket is lost, and another one takes its place, behind all of it: [`Shared`] is what callers see, [`Task`] owns
//! the socket of the moment.

mod answers;
mod backoff;
mod call_id;
mod dial;
mod entry;
mod exchange;
mod greeting;
mod in_flight;
mod inbox;
mod link;
mod output;
mod subscribers;
mod task;
mod unsent;

use std::{path::Path, sync::Arc};

use callsheet_wire::{Codec, Failure, Welcome};
use tokio::net::UnixStream;

use crate::ConnectOptions;

use backoff::Backoff;
use dial::Dial;
use greeting::Introduction;
use output::Output;
use task::Task;

pub(crate) use call_id::CallId;
pub(crate) use exchange::Shared;
pub(crate) use in_flight::InFlight;
pub(crate) use inbox::Inbox;
pub(crate) use subscribers::Subscribers;

/// A connection to a server, shared by any number of callers.
///
/// Cheap to clone. It closes when its last clone, stream and subscription is gone, after what was handed to it has been
/// written; [`close`](Self::close) does so at once.
///
/// Must be made, and its calls awaited, within a tokio runtime with I/O and time enabled; that runtime drives it.
///
/// # When the socket is lost
///
/// It is made anew, unless [`ConnectOptions::reconnect`] says otherwise or the connection was made
/// [`over`](Self::over) a socket. Meanwhile:
///
/// - Calls that were sent fail with `ConnectionClosed`, and may have been delivered. They are not repeated, except asks
///   that are said to be [idempotent](crate::CallOptions::idempotent), once.
/// - Calls of which not everything was written, and those that are made while there is no socket, wait for the next one
///   until their deadline. So do tells that were handed over and not written.
/// - Subscriptions go on; what they missed is told as a [`Gap`](crate::Gap).
///
/// When the server says goodbye, which it does to clients that
/// [introduced themselves](ConnectOptions::contracts), calls in flight are still answered, and new ones wait for the next
/// socket.
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
    /// `ConnectionClosed` if nobody listens there, at once or, with [`ConnectOptions::wait_for_server`], after the
    /// timeout; `Timeout` if nobody answers; `SerializationError` if what [`ConnectOptions::document`] was given is no
    /// document.
    pub async fn connect_with(path: impl AsRef<Path>, options: ConnectOptions) -> Result<Self, Failure> {
        let introduction = Introduction::of(&options)?;
        let dial = Dial::new(path.as_ref(), options.timeout);
        let socket = if options.wait_for_server {
            dial.connect_patiently(Backoff::new(options.backoff.0, options.backoff.1))
                .await?
        } else {
            dial.connect().await?
        };
        let dial = options.reconnect.then_some(dial);
        Ok(Self::start(socket, dial, introduction, options))
    }

    /// Uses a socket that is connected already: inherited, or one end of a pair. When it is lost, so is the connection.
    ///
    /// If what [`ConnectOptions::document`] was given is no document, the connection is closed, and its calls say so.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime.
    pub fn over(socket: UnixStream, options: ConnectOptions) -> Self {
        match Introduction::of(&options) {
            Ok(introduction) => Self::start(socket, None, introduction, options),
            Err(failure) => {
                let shared = Arc::new(Shared::new(options));
                shared.end(&failure, &[], 0);
                Self {
                    handle: Arc::new(Handle { shared }),
                }
            }
        }
    }

    fn start(
        socket: UnixStream,
        dial: Option<Dial>,
        introduction: Option<Introduction>,
        options: ConnectOptions,
    ) -> Self {
        let shared = Arc::new(Shared::new(options));
        let task = Task::new(Arc::clone(&shared), dial, introduction, socket);
        tokio::spawn(task.run());
        Self {
            handle: Arc::new(Handle { shared }),
        }
    }

    /// The codec of what is sent.
    pub fn codec(&self) -> Codec {
        self.shared().options.codec
    }

    /// Whether the connection takes no more calls: it was closed, or lost for good.
    pub fn is_closed(&self) -> bool {
        self.shared().output().is_ending()
    }

    /// Whether there is a socket that calls are written to. Where there is none and the connection is not
    /// [closed](Self::is_closed), calls wait for one.
    pub fn is_connected(&self) -> bool {
        self.shared().output().is_open()
    }

    /// What the server said of itself, last time it was introduced to: its name, the life it is in, which of the client's
    /// contracts it does not serve or serves in another form, and what it allows.
    ///
    /// `None` before its answer has come, and if the client did not [introduce itself](ConnectOptions::contracts) or the
    /// server knows no introductions.
    pub fn server(&self) -> Option<Welcome> {
        self.shared().server()
    }

    /// Waits until everything handed to the connection so far, tells among it, has been written to a socket.
    ///
    /// # Errors
    ///
    /// `Timeout` if the server does not take it within the connection's timeout, `ConnectionClosed` if the connection
    /// ended.
    pub async fn flush(&self) -> Result<(), Failure> {
        let shared = self.shared();
        shared.until(Output::is_drained, shared.options.timeout).await
    }

    /// Writes what was handed to the connection, for at most 5 seconds, and closes it.
    ///
    /// Calls, streams and subscriptions that are still open end with `ConnectionClosed`, those of other clones too. While
    /// there is no socket, it ends at once.
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
