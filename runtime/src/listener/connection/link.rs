//! A connection, as everyone sees it who has something to say to its peer.
//!
//! The connection's task, the handlers that reply, the tasks that pump streams, publishers and the clock all meet here,
//! under one lock that is held only to move bytes and to look into tables: replies and events are encoded before it is
//! taken, so no code of a user ever runs under it. What each of them does here stands in a file of its own:
//! [`requests`](super::requests), [`flow`](super::flow), [`replies`](super::replies), [`streams`](super::streams) and
//! [`events`](super::events).

use std::{
    cell::Cell,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::Waker,
};

use callsheet_wire::{Code, Delivered, Failure};
use futures_util::task::AtomicWaker;

use super::{
    in_flight::{Call, InFlight, Phase},
    order::Slot,
    outbound::Outbound,
    outgoing::{Abandoned, Outgoing},
};
use crate::{
    clock::Clock,
    listener::{
        authorization::Visitor,
        limits::{
            ListenerLimits, LiveLimits,
            memory::{Budget, Share},
        },
        stats::{Counters, Counting, Ending, Line, Tally},
        terms::Terms,
    },
    peer::Peer,
    runtime::WeakRuntime,
    transport::{Crossing, Side},
};

/// A larger buffer is not kept once what was in it has been passed on.
pub(super) const KEPT: usize = 64 << 10;

pub(super) struct Link {
    pub(super) state: Mutex<State>,
    /// The task of the connection.
    pub(super) task: AtomicWaker,
    pub(super) limits: Arc<LiveLimits>,
    pub(super) memory: Arc<Budget>,
    /// Who is on the other side.
    pub(super) visitor: Arc<Visitor>,
    pub(super) clock: Arc<Clock>,
    pub(super) counters: Arc<Counters>,
    pub(super) runtime: WeakRuntime,
    /// How many calls are on their way through layers, be they in flight or not.
    passing: AtomicUsize,
    /// Itself, for the tasks that pump its streams.
    pub(super) me: Weak<Link>,
    /// What mailboxes in payloads cross.
    pub(super) crossing: Arc<Crossing>,
    pub(super) outgoing: Outgoing,
    pub(super) abandoned: Arc<Abandoned>,
    /// The peer is a program of this user, whose chains are believed.
    pub(super) trusts: bool,
    /// The peer's last frame was in MessagePack.
    pub(super) packs: AtomicBool,
    /// More waits for the peer than it should, or for its turn.
    pub(super) is_clogged: AtomicBool,
}

pub(super) struct State {
    pub(super) in_flight: InFlight,
    /// How many calls have ended whose last frame is being written.
    pub(super) ending: usize,
    pub(super) outbound: Outbound,
    /// What is counted of its calls and events.
    pub(super) tally: Tally,
    /// A stream waits for room in the output.
    pub(super) wants_room: bool,
    pub(super) stage: Stage,
    /// The peer has said hello, so it understands a goodbye.
    pub(super) is_greeted: bool,
    /// The peer is a client of acton-reactive.
    pub(super) speaks_acton: bool,
    /// The peer has closed its sending half.
    pub(super) is_mute: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Open,
    /// What is in flight is answered; nothing new is taken.
    Draining,
    Closed,
}

/// Who is to be woken once the lock is released.
#[must_use]
#[derive(Default)]
pub(super) struct Wakes {
    pub(super) task: bool,
    pub(super) next_in_order: Option<Waker>,
}

impl Link {
    pub(super) fn new(peer: Peer, terms: &Terms, side: Side) -> Arc<Self> {
        let high_water = terms.limits.load().high_water;
        let link = Arc::new_cyclic(|me| Link {
            state: Mutex::new(State {
                in_flight: InFlight::default(),
                ending: 0,
                outbound: Outbound::new(high_water, Share::new(&terms.memory)),
                tally: Tally::default(),
                wants_room: false,
                stage: Stage::Open,
                is_greeted: false,
                speaks_acton: false,
                is_mute: false,
            }),
            task: AtomicWaker::new(),
            limits: Arc::clone(&terms.limits),
            memory: Arc::clone(&terms.memory),
            visitor: Visitor::new(peer, terms),
            clock: terms.runtime.clock(),
            counters: Arc::clone(&terms.counters),
            runtime: terms.runtime.downgrade(),
            passing: AtomicUsize::new(0),
            me: Weak::clone(me),
            crossing: Arc::new(Crossing {
                border: Weak::<Link>::clone(me),
                beyond: OnceLock::new(),
                side,
                runtime: terms.runtime.downgrade(),
            }),
            outgoing: Outgoing::default(),
            abandoned: Abandoned::new(Weak::clone(me)),
            trusts: side == Side::Client || peer.uid == rustix::process::geteuid().as_raw(),
            packs: AtomicBool::new(false),
            is_clogged: AtomicBool::new(false),
        });
        let place: Weak<Link> = Arc::downgrade(&link);
        link.clock.register(place);
        link.counters.join(&link);
        link
    }

