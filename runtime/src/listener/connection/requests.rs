//! What the connection's task does with the requests it has read.

use callsheet_wire::{Code, Codec, Encode, Failure, write};

use super::{
    in_flight::{Shape, Started},
    link::{Link, Stage, State, delivered, with_scratch},
    replies::encode,
};
use crate::{clock::Deadline, listener::limits::ListenerLimits};

/// How a request is to be answered.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answer<'a> {
    /// The caller's id, or the name made for a stream without one.
    pub(super) id: Option<&'a str>,
    /// The answer is found by its place in the order, not by an id.
    pub(super) is_ordered: bool,
    pub(super) codec: Codec,
    pub(super) shape: Shape,
}

impl Link {
    /// Takes a call into the table, under the ticket that is given back.
    ///
    /// # Errors
    ///
    /// If its id is in use, too many calls are in flight or too many streams open, or the server is draining.
    pub(super) fn admit(
        &self,
        answer: &Answer<'_>,
        deadline: Deadline,
        credit: Option<u64>,
        limits: &ListenerLimits,
    ) -> Result<u64, Failure> {
        let mut state = self.lock();
        state.check(answer.id)?;
        if state.in_flight.len() + state.ending >= limits.max_in_flight {
            let text = format!(
                "{} calls may be in flight on this connection, and are; wait for answers",
                limits.max_in_flight
            );
            return Err(Failure::new(Code::LimitExceeded, text));
        }
        if answer.shape == Shape::Stream && state.in_flight.streams() >= limits.max_streams {
            let text = format!(
                "{} streams may be open on this connection, and are; read one to its end, or cancel it",
                limits.max_streams
            );
            return Err(Failure::new(Code::LimitExceeded, text));
        }
        let slot = answer.is_ordered.then(|| state.outbound.take_slot());
        Ok(state.in_flight.start(Started {
            id: answer.id,
            codec: answer.codec,
            shape: answer.shape,
            slot,
            deadline,
            credit,
        }))
    }

    /// Whether a request may be taken that will not be in flight.
    ///
    /// # Errors
    ///
    /// If its id is in use, or the server is draining.
    pub(super) fn admit_unawaited(&self, id: Option<&str>) -> Result<(), Failure> {
        self.lock().check(id)
    }

    /// Answers a request that was never in flight with a failure.
    pub(super) fn refuse(&self, answer: &Answer<'_>, failure: &Failure) {
        self.counters.failed(failure);
        self.visitor.refused(failure);
        self.answer(answer, |frame| match (answer.shape, answer.id) {
            (Shape::Stream, Some(id)) => write::stream_refusal(frame, answer.codec, id, 0, failure),
            (_, id) => write::refusal(frame, answer.codec, id, failure),
        });
    }

    /// Answers a tell that was enqueued.
    pub(super) fn confirm(&self, answer: &Answer<'_>) {
        self.answer(answer, |frame| {
            write::response(frame, answer.codec, answer.id, &()).expect("null can be written in every codec");
        });
    }

    /// Answers a control or a subscription.
    pub(super) fn respond(&self, codec: Codec, id: &str, payload: &dyn Encode) {
        with_scratch(|frame| {
            let written = encode(frame, |frame| write::response(frame, codec, Some(id), payload));
            if let Err(failure) = written.and_then(|()| self.unfit(frame).map_or(Ok(()), Err)) {
                self.counters.failed(&failure);
                frame.clear();
                write::refusal(frame, codec, Some(id), &failure);
            }
            let mut state = self.lock();
            let wakes = state.finish(None, frame);
            drop(state);
            self.wake(wakes);
        });
    }

    /// That no call in flight has this id.
    ///
    /// # Errors
    ///
    /// `ProtocolError`, if one has.
    pub(super) fn check_id(&self, id: &str) -> Result<(), Failure> {
        self.lock().check_id(id)
    }

    fn answer(&self, answer: &Answer<'_>, write: impl FnOnce(&mut Vec<u8>)) {
        with_scratch(|frame| {
            write(frame);
            let mut state = self.lock();
            let slot = answer.is_ordered.then(|| state.outbound.take_slot());
            let wakes = state.finish(slot, frame);
            drop(state);
            self.wake(wakes);
        });
    }

    /// Ends the call with this id, if there is one, because its caller does not want it any more.
    pub(super) fn cancel(&self, id: &str) {
        let ended = {
            let mut state = self.lock();
            let ticket = state.in_flight.find(id);
            ticket.and_then(|ticket| state.end(ticket))
        };
        if let Some(ended) = ended {
            let failure = Failure::new(Code::Cancelled, "the caller cancelled the call");
            let failure = failure.with_delivered(delivered(ended.phase));
            self.finish_failed(ended, &failure);
        }
    }
}

impl State {
    fn check(&self, id: Option<&str>) -> Result<(), Failure> {
        if self.stage != Stage::Open {
            return Err(Failure::new(Code::ShuttingDown, "the server is shutting down"));
        }
        id.map_or(Ok(()), |id| self.check_id(id))
    }

    fn check_id(&self, id: &str) -> Result<(), Failure> {
        if self.in_flight.find(id).is_none() {
            return Ok(());
        }
        let text = "`request_id`: a call with this id is in flight on this connection; choose another";
        Err(Failure::new(Code::ProtocolError, text))
    }
}
