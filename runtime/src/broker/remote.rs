//! Subscribers outside the process.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use callsheet_wire::{Code, Codec, Failure};
use serde::Serialize;

use super::{
    pattern::Pattern,
    registry::{Registry, parsed},
    subscriber::Offer,
    topic::AnyTopic,
};
use crate::contained::{self, Panicked};

/// A connection that subscribed to events. It is called under locks of the broker, so it must not wait, and must not call
/// the broker.
pub(crate) trait RemoteSubscriber: Send + Sync {
    /// Whether an event would be taken now.
    fn has_room(&self) -> bool;

    /// Takes one event, or does not.
    fn push(&self, notification: &Notification<'_>) -> Offer;

    /// Is told of an event that it is not offered, because nobody could write it or it had no room.
    fn miss(&self, event: &'static str);
}

/// Which events a subscriber outside may have. It may be a user's code, so it is asked under no lock.
pub(crate) trait EventFilter: Send + Sync {
    /// Whether it may have an event that its pattern matches.
    fn allows(&self, event: &str) -> bool;

    /// Whether it may have an event that it asks for by name.
    ///
    /// # Errors
    ///
    /// Why not, for its caller.
    fn admit(&self, event: &str) -> Result<(), Failure>;
}

/// The events that a subscriber outside would misread, by their names, each with the reason.
pub(crate) type Misread = BTreeMap<String, String>;

/// One event on its way to one subscriber outside.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Notification<'a> {
    pub(crate) event: &'static str,
    pub(crate) seq: u64,
    /// Milliseconds since the Unix epoch.
    pub(crate) timestamp: u64,
    /// How many events the subscriber has missed since the last one that it took.
    pub(crate) missed: u64,
    pub(crate) codec: Codec,
    /// The event in that codec.
    pub(crate) payload: &'a [u8],
}

/// What is said about an event to all its subscribers outside.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    pub(super) event: &'static str,
    pub(super) seq: u64,
    pub(super) timestamp: u64,
}

/// An event's encoded forms, each made once for all subscribers, under no lock: `Serialize` may be the user's.
#[derive(Default)]
pub(super) struct Payloads {
    json: Payload,
    messagepack: Payload,
}

#[derive(Default)]
enum Payload {
    #[default]
    Unknown,
    Encoded(Vec<u8>),
    /// The event cannot be written in the codec.
    Unfit,
}

impl Payloads {
    pub(super) fn encode<E: Serialize>(&mut self, name: &str, event: &E, codec: Codec) {
        let mut bytes = Vec::new();
        let payload = match contained::outcome(|| callsheet_wire::encode(codec, event, &mut bytes)) {
            Ok(Ok(())) => Payload::Encoded(bytes),
            Ok(Err(error)) => {
                tracing::warn!(event = name, %error, "an event cannot be written; its subscribers miss it");
                Payload::Unfit
            }
            Err(Panicked) => {
                tracing::error!(
                    event = name,
                    "an event panicked while it was encoded; its subscribers miss it"
                );
                Payload::Unfit
            }
        };
        // The wire alone knows which codecs a build has.
        if codec == Codec::Json {
            self.json = payload;
        } else {
            self.messagepack = payload;
        }
    }

    fn of(&self, codec: Codec) -> &Payload {
        if codec == Codec::Json {
            &self.json
        } else {
            &self.messagepack
        }
    }
}

/// The subscribers of one event type that are outside the process.
#[derive(Default)]
pub(super) struct Remotes(Vec<Remote>);

struct Remote {
    id: u64,
    subscriber: Arc<dyn RemoteSubscriber>,
    /// That of the frame which asked for the event last.
    codec: Codec,
    /// How many events it has missed since the last one that it took.
    missed: u64,
}

impl Remotes {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A codec that a subscriber wants and nobody has encoded the event in.
    pub(super) fn wanted(&self, payloads: &Payloads) -> Option<Codec> {
        let lacking = |remote: &&Remote| matches!(payloads.of(remote.codec), Payload::Unknown);
        // Nothing is encoded for those alone that are stuck.
        let takes = |remote: &&Remote| remote.missed == 0 || remote.subscriber.has_room();
        let wants = self.0.iter().filter(lacking).find(takes)?;
        Some(wants.codec)
    }

