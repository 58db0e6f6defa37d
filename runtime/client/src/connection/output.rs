//! What goes to the server: whole frames in one buffer, written by a caller who is alone or else by the task.

use std::{collections::VecDeque, mem, task::Waker};

use callsheet_wire::{Code, Delivered, EncodeError, Failure, frame};
use tokio::net::unix::OwnedWriteHalf;

use super::{call_id::CallId, in_flight::InFlight, unsent::Unsent};

/// Above so many unwritten bytes a tell waits. Asks do not: each has a caller who waits already.
pub(super) const HIGH_WATER: usize = 1 << 20;

/// So many frames of calls that ended are kept in the queue, whatever else is in it.
const QUEUE_SLACK: usize = 64;

/// A buffer that grew beyond this is not kept.
pub(super) const KEEP: usize = 256 << 10;

/// What has been handed to the connection and not yet to the socket.
#[derive(Debug)]
pub(crate) struct Output {
    state: State,
    /// How many sockets there have been: what answers a call that came over one of them is of no use to another.
    sockets: u64,
    buffer: Vec<u8>,
    /// Where the last whole frame in `buffer` ends. A frame whose writing failed or panicked lies behind it.
    whole: usize,
    /// How much of `buffer` a caller has written already.
    written: usize,
    /// Tells that no socket took, for the next one.
    held: Vec<u8>,
    /// Calls that wait for a socket, or for a place at the server, in their order. Those that ended meanwhile are still
    /// among them.
    queue: VecDeque<(CallId, Vec<u8>)>,
    /// The most bytes that the server takes as one frame's payload.
    frame_limit: usize,
    /// The server allows only so many calls at once: [`InFlight`] knows whether there is a place.
    pub(super) is_limited: bool,
    /// The task has been woken to take what is in `buffer`.
    scheduled: bool,
    /// The task has bytes that left `buffer` and are not written yet: callers must not write past them.
    task_writes: bool,
    last_id: CallId,
    /// Who waits for bytes to leave.
    blocked: Vec<Waker>,
}

#[derive(Debug)]
enum State {
    Open(OwnedWriteHalf),
    /// The server has said goodbye: calls wait for the next socket, or fail if there will be none.
    Leaving {
        socket: OwnedWriteHalf,
        for_good: bool,
    },
    /// The socket is lost, and another one is being made: why there is none yet.
    Down(Failure),
    /// No more calls are taken; what stands in the buffer is still written, if there is a socket.
    Closing(Option<OwnedWriteHalf>),
    Closed(Failure),
}

impl Output {
    pub(super) fn new(frame_limit: usize) -> Self {
        Self {
            state: State::Down(closed_here()),
            sockets: 0,
            buffer: Vec::new(),
            whole: 0,
            written: 0,
            held: Vec::new(),
            queue: VecDeque::new(),
            frame_limit,
            is_limited: false,
            scheduled: false,
            task_writes: false,
            last_id: 0,
            blocked: Vec::new(),
        }
    }

    pub(super) fn next_id(&mut self) -> CallId {
        self.last_id += 1;
        self.last_id
    }

    /// Writes to `socket` from now on, `greeting` first, then the tells that the last socket did not take.
    pub(super) fn open(&mut self, socket: OwnedWriteHalf, mut greeting: Vec<u8>) {
        self.state = match mem::replace(&mut self.state, State::Closing(None)) {
            State::Down(_) => State::Open(socket),
            // Closed while the socket was being made.
            other => other,
        };
        self.sockets += 1;
        greeting.append(&mut self.held);
        self.buffer = greeting;
        self.whole = self.buffer.len();
        self.written = 0;
        self.scheduled = false;
        self.wake_blocked();
    }

    /// Whether calls are taken: `true` if they may be written, `false` if they have to wait for a socket.
    pub(super) fn admit(&self) -> Result<bool, Failure> {
        match &self.state {
            State::Open(_) => Ok(true),
            State::Leaving { for_good: false, .. } | State::Down(_) => Ok(false),
            State::Leaving { for_good: true, .. } => Err(Failure::new(
                Code::ShuttingDown,
                "the server has said goodbye, and this connection is not made anew",
            )),
            State::Closing(_) => Err(closed_here().with_delivered(Delivered::No)),
            State::Closed(failure) => Err(failure.clone().with_delivered(Delivered::No)),
        }
    }

    /// Appends one frame, after [`admit`](Self::admit).
    pub(super) fn append(
        &mut self,
        write: impl FnOnce(&mut Vec<u8>) -> Result<(), EncodeError>,
    ) -> Result<(), Failure> {
        self.buffer.truncate(self.whole);
        write_frame(&mut self.buffer, self.frame_limit, write)?;
        self.whole = self.buffer.len();
        Ok(())
    }

