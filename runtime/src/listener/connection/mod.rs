//! One connection.
//!
//! Its task owns the socket. It reads what is there ([`input`]), handles every whole frame of it ([`inbound`]), and writes
//! all output at once. Everyone else who has something to say to the peer goes through the [`link`], which keeps the
//! calls [`in_flight`], the [`order`] of answers without ids, the [`subscriptions`] and the [`outbound`] bytes. How long
//! the peer is waited for stands in [`times`], how often it may ask in [`throttle`].

mod acton;
mod calls;
mod chains;
mod controls;
mod events;
mod flow;
mod forwarding;
mod heads;
mod hosted;
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
mod returning;
mod streams;
mod subscriptions;
mod throttle;
mod times;

use std::{
    future::poll_fn,
    io,
    os::fd::AsFd,
    pin::Pin,
    sync::{Arc, Weak},
    task::{Context, Poll, ready},
    time::Duration,
};

use callsheet_wire::{Code, Codec, Failure};
use rustix::event::{PollFd, PollFlags, Timespec};
use tokio::{
    io::{AsyncRead, AsyncWrite, Interest, ReadBuf},
    net::UnixStream,
    sync::watch,
    task::unconstrained,
    time::{Sleep, sleep},
};

use self::{
    flow::Flow,
    inbound::Inbound,
    input::Input,
    link::Link,
    times::{Doing, Times},
};
use super::{
    Stage,
    limits::{
        memory::{Account, Budget},
        users::UserPlace,
    },
    terms::Terms,
};
use crate::{
    peer::Peer,
    transport::{Route, Side},
};

pub(super) use self::in_flight::MOST as MOST_IN_FLIGHT;

/// So long a peer that has sent four zero bytes and nothing else has to say whose empty frame that is. Clients of
/// acton-reactive send the rest of their header along with them, so only a line that is cut there ever uses it.
const GRACE: Duration = Duration::from_millis(500);

/// The task of one connection.
pub(super) struct Connection {
    socket: UnixStream,
    link: Arc<Link>,
    inbound: Inbound,
    input: Input,
    /// What the input keeps.
    memory: Account,
    times: Times,
    /// Runs while nobody knows whose first frame it is that has come.
    grace: Option<Pin<Box<Sleep>>>,
    terms: Arc<Terms>,
    /// Taken from the link; written up to `written`.
    output: Vec<u8>,
    written: usize,
    /// Nothing more is read: the peer has said all, or the server drains.
    is_ending: bool,
    /// The peer has closed its sending half.
    has_ended: bool,
    /// There may be whole frames in the input that were not handled.
    is_behind: bool,
    /// The socket once more, to see that the peer is gone while nothing is read.
    watched: Option<UnixStream>,
}

