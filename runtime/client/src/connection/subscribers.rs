//! Who listens to which event, and what came over the socket for whom.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    mem,
    sync::Arc,
};

use bytes::Bytes;
use callsheet_wire::{self as wire, Failure};

use super::inbox::Inbox;
use crate::{Push, reply::Received};

/// The subscriptions of one connection.
///
/// What was missed while there was no socket is told from the server's count of events: it says the next number when it
/// is subscribed to again, and the numbers mean the same as long as the server is in the same life, its epoch.
#[derive(Debug, Default)]
pub(crate) struct Subscribers {
    inboxes: Vec<Arc<Inbox>>,
    /// The events that have come or will, by their names, with those who listen to them.
    topics: HashMap<String, Topic>,
    /// What the server still sends, since it matches something else that is wanted.
    lingering: Vec<String>,
    /// The life of the server that counts the events.
    epoch: Option<String>,
    /// After the loss of a socket, the server was found in the same life.
    continued: bool,
}

/// The names of so many events are kept: each is that of a type, and no program has so many.
const MOST_TOPICS: usize = 4096;

/// The server has named more events than can be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooMany;

#[derive(Debug)]
struct Topic {
    inboxes: Vec<Arc<Inbox>>,
    /// The number of the next event.
    next: Option<u64>,
    /// Nothing can have been missed since `next` was known.
    in_step: bool,
}

impl Subscribers {
    pub(crate) fn add(&mut self, inbox: &Arc<Inbox>) {
        self.inboxes.push(Arc::clone(inbox));
        for (name, topic) in &mut self.topics {
            if inbox.wants(name) {
                topic.inboxes.push(Arc::clone(inbox));
            }
        }
    }

    /// Takes out `inbox`, and returns what the server needs no longer send.
    ///
    /// An unsubscription from a pattern ends all that matches it, and one from a name takes that name out of patterns. So
    /// what overlaps with something that is still wanted goes on until that is unwanted too.
    pub(super) fn remove(&mut self, inbox: &Arc<Inbox>) -> Vec<String> {
        let count = self.inboxes.len();
        self.inboxes.retain(|other| !Arc::ptr_eq(other, inbox));
        if self.inboxes.len() == count {
            // It was told its end.
            return Vec::new();
        }
        self.topics.retain(|_, topic| {
            topic.inboxes.retain(|other| !Arc::ptr_eq(other, inbox));
            !topic.inboxes.is_empty()
        });
        let wanted: HashSet<&str> = self.inboxes.iter().flat_map(|inbox| inbox.names()).collect();
        let mut candidates = mem::take(&mut self.lingering);
        candidates.extend(inbox.names().map(str::to_owned));
        candidates.sort_unstable();
        candidates.dedup();
        candidates.retain(|name| !wanted.contains(name.as_str()));
        let (unwanted, lingering) = candidates
            .into_iter()
            .partition(|name| !wanted.iter().any(|wanted| overlap(wanted, name)));
        self.lingering = lingering;
        unwanted
    }

    /// Hands an event to those who listen to it.
    ///
    /// # Errors
    ///
    /// If the server has named more events than can be kept.
    pub(super) fn deliver(&mut self, frame: &Bytes, push: &wire::Push<'_>) -> Result<(), TooMany> {
        let name = push.message_type.as_ref();
        if !self.topics.contains_key(name) {
            let inboxes = self.listeners(name);
            if inboxes.is_empty() {
                // It was on its way when its subscription ended.
                return Ok(());
            }
            if self.topics.len() >= MOST_TOPICS {
                return Err(TooMany);
            }
            let topic = Topic {
                inboxes,
                next: None,
                in_step: true,
            };
            self.topics.insert(name.to_owned(), topic);
        }
        let Some(topic) = self.topics.get_mut(name) else {
            return Ok(());
        };
        // After a loss, what the numbers tell counts what the server says it dropped as well.
        if topic.in_step {
            topic.skip(push.seq, push.missed);
        }
        if let Some(seq) = push.seq {
            topic.resume(seq);
            topic.next = Some(seq.saturating_add(1));
        }
        let payload = Received::keep_unread(frame, push.payload);
        for inbox in &topic.inboxes {
            inbox.put(Push {
                name: name.to_owned(),
                sequence: push.seq,
                timestamp_ms: push.timestamp,
                payload: payload.clone(),
            });
        }
        Ok(())
    }

    /// The server has taken a new subscription; `numbers` are those of the next events, if it counts them.
    pub(crate) fn accepted(&mut self, inbox: &Arc<Inbox>, numbers: &BTreeMap<String, u64>) {
        for (name, next) in numbers {
            match self.topics.get_mut(name) {
                // What nobody followed, nobody missed.
                Some(topic) if !topic.is_followed() => {
                    topic.next = Some(*next);
                    topic.in_step = true;
                }
                Some(topic) => topic.resume(*next),
                None => self.begin(name, *next),
            }
        }
        inbox.follow();
    }

    /// The server has taken a subscription again; without readable numbers, nobody knows what it missed.
    pub(super) fn resumed(&mut self, inbox: &Arc<Inbox>, numbers: Option<&BTreeMap<String, u64>>) {
        let Some(numbers) = numbers else {
            // After a new life this has been said already.
            if self.continued {
                inbox.put_gap(None);
            }
            return;
        };
        for (name, next) in numbers {
            match self.topics.get_mut(name) {
                Some(topic) => topic.resume(*next),
                None => {
                    self.begin(name, *next);
                    // The server came to know it while there was no socket: all of it was missed, by every pattern.
                    if self.continued && *next > 0 {
                        let followed = self
                            .inboxes
                            .iter()
                            .filter(|inbox| inbox.is_followed() && inbox.wants(name));
                        for inbox in followed.filter(|inbox| !inbox.names().any(|own| own == name)) {
                            inbox.put_gap(Some(*next));
                        }
                    }
                }
            }
        }
    }

