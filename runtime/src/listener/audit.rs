//! Which peers were refused what: told to whoever watches, at a rate that no peer can drive up.

use std::{
    collections::HashMap,
    mem,
    sync::{Arc, Weak},
    time::Duration,
};

use callsheet_macros::contract_type;
use callsheet_wire::Code;
use parking_lot::Mutex;
use tokio::runtime::Handle;

use crate::{Runtime, broker::Broker, contained, peer::Peer};

/// For so long what is refused to a user for one reason is counted, after it was told.
const PERIOD: Duration = Duration::from_secs(1);

/// So many users are told apart, for all reasons together.
const MOST_KEYS: usize = 256;

/// So many bytes of what was refused are told.
const LONGEST: usize = 256;

/// A peer was refused something. Published to the runtime's broker, and logged at `info`.
///
/// The first refusal is published at once. What is refused to the same user for the same reason within the next second is
/// one event at the end of it, with a count, so that nobody is flooded by a peer that does not stop. Beyond 256 users
/// at a time they are counted together. When the listener ends, what was counted until then is published.
///
/// ```
/// use callsheet::{AuditEvent, ListenerOptions, Received, Refusal, Runtime};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let runtime = Runtime::launch()?;
/// let mut audit = runtime.broker().subscribe::<AuditEvent>();
/// let listener = runtime.listen_in_process(ListenerOptions::in_process().max_connections(0));
/// let _connection = listener.connect()?;
/// if let Some(Received::Event(event)) = audit.next().await {
///     assert_eq!((event.reason, event.count), (Refusal::TooManyConnections, 1));
/// }
/// # Ok(()) }
/// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
/// ```
#[contract_type(name = "callsheet.AuditEvent")]
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AuditEvent {
    /// Who was refused; the first of those that the event counts.
    pub peer: Peer,
    /// Why.
    pub reason: Refusal,
    /// What was refused, for people to read: the first of what the event counts, and at most 256 bytes of it.
    pub what: String,
    /// How many refusals it stands for, at least 1.
    pub count: u64,
}

/// Why a peer was refused something.
#[contract_type(name = "callsheet.Refusal")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Refusal {
    /// It may not [come in](crate::ListenerOptions::admit).
    NotAdmitted,
    /// It may not [do](crate::ListenerOptions::authorize) what it asked for.
    NotAuthorized,
    /// Too many connections are open.
    TooManyConnections,
    /// It asked for more at once than the listener's limits allow.
    LimitExceeded,
    /// It asked too often.
    RateLimited,
    /// It announced a frame that is too large.
    FrameTooLarge,
    /// It sent what is none of the protocol.
    ProtocolError,
}

impl Refusal {
    /// What a failure that a frame was refused with is to those who watch. What may happen to whoever keeps to the protocol
    /// and its bounds, an actor that is not there, is nothing to them.
    pub(super) fn of(code: Code) -> Option<Self> {
        match code {
            Code::LimitExceeded => Some(Refusal::LimitExceeded),
            Code::RateLimited => Some(Refusal::RateLimited),
            Code::FrameTooLarge => Some(Refusal::FrameTooLarge),
            Code::ProtocolError => Some(Refusal::ProtocolError),
            _ => None,
        }
    }
}

/// Tells of refusals. Shared by all connections of a listener.
pub(super) struct Audit {
    broker: Broker,
    tokio: Handle,
    state: Mutex<State>,
    me: Weak<Audit>,
}

#[derive(Default)]
struct State {
    /// What was told of lately, with what has been refused since.
    recent: HashMap<Key, Option<AuditEvent>>,
    /// A task sees to it that what is counted is told.
    is_swept: bool,
}

/// Whose refusals are counted together; without a user, those of all who are too many.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    uid: Option<u32>,
    reason: Refusal,
}

impl Audit {
    pub(super) fn new(runtime: &Runtime) -> Arc<Self> {
        Arc::new_cyclic(|me| Audit {
            broker: runtime.broker().clone(),
            tokio: runtime.tokio().clone(),
            state: Mutex::default(),
            me: Weak::clone(me),
        })
    }

    /// A peer was refused `what`.
    pub(super) fn note(&self, peer: Peer, reason: Refusal, what: &str) {
        let event = || AuditEvent {
            peer,
            reason,
            what: what[..what.floor_char_boundary(LONGEST)].to_owned(),
            count: 1,
        };
        let (first, begins) = {
            let mut state = self.state.lock();
            let first = match state.since(peer.uid, reason) {
                Some(Some(later)) => {
                    later.count += 1;
                    None
                }
                Some(empty) => {
                    *empty = Some(event());
                    None
                }
                None => Some(event()),
            };
            (first, !mem::replace(&mut state.is_swept, true))
        };
        if let Some(first) = first {
            self.tell(first);
        }
        if begins {
            self.tokio.spawn(sweep(Weak::clone(&self.me)));
        }
    }

    fn tell(&self, event: AuditEvent) {
        let AuditEvent {
            peer,
            reason,
            what,
            count,
        } = &event;
        let Peer { uid, gid, pid } = peer;
        tracing::info!(uid, gid, pid, ?reason, count, what, "refused a peer");
        // Another type of the user's may have its name.
        if contained::outcome(|| self.broker.publish(event)).is_err() {
            tracing::error!("another event is called `callsheet.AuditEvent`; rename it, or refusals are only logged");
        }
    }
}