    /// Appends the frame of a call, or has it wait, after [`admit`](Self::admit); how many bytes its payload has.
    pub(super) fn append_call(
        &mut self,
        id: CallId,
        waits: bool,
        write: impl FnOnce(&mut Vec<u8>) -> Result<(), EncodeError>,
    ) -> Result<usize, Failure> {
        // One place to write from, since every type of message brings its own `write`.
        let mut frame = Vec::new();
        let out = if waits {
            &mut frame
        } else {
            self.buffer.truncate(self.whole);
            &mut self.buffer
        };
        let bytes = write_frame(out, self.frame_limit, write)?;
        if waits {
            self.queue.push_back((id, frame));
        } else {
            self.whole = self.buffer.len();
        }
        Ok(bytes)
    }

    pub(super) fn has_queue(&self) -> bool {
        !self.queue.is_empty()
    }

    /// Forgets the frames that wait, since all of their calls have ended.
    pub(super) fn forget_queue(&mut self) {
        self.queue.clear();
    }

    /// Forgets the frames of calls that ended while they waited, once they are more than the others: a server that stays
    /// away costs no more memory than there are callers.
    pub(super) fn shorten_queue(&mut self, calls: &InFlight) {
        if self.queue.len() > 2 * calls.waiting_to_be_sent() + QUEUE_SLACK {
            self.queue.retain(|(id, _)| calls.waits_to_be_sent(*id));
        }
    }

    /// Appends the calls that have waited, as far as there are places for them.
    pub(super) fn append_queue(&mut self, calls: &mut InFlight) {
        if !self.is_open() {
            return;
        }
        self.buffer.truncate(self.whole);
        while calls.has_place()
            && let Some((id, frame)) = self.queue.pop_front()
        {
            if calls.is_now_sent(id) {
                self.buffer.extend_from_slice(&frame);
            }
        }
        self.whole = self.buffer.len();
    }

    /// Appends a frame that means something on this socket alone. Where there is none, or nothing new is taken, it is
    /// of no use.
    pub(super) fn append_aside(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        if let State::Open(_) | State::Leaving { .. } = self.state {
            self.buffer.truncate(self.whole);
            write(&mut self.buffer);
            self.whole = self.buffer.len();
        }
    }

    /// The number of the socket of the moment.
    pub(super) fn socket(&self) -> u64 {
        self.sockets
    }

    /// Whether that socket is still written to.
    pub(super) fn is_on(&self, socket: u64) -> bool {
        self.sockets == socket && matches!(self.state, State::Open(_) | State::Leaving { .. })
    }

    /// How many bytes wait to be written.
    pub(super) fn unwritten(&self) -> usize {
        self.whole - self.written
    }

    /// Writes as much as the socket takes at once, unless bytes before these are on their way through the task.
    pub(super) fn write_now(&mut self) {
        let (State::Open(socket) | State::Leaving { socket, .. } | State::Closing(Some(socket))) = &self.state else {
            return;
        };
        if self.task_writes || self.whole == 0 {
            return;
        }
        // Whatever stops it meets the task too, which sees to it.
        if let Ok(written) = socket.try_write(&self.buffer[self.written..self.whole]) {
            self.written += written;
            if self.written == self.whole {
                self.buffer.clear();
                (self.whole, self.written) = (0, 0);
            }
        }
    }

    /// Leaves what is in the buffer to the task; tells whether it must be woken.
    #[must_use]
    pub(super) fn schedule(&mut self) -> bool {
        self.whole > 0 && !mem::replace(&mut self.scheduled, true)
    }

    /// Exchanges the frames for the task's empty buffer, if there are any that are not written; returns how many bytes of
    /// them are.
    pub(super) fn take(&mut self, outgoing: &mut Vec<u8>) -> Option<usize> {
        self.buffer.truncate(self.whole);
        self.scheduled = false;
        self.task_writes = self.whole > 0;
        let taken = self.task_writes.then(|| {
            mem::swap(&mut self.buffer, outgoing);
            self.whole = 0;
            mem::take(&mut self.written)
        });
        self.wake_blocked();
        taken
    }

    /// Whether a tell may be appended.
    pub(super) fn has_room(&self) -> bool {
        self.unwritten() < HIGH_WATER && matches!(self.state, State::Open(_))
    }

    /// Whether everything has gone to the socket.
    pub(super) fn is_drained(&self) -> bool {
        self.whole == 0 && !self.task_writes && self.held.is_empty()
    }

    /// Wakes `waker` when bytes have left the buffer or the socket's turn is over.
    pub(super) fn wake_when_less(&mut self, waker: &Waker) {
        if !self.blocked.iter().any(|blocked| blocked.will_wake(waker)) {
            self.blocked.push(waker.clone());
        }
    }

    fn wake_blocked(&mut self) {
        self.blocked.drain(..).for_each(Waker::wake);
    }

    pub(super) fn frame_limit(&self) -> usize {
        self.frame_limit
    }

    pub(super) fn set_frame_limit(&mut self, bytes: usize) {
        self.frame_limit = bytes;
    }

