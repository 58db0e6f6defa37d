//! The calls of a connection that are not answered yet.

use std::{hash::BuildHasher, mem, task::Waker};

use callsheet_wire::{Dialect, Failure};
use hashbrown::{DefaultHashBuilder, HashTable};
use tokio::time::Instant;

use super::order::Slot;
use crate::{
    call::{Form, late_for_first_item, late_in_queue, late_running},
    clock::{Deadline, Judgement, Reading},
    listener::stats::Line,
};

/// The most entries a table can have: a ticket keeps so many bits for the place of its entry.
pub(crate) const MOST: usize = 1 << PLACE_BITS;

const PLACE_BITS: u32 = 20;

/// So many unused texts are kept for the ids of later calls.
const KEPT_IDS: usize = 64;

/// How a call is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// By one response.
    Response,
    /// By stream frames, of which the last is final.
    Stream,
}

/// What is known of a call when it starts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Started<'a> {
    /// The caller's id, or a stream's name.
    pub(super) id: Option<&'a str>,
    pub(super) dialect: Dialect,
    pub(super) shape: Shape,
    /// For a call whose answer is not found by an id.
    pub(super) slot: Option<Slot>,
    pub(super) deadline: Deadline,
    /// How many items of a stream are wanted before more are asked for; `None` for all of them.
    pub(super) credit: Option<u64>,
    /// The method, where calls are counted.
    pub(super) line: Line,
    /// When it started, if it is timed.
    pub(super) begun: Option<Instant>,
}

/// How far a call has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Queued,
    Running,
    /// The handler has given its stream.
    Streaming,
}

/// One call. Taken out of the table, it is to be answered for the last time.
#[derive(Debug)]
pub(super) struct Call {
    /// Empty if the call has none.
    pub(super) id: String,
    pub(super) dialect: Dialect,
    pub(super) shape: Shape,
    pub(super) slot: Option<Slot>,
    pub(super) deadline: Deadline,
    pub(super) phase: Phase,
    /// How many more items of a stream are wanted; `None` for all of them.
    pub(super) credit: Option<u64>,
    /// How many stream frames were written.
    pub(super) sequence: u64,
    /// Who is to be told that the call has ended: the suspended handler, or what pumps the stream.
    pub(super) waker: Option<Waker>,
    /// The stream waits for room in the output.
    pub(super) wants_room: bool,
    /// The method, where calls are counted.
    pub(super) line: Line,
    /// When it started, if it is timed.
    pub(super) begun: Option<Instant>,
}

#[derive(Debug)]
struct Entry {
    ticket: u64,
    /// Of the call's id.
    hash: u64,
    call: Call,
}

/// The calls in flight, by their tickets and by their ids.
///
/// Entries and the texts of ids are used again, so that a call allocates nothing once the table is warm.
#[derive(Debug, Default)]
pub(super) struct InFlight {
    entries: Vec<Option<Entry>>,
    free: Vec<usize>,
    /// The places of the entries that have ids.
    ids: HashTable<usize>,
    /// How many of the calls are answered by streams.
    streams: usize,
    hasher: DefaultHashBuilder,
    spare_ids: Vec<String>,
    tickets: u64,
}

impl InFlight {
    pub(super) fn len(&self) -> usize {
        self.entries.len() - self.free.len()
    }

    pub(super) fn streams(&self) -> usize {
        self.streams
    }

    /// Adds a call, and gives the ticket by which it is known. A ticket is never given twice.
    ///
    /// The id must not be in use.
    pub(super) fn start(&mut self, call: Started<'_>) -> u64 {
        let place = self.free.pop().unwrap_or_else(|| {
            self.entries.push(None);
            self.entries.len() - 1
        });
        let ticket = self.tickets << PLACE_BITS | place as u64;
        self.tickets += 1;
        self.streams += usize::from(call.shape == Shape::Stream);
        let mut id = self.spare_ids.pop().unwrap_or_default();
        let mut hash = 0;
        if let Some(text) = call.id {
            id.push_str(text);
            hash = self.hasher.hash_one(text);
        }
        self.entries[place] = Some(Entry {
            ticket,
            hash,
            call: Call {
                id,
                dialect: call.dialect,
                shape: call.shape,
                slot: call.slot,
                deadline: call.deadline,
                credit: call.credit,
                phase: Phase::Queued,
                sequence: 0,
                waker: None,
                wants_room: false,
                line: call.line,
                begun: call.begun,
            },
        });
        if call.id.is_some() {
            let entries = &self.entries;
            self.ids.insert_unique(hash, place, |place| {
                entries[*place].as_ref().map_or(0, |entry| entry.hash)
            });
        }
        ticket
    }

    /// The ticket of the call with this id.
    pub(super) fn find(&self, id: &str) -> Option<u64> {
        if self.ids.is_empty() {
            return None;
        }
        let has_id = |place: &usize| self.entries[*place].as_ref().is_some_and(|entry| entry.call.id == id);
        let place = *self.ids.find(self.hasher.hash_one(id), has_id)?;
        self.entries[place].as_ref().map(|entry| entry.ticket)
    }

    pub(super) fn get_mut(&mut self, ticket: u64) -> Option<&mut Call> {
        let entry = self.entries.get_mut(place(ticket))?.as_mut()?;
        (entry.ticket == ticket).then_some(&mut entry.call)
    }

    /// Takes the call out of the table.
    pub(super) fn end(&mut self, ticket: u64) -> Option<Call> {
        let place = place(ticket);
        let entry = self.entries.get_mut(place)?.take_if(|entry| entry.ticket == ticket)?;
        if !entry.call.id.is_empty()
            && let Ok(known) = self.ids.find_entry(entry.hash, |known| *known == place)
        {
            known.remove();
        }
        self.free.push(place);
        self.streams -= usize::from(entry.call.shape == Shape::Stream);
        Some(entry.call)
    }

