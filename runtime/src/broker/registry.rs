//! The event types that are known, and the patterns that wait for others.

use std::{
    any::{Any, type_name},
    collections::{BTreeMap, HashMap},
    sync::{
        Arc, Weak,
        atomic::{AtomicU64, Ordering},
    },
};

use callsheet_wire::{Code, Failure};
use parking_lot::RwLock;

use super::{
    AnyEvent, Event,
    flush::Progress,
    pattern::Pattern,
    remote::{self, EventFilter, Misread, Subscribed, Wish},
    subscriber::{Attached, Subscriber},
    topic::{AnyTopic, Topic},
};

/// So many patterns a connection may wait for at once. They are kept for events that may never come, at the wish of a peer.
const MOST_PATTERNS: usize = 64;

/// What a broker knows. Its lock is taken before those of topics, never after.
pub(super) struct Registry {
    /// Which life of the broker this is: another one numbers its events anew.
    epoch: String,
    known: RwLock<Known>,
    next_id: AtomicU64,
}

#[derive(Default)]
struct Known {
    topics: HashMap<&'static str, Registered>,
    /// Subscriptions in this process to whatever matches.
    matching: Vec<(Pattern, Attached<AnyEvent>)>,
    /// Subscriptions of connections to whatever matches and is exposed, in the order in which they were asked for.
    remote: Vec<(Pattern, Wish)>,
}

struct Registered {
    path: &'static str,
    topic: Arc<dyn AnyTopic>,
    /// An exposed actor's contract publishes it, so it may be subscribed to from outside.
    is_exposed: bool,
}

impl Default for Registry {
    fn default() -> Self {
        Registry {
            epoch: format!("{:032x}", fastrand::u128(..)),
            known: RwLock::default(),
            next_id: AtomicU64::default(),
        }
    }
}

impl Registry {
    pub(super) fn epoch(&self) -> &str {
        &self.epoch
    }

    pub(super) fn next_id(&self) -> u64 {
        self.next_id.fetch_add(1, Ordering::Relaxed)
    }

    /// The topic of an event type.
    ///
    /// # Panics
    ///
    /// If another type has its name.
    pub(super) fn topic<E: Event>(&self) -> Arc<Topic<E>> {
        if let Some(registered) = self.known.read().topics.get(E::NAME) {
            return registered.typed::<E>();
        }
        self.known.write().register::<E>().typed::<E>()
    }

    /// Lets connections subscribe to an event type.
    pub(super) fn expose<E: Event>(&self) {
        let mut known = self.known.write();
        let registered = known.register::<E>();
        drop(registered.typed::<E>());
        registered.is_exposed = true;
        let topic = Arc::clone(&registered.topic);
        let (free, filtered): (Vec<_>, Vec<_>) = (known.remote.iter())
            .filter(|(pattern, wish)| pattern.matches(E::NAME) && wish.misreads(E::NAME).is_none())
            .partition(|(_, wish)| wish.filter.is_none());
        topic.with_remotes(&mut |_, remotes| free.iter().for_each(|(_, wish)| remotes.add(wish)));
        let filtered: Vec<_> = filtered.into_iter().cloned().collect();
        drop(known);
        for (pattern, wish) in &filtered {
            self.add_if_allowed(E::NAME, &*topic, pattern, wish);
        }
    }

    /// Has a connection that waits for a pattern have an event that is exposed now, if its filter allows it.
    fn add_if_allowed(&self, event: &str, topic: &dyn AnyTopic, pattern: &Pattern, wish: &Wish) {
        if !wish.filter.as_ref().is_none_or(|filter| filter.allows(event)) {
            return;
        }
        let known = self.known.write();
        // While the filter was asked, the connection may have gone, ended its waiting, or said that it would misread the event.
        let waits = |(other, waiting): &(Pattern, Wish)| (other, waiting.id) == (pattern, wish.id);
        if let Some((_, wish)) = known.remote.iter().find(|waiting| waits(waiting))
            && wish.misreads(event).is_none()
        {
            topic.with_remotes(&mut |_, remotes| remotes.add(wish));
        }
    }

    /// Attaches a subscriber to one event type.
    pub(super) fn attach<E: Event>(&self, subscriber: Arc<dyn Subscriber<E>>) -> Attachment {
        let topic = self.topic::<E>();
        let id = self.next_id();
        topic.attach(Attached::new(id, subscriber));
        let topic: Weak<dyn AnyTopic> = Arc::<Topic<E>>::downgrade(&topic);
        Attachment {
            id,
            place: Place::Topic(topic),
        }
    }

    /// Attaches a subscriber to whatever matches, now and later.
    pub(super) fn attach_matching(
        self: &Arc<Self>,
        pattern: Pattern,
        subscriber: Arc<dyn Subscriber<AnyEvent>>,
    ) -> Attachment {
        let id = self.next_id();
        let subscriber = Attached::new(id, subscriber);
        let mut known = self.known.write();
        for (_, registered) in known.topics.iter().filter(|(name, _)| pattern.matches(name)) {
            registered.topic.attach_matching(subscriber.again());
        }
        known.matching.push((pattern, subscriber));
        Attachment {
            id,
            place: Place::Registry(Arc::downgrade(self)),
        }
    }