    /// Gives back who wants no event any more.
    pub(super) fn push(&mut self, head: Head, payloads: &Payloads) -> Vec<Arc<dyn RemoteSubscriber>> {
        let push = |remote: &mut Remote| {
            let Payload::Encoded(payload) = payloads.of(remote.codec) else {
                remote.missed += 1;
                remote.subscriber.miss(head.event);
                return false;
            };
            let notification = Notification {
                event: head.event,
                seq: head.seq,
                timestamp: head.timestamp,
                missed: remote.missed,
                codec: remote.codec,
                payload,
            };
            match remote.subscriber.push(&notification) {
                Offer::Taken => remote.missed = 0,
                Offer::Refused => remote.missed += 1,
                Offer::Closed => return true,
            }
            false
        };
        let closed = self.0.extract_if(.., push);
        closed.map(|closed| closed.subscriber).collect()
    }

    /// Adds a subscriber. One that is there already only changes its codec.
    pub(super) fn add(&mut self, wish: &Wish) {
        match self.0.iter_mut().find(|known| known.id == wish.id) {
            Some(known) => known.codec = wish.codec,
            None => self.0.push(Remote {
                id: wish.id,
                subscriber: Arc::clone(&wish.subscriber),
                codec: wish.codec,
                missed: 0,
            }),
        }
    }

    pub(super) fn remove(&mut self, id: u64) -> Vec<Arc<dyn RemoteSubscriber>> {
        let removed = self.0.extract_if(.., |remote| remote.id == id);
        removed.map(|removed| removed.subscriber).collect()
    }
}

/// Who outside wants events, and how.
#[derive(Clone)]
pub(super) struct Wish {
    pub(super) id: u64,
    pub(super) subscriber: Arc<dyn RemoteSubscriber>,
    pub(super) codec: Codec,
    /// It may have every event if there is none.
    pub(super) filter: Option<Arc<dyn EventFilter>>,
    /// It reads every event if there are none.
    pub(super) misread: Option<Arc<Misread>>,
}

impl Wish {
    /// Why it would misread an event, if it would.
    pub(super) fn misreads(&self, event: &str) -> Option<&str> {
        self.misread.as_ref()?.get(event).map(String::as_str)
    }
}

/// An event type that was subscribed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Subscribed<'a> {
    pub(crate) event: &'a str,
    /// The number of the next event.
    pub(crate) next_seq: u64,
}

