//! What the connection's task does with the requests it has read.

use callsheet_wire::{Code, Codec, Dialect, Encode, Failure, write};

use super::{
    in_flight::{Shape, Started},
    link::{Link, Stage, State, delivered, with_scratch},
    replies::encode,
};
use crate::{
    clock::Deadline,
    listener::{limits::ListenerLimits, stats::Line},
};

/// How a request is to be answered.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answer<'a> {
    /// The caller's id, or the name made for a stream without one.
    pub(super) id: Option<&'a str>,
    /// The answer is found by its place in the order, not by an id.
    pub(super) is_ordered: bool,
    pub(super) dialect: Dialect,
    pub(super) shape: Shape,
}

/// What the answer to a message without a reply has for a payload.
pub(super) type Receipt = &'static (dyn Encode + Sync);

impl Link {
    /// Takes a call into the table, and counts it. Gives back its ticket.
    ///
    /// # Errors
    ///
    /// If its id is in use, too many calls are in flight or too many streams open, or the server is draining.
    pub(super) fn admit(
        &self,
        answer: &Answer<'_>,
        line: Line,
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
        let begun = state.tally.start(line);
        Ok(state.in_flight.start(Started {
            id: answer.id,
            dialect: answer.dialect,
            shape: answer.shape,
            slot,
            deadline,
            credit,
            line,
            begun,
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
        self.counters.refused(failure);
        self.tell_refusal(answer, failure);
    }

    /// Answers a call that was never in flight with a failure, and counts it as one of its method's.
    pub(super) fn refuse_call(&self, line: Line, answer: &Answer<'_>, failure: &Failure) {
        self.count_failed(line, failure);
        self.tell_refusal(answer, failure);
    }

    fn tell_refusal(&self, answer: &Answer<'_>, failure: &Failure) {
        self.visitor.refused(failure);
        self.answer(answer, |frame| match (answer.shape, answer.id) {
            (Shape::Stream, Some(id)) => answer.dialect.stream_refusal(frame, id, 0, failure),
            (_, id) => answer.dialect.refusal(frame, id, failure),
        });
    }

    /// Answers a message that was enqueued with its receipt, and counts it.
    pub(super) fn confirm(&self, line: Line, answer: &Answer<'_>, receipt: Receipt) {
        self.answer_with(
            answer,
            |frame| {
                let written = answer.dialect.response(frame, answer.id, receipt);
                written.expect("null and a word can be written in every codec");
            },
            |state| state.tally.passed(line, 1),
        );
    }

    /// Answers a control or a subscription.
    pub(super) fn respond(&self, codec: Codec, id: &str, payload: &dyn Encode) {
        with_scratch(|frame| {
            let written = encode(frame, |frame| write::response(frame, codec, Some(id), payload));
            if let Err(failure) = written.and_then(|()| self.unfit(frame).map_or(Ok(()), Err)) {
                self.counters.refused(&failure);
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

    /// Answers what was never in flight.
    pub(super) fn answer(&self, answer: &Answer<'_>, write: impl FnOnce(&mut Vec<u8>)) {
        self.answer_with(answer, write, |_| {});
    }

    /// The same, and does what else is to be done under the lock.
    fn answer_with(&self, answer: &Answer<'_>, write: impl FnOnce(&mut Vec<u8>), beside: impl FnOnce(&mut State)) {
        with_scratch(|frame| {
            write(frame);
            let mut state = self.lock();
            beside(&mut state);
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
        let field = if self.speaks_acton {
            "correlation_id"
        } else {
            "request_id"
        };
        let text = format!("`{field}`: a call with this id is in flight on this connection; choose another");
        Err(Failure::new(Code::ProtocolError, text))
    }
}