    /// Subscribes a connection to all that these match, each of which stands here once, or to nothing.
    pub(super) fn subscribe_remote(
        &self,
        patterns: &[Pattern],
        wish: &Wish,
        acknowledge: &mut dyn FnMut(&[Subscribed<'_>]),
    ) -> Result<(), Failure> {
        let mut judged = Judged::default();
        let (mut known, mut topics) = loop {
            // Held until all is done, so that nothing is exposed between the acknowledgement and the waiting for it.
            let known = self.known.write();
            known.check_patterns(patterns, wish.id)?;
            let mut topics = Vec::new();
            for pattern in patterns {
                known.find_exposed(pattern, &mut topics)?;
            }
            let Some(filter) = &wish.filter else {
                break (known, topics);
            };
            let unjudged = judged.lacking(&topics);
            if unjudged.is_empty() {
                topics.retain(|(event, _)| judged.allow(event));
                break (known, topics);
            }
            // Others may be exposed meanwhile, which are judged in the next turn.
            drop(known);
            judged.judge(&unjudged, patterns, &**filter)?;
        };
        for pattern in patterns {
            if let Pattern::Name(name) = pattern
                && let Some(why) = wish.misreads(name)
            {
                return Err(Failure::new(Code::SchemaMismatch, why));
            }
        }
        topics.retain(|(event, _)| wish.misreads(event).is_none());
        for pattern in patterns.iter().filter(|pattern| pattern.is_open()) {
            known
                .remote
                .retain(|known| (&known.0, known.1.id) != (pattern, wish.id));
            known.remote.push((pattern.clone(), wish.clone()));
        }
        // Every topic is locked in one order, so that two subscribers never wait for each other.
        topics.sort_unstable_by_key(|(name, _)| *name);
        topics.dedup_by_key(|(name, _)| *name);
        remote::subscribe(&topics, wish, &mut Vec::new(), acknowledge);
        Ok(())
    }

    /// Ends what a connection has subscribed to and would misread, and leaves that out of what it waits for.
    pub(super) fn withhold_remote(&self, misread: Option<&Arc<Misread>>, id: u64) {
        let mut gone = Vec::new();
        let mut known = self.known.write();
        for (_, wish) in known.remote.iter_mut().filter(|(_, wish)| wish.id == id) {
            wish.misread = misread.cloned();
        }
        for event in misread.iter().flat_map(|misread| misread.keys()) {
            if let Some(registered) = known.topics.get(event.as_str()) {
                registered
                    .topic
                    .with_remotes(&mut |_, remotes| gone.extend(remotes.remove(id)));
            }
        }
        drop(known);
        // Under no lock, like everything that is dropped here.
        drop(gone);
    }

    /// Ends what a connection has subscribed to by these names, or matches them, whatever it was asked for with; but for
    /// what `kept` names or matches.
    pub(super) fn unsubscribe_remote(&self, patterns: &[Pattern], kept: &[Pattern], id: u64) {
        let any = |patterns: &[Pattern], event: &str| patterns.iter().any(|pattern| pattern.matches(event));
        let ends = |event: &str| any(patterns, event) && !any(kept, event);
        let mut gone = Vec::new();
        let mut known = self.known.write();
        for (_, registered) in known.topics.iter().filter(|(name, _)| ends(name)) {
            registered
                .topic
                .with_remotes(&mut |_, remotes| gone.extend(remotes.remove(id)));
        }
        let waiting = known
            .remote
            .extract_if(.., |(pattern, wish)| wish.id == id && patterns.contains(pattern))
            .collect::<Vec<_>>();
        drop(known);
        // Under no lock, like everything that is dropped here.
        drop((gone, waiting));
    }

    /// Forgets a subscriber of several topics.
    pub(super) fn forget(&self, id: u64) {
        let (topics, matching, remote) = {
            let mut known = self.known.write();
            let topics: Vec<_> = known.topics.values().map(|known| Arc::clone(&known.topic)).collect();
            let matching: Vec<_> = known.matching.extract_if(.., |(_, known)| known.id == id).collect();
            let remote: Vec<_> = known.remote.extract_if(.., |(_, wish)| wish.id == id).collect();
            (topics, matching, remote)
        };
        for topic in topics {
            topic.detach(id);
        }
        drop((matching, remote));
    }

    /// How far each subscriber in this process is.
    pub(super) fn progress(&self) -> Vec<Arc<Progress>> {
        let mut progress = Vec::new();
        for registered in self.known.read().topics.values() {
            registered.topic.add_progress(&mut progress);
        }
        // A subscription to a pattern stands at several topics.
        progress.sort_unstable_by_key(Arc::as_ptr);
        progress.dedup_by(|a, b| Arc::ptr_eq(a, b));
        progress
    }
}

/// What a filter has said of events, each of which it is asked for once.
#[derive(Default)]
struct Judged(BTreeMap<&'static str, bool>);

impl Judged {
    fn lacking(&self, topics: &[(&'static str, Arc<dyn AnyTopic>)]) -> Vec<&'static str> {
        let names = topics.iter().map(|(event, _)| *event);
        let mut lacking: Vec<_> = names.filter(|event| !self.0.contains_key(event)).collect();
        lacking.sort_unstable();
        lacking.dedup();
        lacking
    }

    fn allow(&self, event: &str) -> bool {
        self.0.get(event).copied().unwrap_or(false)
    }

    /// Has `filter` judge these events: those that `patterns` name must be admitted, of the others it takes what is allowed.
    fn judge(
        &mut self,
        events: &[&'static str],
        patterns: &[Pattern],
        filter: &dyn EventFilter,
    ) -> Result<(), Failure> {
        for event in events {
            let is_named = patterns
                .iter()
                .any(|pattern| !pattern.is_open() && pattern.matches(event));
            let allowed = match is_named {
                true => filter.admit(event).map(|()| true)?,
                false => filter.allows(event),
            };
            self.0.insert(event, allowed);
        }
        Ok(())
    }
}

/// What names and patterns stand for, each once.
pub(super) fn parsed(names: &[&str]) -> Result<Vec<Pattern>, Failure> {
    let parse = |name: &&str| {
        Pattern::parse(name).map_err(|error| Failure::new(Code::ProtocolError, format!("`message_types`: {error}")))
    };
    let mut patterns = names.iter().map(parse).collect::<Result<Vec<_>, _>>()?;
    patterns.sort_unstable();
    patterns.dedup();
    Ok(patterns)
}

impl Known {
    fn register<E: Event>(&mut self) -> &mut Registered {
        let Known { topics, matching, .. } = self;
        topics.entry(E::NAME).or_insert_with(|| {
            let topic = Arc::new(Topic::<E>::default());
            for (_, subscriber) in matching.iter().filter(|(pattern, _)| pattern.matches(E::NAME)) {
                topic.attach_matching(subscriber.again());
            }
            Registered {
                path: type_name::<E>(),
                topic,
                is_exposed: false,
            }
        })
    }

    /// Adds the exposed events that match; a name must be that of one.
    fn find_exposed(
        &self,
        pattern: &Pattern,
        found: &mut Vec<(&'static str, Arc<dyn AnyTopic>)>,
    ) -> Result<(), Failure> {
        let is_exposed = |(_, registered): &(&&'static str, &Registered)| registered.is_exposed;
        let topic = |(name, registered): (&&'static str, &Registered)| (*name, Arc::clone(&registered.topic));
        match pattern {
            Pattern::Prefix(_) => {
                let matching = self.topics.iter().filter(|(name, _)| pattern.matches(name));
                found.extend(matching.filter(is_exposed).map(topic));
            }
            Pattern::Name(name) => {
                let known = self.topics.get_key_value(&**name).filter(is_exposed);
                let unknown = || Failure::new(Code::UnknownMessageType, format!("no event is called `{name}`"));
                found.push(known.map(topic).ok_or_else(unknown)?);
            }
        }
        Ok(())
    }

    /// Whether a connection may wait for these patterns, which are sorted, beside those it waits for.
    fn check_patterns(&self, patterns: &[Pattern], id: u64) -> Result<(), Failure> {
        let waiting = self.remote.iter().filter(|(_, wish)| wish.id == id);
        let other = waiting.filter(|(pattern, _)| patterns.binary_search(pattern).is_err());
        let open = patterns.iter().filter(|pattern| pattern.is_open());
        if open.count() + other.count() <= MOST_PATTERNS {
            return Ok(());
        }
        let text = format!("`message_types`: a connection may have {MOST_PATTERNS} patterns; subscribe to wider ones");
        Err(Failure::new(Code::LimitExceeded, text))
    }
}

impl Registered {
    fn typed<E: Event>(&self) -> Arc<Topic<E>> {
        let topic: Arc<dyn Any + Send + Sync> = Arc::<dyn AnyTopic>::clone(&self.topic);
        topic.downcast().unwrap_or_else(|_| {
            panic!(
                "two events are called `{}`: `{}` and `{}`; rename one with `#[contract_type(name = \"…\")]`",
                E::NAME,
                self.path,
                type_name::<E>()
            )
        })
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        let known = self.known.get_mut();
        for registered in known.topics.values() {
            registered.topic.end();
        }
        for (_, subscriber) in &known.matching {
            subscriber.end();
        }
    }
}

/// A subscriber is attached while this lives.
#[derive(Debug)]
#[must_use = "dropping it detaches the subscriber"]
pub(crate) struct Attachment {
    id: u64,
    place: Place,
}

enum Place {
    Topic(Weak<dyn AnyTopic>),
    Registry(Weak<Registry>),
}

impl std::fmt::Debug for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Place::Topic(_) => "Topic",
            Place::Registry(_) => "Registry",
        })
    }
}

impl Drop for Attachment {
    fn drop(&mut self) {
        match &self.place {
            Place::Topic(topic) => {
                if let Some(topic) = topic.upgrade() {
                    topic.detach(self.id);
                }
            }
            Place::Registry(registry) => {
                if let Some(registry) = registry.upgrade() {
                    registry.forget(self.id);
                }
            }
        }
    }
}