    /// Whether there is a socket that takes calls.
    pub(super) fn is_open(&self) -> bool {
        matches!(self.state, State::Open(_))
    }

    /// Why there is no socket yet.
    pub(super) fn why_down(&self) -> Option<&Failure> {
        match &self.state {
            State::Down(failure) => Some(failure),
            _ => None,
        }
    }

    /// Whether no more calls are taken, now or later.
    pub(crate) fn is_ending(&self) -> bool {
        matches!(self.state, State::Closing(_) | State::Closed(_))
    }

    pub(super) fn is_closing(&self) -> bool {
        matches!(self.state, State::Closing(_))
    }

    pub(super) fn is_closed(&self) -> bool {
        matches!(self.state, State::Closed(_))
    }

    /// Takes no more calls.
    pub(super) fn begin_close(&mut self) {
        let state = mem::replace(&mut self.state, State::Closed(closed_here()));
        self.state = match state {
            State::Open(socket) | State::Leaving { socket, .. } => State::Closing(Some(socket)),
            State::Down(_) => State::Closing(None),
            other => other,
        };
    }

    /// Writes no more calls to this socket, since the server has said goodbye. `outgoing` is what the task has taken, of
    /// which so many bytes are written.
    ///
    /// Unless it is for good, what is not on its way yet waits for the next socket; `outgoing` is then what must still be
    /// written to this one.
    pub(super) fn leave(&mut self, for_good: bool, outgoing: &mut Vec<u8>, written: &mut usize, calls: &mut InFlight) {
        self.state = match mem::replace(&mut self.state, State::Closing(None)) {
            State::Open(socket) => State::Leaving { socket, for_good },
            other => {
                self.state = other;
                return;
            }
        };
        if for_good {
            return;
        }
        let mut unsent = Unsent::default();
        unsent.sort(outgoing, *written, false);
        unsent.sort(&self.buffer[..self.whole], self.written, false);
        *outgoing = mem::take(&mut unsent.asides);
        *written = 0;
        self.task_writes = !outgoing.is_empty();
        self.clear();
        self.keep(unsent, calls);
    }

    /// Lets go of a socket that is lost, of whose `outgoing` bytes, which the task had taken, so many were written. What
    /// was not delivered waits for the next one.
    pub(super) fn lose(&mut self, failure: Failure, outgoing: &[u8], written: usize, calls: &mut InFlight) {
        let mut unsent = Unsent::default();
        // What the task still had to write then was of this socket alone, and begins within a frame.
        if !matches!(self.state, State::Leaving { for_good: false, .. }) {
            unsent.sort(outgoing, written, true);
        }
        unsent.sort(&self.buffer[..self.whole], self.written, true);
        self.clear();
        self.task_writes = false;
        self.keep(unsent, calls);
        if !self.is_ending() {
            self.state = State::Down(failure);
        }
        self.wake_blocked();
    }

    /// Puts what was not sent before what waits already.
    fn keep(&mut self, mut unsent: Unsent, calls: &mut InFlight) {
        self.held.append(&mut unsent.tells);
        for (id, frame) in unsent.calls.into_iter().rev() {
            if calls.is_not_sent(id) {
                self.queue.push_front((id, frame));
            }
        }
    }

    /// Takes nothing more, and forgets what is left.
    pub(super) fn close(&mut self, failure: Failure) {
        self.state = State::Closed(failure);
        self.clear();
        self.task_writes = false;
        (self.held, self.queue) = (Vec::new(), VecDeque::new());
        self.wake_blocked();
    }

    /// Another attempt to make a connection came to nothing.
    pub(super) fn stay_down(&mut self, why: Failure) {
        if let State::Down(failure) = &mut self.state {
            *failure = why;
        }
        // Those who still wait ask again, and the wakers of those who do not are gone.
        self.wake_blocked();
    }

    fn clear(&mut self) {
        self.buffer = Vec::new();
        (self.whole, self.written) = (0, 0);
        self.scheduled = false;
    }
}

/// Appends one frame to `out`, and tells how many bytes its payload has; what is behind its end if that fails is for the
/// caller to cut off.
pub(super) fn write_frame(
    out: &mut Vec<u8>,
    limit: usize,
    write: impl FnOnce(&mut Vec<u8>) -> Result<(), EncodeError>,
) -> Result<usize, Failure> {
    let start = out.len();
    write(out).map_err(|error| {
        Failure::new(
            Code::SerializationError,
            format!("the request cannot be encoded: {error}"),
        )
        .with_path(error.path())
    })?;
    let length = (out.len() - start).saturating_sub(frame::PREFIX);
    if length > limit {
        let text = format!("the request has {length} bytes, more than the {limit} that a frame may have");
        return Err(Failure::new(Code::FrameTooLarge, text));
    }
    Ok(length)
}

pub(super) fn closed_here() -> Failure {
    Failure::new(Code::ConnectionClosed, "the connection was closed by this client")
}
