//! What becomes of the calls in flight: replies, failures, and deadlines that pass.

use std::{
    sync::atomic::Ordering,
    task::{Context, Poll},
};

use callsheet_wire::{Code, Delivered, EncodeError, Failure, frame};

use super::{
    in_flight::Phase,
    link::{Link, with_scratch},
    streams,
};
use crate::{
    call::{Body, EncodedStream, Outlet},
    clock::{Reading, Sweep},
    contained::{self, Panicked},
    listener::{
        limits::memory::{Budget, SMALL},
        stats::Ending,
    },
    transport::crossing,
};

impl Outlet for Link {
    fn begin(&self, ticket: u64) -> bool {
        let mut state = self.lock();
        let call = state.in_flight.get_mut(ticket);
        call.map(|call| call.phase = Phase::Running).is_some()
    }

    fn poll_abandoned(&self, ticket: u64, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = self.lock();
        let Some(call) = state.in_flight.get_mut(ticket) else {
            return Poll::Ready(());
        };
        match &mut call.waker {
            Some(waker) => waker.clone_from(cx.waker()),
            empty => *empty = Some(cx.waker().clone()),
        }
        Poll::Pending
    }

    fn reply(&self, ticket: u64, body: Body<'_>) {
        let ended = self.lock().end(ticket);
        let Some(mut ended) = ended else { return };
        // The handler itself replies, so it need not be told.
        ended.waker = None;
        with_scratch(|frame| {
            let write = |frame: &mut Vec<u8>| body.write(frame, ended.dialect, ended.form());
            let written = crossing(&self.crossing, || encode(frame, write));
            let mut ending = match body {
                Body::Value(_) => Ending::Succeeded,
                Body::Declared { .. } => Ending::Declared,
            };
            if let Err(failure) = written.and_then(|()| self.unfit(frame).map_or(Ok(()), Err)) {
                self.counters.failed(&failure);
                frame.clear();
                ended.write_failure(frame, &failure);
                ending = Ending::Failed(failure.code());
            }
            self.finish(ended, ending, frame);
        });
    }

    fn stream(&self, ticket: u64, stream: Box<dyn EncodedStream>) {
        // Without a runtime or a connection nobody is left who could read the stream.
        if let (Ok(runtime), Some(me)) = (self.runtime.upgrade(), self.me.upgrade()) {
            runtime.spawn_outside(streams::pump(me, ticket, stream));
        }
    }

    fn fail(&self, ticket: u64, failure: Failure) {
        self.end_failed(ticket, &failure);
    }
}

impl Sweep for Link {
    fn sweep(&self, reading: Reading) -> bool {
        let mut late = Vec::new();
        let waiting = {
            let mut state = self.lock();
            let waiting = state.in_flight.end_late(reading, &mut late);
            state.ending += late.len();
            waiting
        };
        for ended in late {
            let lateness = ended.lateness();
            self.finish_failed(ended, &lateness);
        }
        waiting
    }
}

impl Link {
    /// Ends the call with a failure, if it has not ended yet.
    pub(super) fn end_failed(&self, ticket: u64, failure: &Failure) {
        let ended = self.lock().end(ticket);
        let Some(ended) = ended else { return };
        // An actor may see before the sweep that a queued call is late, and drops it then like one that it never ran.
        if ended.phase == Phase::Queued && self.clock.is_late(ended.deadline) {
            let lateness = ended.lateness();
            return self.finish_failed(ended, &lateness);
        }
        self.finish_failed(ended, failure);
    }

    /// Ends a call with a failure that its actor's queue did not take. How long that took says nothing about calls.
    pub(super) fn end_refused(&self, ticket: u64, failure: &Failure) {
        if let Some(call) = self.lock().in_flight.get_mut(ticket) {
            call.begun = None;
        }
        self.end_failed(ticket, failure);
    }

    /// Why `frame` cannot be sent, if it cannot.
    pub(super) fn unfit(&self, frame: &[u8]) -> Option<Failure> {
        let length = frame.len().saturating_sub(frame::PREFIX);
        let limits = self.limits.load();
        let failure = if length > limits.max_frame {
            let text = format!(
                "the reply takes {length} bytes, and a frame at most {}",
                limits.max_frame
            );
            Failure::new(Code::SerializationError, text)
        } else if length <= SMALL && self.memory.has(length, &limits) && !self.is_clogged.load(Ordering::Relaxed) {
            // So little is not worth a look, while the peer reads.
            return None;
        } else {
            let unsent = self.lock().outbound.unsent();
            if unsent > 0 && unsent + length > Budget::of_one(&limits) {
                let text = format!(
                    "a reply of {length} bytes was dropped: {unsent} bytes wait to be read already; read what was sent before \
                     asking for more"
                );
                Failure::new(Code::SlowConsumer, text)
            } else if !self.memory.has(length, &limits) && unsent + length > SMALL {
                let text = format!(
                    "no memory is left for a reply of {length} bytes: all connections together may keep {}, and do; read what \
                     was sent before, or ask for less",
                    limits.memory
                );
                Failure::new(Code::LimitExceeded, text)
            } else {
                return None;
            }
        };
        Some(failure.with_delivered(Delivered::Yes))
    }
}

/// Has a value of the user's written into `frame`, whose `Serialize` may fail or panic.
pub(super) fn encode(
    frame: &mut Vec<u8>,
    write: impl FnOnce(&mut Vec<u8>) -> Result<(), EncodeError>,
) -> Result<(), Failure> {
    let failure = match contained::outcome(|| write(frame)) {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(error)) => Failure::from(error),
        Err(Panicked) => Failure::new(Code::SerializationError, "the reply panicked while it was written"),
    };
    Err(failure.with_delivered(Delivered::Yes))
}
