//! The queue of one subscriber in this process.
//!
//! tokio's broadcast channel is one ring for all its readers: it can only drop the oldest, for everyone alike, and keeps
//! an event until the slowest has read it or the ring has turned. Here every subscriber has a queue and a rule of its own,
//! and its events go when it goes.

use std::{
    collections::VecDeque,
    future::poll_fn,
    mem,
    sync::{Arc, Weak},
    task::{Context, Poll, Waker},
    time::Duration,
};

use parking_lot::Mutex;

use super::{
    Received,
    subscriber::{Delivery, Offer, Offered, Publication, Subscriber, discard, wake},
};

/// What happens to an event when the queue of a subscriber is full.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WhenFull {
    /// The oldest event of the queue is lost, and the new one is taken.
    #[default]
    DropOldest,
    /// The new event is lost.
    DropNewest,
    /// The subscription ends with [`Received::Closed`] after the events of the queue.
    Close,
    /// [`publish_and_wait`](super::Broker::publish_and_wait) waits until there is room, or so long at the most, by tokio's
    /// clock; then the event is lost to this subscriber. [`publish`](super::Broker::publish) never waits: an event that it
    /// publishes is lost as with [`DropNewest`](Self::DropNewest).
    Block(Duration),
}

/// How a subscriber's queue is to be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    pub(super) capacity: usize,
    pub(super) when_full: WhenFull,
}

/// The queue between the broker and one subscription.
pub(super) struct Queue<E> {
    rules: Rules,
    state: Mutex<State<E>>,
    /// Itself, for the publishers that wait at it.
    me: Weak<Queue<E>>,
}

struct State<E> {
    /// Those beyond the capacity belong to publishers that wait. They have their place, lest others overtake them.
    entries: VecDeque<Entry<E>>,
    /// How many events were lost behind the last entry.
    missed: u64,
    next_ticket: u64,
    reader: Option<Waker>,
    stage: Stage,
}

struct Entry<E> {
    delivery: Delivery<E>,
    /// How many events were lost before this one and behind the one before.
    missed_before: u64,
    ticket: u64,
    publisher: Option<Waker>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Open,
    /// It was full, and its rule is to close. The reader is still to be told.
    Overrun,
    /// Nothing more will come.
    Over,
}

impl<E> Queue<E> {
    pub(super) fn new(rules: Rules) -> Arc<Self> {
        Arc::new_cyclic(|me| Queue {
            rules,
            state: Mutex::new(State {
                entries: VecDeque::new(),
                missed: 0,
                next_ticket: 0,
                reader: None,
                stage: Stage::Open,
            }),
            me: Weak::clone(me),
        })
    }

    /// What comes next; `None` when nothing will ever come.
    pub(super) fn poll(&self, cx: &mut Context<'_>) -> Poll<Option<Received<E>>> {
        let mut waker = None;
        loop {
            let mut state = self.state.lock();
            if let Some((received, done)) = state.next(self.rules.capacity) {
                drop(state);
                if let Some(publisher) = done.publisher {
                    wake(publisher);
                }
                // From here on a flush does not wait for the event any more.
                drop(done.receipt);
                return Poll::Ready(received);
            }
            if state.reader.as_ref().is_some_and(|reader| reader.will_wake(cx.waker())) {
                return Poll::Pending;
            }
            if waker.is_none() {
                // A waker may be code of a user's, so it is neither cloned nor dropped under the lock.
                drop(state);
                waker = Some(cx.waker().clone());
                continue;
            }
            let former = mem::replace(&mut state.reader, waker);
            drop(state);
            drop(former);
            return Poll::Pending;
        }
    }

    /// The reader is gone, and with it all that it has not read.
    pub(super) fn leave(&self) {
        let (entries, reader) = {
            let mut state = self.state.lock();
            state.stage = Stage::Over;
            state.missed = 0;
            (mem::take(&mut state.entries), state.reader.take())
        };
        drop(reader);
        for entry in entries {
            if let Some(publisher) = entry.publisher {
                wake(publisher);
            }
            discard(entry.delivery);
        }
    }
}

/// What the reader leaves to be done when the lock is released.
#[derive(Default)]
struct Done {
    publisher: Option<Waker>,
    receipt: Option<super::flush::Receipt>,
}

