//! One socket, from when it is connected until it is lost: what is read from it, and what the task writes to it.

use std::{
    future::Future,
    io,
    pin::{Pin, pin},
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use callsheet_wire::{Code, Delivered, Failure, frame};
use tokio::{
    io::AsyncReadExt,
    net::unix::OwnedReadHalf,
    task::unconstrained,
    time::{Instant, Sleep, sleep},
};

use super::{
    Shared,
    output::{self, closed_here},
};

/// The room made for reading, and the least that is left before it is made again.
const READ: usize = 16 << 10;
const READ_AT_LEAST: usize = 4 << 10;

/// How long a socket that is about to be left may go on: to write what it was handed, or to read what was said last.
const GRACE: Duration = Duration::from_secs(5);

pub(super) struct Link {
    socket: OwnedReadHalf,
    since: Instant,
    incoming: BytesMut,
    /// Taken from the output; written up to `written`.
    outgoing: Vec<u8>,
    written: usize,
    /// Why writing failed; what the server said before it hung up may still be on its way.
    unwritable: Option<Failure>,
    /// Runs once the socket is about to be left.
    grace: Option<Pin<Box<Sleep>>>,
    /// What the server said last that answers no call: why it is about to hang up.
    last_words: Option<Failure>,
}

impl Link {
    pub(super) fn over(socket: OwnedReadHalf) -> Self {
        Self {
            socket,
            since: Instant::now(),
            incoming: BytesMut::new(),
            outgoing: Vec::new(),
            written: 0,
            unwritable: None,
            grace: None,
            last_words: None,
        }
    }

    pub(super) fn age(&self) -> Duration {
        self.since.elapsed()
    }

    /// What the task has taken to write, and how much of it is written.
    pub(super) fn outgoing(&self) -> (&[u8], usize) {
        (&self.outgoing, self.written)
    }

    pub(super) fn set_last_words(&mut self, failure: Failure) {
        // A server that refuses the whole connection has not looked at its calls; of another that hangs up, nobody knows.
        let delivered = match failure.code() {
            Code::LimitExceeded => failure.delivered(),
            _ => Delivered::Unknown,
        };
        self.last_words = Some(failure.with_delivered(delivered));
    }

    /// Writes no more calls.
    pub(super) fn leave(&mut self, shared: &Shared, for_good: bool) {
        shared.leave(for_good, &mut self.outgoing, &mut self.written);
    }

    /// The payload of the next frame, or why there are no more.
    pub(super) fn poll_frame(&mut self, limit: usize, cx: &mut Context<'_>) -> Poll<Result<Bytes, Failure>> {
        loop {
            let needed = match frame::next(&self.incoming, limit) {
                frame::Next::Frame { payload, consumed } => {
                    let frame = self.incoming.split_to(consumed).freeze();
                    return Poll::Ready(Ok(frame.slice(payload)));
                }
                frame::Next::Incomplete { needed } => needed,
                frame::Next::TooLarge { length } => {
                    return Poll::Ready(Err(broken(&format!(
                        "a frame of {length} bytes, more than the {limit} that a frame may have"
                    ))));
                }
            };
            if self.incoming.capacity() - self.incoming.len() < needed.max(READ_AT_LEAST) {
                self.incoming.reserve(needed.max(READ));
            }
            let failure = match ready!(pin!(self.socket.read_buf(&mut self.incoming)).poll(cx)) {
                Ok(0) => Failure::new(Code::ConnectionClosed, "the server closed the connection"),
                Ok(_) => continue,
                Err(error) => lost("reading from", &error),
            };
            return Poll::Ready(Err(self.last_words.take().unwrap_or(failure)));
        }
    }

    /// Writes what there is; ready when the socket is to be left, since it cannot be written to or has been closed here.
    pub(super) fn poll_write(&mut self, shared: &Shared, cx: &mut Context<'_>) -> Poll<Failure> {
        if self.unwritable.is_none()
            && let Poll::Ready(failure) = self.poll_outgoing(shared, cx)
        {
            self.unwritable = Some(failure);
        }
        if self.unwritable.is_none() && !shared.output().is_closing() {
            return Poll::Pending;
        }
        if self.written < self.outgoing.len() {
            let grace = self.grace.get_or_insert_with(|| Box::pin(sleep(GRACE)));
            // However much the server says meanwhile.
            ready!(pin!(unconstrained(grace.as_mut())).poll(cx));
        }
        Poll::Ready(self.unwritable.take().unwrap_or_else(closed_here))
    }

    /// Ready only if writing failed.
    fn poll_outgoing(&mut self, shared: &Shared, cx: &mut Context<'_>) -> Poll<Failure> {
        loop {
            if self.written == self.outgoing.len() {
                self.outgoing.clear();
                self.outgoing.shrink_to(output::KEEP);
                self.written = 0;
                let Some(written) = shared.output().take(&mut self.outgoing) else {
                    return Poll::Pending;
                };
                self.written = written;
            }
            match self.socket.as_ref().try_write(&self.outgoing[self.written..]) {
                Ok(written) => self.written += written,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    if let Err(error) = ready!(self.socket.as_ref().poll_write_ready(cx)) {
                        return Poll::Ready(lost("writing to", &error));
                    }
                }
                Err(error) => return Poll::Ready(lost("writing to", &error)),
            }
        }
    }
}

fn lost(doing: &str, error: &io::Error) -> Failure {
    Failure::new(Code::ConnectionClosed, format!("{doing} the server failed: {error}"))
}

pub(super) fn broken(what: &str) -> Failure {
    Failure::new(Code::ConnectionClosed, format!("the server sent {what}"))
}
