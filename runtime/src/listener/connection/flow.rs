//! How output gets to the connection's task, and how the connection comes to its end.

use std::{
    sync::{MutexGuard, atomic::Ordering},
    task::Waker,
    time::Duration,
};

use callsheet_wire::{Code, Codec, Failure, Goodbye, write};

use super::{
    link::{KEPT, Link, Stage, State, Wakes, delivered, with_scratch},
    order::Slot,
};
use crate::listener::stats::Ending;

/// How things stand for the task of the connection.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flow {
    /// The peer may be read from.
    pub(super) may_read: bool,
    /// Nothing is in flight and nothing waits to be written.
    pub(super) is_quiet: bool,
    /// A call is in flight, or a stream is open.
    pub(super) is_at_work: bool,
    /// How many bytes wait to be written.
    pub(super) unsent: usize,
}

impl Link {
    /// Gives the task all there is to write, of which nothing is left from before. If that is nothing, the task is woken
    /// when there is something.
    pub(super) fn take_output(&self, taken: &mut Vec<u8>) -> Flow {
        if taken.capacity() > KEPT {
            *taken = Vec::new();
        }
        taken.clear();
        let mut state = self.lock();
        state.outbound.take_into(taken);
        self.flow(state)
    }

    /// Takes note that the task has still so many bytes to write.
    pub(super) fn set_unwritten(&self, bytes: usize) -> Flow {
        let mut state = self.lock();
        state.outbound.set_unwritten(bytes);
        self.flow(state)
    }

    /// Ends the stream whose turn it is if it waits for credit while the answers behind it fill the output: nothing is read
    /// then, so that no credit would ever come. Whether there was one.
    pub(super) fn end_starved(&self) -> bool {
        let starved = {
            let mut state = self.lock();
            let state = &mut *state;
            // What the peer has not read yet may hold the credit back.
            if !state.outbound.is_overfull() || !state.outbound.is_empty() {
                return false;
            }
            let first = |slot: Option<Slot>| slot.is_some_and(|slot| state.outbound.is_first(slot));
            let starved = state.in_flight.end_starved(first);
            state.ending += usize::from(starved.is_some());
            starved
        };
        let Some(ended) = starved else { return false };
        let failure = Failure::new(
            Code::SlowConsumer,
            "the stream waits for credit, and the answers behind it fill the output, so that nothing more is read; give it \
             credit sooner, or an id, and the answers need not wait for it",
        );
        let delivered = delivered(ended.phase);
        self.finish_failed(ended, &failure.with_delivered(delivered));
        true
    }

    fn flow(&self, mut state: MutexGuard<'_, State>) -> Flow {
        state.outbound.set_high_water(self.limits.load().high_water);
        let is_overfull = state.outbound.is_overfull();
        self.is_clogged.store(is_overfull, Ordering::Relaxed);
        let is_at_work = state.in_flight.len() + state.ending > 0;
        let flow = Flow {
            // One side reads whatever happens, or two that have much to say to each other would wait for ever.
            may_read: self.is_client() || !is_overfull,
            is_quiet: !is_at_work && state.outbound.is_empty(),
            is_at_work,
            unsent: state.outbound.unsent(),
        };
        if state.wants_room && !state.outbound.is_full() {
            state.wants_room = false;
            let waiting = state.in_flight.take_waiting_for_room();
            drop(state);
            waiting.into_iter().for_each(Waker::wake);
            self.outgoing.made_room();
        }
        flow
    }

    /// The task is about to handle what it has read, and will ask for output afterwards.
    pub(super) fn attend(&self) {
        self.lock().outbound.attend();
    }

    /// The peer has said hello.
    pub(super) fn greet(&self) {
        self.lock().is_greeted = true;
    }

    /// From now on nothing new is taken, which a peer that said hello is told; what is in flight has `limit` to end.
    pub(super) fn drain(&self, limit: Duration) {
        let mut state = self.lock();
        if state.stage != Stage::Open {
            return;
        }
        state.stage = Stage::Draining;
        if !state.is_greeted {
            return;
        }
        // Every frame has a codec of its own, and JSON is in every build.
        let drain_ms = u64::try_from(limit.as_millis()).unwrap_or(u64::MAX);
        with_scratch(|frame| {
            write::goodbye(frame, Codec::Json, Goodbye { drain_ms });
            state.outbound.append(frame);
        });
        let task = state.outbound.wakes_task();
        drop(state);
        self.wake(Wakes {
            task,
            next_in_order: None,
        });
    }

    /// Ends every call, with this code and text: the server does not wait for them any longer.
    pub(super) fn give_up(&self, code: Code, text: &str) {
        let all = {
            let mut state = self.lock();
            let all = state.in_flight.end_all();
            state.ending += all.len();
            all
        };
        for ended in all {
            let failure = Failure::new(code, text).with_delivered(delivered(ended.phase));
            self.finish_failed(ended, &failure);
        }
    }

    /// Says the last that this peer hears, whose time is up: what is in flight fails, and then why the connection is closed.
    pub(super) fn part(&self, late: &Failure, codec: Option<Codec>) {
        self.give_up(
            Code::ConnectionClosed,
            "the connection was closed before the call was answered",
        );
        self.counters.timed_out(late);
        // Whoever was only idle has done nothing wrong.
        if late.code() == Code::ProtocolError {
            self.visitor.refused(late);
        }
        let mut state = self.lock();
        let slot = state.outbound.take_slot();
        with_scratch(|frame| {
            write::refusal(frame, codec.unwrap_or(Codec::Json), None, late);
            // The task, which does this, needs not be woken.
            let _ = state.finish(Some(slot), frame);
        });
        state.outbound.attend();
    }

    /// The connection is lost: nobody waits for anything any more.
    pub(super) fn close(&self) {
        let (all, written, is_last) = {
            let mut state = self.lock();
            state.stage = Stage::Closed;
            let written = state.outbound.written();
            state.outbound.clear();
            let all = state.in_flight.end_all();
            for ended in &all {
                state
                    .tally
                    .end(ended.line, Ending::Failed(Code::ConnectionClosed), None);
            }
            (all, written, state.ending == 0)
        };
        self.counters.lost(all.len() as u64);
        // Else the last call whose end is being written does so.
        if is_last {
            self.counters.leave(self);
        }
        all.into_iter().filter_map(|ended| ended.waker).for_each(Waker::wake);
        self.end_outgoing(written);
    }
}