impl<E> State<E> {
    fn next(&mut self, capacity: usize) -> Option<(Option<Received<E>>, Done)> {
        let missed = match self.entries.front_mut() {
            Some(first) => mem::take(&mut first.missed_before),
            None => mem::take(&mut self.missed),
        };
        if missed > 0 {
            return Some((Some(Received::Missed(missed)), Done::default()));
        }
        if let Some(first) = self.entries.pop_front() {
            let admitted = self.entries.get_mut(capacity - 1);
            let done = Done {
                publisher: admitted.and_then(|entry| entry.publisher.take()),
                receipt: Some(first.delivery.receipt),
            };
            return Some((Some(Received::Event(first.delivery.event)), done));
        }
        match self.stage {
            Stage::Open => None,
            Stage::Overrun => {
                self.stage = Stage::Over;
                Some((Some(Received::Closed), Done::default()))
            }
            Stage::Over => Some((None, Done::default())),
        }
    }

    fn push(&mut self, delivery: Delivery<E>) -> u64 {
        let ticket = self.next_ticket;
        self.next_ticket += 1;
        self.entries.push_back(Entry {
            missed_before: mem::take(&mut self.missed) + delivery.missed_before,
            delivery,
            ticket,
            publisher: None,
        });
        ticket
    }

    /// Takes out the entry at `place`, which is lost to the reader. It will be told so where the entry was.
    fn lose(&mut self, place: usize) -> Option<Entry<E>> {
        let lost = self.entries.remove(place)?;
        let missed = match self.entries.get_mut(place) {
            Some(next) => &mut next.missed_before,
            None => &mut self.missed,
        };
        *missed += lost.missed_before + 1;
        Some(lost)
    }

    /// Where the entry is whose publisher waits with this ticket, unless it does not have to wait any more.
    fn waiting(&self, capacity: usize, ticket: u64) -> Option<usize> {
        // Tickets ascend, but some are missing: their publishers have given up.
        let place = self.entries.binary_search_by_key(&ticket, |entry| entry.ticket).ok()?;
        (place >= capacity).then_some(place)
    }
}

impl<E: Send + Sync + 'static> Subscriber<E> for Queue<E> {
    fn offer(&self, offered: Offered<'_, E>, publication: &mut Publication) -> Offer {
        let mut state = self.state.lock();
        if state.stage != Stage::Open {
            return Offer::Closed;
        }
        let is_full = state.entries.len() >= self.rules.capacity;
        match self.rules.when_full {
            _ if !is_full => {}
            WhenFull::DropOldest => {
                if let Some(oldest) = state.lose(0) {
                    publication.displace(oldest.delivery);
                }
            }
            WhenFull::Block(limit) if publication.may_wait() => {
                let ticket = state.push(offered.take());
                if let Some(queue) = self.me.upgrade() {
                    publication.wait_for(Waiting { queue, ticket, limit });
                }
                return Offer::Taken;
            }
            WhenFull::DropNewest | WhenFull::Block(_) => {
                state.missed += 1;
                return Offer::Taken;
            }
            WhenFull::Close => {
                state.stage = Stage::Overrun;
                return Offer::Closed;
            }
        }
        state.push(offered.take());
        publication.wake(state.reader.take());
        Offer::Taken
    }

    fn end(&self) {
        let reader = {
            let mut state = self.state.lock();
            if state.stage == Stage::Open {
                state.stage = Stage::Over;
            }
            state.reader.take()
        };
        if let Some(reader) = reader {
            wake(reader);
        }
    }
}

/// A queue at which publishers wait.
trait Queues: Send + Sync {
    /// Ready when the event has room in the queue, or needs none any more.
    fn poll_room(&self, ticket: u64, cx: &mut Context<'_>) -> Poll<()>;

    /// Takes the event back if it has still no room.
    fn give_up(&self, ticket: u64);
}

impl<E: Send + Sync + 'static> Queues for Queue<E> {
    fn poll_room(&self, ticket: u64, cx: &mut Context<'_>) -> Poll<()> {
        let waker = cx.waker().clone();
        let mut state = self.state.lock();
        let Some(place) = state.waiting(self.rules.capacity, ticket) else {
            return Poll::Ready(());
        };
        let former = state.entries[place].publisher.replace(waker);
        drop(state);
        drop(former);
        Poll::Pending
    }

    fn give_up(&self, ticket: u64) {
        let mut state = self.state.lock();
        let place = state.waiting(self.rules.capacity, ticket);
        let lost = place.and_then(|place| state.lose(place));
        drop(state);
        discard(lost.map(|entry| (entry.delivery, entry.publisher)));
    }
}

/// A publisher's event that waits for room in one queue. When this is dropped, the event is lost if it waits still.
pub(super) struct Waiting {
    queue: Arc<dyn Queues>,
    ticket: u64,
    limit: Duration,
}

impl Waiting {
    pub(super) fn limit(&self) -> Duration {
        self.limit
    }

    pub(super) async fn room(&self) {
        poll_fn(|cx| self.queue.poll_room(self.ticket, cx)).await;
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.queue.give_up(self.ticket);
    }
}
