//! The unread events of one subscription.

use std::{
    collections::VecDeque,
    mem,
    sync::{Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

use callsheet_wire::Failure;

use crate::{Gap, Notice, Push};

/// What one subscription wants, and what has come for it and is not read yet.
#[derive(Debug)]
pub(crate) struct Inbox {
    /// Event names, and beginnings of names that end in `*`; each once.
    names: Vec<String>,
    /// How many notices may wait, and how many bytes of events.
    capacity: usize,
    buffer: usize,
    unread: Mutex<Unread>,
}

#[derive(Debug, Default)]
struct Unread {
    /// What was lost before the first of `notices`.
    gap: Option<Gap>,
    notices: VecDeque<Notice<Push>>,
    /// What the events among them keep.
    bytes: usize,
    /// The server has accepted the subscription, so that what is missed from now on must be told.
    followed: bool,
    waker: Option<Waker>,
    end: Option<End>,
}

#[derive(Debug)]
enum End {
    Failed(Failure),
    Told,
}

impl Inbox {
    pub(crate) fn new(names: &[&str], capacity: usize, buffer: usize) -> Self {
        let mut own: Vec<String> = Vec::new();
        for name in names {
            if !own.iter().any(|known| known == name) {
                own.push((*name).to_owned());
            }
        }
        Self {
            names: own,
            capacity,
            buffer,
            unread: Mutex::default(),
        }
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    pub(super) fn wants(&self, event: &str) -> bool {
        self.names().any(|name| match name.strip_suffix('*') {
            Some(prefix) => event.starts_with(prefix),
            None => event == name,
        })
    }

    pub(super) fn follow(&self) {
        self.unread().followed = true;
    }

    pub(super) fn is_followed(&self) -> bool {
        self.unread().followed
    }

    pub(super) fn put(&self, push: Push) {
        self.change(|unread| {
            let bytes = push.payload.kept();
            // One event always fits, however large it is.
            while unread.notices.len() >= self.capacity.max(1)
                || unread.bytes > 0 && unread.bytes.saturating_add(bytes) > self.buffer
            {
                unread.lose_oldest();
            }
            unread.bytes += bytes;
            unread.notices.push_back(Notice::Event(push));
        });
    }

    /// So many events will not come, or an unknown number of them.
    pub(super) fn put_gap(&self, missed: Option<u64>) {
        self.change(|unread| match unread.notices.back_mut() {
            Some(Notice::Gap(gap)) => gap.widen(missed),
            Some(Notice::Event(_)) => unread.notices.push_back(Notice::Gap(Gap { missed })),
            None => unread.widen_gap(missed),
        });
    }

    pub(super) fn end(&self, failure: &Failure) {
        self.change(|unread| {
            unread.end.get_or_insert_with(|| End::Failed(failure.clone()));
        });
    }

    fn change(&self, change: impl FnOnce(&mut Unread)) {
        let waker = {
            let mut unread = self.unread();
            change(&mut unread);
            unread.waker.take()
        };
        waker.into_iter().for_each(Waker::wake);
    }

    /// The next event or gap, or once why there are no more, then `None`.
    pub(crate) fn poll_next(&self, cx: &Context<'_>) -> Poll<Option<Result<Notice<Push>, Failure>>> {
        let mut unread = self.unread();
        let next = match unread.gap.take() {
            Some(gap) => Some(Notice::Gap(gap)),
            None => unread.take_oldest(),
        };
        if let Some(notice) = next {
            return Poll::Ready(Some(Ok(notice)));
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

impl Unread {
    fn take_oldest(&mut self) -> Option<Notice<Push>> {
        let oldest = self.notices.pop_front();
        if let Some(Notice::Event(push)) = &oldest {
            self.bytes -= push.payload.kept();
        }
        oldest
    }

    fn lose_oldest(&mut self) {
        let missed = match self.take_oldest() {
            Some(Notice::Event(_)) => Some(1),
            Some(Notice::Gap(gap)) => gap.missed,
            None => return,
        };
        self.widen_gap(missed);
        // A gap that is first now belongs to the one before it.
        if let Some(Notice::Gap(gap)) = self.notices.front() {
            let missed = gap.missed;
            self.notices.pop_front();
            self.widen_gap(missed);
        }
    }

    fn widen_gap(&mut self, missed: Option<u64>) {
        match &mut self.gap {
            Some(gap) => gap.widen(missed),
            None => self.gap = Some(Gap { missed }),
        }
    }
}

impl Gap {
    fn widen(&mut self, missed: Option<u64>) {
        self.missed = mem::take(&mut self.missed)
            .zip(missed)
            .map(|(one, other)| one.saturating_add(other));
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use callsheet_wire::{Codec, Payload};
    use futures_util::task::noop_waker;

    use super::*;
    use crate::reply::Received;

    fn push(sequence: u64) -> Push {
        let frame = Bytes::from_static(b"null");
        Push {
            name: "demo.Event".to_owned(),
            sequence: Some(sequence),
            timestamp_ms: 0,
            payload: Received::keep(&frame, Payload::new(Codec::Json, &frame)),
        }
    }

    fn read(inbox: &Inbox) -> Vec<Result<u64, Option<u64>>> {
        let mut read = Vec::new();
        while let Poll::Ready(Some(Ok(notice))) = inbox.poll_next(&Context::from_waker(&noop_waker())) {
            read.push(match notice {
                Notice::Event(push) => Ok(push.sequence.expect("it is numbered")),
                Notice::Gap(gap) => Err(gap.missed),
            });
        }
        read
    }

    #[test]
    fn a_gap_stands_where_the_events_would_have_stood() {
        let inbox = Inbox::new(&["demo.Event"], 4, 1000);
        inbox.put(push(0));
        inbox.put_gap(Some(2));
        inbox.put_gap(Some(1));
        inbox.put(push(4));
        assert_eq!(read(&inbox), [Ok(0), Err(Some(3)), Ok(4)]);
        inbox.put_gap(Some(1));
        inbox.put_gap(None);
        inbox.put(push(9));
        assert_eq!(read(&inbox), [Err(None), Ok(9)]);
    }

    #[test]
    fn what_is_dropped_for_want_of_room_widens_the_gap_before_the_rest() {
        let inbox = Inbox::new(&["demo.Event"], 2, 1000);
        inbox.put(push(0));
        inbox.put_gap(Some(5));
        for sequence in 6..9 {
            inbox.put(push(sequence));
        }
        assert_eq!(read(&inbox), [Err(Some(7)), Ok(7), Ok(8)]);
    }

    #[test]
    fn bytes_are_bounded_as_notices_are_but_one_event_always_fits() {
        let inbox = Inbox::new(&["demo.Event"], 100, 9);
        // Each keeps 4 bytes.
        for sequence in 0..5 {
            inbox.put(push(sequence));
        }
        assert_eq!(read(&inbox), [Err(Some(3)), Ok(3), Ok(4)]);
        let small = Inbox::new(&["demo.Event"], 100, 1);
        small.put(push(0));
        small.put(push(1));
        assert_eq!(read(&small), [Err(Some(1)), Ok(1)]);
    }
}