    /// A place for a call on its way through layers, with arguments of so many bytes, which are kept meanwhile.
    ///
    /// # Errors
    ///
    /// If so many are as calls may be in flight, or no memory is left for the arguments.
    pub(super) fn place(self: &Arc<Self>, bytes: usize, limits: &ListenerLimits) -> Result<Place, Failure> {
        let mut place = Place {
            link: Arc::clone(self),
            memory: None,
        };
        let text = if self.passing.fetch_add(1, Ordering::Relaxed) >= limits.max_in_flight {
            format!(
                "{} calls of this connection may be on their way through the layers of actors, and are; wait for answers",
                limits.max_in_flight
            )
        } else {
            place.memory = Share::of(&self.memory, bytes);
            if place.memory.is_some() {
                return Ok(place);
            }
            format!(
                "no memory is left for {bytes} bytes of arguments on their way through the layers of actors: all connections \
                 together may keep {}, and do; try again later",
                limits.memory
            )
        };
        Err(Failure::new(Code::LimitExceeded, text))
    }

    pub(super) fn finish_failed(&self, ended: Call, failure: &Failure) {
        self.counters.failed(failure);
        with_scratch(|frame| {
            ended.write_failure(frame, failure);
            self.finish(ended, Ending::Failed(failure.code()), frame);
        });
    }

    /// Says the last of a call that was taken out of the table.
    pub(super) fn finish(&self, mut ended: Call, ending: Ending, frame: &[u8]) {
        let told = ended.waker.take();
        let took = ended.begun.map(|begun| begun.elapsed());
        let mut state = self.lock();
        state.ending -= 1;
        state.tally.end(ended.line, ending, took);
        let is_last = state.stage == Stage::Closed && state.ending == 0;
        let wakes = state.finish(ended.slot, frame);
        state.in_flight.recycle(ended.id);
        drop(state);
        self.wake(wakes);
        if let Some(told) = told {
            told.wake();
        }
        if is_last {
            self.counters.leave(self);
        }
    }

    /// Counts the failure of a call that was never in flight, because nobody waits for it or it ended at once.
    pub(super) fn count_failed(&self, line: Line, failure: &Failure) {
        self.counters.failed(failure);
        self.lock().tally.failed(line, failure.code());
    }

    /// Counts a call that nobody waits for, and that is in the queue.
    pub(super) fn count_passed(&self, line: Line, calls: u64) {
        self.lock().tally.passed(line, calls);
    }

    pub(super) fn wake(&self, wakes: Wakes) {
        if let Some(next) = wakes.next_in_order {
            next.wake();
        }
        if wakes.task {
            self.task.wake();
        }
    }

    /// No user code runs under this lock, so a poisoned one guards nothing that is broken.
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counting for Link {
    fn with_tally(&self, read: &mut dyn FnMut(&mut Tally)) {
        read(&mut self.lock().tally);
    }
}

/// The place of a call on its way through layers, given back when it is dropped.
pub(super) struct Place {
    pub(super) link: Arc<Link>,
    /// What its arguments keep.
    memory: Option<Share>,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.link.passing.fetch_sub(1, Ordering::Relaxed);
    }
}

impl State {
    /// Takes a call out of the table, whose last frame follows.
    pub(super) fn end(&mut self, ticket: u64) -> Option<Call> {
        let ended = self.in_flight.end(ticket)?;
        self.ending += 1;
        Some(ended)
    }

    pub(super) fn finish(&mut self, slot: Option<Slot>, frame: &[u8]) -> Wakes {
        if self.stage == Stage::Closed {
            return Wakes::default();
        }
        Wakes {
            next_in_order: self.outbound.finish(slot, frame),
            task: self.outbound.wakes_task(),
        }
    }
}

/// What is known about the delivery of a call that is given up.
pub(super) fn delivered(phase: Phase) -> Delivered {
    match phase {
        Phase::Queued => Delivered::No,
        Phase::Running | Phase::Streaming => Delivered::Unknown,
    }
}

/// Lends an empty buffer for one frame, which is used again and again.
pub(super) fn with_scratch<R>(work: impl FnOnce(&mut Vec<u8>) -> R) -> R {
    thread_local! {
        static SCRATCH: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
    }
    // Taken, so that work within work gets a buffer of its own.
    let mut frame = SCRATCH.take();
    let result = work(&mut frame);
    if frame.capacity() <= KEPT {
        frame.clear();
        SCRATCH.set(frame);
    }
    result
}
