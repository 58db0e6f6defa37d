//! The task of a connection: it owns the socket's read half, keeps the deadlines, and writes what callers left to it.

use std::{
    future::poll_fn,
    io,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll, Waker, ready},
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use callsheet_wire::{Code, Control, Failure, Incoming, Response, StreamFrame, frame, read};
use tokio::{
    io::AsyncReadExt,
    net::unix::OwnedReadHalf,
    time::{Sleep, sleep},
};
use tracing::debug;

use super::{
    Shared,
    in_flight::CallId,
    output::{self, closed_here},
};
use crate::{deadline::Clock, reply::Reply};

/// The room made for reading, and the least that is left before it is made again.
const READ: usize = 16 << 10;
const READ_AT_LEAST: usize = 4 << 10;

/// How long a connection that is about to end may go on: to write what it was handed, or to read what was said last.
const GRACE: Duration = Duration::from_secs(5);

pub(super) struct Task {
    shared: Arc<Shared>,
    socket: OwnedReadHalf,
    incoming: BytesMut,
    /// Taken from the output; written up to `written`.
    outgoing: Vec<u8>,
    written: usize,
    clock: Clock,
    /// Why writing failed; what the server said before it hung up may still be on its way.
    unwritable: Option<Failure>,
    /// Runs once the connection is about to end.
    grace: Option<Pin<Box<Sleep>>>,
    /// What the server said last that answers no call: why it is about to hang up.
    last_words: Option<Failure>,
    ended: bool,
}

impl Task {
    pub(super) fn new(shared: Arc<Shared>, socket: OwnedReadHalf) -> Self {
        Self {
            shared,
            socket,
            incoming: BytesMut::new(),
            outgoing: Vec::new(),
            written: 0,
            clock: Clock::default(),
            unwritable: None,
            grace: None,
            last_words: None,
            ended: false,
        }
    }

    pub(super) async fn run(mut self) {
        let failure = poll_fn(|cx| self.poll(cx)).await;
        self.end(failure);
    }

