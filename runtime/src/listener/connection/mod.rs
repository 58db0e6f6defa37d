//! One connection.
//!
//! Its task owns the socket. It reads what is there ([`input`]), handles every whole frame of it ([`inbound`]), and writes
//! all output at once. Everyone else who has something to say to the peer goes through the [`link`], which keeps the
//! calls [`in_flight`], the [`order`] of answers without ids, the [`subscriptions`] and the [`outbound`] bytes.

mod calls;
mod controls;
mod events;
mod flow;
mod forwarding;
mod heads;
mod in_flight;
mod inbound;
mod input;
mod layered;
mod link;
mod meta;
mod order;
mod outbound;
mod outgoing;
mod replies;
mod requests;
mod streams;
mod subscriptions;

use std::{
    future::poll_fn,
    io,
    pin::Pin,
    sync::{Arc, Weak, atomic::Ordering},
    task::{Context, Poll, ready},
};

use callsheet_wire::Codec;
use rustix::event::{PollFd, PollFlags, Timespec};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::UnixStream,
    sync::watch,
};

use self::{flow::Flow, inbound::Inbound, input::Input, link::Link};
use super::{Stage, terms::Terms};
use crate::transport::{Route, Side};

pub(super) use self::in_flight::MOST as MOST_IN_FLIGHT;

/// The task of one connection.
pub(super) struct Connection {
    socket: UnixStream,
    link: Arc<Link>,
    inbound: Inbound,
    input: Input,
    terms: Arc<Terms>,
    /// Taken from the link; written up to `written`.
    output: Vec<u8>,
    written: usize,
    /// Nothing more is read: the peer has said all, or the server drains.
    is_ending: bool,
    /// The peer has closed its sending half.
    has_ended: bool,
}

impl Connection {
    pub(super) fn new(socket: UnixStream, terms: &Arc<Terms>, side: Side) -> Self {
        let link = Link::new(terms, side);
        Connection {
            socket,
            inbound: Inbound::new(Arc::clone(&link), terms),
            link,
            input: Input::new(),
            terms: Arc::clone(terms),
            output: Vec::new(),
            written: 0,
            is_ending: false,
            has_ended: false,
        }
    }

    /// The peer is a program of this very user.
    pub(super) fn trust(&self) {
        self.link.trusts.store(true, Ordering::Relaxed);
    }

    /// Begins as the side that has made the connection, and gives the way to the peer's actors. Mailboxes that come over
    /// it lead to `route`, which outlives it.
    pub(super) fn dial(&self, codec: Codec, route: Weak<dyn Route>) -> Arc<dyn Route> {
        self.link.dialled(codec, route);
        Arc::clone(&self.link) as Arc<dyn Route>
    }

    /// Serves the peer until it is gone or the listener ends.
    pub(super) async fn run(mut self, mut stage: watch::Receiver<Stage>) {
        loop {
            tokio::select! {
                biased;
                ended = poll_fn(|cx| self.poll(cx)) => {
                    if let Err(error) = ended {
                        tracing::debug!(%error, "a connection was lost");
                    }
                    return;
                }
                changed = stage.changed() => {
                    let stage = *stage.borrow_and_update();
                    if changed.is_err() || stage == Stage::Closing {
                        self.link.give_up();
                        // What the socket takes at once is all there is time for.
                        let _ = poll_fn(|cx| Poll::Ready(self.poll_write(cx))).await;
                        return;
                    }
                    self.link.drain(self.terms.drain);
                    self.is_ending = true;
                }
            }
        }
    }

    /// Ready when nothing is left to do for the peer, or it is gone.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // Before anything is looked at, so that no change in between is missed.
        self.link.task.register(cx.waker());
        self.link.sweep_abandoned();
        loop {
            let flow = self.poll_write(cx)?;
            if self.is_ending && flow.is_quiet {
                return Poll::Ready(Ok(()));
            }
            if self.has_ended || !flow.may_read {
                return Poll::Pending;
            }
            let mut room = ReadBuf::new(self.input.room());
            ready!(Pin::new(&mut self.socket).poll_read(cx, &mut room))?;
            let read = room.filled().len();
            if read == 0 {
                if self.is_hung_up() {
                    return Poll::Ready(Ok(()));
                }
                // A peer that has only said its last word still reads the answers.
                (self.is_ending, self.has_ended) = (true, true);
                continue;
            }
            self.input.filled(read);
            self.link.attend();
            while let Some(found) = self.input.next(self.terms.limits.frame) {
                self.inbound.handle(found);
            }
            self.inbound.end_batch();
        }
    }

    /// Writes what there is to write, as far as the socket takes it.
    fn poll_write(&mut self, cx: &mut Context<'_>) -> io::Result<Flow> {
        loop {
            if self.written == self.output.len() {
                self.written = 0;
                let flow = self.link.take_output(&mut self.output);
                if self.output.is_empty() {
                    return Ok(flow);
                }
            }
            match Pin::new(&mut self.socket).poll_write(cx, &self.output[self.written..]) {
                Poll::Ready(Ok(0)) => return Err(self.failed(io::ErrorKind::WriteZero.into())),
                Poll::Ready(Ok(written)) => self.written += written,
                Poll::Ready(Err(error)) => return Err(self.failed(error)),
                Poll::Pending => return Ok(self.link.set_unwritten(self.output.len() - self.written)),
            }
        }
    }

    /// Takes note of what was not written, so that it is known what the peer never got.
    fn failed(&self, error: io::Error) -> io::Error {
        let _ = self.link.set_unwritten(self.output.len() - self.written);
        error
    }

    /// Whether the peer is gone altogether, and has not only closed its sending half.
    fn is_hung_up(&self) -> bool {
        let mut sockets = [PollFd::new(&self.socket, PollFlags::empty())];
        let polled = rustix::event::poll(&mut sockets, Some(&Timespec::default()));
        polled.is_err() || sockets[0].revents().intersects(PollFlags::HUP | PollFlags::ERR)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.link.close();
    }
}
