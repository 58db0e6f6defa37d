//! What goes to the server: whole frames in one buffer, written by a caller who is alone or else by the task.

use std::task::Waker;

use callsheet_wire::{Code, Delivered, EncodeError, Failure, frame};
use tokio::net::unix::OwnedWriteHalf;

use super::in_flight::CallId;

/// Above so many unwritten bytes a tell waits. Asks do not: each has a caller who waits already.
const HIGH_WATER: usize = 1 << 20;

/// A buffer that grew beyond this is not kept.
pub(super) const KEEP: usize = 256 << 10;

/// What has been handed to the connection and not yet to the socket.
#[derive(Debug)]
pub(crate) struct Output {
    state: State,
    buffer: Vec<u8>,
    /// Where the last whole frame in `buffer` ends. A frame whose writing failed or panicked lies behind it.
    whole: usize,
    /// Bytes that have left `buffer` so far.
    taken: u64,
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
    /// No more calls are taken; what stands in the buffer is still written.
    Closing(OwnedWriteHalf),
    Closed(Failure),
}

impl Output {
    pub(super) fn new(socket: OwnedWriteHalf) -> Self {
        Self {
            state: State::Open(socket),
            buffer: Vec::new(),
            whole: 0,
            taken: 0,
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

    /// Appends one frame; returns where it ends among all bytes that were ever sent.
    pub(super) fn append(
        &mut self,
        frame_limit: usize,
        write: impl FnOnce(&mut Vec<u8>) -> Result<(), EncodeError>,
    ) -> Result<u64, Failure> {
        self.refuse_unless_open()?;
        self.buffer.truncate(self.whole);
        write(&mut self.buffer).map_err(|error| {
            Failure::new(
                Code::SerializationError,
                format!("the request cannot be encoded: {error}"),
            )
            .with_path(error.path())
        })?;
        let length = (self.buffer.len() - self.whole).saturating_sub(frame::PREFIX);
        if length > frame_limit {
            let text = format!("the request has {length} bytes, more than the {frame_limit} that a frame may have");
            return Err(Failure::new(Code::FrameTooLarge, text));
        }
        self.whole = self.buffer.len();
        Ok(self.taken + self.whole as u64)
    }

    pub(super) fn refuse_unless_open(&self) -> Result<(), Failure> {
        match &self.state {
            State::Open(_) => Ok(()),
            State::Closing(_) => Err(closed_here().with_delivered(Delivered::No)),
            State::Closed(failure) => Err(failure.clone().with_delivered(Delivered::No)),
        }
    }

    /// Writes as much as the socket takes at once, unless bytes before these are on their way through the task.
    pub(super) fn write_now(&mut self) {
        let (State::Open(socket) | State::Closing(socket)) = &self.state else {
            return;
        };
        if self.task_writes || self.whole == 0 {
            return;
        }
        // Whatever stops it meets the task too, which sees to it.
        if let Ok(written) = socket.try_write(&self.buffer[..self.whole]) {
            self.buffer.drain(..written);
            self.whole -= written;
            self.taken += written as u64;
        }
    }

    /// Leaves what is in the buffer to the task; tells whether it must be woken.
    #[must_use]
    pub(super) fn schedule(&mut self) -> bool {
        self.whole > 0 && !std::mem::replace(&mut self.scheduled, true)
    }

    /// Exchanges the unwritten frames for the task's empty buffer; tells whether there are any.
    pub(super) fn take(&mut self, outgoing: &mut Vec<u8>) -> bool {
        self.buffer.truncate(self.whole);
        self.scheduled = false;
        self.task_writes = self.whole > 0;
        if self.task_writes {
            std::mem::swap(&mut self.buffer, outgoing);
            self.taken += self.whole as u64;
            self.whole = 0;
        }
        self.blocked.drain(..).for_each(Waker::wake);
        self.task_writes
    }

    /// Whether a tell may be appended.
    pub(super) fn has_room(&self) -> bool {
        self.whole < HIGH_WATER
    }

    /// Whether everything has gone to the socket.
    pub(super) fn is_drained(&self) -> bool {
        self.whole == 0 && !self.task_writes
    }

    /// Wakes `waker` when bytes have left the buffer or the socket's turn is over.
    pub(super) fn wake_when_less(&mut self, waker: &Waker) {
        if !self.blocked.iter().any(|blocked| blocked.will_wake(waker)) {
            self.blocked.push(waker.clone());
        }
    }

    pub(super) fn is_open(&self) -> bool {
        matches!(self.state, State::Open(_))
    }

    pub(super) fn is_closing(&self) -> bool {
        matches!(self.state, State::Closing(_))
    }

    pub(super) fn is_closed(&self) -> bool {
        matches!(self.state, State::Closed(_))
    }

    /// Takes no more calls.
    pub(super) fn begin_close(&mut self) {
        let state = std::mem::replace(&mut self.state, State::Closed(closed_here()));
        self.state = match state {
            State::Open(socket) => State::Closing(socket),
            other => other,
        };
    }

    /// Lets go of the socket; returns how many bytes were written, if `unwritten` of those the task took were not.
    pub(super) fn close(&mut self, failure: Failure, unwritten: usize) -> u64 {
        self.state = State::Closed(failure);
        self.buffer = Vec::new();
        self.whole = 0;
        self.task_writes = false;
        self.blocked.drain(..).for_each(Waker::wake);
        self.taken - unwritten as u64
    }
}

pub(super) fn closed_here() -> Failure {
    Failure::new(Code::ConnectionClosed, "the connection was closed by this client")
}