    /// Ready when the connection has ended, with the reason.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Failure> {
        // Before anything is looked at, so that no change in between is missed.
        self.shared.task.register(cx.waker());
        if let Poll::Ready(failure) = self.poll_read(cx) {
            return Poll::Ready(failure);
        }
        self.poll_clock(cx);
        if self.unwritable.is_none()
            && let Poll::Ready(failure) = self.poll_write(cx)
        {
            self.unwritable = Some(failure);
        }
        self.poll_closing(cx)
    }

    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<Failure> {
        loop {
            let needed = match self.take_frames() {
                Ok(needed) => needed,
                Err(failure) => return Poll::Ready(failure),
            };
            if self.incoming.capacity() - self.incoming.len() < needed.max(READ_AT_LEAST) {
                self.incoming.reserve(needed.max(READ));
            }
            let read = ready!(pin!(self.socket.read_buf(&mut self.incoming)).poll(cx));
            let failure = match read {
                Ok(0) => Failure::new(Code::ConnectionClosed, "the server closed the connection"),
                Ok(_) => continue,
                Err(error) => lost("reading from", &error),
            };
            return Poll::Ready(self.last_words.take().unwrap_or(failure));
        }
    }

    /// Hands on every whole frame that has been read; returns how many bytes are missing at least to the next.
    fn take_frames(&mut self) -> Result<usize, Failure> {
        let limit = self.shared.options.frame_limit;
        loop {
            match frame::next(&self.incoming, limit) {
                frame::Next::Incomplete { needed } => return Ok(needed),
                frame::Next::Frame { payload, consumed } => {
                    let frame = self.incoming.split_to(consumed).freeze();
                    self.dispatch(&frame.slice(payload))?;
                }
                frame::Next::TooLarge { length } => {
                    return Err(broken(&format!(
                        "a frame of {length} bytes, more than the {limit} that a frame may have"
                    )));
                }
            }
        }
    }

    /// Hands one frame to whom it is for.
    fn dispatch(&mut self, frame: &Bytes) -> Result<(), Failure> {
        match read(frame) {
            Ok((_, Incoming::Response(response))) => self.dispatch_response(frame, &response),
            Ok((_, Incoming::StreamFrame(item))) => self.dispatch_item(frame, item),
            Ok((_, Incoming::Push(push))) => self.shared.subscribers().deliver(frame, &push),
            Ok((_, Incoming::Control(Control { control, .. }))) => debug!(%control, "ignored a control of the server"),
            Ok((_, Incoming::Request(_) | Incoming::Subscribe(_))) => {
                return Err(broken("a frame that only clients send"));
            }
            Err(unreadable) => match unreadable.request_id.as_deref().and_then(parse_id) {
                Some(id) => self.deliver(id, Reply::Failed(unreadable.failure), true),
                None => return Err(broken(&format!("a frame that cannot be read: {}", unreadable.failure))),
            },
        }
        Ok(())
    }

    fn dispatch_response(&mut self, frame: &Bytes, response: &Response<'_>) {
        let reply = Reply::keep(frame, response.outcome());
        match (response.request_id.as_deref(), reply) {
            (Some(id), reply) => match parse_id(id) {
                Some(id) => self.deliver(id, reply, true),
                None => debug!(id, "ignored a response to no request of this client"),
            },
            // Every request of this client has an id, so this is about the connection itself.
            (None, Reply::Failed(failure)) => self.last_words = Some(failure),
            (None, _) => debug!("ignored a response without an id"),
        }
    }

    fn dispatch_item(&mut self, frame: &Bytes, item: StreamFrame<'_>) {
        let Some(id) = parse_id(&item.stream_id) else {
            debug!(id = %item.stream_id, "ignored an item of no stream of this client");
            return;
        };
        let is_last = item.is_final || item.failure.is_some();
        let reply = match (item.item(), item.failure) {
            (_, Some(refusal)) => Reply::keep(frame, Err(refusal)),
            (Some(payload), None) => Reply::keep(frame, Ok(payload)),
            (None, None) => {
                let waker = self.shared.calls().end_stream(id);
                waker.into_iter().for_each(Waker::wake);
                return;
            }
        };
        self.deliver(id, reply, is_last);
    }

    fn deliver(&mut self, id: CallId, reply: Reply, is_last: bool) {
        let (waker, overflowed) = self
            .shared
            .calls()
            .deliver(id, reply, is_last, self.shared.options.stream_buffer);
        waker.into_iter().for_each(Waker::wake);
        if overflowed {
            self.shared.cancel(&[id]);
        }
    }

    fn poll_clock(&mut self, cx: &mut Context<'_>) {
        if !self.clock.is_running() {
            if !self.shared.calls().clock_runs() {
                return;
            }
            self.clock.start();
        }
        while let Poll::Ready(now) = self.clock.poll_tick(cx) {
            let mut calls = self.shared.calls();
            let (wakers, expired) = calls.expire(now);
            if !calls.clock_runs() {
                self.clock.stop();
            }
            drop(calls);
            self.shared.cancel(&expired);
            wakers.into_iter().for_each(Waker::wake);
        }
    }

    /// Ready only if writing failed.
    fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<Failure> {
        loop {
            if self.written == self.outgoing.len() {
                self.outgoing.clear();
                self.outgoing.shrink_to(output::KEEP);
                self.written = 0;
                if !self.shared.output().take(&mut self.outgoing) {
                    return Poll::Pending;
                }
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

    fn poll_closing(&mut self, cx: &mut Context<'_>) -> Poll<Failure> {
        if self.unwritable.is_none() && !self.shared.output().is_closing() {
            return Poll::Pending;
        }
        if self.written < self.outgoing.len() {
            let grace = self.grace.get_or_insert_with(|| Box::pin(sleep(GRACE)));
            ready!(grace.as_mut().poll(cx));
        }
        Poll::Ready(self.unwritable.take().unwrap_or_else(closed_here))
    }

    fn end(&mut self, failure: Failure) {
        self.ended = true;
        self.shared.end(failure, self.outgoing.len() - self.written);
    }
}

impl Drop for Task {
    /// A runtime that ends drops its tasks: their calls must end all the same.
    fn drop(&mut self) {
        if !self.ended {
            self.end(Failure::new(
                Code::ConnectionClosed,
                "the runtime that drove the connection has ended",
            ));
        }
    }
}

fn parse_id(text: &str) -> Option<CallId> {
    text.parse().ok()
}

fn lost(doing: &str, error: &io::Error) -> Failure {
    Failure::new(Code::ConnectionClosed, format!("{doing} the server failed: {error}"))
}

fn broken(what: &str) -> Failure {
    Failure::new(Code::ConnectionClosed, format!("the server sent {what}"))
}