impl State {
    /// What has been counted since the last event for this user and reason; `None` if there was none lately, which from now
    /// on there was.
    fn since(&mut self, uid: u32, reason: Refusal) -> Option<&mut Option<AuditEvent>> {
        let mut key = Key { uid: Some(uid), reason };
        if self.recent.len() >= MOST_KEYS && !self.recent.contains_key(&key) {
            key.uid = None;
        }
        let mut is_new = false;
        let since = self.recent.entry(key).or_insert_with(|| {
            is_new = true;
            None
        });
        (!is_new).then_some(since)
    }

    /// What was counted, which is to be told. What nothing was counted for is forgotten.
    fn take(&mut self) -> Vec<AuditEvent> {
        self.recent.retain(|_, since| since.is_some());
        self.recent.values_mut().filter_map(Option::take).collect()
    }
}

/// Tells at the end of each period what was counted in it, as long as there is anything.
async fn sweep(audit: Weak<Audit>) {
    loop {
        tokio::time::sleep(PERIOD).await;
        // When the listener is gone, it has told the rest itself.
        let Some(audit) = audit.upgrade() else { return };
        let counted = {
            let mut state = audit.state.lock();
            let counted = state.take();
            state.is_swept = !state.recent.is_empty();
            counted
        };
        if counted.is_empty() {
            return;
        }
        counted.into_iter().for_each(|event| audit.tell(event));
    }
}

impl Drop for Audit {
    fn drop(&mut self) {
        let counted = self.state.get_mut().take();
        counted.into_iter().for_each(|event| self.tell(event));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::time::Instant;

    use super::{Audit, AuditEvent, LONGEST, MOST_KEYS, PERIOD, Refusal};
    use crate::{Peer, Received, Runtime, broker::Events};

    fn audit() -> (Runtime, Arc<Audit>, Events<AuditEvent>) {
        let runtime = Runtime::launch().expect("inside tokio");
        let events = runtime.broker().subscribe();
        let audit = Audit::new(&runtime);
        (runtime, audit, events)
    }

    async fn next(events: &mut Events<AuditEvent>) -> (u32, Refusal, String, u64) {
        match events.next().await {
            Some(Received::Event(event)) => (event.peer.uid, event.reason, event.what.clone(), event.count),
            other => panic!("no event: {other:?}"),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_refusal_is_told_at_once_and_the_others_together_after_a_period() {
        let (_runtime, audit, mut events) = audit();
        let begun = Instant::now();
        for what in ["a", "b", "c", "d"] {
            audit.note(Peer::new(7, 7), Refusal::NotAuthorized, what);
        }
        assert_eq!(next(&mut events).await, (7, Refusal::NotAuthorized, "a".to_owned(), 1));
        assert_eq!(begun.elapsed().as_secs(), 0);
        assert_eq!(next(&mut events).await, (7, Refusal::NotAuthorized, "b".to_owned(), 3));
        assert_eq!(begun.elapsed().as_millis(), PERIOD.as_millis());
        // Still within the period after that.
        audit.note(Peer::new(7, 7), Refusal::NotAuthorized, "e");
        assert_eq!(next(&mut events).await, (7, Refusal::NotAuthorized, "e".to_owned(), 1));
        assert_eq!(begun.elapsed().as_millis(), 2 * PERIOD.as_millis());
        // A period in which nothing is refused ends that, and the task with it.
        tokio::time::sleep(2 * PERIOD).await;
        assert!(!audit.state.lock().is_swept && audit.state.lock().recent.is_empty());
        let later = Instant::now();
        audit.note(Peer::new(7, 7), Refusal::NotAuthorized, "f");
        assert_eq!(next(&mut events).await.2, "f");
        assert_eq!(later.elapsed().as_millis(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn users_and_reasons_are_told_apart_and_processes_are_not() {
        let (_runtime, audit, mut events) = audit();
        for (uid, reason) in [
            (1, Refusal::NotAdmitted),
            (2, Refusal::NotAdmitted),
            (1, Refusal::RateLimited),
        ] {
            audit.note(Peer::new(uid, 0).with_pid(10), reason, "x");
            audit.note(Peer::new(uid, 0).with_pid(11), reason, "x");
            let (told, why, _, count) = next(&mut events).await;
            assert_eq!((told, why, count), (uid, reason, 1));
        }
        for _ in 0..3 {
            assert_eq!(next(&mut events).await.3, 1, "the second process of each");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn however_many_users_are_refused_what_is_kept_of_them_is_bounded() {
        let (_runtime, audit, mut events) = audit();
        for uid in 0..1000 {
            audit.note(Peer::new(uid, 0), Refusal::NotAdmitted, "x");
        }
        let known = u32::try_from(MOST_KEYS).expect("it is small");
        for uid in 0..=known {
            assert_eq!(next(&mut events).await.0, uid);
        }
        // The others are one event, in the name of the first of them that was not told of.
        assert_eq!(
            next(&mut events).await,
            (
                known + 1,
                Refusal::NotAdmitted,
                "x".to_owned(),
                1000 - 1 - u64::from(known)
            )
        );
        assert!(audit.state.lock().recent.len() <= MOST_KEYS + 1);
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_counted_when_the_listener_ends_is_told_then() {
        let (_runtime, audit, mut events) = audit();
        let begun = Instant::now();
        let long = "ü".repeat(LONGEST);
        (0..3).for_each(|_| audit.note(Peer::new(7, 7), Refusal::ProtocolError, &long));
        drop(audit);
        let (first, rest) = (next(&mut events).await, next(&mut events).await);
        assert_eq!((first.3, rest.3), (1, 2));
        assert_eq!(first.2, "ü".repeat(LONGEST / 2));
        assert_eq!(begun.elapsed().as_millis(), 0);
    }
}
