//! One call in the table: what it waits for, and what has arrived.

use std::{
    collections::VecDeque,
    task::{Context, Waker},
};

use crate::{deadline::Deadline, reply::Reply};

#[derive(Debug)]
pub(super) struct Call {
    /// It waits for a socket or for a place at the server: nothing of it is written.
    pub(super) is_queued: bool,
    /// How many bytes the payload of its frame has.
    pub(super) bytes: usize,
    /// Absent once it no longer applies.
    pub(super) deadline: Option<Deadline>,
    /// Who waits for what arrives.
    pub(super) waker: Option<Waker>,
    pub(super) arrived: Arrived,
}

#[derive(Debug)]
pub(super) enum Arrived {
    Ask(Option<Reply>),
    Stream(Box<Items>),
}

#[derive(Debug, Default)]
pub(super) struct Items {
    pub(super) unread: VecDeque<Reply>,
    pub(super) bytes: usize,
    /// The number of the next frame.
    pub(super) next: u64,
    /// The last item, or the failure after it, is among the unread or has been read.
    pub(super) ended: bool,
}

impl Call {
    /// Ends the call with `reply` unless it has ended; tells whether it was an ask that waited.
    pub(super) fn end(&mut self, reply: Reply) -> bool {
        self.deadline = None;
        match &mut self.arrived {
            Arrived::Ask(place @ None) => {
                *place = Some(reply);
                true
            }
            Arrived::Stream(items) if !items.ended => {
                items.unread.push_back(reply);
                items.ended = true;
                false
            }
            Arrived::Ask(Some(_)) | Arrived::Stream(_) => false,
        }
    }

    pub(super) fn has_ended(&self) -> bool {
        match &self.arrived {
            Arrived::Ask(reply) => reply.is_some(),
            Arrived::Stream(items) => items.ended,
        }
    }

    pub(super) fn wake_later(&mut self, cx: &Context<'_>) {
        match &mut self.waker {
            Some(waker) => waker.clone_from(cx.waker()),
            None => self.waker = Some(cx.waker().clone()),
        }
    }
}