    /// Takes every call out of the table that `reading` says is late. Whether any other waits for its deadline.
    pub(super) fn end_late(&mut self, reading: Reading, late: &mut Vec<Call>) -> bool {
        let mut waiting = false;
        for place in 0..self.entries.len() {
            let Some(entry) = &self.entries[place] else { continue };
            match reading.judge(entry.call.deadline) {
                Judgement::Late => late.extend(self.end(entry.ticket)),
                Judgement::Waiting => waiting = true,
                Judgement::Foreign => {}
            }
        }
        waiting
    }

    /// Takes the stream out of the table that waits for credit in a slot that is `first`, if there is one.
    pub(super) fn end_starved(&mut self, first: impl Fn(Option<Slot>) -> bool) -> Option<Call> {
        let mut entries = self.entries.iter().flatten();
        let starved = entries.find(|entry| entry.call.credit == Some(0) && first(entry.call.slot));
        self.end(starved?.ticket)
    }

    /// Takes every call out of the table.
    pub(super) fn end_all(&mut self) -> Vec<Call> {
        let tickets: Vec<_> = self.entries.iter().flatten().map(|entry| entry.ticket).collect();
        tickets.into_iter().filter_map(|ticket| self.end(ticket)).collect()
    }

    /// The streams that wait for room in the output, which is there again.
    pub(super) fn take_waiting_for_room(&mut self) -> Vec<Waker> {
        let calls = self.entries.iter_mut().flatten().map(|entry| &mut entry.call);
        calls
            .filter_map(|call| mem::take(&mut call.wants_room).then(|| call.waker.clone())?)
            .collect()
    }

    /// Keeps the text of an id for a later call.
    pub(super) fn recycle(&mut self, mut id: String) {
        if self.spare_ids.len() < KEPT_IDS {
            id.clear();
            self.spare_ids.push(id);
        }
    }
}

fn place(ticket: u64) -> usize {
    // The mask leaves fewer bits than any usize has here.
    (ticket & (MOST as u64 - 1)) as usize
}

impl Call {
    fn id(&self) -> Option<&str> {
        (!self.id.is_empty()).then_some(&*self.id)
    }

    /// The frame that the one reply to this call goes into.
    pub(super) fn form(&self) -> Form<'_> {
        match self.shape {
            Shape::Response => Form::Response { request_id: self.id() },
            Shape::Stream => Form::Item {
                stream_id: &self.id,
                sequence: self.sequence,
                is_final: true,
            },
        }
    }

    /// Appends the frame that ends the call with a failure.
    pub(super) fn write_failure(&self, out: &mut Vec<u8>, failure: &Failure) {
        match self.shape {
            Shape::Response => self.dialect.refusal(out, self.id(), failure),
            Shape::Stream => self.dialect.stream_refusal(out, &self.id, self.sequence, failure),
        }
    }

    /// What it means for this call that its deadline has passed.
    pub(super) fn lateness(&self) -> Failure {
        match self.phase {
            Phase::Queued => late_in_queue(),
            Phase::Running => late_running(),
            Phase::Streaming => late_for_first_item(),
        }
    }
}

#[cfg(test)]
mod tests {
    use callsheet_wire::{Codec, Dialect};

    use super::{InFlight, Shape, Started};
    use crate::{
        clock::Deadline,
        listener::stats::{Counters, Tally},
    };

    fn call(id: Option<&str>) -> Started<'_> {
        Started {
            id,
            dialect: Dialect::Own(Codec::Json),
            shape: Shape::Response,
            slot: None,
            deadline: Deadline::NONE,
            credit: None,
            line: Tally::default().line(&Counters::new().method("test.Test", "test.Test.Call")),
            begun: None,
        }
    }

    #[test]
    fn an_id_is_found_while_its_call_is_in_flight() {
        let mut calls = InFlight::default();
        let a = calls.start(call(Some("a")));
        let b = calls.start(call(Some("b")));
        assert_eq!(
            (calls.find("a"), calls.find("b"), calls.find("c")),
            (Some(a), Some(b), None)
        );
        let ended = calls.end(a).expect("it is in flight");
        assert_eq!(ended.id, "a");
        assert_eq!((calls.find("a"), calls.find("b"), calls.len()), (None, Some(b), 1));
    }

    #[test]
    fn a_ticket_is_never_given_twice() {
        let mut calls = InFlight::default();
        let first = calls.start(call(None));
        let ended = calls.end(first).expect("it is in flight");
        calls.recycle(ended.id);
        let second = calls.start(call(None));
        assert_ne!(first, second);
        assert!(
            calls.get_mut(first).is_none() && calls.end(first).is_none(),
            "the first call stays ended"
        );
        assert!(calls.get_mut(second).is_some());
    }

    #[test]
    fn many_ids_survive_the_growth_of_the_table() {
        let mut calls = InFlight::default();
        let ids: Vec<String> = (0..1000).map(|n| format!("call-{n}")).collect();
        let tickets: Vec<u64> = ids.iter().map(|id| calls.start(call(Some(id)))).collect();
        for (id, ticket) in ids.iter().zip(&tickets) {
            assert_eq!(calls.find(id), Some(*ticket));
        }
        for ticket in tickets.iter().step_by(2) {
            calls.end(*ticket).expect("it is in flight");
        }
        assert_eq!(calls.len(), 500);
        for (n, (id, ticket)) in ids.iter().zip(&tickets).enumerate() {
            assert_eq!(calls.find(id), (n % 2 == 1).then_some(*ticket));
        }
        assert_eq!(calls.end_all().len(), 500);
        assert_eq!((calls.len(), calls.find("call-1")), (0, None));
    }
}