impl Connection {
    pub(super) fn new(socket: UnixStream, peer: Peer, place: UserPlace, terms: &Arc<Terms>, side: Side) -> Self {
        let link = Link::new(peer, terms, side);
        let mut input = Input::new();
        if side == Side::Client {
            // A server answers in the words that it was spoken to in.
            input.settle();
        }
        let mut memory = Account::new(&terms.memory);
        memory.set(input.kept());
        Connection {
            socket,
            inbound: Inbound::new(Arc::clone(&link), place, terms),
            link,
            input,
            memory,
            times: Times::new(),
            grace: None,
            terms: Arc::clone(terms),
            output: Vec::new(),
            written: 0,
            is_ending: false,
            has_ended: false,
            is_behind: false,
            watched: None,
        }
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
                // However much the peer sends: what it uses up of what a task may do at once is not for this to lack.
                changed = unconstrained(stage.changed()) => {
                    let stage = *stage.borrow_and_update();
                    if changed.is_err() || stage == Stage::Closing {
                        self.link.give_up(Code::ShuttingDown, "the server shut down before the call was answered");
                        // What the socket takes at once is all there is time for.
                        let _ = poll_fn(|cx| Poll::Ready(self.poll_write(cx))).await;
                        return;
                    }
                    // Else the limits have changed, which are read again with the next look at the connection; by those who
                    // wait for a place only if they are told.
                    self.link.outgoing.made_room();
                    if stage == Stage::Draining {
                        self.link.drain(self.terms.limits.load().drain);
                        self.is_ending = true;
                    }
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
            if self.link.is_client() && flow.unsent > Budget::of_one(&self.terms.limits.load()) {
                let text = "the server asks for more than it reads the answers of";
                return Poll::Ready(Err(io::Error::new(io::ErrorKind::QuotaExceeded, text)));
            }
            if let Some(length) = self.inbound.has_lost_frame {
                // It may be the answer to any call, which would be waited for in vain.
                let text = format!("the server sent a frame of {length} bytes, more than are taken");
                return Poll::Ready(Err(io::Error::new(io::ErrorKind::FileTooLarge, text)));
            }
            if self.is_behind && flow.may_read {
                self.times.hold(false);
                self.handle(0);
                // So that others get their turn.
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            if self.has_ended && !self.is_behind {
                self.link.mute();
                self.is_ending = true;
            }
            if self.is_ending && flow.is_quiet && !self.is_behind {
                return Poll::Ready(Ok(()));
            }
            let Poll::Ready(read) = self.poll_read(&flow, cx)? else {
                if self.has_ended || !flow.may_read {
                    let gone = self.poll_hung_up(cx);
                    if gone.is_ready() {
                        return gone;
                    }
                }
                if self.poll_grace(cx).is_ready() {
                    self.input.settle();
                    self.handle(0);
                    continue;
                }
                let late = ready!(self.poll_late(&flow, cx));
                self.link.part(&late, self.input.codec());
                // A peer that has not listened for so long is not waited for.
                return Poll::Ready(self.poll_write(cx).map(drop));
            };
            if read == 0 {
                if self.is_hung_up() {
                    return Poll::Ready(Ok(()));
                }
                // A peer that has only said its last word still reads the answers.
                self.input.settle();
                self.has_ended = true;
                self.handle(0);
                continue;
            }
            self.handle(read);
            let is_ambiguous = self.input.is_ambiguous();
            if is_ambiguous != self.grace.is_some() {
                self.grace = is_ambiguous.then(|| Box::pin(sleep(GRACE)));
            }
        }
    }

    /// Ready when nobody waits any longer for the byte that tells whose frame it is that has come.
    fn poll_grace(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(grace) = &mut self.grace else {
            return Poll::Pending;
        };
        ready!(grace.as_mut().poll(cx));
        self.grace = None;
        Poll::Ready(())
    }

    /// Reads what is there into the input, if the peer may be read from; how many bytes that were.
    fn poll_read(&mut self, flow: &Flow, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        self.times.hold(!flow.may_read);
        if self.has_ended || self.is_behind || !flow.may_read {
            return Poll::Pending;
        }
        self.watched = None;
        self.input.tidy(self.terms.memory.is_spent());
        if self.poll_memory(flow, cx).is_pending() {
            // It may have wanted more than it needs.
            self.input.calm();
            let has_memory = self.poll_memory(flow, cx).is_ready();
            self.times.hold(!has_memory);
            if !has_memory {
                return Poll::Pending;
            }
        }
        let mut room = ReadBuf::new(self.input.room());
        ready!(Pin::new(&mut self.socket).poll_read(cx, &mut room))?;
        Poll::Ready(Ok(room.filled().len()))
    }

    fn poll_memory(&mut self, flow: &Flow, cx: &mut Context<'_>) -> Poll<()> {
        let is_within_frame = self.input.is_within_frame();
        self.memory
            .poll_read(self.input.wanted(), flow.unsent, is_within_frame, cx)
    }

    /// Handles the frames that have become whole with the `read` bytes, or those that were left over: so many at once that
    /// neither others nor the peer's own reading are forgotten meanwhile.
    fn handle(&mut self, read: usize) {
        let whole = self.input.whole();
        self.input.filled(read);
        self.link.attend();
        let longest = self.inbound.begin_batch();
        self.is_behind = false;
        while let Some(found) = self.input.next(longest) {
            self.inbound.handle(found);
            if self.inbound.has_done_enough() {
                self.is_behind = true;
                break;
            }
        }
        self.inbound.end_batch();
        // What is in flight is still answered.
        self.has_ended |= self.input.is_lost();
        let has_ended = self.input.whole() > whole;
        self.times.read(has_ended, self.input.is_within_frame());
        if has_ended {
            self.memory.leave();
        }
    }

    /// Ready when the peer has taken too long for something, of which the failure tells.
    fn poll_late(&mut self, flow: &Flow, cx: &mut Context<'_>) -> Poll<Failure> {
        let doing = if self.input.is_within_frame() {
            Doing::Frame
        } else if flow.is_at_work || self.inbound.is_subscribed() || self.link.calls_out() {
            Doing::Work
        } else {
            Doing::Nothing
        };
        let has_output = self.written < self.output.len();
        self.times.poll(doing, has_output, &self.terms.limits.load(), cx)
    }

    /// Writes what there is to write, as far as the socket takes it.
    fn poll_write(&mut self, cx: &mut Context<'_>) -> io::Result<Flow> {
        loop {
            if self.written == self.output.len() {
                self.written = 0;
                let flow = self.link.take_output(&mut self.output);
                if self.output.is_empty() {
                    if !flow.may_read && self.link.end_starved() {
                        continue;
                    }
                    return Ok(flow);
                }
            }
            match Pin::new(&mut self.socket).poll_write(cx, &self.output[self.written..]) {
                Poll::Ready(Ok(0)) => return Err(self.failed(io::ErrorKind::WriteZero.into())),
                Poll::Ready(Ok(written)) => {
                    self.written += written;
                    self.times.written();
                }
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

    /// Ready when the peer is gone altogether: a stream that waits for credit would wait for it for ever, since nothing is
    /// read or written that would fail.
    fn poll_hung_up(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.watched.is_none() {
            // If no descriptor is left for it, the peer is not given up for that.
            let again = self.socket.as_fd().try_clone_to_owned();
            self.watched = again.and_then(|again| UnixStream::from_std(again.into())).ok();
        }
        while let Some(watched) = &self.watched {
            // Of the two directions this is the one that a closed sending half leaves open.
            ready!(watched.poll_write_ready(cx))?;
            if self.is_hung_up() {
                return Poll::Ready(Ok(()));
            }
            // Has it ready again when there is news. What is forgotten here is not what the socket itself is written by.
            let _ = watched.try_io(Interest::WRITABLE, || Err::<(), _>(io::ErrorKind::WouldBlock.into()));
        }
        Poll::Pending
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
