//! Who listens to which event, and the events that each has not read yet.

use std::{
    collections::{HashMap, VecDeque},
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use callsheet_wire::{self as wire, Failure};

use crate::{Push, reply::Received};

/// The subscriptions of one connection, by the name of the event.
#[derive(Debug, Default)]
pub(crate) struct Subscribers {
    inboxes: HashMap<String, Vec<Arc<Inbox>>>,
}

impl Subscribers {
    pub(crate) fn add(&mut self, names: &[&str], inbox: &Arc<Inbox>) {
        for name in names {
            let inboxes = self.inboxes.entry((*name).to_owned()).or_default();
            // A name that is given twice brings each event once.
            if !inboxes.iter().any(|other| Arc::ptr_eq(other, inbox)) {
                inboxes.push(Arc::clone(inbox));
            }
        }
    }

    pub(crate) fn remove(&mut self, inbox: &Arc<Inbox>) {
        self.inboxes.retain(|_, inboxes| {
            inboxes.retain(|other| !Arc::ptr_eq(other, inbox));
            !inboxes.is_empty()
        });
    }

    pub(super) fn deliver(&self, frame: &Bytes, push: &wire::Push<'_>) {
        // Nobody listens to what was on its way when its subscription ended.
        for inbox in self.inboxes.get(push.message_type.as_ref()).into_iter().flatten() {
            inbox.put(Push {
                name: push.message_type.clone().into_owned(),
                sequence: push.seq,
                missed: push.missed.unwrap_or(0),
                timestamp_ms: push.timestamp,
                payload: Received::keep(frame, push.payload),
            });
        }
    }

    /// Tells every subscription that no more events come.
    pub(super) fn end(&mut self, failure: &Failure) {
        for inbox in mem::take(&mut self.inboxes).into_values().flatten() {
            inbox.end(failure);
        }
    }
}

/// The unread events of one subscription.
#[derive(Debug)]
pub(crate) struct Inbox {
    capacity: usize,
    unread: Mutex<Unread>,
}

#[derive(Debug, Default)]
struct Unread {
    pushes: VecDeque<Push>,
    /// How many were dropped before the first of `pushes`.
    missed: u64,
    waker: Option<Waker>,
    end: Option<End>,
}

#[derive(Debug)]
enum End {
    Failed(Failure),
    Told,
}

impl Inbox {
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            capacity,
            unread: Mutex::default(),
        }
    }

    fn put(&self, push: Push) {
        let waker = {
            let mut unread = self.unread();
            if unread.pushes.len() == self.capacity
                && let Some(oldest) = unread.pushes.pop_front()
            {
                unread.missed += oldest.missed + 1;
            }
            unread.pushes.push_back(push);
            unread.waker.take()
        };
        waker.into_iter().for_each(Waker::wake);
    }

    fn end(&self, failure: &Failure) {
        let waker = {
            let mut unread = self.unread();
            unread.end.get_or_insert_with(|| End::Failed(failure.clone()));
            unread.waker.take()
        };
        waker.into_iter().for_each(Waker::wake);
    }

    /// The next event, or once why there are no more, then `None`.
    pub(crate) fn poll_next(&self, cx: &Context<'_>) -> Poll<Option<Result<Push, Failure>>> {
        let mut unread = self.unread();
        if let Some(mut push) = unread.pushes.pop_front() {
            push.missed += mem::take(&mut unread.missed);
            return Poll::Ready(Some(Ok(push)));
        }
        match unread.end.replace(End::Told) {
            Some(End::Failed(failure)) => Poll::Ready(Some(Err(failure))),
            Some(End::Told) => Poll::Ready(None),
            None => {
                unread.end = None;
                unread.waker = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }

    fn unread(&self) -> MutexGuard<'_, Unread> {
        self.unread.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