/// Locks one topic after the other, then acknowledges and adds the subscriber to all of them.
pub(super) fn subscribe<'a>(
    topics: &[(&'a str, Arc<dyn AnyTopic>)],
    wish: &Wish,
    subscribed: &mut Vec<Subscribed<'a>>,
    acknowledge: &mut dyn FnMut(&[Subscribed<'_>]),
) {
    let Some(((event, topic), rest)) = topics.split_first() else {
        return acknowledge(subscribed);
    };
    topic.with_remotes(&mut |next_seq, remotes| {
        subscribed.push(Subscribed { event, next_seq });
        subscribe(rest, wish, subscribed, acknowledge);
        remotes.add(wish);
    });
}

/// All that one connection has subscribed to. Dropping it ends that.
pub(crate) struct RemoteSubscriptions {
    registry: Arc<Registry>,
    id: u64,
    subscriber: Arc<dyn RemoteSubscriber>,
    /// What was asked for and not ended since, each once.
    asked: BTreeSet<Pattern>,
    filter: Option<Arc<dyn EventFilter>>,
    misread: Option<Arc<Misread>>,
    has_subscribed: bool,
}

impl RemoteSubscriptions {
    pub(super) fn new(
        registry: Arc<Registry>,
        subscriber: Arc<dyn RemoteSubscriber>,
        filter: Option<Arc<dyn EventFilter>>,
    ) -> Self {
        RemoteSubscriptions {
            filter,
            misread: None,
            id: registry.next_id(),
            registry,
            subscriber,
            asked: BTreeSet::new(),
            has_subscribed: false,
        }
    }

    /// Subscribes to the exposed events that `wanted` names or matches, or to none of them. What matches a pattern and is
    /// exposed later is subscribed to then. Of what matches, that alone is meant which the filter allows.
    ///
    /// `acknowledge` is called with the number of the next event of each name, before any of them is pushed, under locks
    /// of the broker.
    ///
    /// # Errors
    ///
    /// If no exposed event has one of the names, the filter does not admit it, it would be [misread](Self::withhold), something
    /// is no pattern, there are too many patterns, or there would be more than `most` names and patterns in all.
    pub(crate) fn subscribe(
        &mut self,
        wanted: &[&str],
        most: usize,
        codec: Codec,
        acknowledge: &mut dyn FnMut(&[Subscribed<'_>]),
    ) -> Result<(), Failure> {
        let wish = Wish {
            id: self.id,
            subscriber: Arc::clone(&self.subscriber),
            codec,
            filter: self.filter.clone(),
            misread: self.misread.clone(),
        };
        let patterns = parsed(wanted)?;
        let further = patterns.iter().filter(|pattern| !self.asked.contains(*pattern));
        if self.asked.len() + further.count() > most {
            let text = format!(
                "`message_types`: a connection may be subscribed to {most} names and patterns; unsubscribe from some, or \
                 subscribe to wider patterns"
            );
            return Err(Failure::new(Code::LimitExceeded, text));
        }
        self.has_subscribed = true;
        self.registry.subscribe_remote(&patterns, &wish, acknowledge)?;
        self.asked.extend(patterns);
        Ok(())
    }

    /// Pushes no event from now on that the subscriber would misread, in place of those that were said before. It is refused
    /// where it is named, and left out of what matches; what was subscribed to before ends.
    pub(crate) fn withhold(&mut self, misread: Misread) {
        self.misread = (!misread.is_empty()).then(|| Arc::new(misread));
        if self.has_subscribed {
            self.registry.withhold_remote(self.misread.as_ref(), self.id);
        }
        if let Some(misread) = &self.misread {
            self.asked
                .retain(|asked| !matches!(asked, Pattern::Name(name) if misread.contains_key(&**name)));
        }
    }

    /// Whether anything is subscribed to, or waited for.
    pub(crate) fn is_any(&self) -> bool {
        !self.asked.is_empty()
    }

    /// Ends the subscriptions to what `names` names or matches, and the waiting for what matches; all of them, if there are
    /// no `names`. Nothing of it is pushed afterwards.
    ///
    /// # Errors
    ///
    /// If something is no pattern.
    pub(crate) fn unsubscribe(&mut self, names: Option<&[&str]>) -> Result<(), Failure> {
        match names {
            Some(names) => self.unsubscribe_but(names, &[]),
            None => {
                self.asked.clear();
                self.registry.forget(self.id);
                Ok(())
            }
        }
    }

    /// Ends the subscriptions to what `names` names or matches, but for what `kept` does. No event of what is kept is lost
    /// meanwhile.
    ///
    /// # Errors
    ///
    /// If something is no pattern.
    pub(crate) fn unsubscribe_but(&mut self, names: &[&str], kept: &[&str]) -> Result<(), Failure> {
        let (patterns, kept) = (parsed(names)?, parsed(kept)?);
        self.registry.unsubscribe_remote(&patterns, &kept, self.id);
        self.asked.retain(|asked| match asked {
            _ if kept.contains(asked) => true,
            Pattern::Name(name) => !patterns.iter().any(|pattern| pattern.matches(name)),
            Pattern::Prefix(_) => !patterns.contains(asked),
        });
        Ok(())
    }
}

impl Drop for RemoteSubscriptions {
    fn drop(&mut self) {
        if self.has_subscribed {
            self.registry.forget(self.id);
        }
    }
}
