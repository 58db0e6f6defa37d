//! The subscribers of one event type.
//!
//! One lock per event type is the order of its events: under it an event gets its number and is put into the queues of all
//! subscribers, in this process and outside, so that all see the same events in the same order under the same numbers. No
//! code of a user's runs under it. An event is encoded before: the topic says which codecs are wanted, lets go of the
//! lock, and looks again once the event is encoded in them. (An outbox that one publisher at a time empties for all would
//! do as well; but then `publish` would return before its event is with the subscribers, and no flush could wait for it.)

use std::{
    any::Any,
    mem,
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use parking_lot::Mutex;

use super::{
    AnyEvent, Event,
    flush::Progress,
    remote::{Head, Payloads, RemoteSubscriber, Remotes},
    subscriber::{Attached, Publication, discard},
};

/// The subscribers of the event type `E`.
pub(super) struct Topic<E>(Mutex<State<E>>);

struct State<E> {
    next_seq: u64,
    typed: Vec<Attached<E>>,
    /// Those that subscribed to whatever matches a pattern.
    matching: Vec<Attached<AnyEvent>>,
    remote: Remotes,
}

/// What dropped out of the lists, to be dropped under no lock.
#[must_use]
struct Gone<E> {
    _typed: Vec<Attached<E>>,
    _matching: Vec<Attached<AnyEvent>>,
    _remote: Vec<Arc<dyn RemoteSubscriber>>,
}

/// An event type, to those who do not know it.
pub(super) trait AnyTopic: Any + Send + Sync {
    fn attach_matching(&self, subscriber: Attached<AnyEvent>);

    /// Forgets a subscriber, if it is there.
    fn detach(&self, id: u64);

    /// Lets `act` see the number of the next event and the subscribers outside, while nothing is published.
    fn with_remotes(&self, act: &mut dyn FnMut(u64, &mut Remotes));

    /// Adds how far the subscribers in this process are.
    fn add_progress(&self, progress: &mut Vec<Arc<Progress>>);

    /// The broker is gone.
    fn end(&self);
}

impl<E> Default for Topic<E> {
    fn default() -> Self {
        Topic(Mutex::new(State {
            next_seq: 0,
            typed: Vec::new(),
            matching: Vec::new(),
            remote: Remotes::default(),
        }))
    }
}

impl<E: Event> Topic<E> {
    pub(super) fn publish(&self, event: E, publication: &mut Publication) {
        {
            let mut state = self.0.lock();
            if state.count() == 0 {
                state.next_seq += 1;
                drop(state);
                return discard(event);
            }
        }
        let event = Arc::new(event);
        let mut payloads = Payloads::default();
        let gone = loop {
            let mut state = self.0.lock();
            match state.remote.wanted(&payloads) {
                Some(codec) => {
                    drop(state);
                    payloads.encode(E::NAME, &*event, codec);
                }
                None => break state.deliver(&event, &payloads, publication),
            }
        };
        drop(gone);
        discard(event);
    }

    pub(super) fn attach(&self, subscriber: Attached<E>) {
        self.0.lock().typed.push(subscriber);
    }

    pub(super) fn count(&self) -> usize {
        self.0.lock().count()
    }
}

impl<E: Event> State<E> {
    fn count(&self) -> usize {
        self.typed.len() + self.matching.len() + self.remote.len()
    }

    fn deliver(&mut self, event: &Arc<E>, payloads: &Payloads, publication: &mut Publication) -> Gone<E> {
        let seq = self.next_seq;
        self.next_seq += 1;
        let typed = self.typed.extract_if(.., |to| to.offer(event, publication)).collect();
        let (mut matching, mut remote) = (Vec::new(), Vec::new());
        if !self.matching.is_empty() || !self.remote.is_empty() {
            let timestamp = SystemTime::now();
            if !self.matching.is_empty() {
                let any = Arc::new(AnyEvent::new(E::NAME, seq, timestamp, Arc::<E>::clone(event)));
                matching.extend(self.matching.extract_if(.., |to| to.offer(&any, publication)));
                publication.closed.extend(matching.iter().map(|closed| closed.id));
            }
            let since = timestamp.duration_since(UNIX_EPOCH).unwrap_or_default();
            let head = Head {
                event: E::NAME,
                seq,
                timestamp: u64::try_from(since.as_millis()).unwrap_or(u64::MAX),
            };
            remote = self.remote.push(head, payloads);
        }
        Gone {
            _typed: typed,
            _matching: matching,
            _remote: remote,
        }
    }
}

impl<E: Event> AnyTopic for Topic<E> {
    fn attach_matching(&self, subscriber: Attached<AnyEvent>) {
        self.0.lock().matching.push(subscriber);
    }

    fn detach(&self, id: u64) {
        let gone = {
            let mut state = self.0.lock();
            Gone {
                _typed: state.typed.extract_if(.., |to| to.id == id).collect(),
                _matching: state.matching.extract_if(.., |to| to.id == id).collect(),
                _remote: state.remote.remove(id),
            }
        };
        drop(gone);
    }

    fn with_remotes(&self, act: &mut dyn FnMut(u64, &mut Remotes)) {
        let mut state = self.0.lock();
        let next_seq = state.next_seq;
        act(next_seq, &mut state.remote);
    }

    fn add_progress(&self, progress: &mut Vec<Arc<Progress>>) {
        let state = self.0.lock();
        progress.extend(state.typed.iter().map(|to| Arc::clone(to.progress())));
        progress.extend(state.matching.iter().map(|to| Arc::clone(to.progress())));
    }

    fn end(&self) {
        let typed = mem::take(&mut self.0.lock().typed);
        for subscriber in &typed {
            subscriber.end();
        }
    }
}