    fn begin(&mut self, name: &str, next: u64) {
        let inboxes = self.listeners(name);
        if !inboxes.is_empty() {
            let topic = Topic {
                inboxes,
                next: Some(next),
                in_step: true,
            };
            self.topics.insert(name.to_owned(), topic);
        }
    }

    fn listeners(&self, name: &str) -> Vec<Arc<Inbox>> {
        self.inboxes
            .iter()
            .filter(|inbox| inbox.wants(name))
            .map(Arc::clone)
            .collect()
    }

    /// The socket is lost: from now on events are missed.
    pub(super) fn lose(&mut self) {
        self.lingering.clear();
        self.continued = false;
        for topic in self.topics.values_mut() {
            topic.in_step = false;
        }
    }

    /// The subscriptions that the server must be told of again.
    pub(super) fn to_resume(&self) -> Vec<Arc<Inbox>> {
        self.inboxes
            .iter()
            .filter(|inbox| inbox.is_followed())
            .map(Arc::clone)
            .collect()
    }

    /// The server says which life it is in; `None` if it does not.
    pub(super) fn in_life(&mut self, epoch: Option<String>) {
        if epoch.is_some() && epoch == self.epoch {
            self.continued = true;
            return;
        }
        self.epoch = epoch;
        for inbox in self.inboxes.iter().filter(|inbox| inbox.is_followed()) {
            inbox.put_gap(None);
        }
        for topic in self.topics.values_mut() {
            topic.next = None;
            topic.in_step = true;
        }
    }

    /// The subscriptions that were made by this very name.
    pub(super) fn naming(&self, event: &str) -> Vec<Arc<Inbox>> {
        let naming = |inbox: &&Arc<Inbox>| inbox.names().any(|name| name == event);
        self.inboxes.iter().filter(naming).map(Arc::clone).collect()
    }

    /// Ends one subscription: the server refuses to take it again.
    pub(super) fn refuse(&mut self, inbox: &Arc<Inbox>, failure: &Failure) {
        inbox.end(failure);
        // What it wanted alone is not sent, since it was refused.
        let _ = self.remove(inbox);
    }

    /// Tells every subscription that no more events come.
    pub(super) fn end(&mut self, failure: &Failure) {
        self.topics.clear();
        for inbox in mem::take(&mut self.inboxes) {
            inbox.end(failure);
        }
    }
}

impl Topic {
    /// The number of the next event is known; what lies between, those who followed have missed.
    fn resume(&mut self, next: u64) {
        if mem::replace(&mut self.in_step, true) {
            self.next.get_or_insert(next);
            return;
        }
        let missed = self.next.and_then(|expected| next.checked_sub(expected));
        self.next = Some(next);
        if missed != Some(0) {
            self.put_gap(missed);
        }
    }

    /// An event of this number has come next, before which the server says that it dropped so many. The numbers show the
    /// same: a server that tells one of the two tells enough.
    fn skip(&self, seq: Option<u64>, dropped: Option<u64>) {
        let shown = seq.zip(self.next).map(|(seq, next)| seq.saturating_sub(next));
        let missed = shown.max(dropped).filter(|missed| *missed > 0);
        if missed.is_some() {
            self.put_gap(missed);
        }
    }

    fn put_gap(&self, missed: Option<u64>) {
        for inbox in self.inboxes.iter().filter(|inbox| inbox.is_followed()) {
            inbox.put_gap(missed);
        }
    }

    fn is_followed(&self) -> bool {
        self.inboxes.iter().any(|inbox| inbox.is_followed())
    }
}

/// Whether an event may match both.
fn overlap(one: &str, other: &str) -> bool {
    match (one.strip_suffix('*'), other.strip_suffix('*')) {
        (Some(one), Some(other)) => one.starts_with(other) || other.starts_with(one),
        (Some(prefix), None) => other.starts_with(prefix),
        (None, Some(prefix)) => one.starts_with(prefix),
        (None, None) => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subscribed(subscribers: &mut Subscribers, names: &[&str]) -> Arc<Inbox> {
        let inbox = Arc::new(Inbox::new(names, 16, 1 << 20));
        subscribers.add(&inbox);
        inbox
    }

    #[test]
    fn only_what_nobody_wants_is_ended_at_the_server() {
        let mut subscribers = Subscribers::default();
        let both = subscribed(&mut subscribers, &["demo.Price", "demo.Trade"]);
        let price = subscribed(&mut subscribers, &["demo.Price"]);
        assert_eq!(subscribers.remove(&both), ["demo.Trade"]);
        assert_eq!(subscribers.remove(&price), ["demo.Price"]);
        assert!(subscribers.remove(&price).is_empty(), "it is gone already");
    }

    #[test]
    fn what_overlaps_with_a_pattern_goes_on_as_long_as_the_pattern_does() {
        let mut subscribers = Subscribers::default();
        let all = subscribed(&mut subscribers, &["demo.*"]);
        let price = subscribed(&mut subscribers, &["demo.Price"]);
        assert!(subscribers.remove(&price).is_empty());
        assert_eq!(subscribers.remove(&all), ["demo.*", "demo.Price"]);

        let all = subscribed(&mut subscribers, &["demo.*"]);
        let price = subscribed(&mut subscribers, &["demo.Price"]);
        assert!(subscribers.remove(&all).is_empty(), "it would end the other one");
        assert_eq!(subscribers.remove(&price), ["demo.*", "demo.Price"]);
    }
}
