//! From an event to everyone who subscribed to it.

mod remote;
mod topic;

use std::{
    any::{Any, TypeId, type_name},
    collections::HashMap,
    fmt,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
};

use callsheet_schema::ContractType;
use callsheet_wire::{Code, Failure};
use tokio::sync::broadcast;

use remote::RemoteTopic;
pub(crate) use remote::{Notification, RemoteSubscriber, Subscribed};
use topic::Topic;

/// Where events are published and subscribed to.
///
/// Publishing never waits and clones an `Arc`, not the event. One slow subscriber delays nobody else: it loses its oldest
/// events and is told how many.
#[derive(Clone, Default)]
pub struct Broker(Arc<RwLock<HashMap<&'static str, Registered>>>);

struct Registered {
    event: TypeId,
    path: &'static str,
    /// An `Arc<Topic<E>>`.
    typed: Arc<dyn Any + Send + Sync>,
    remote: Arc<dyn RemoteTopic>,
    /// An exposed actor's contract publishes it, so it may be subscribed to from outside.
    exposed: AtomicBool,
}

/// Something that can be published: a contract type that several subscribers may read at once.
///
/// Implemented for every such type.
pub trait Event: ContractType + Sync {}

impl<E: ContractType + Sync> Event for E {}

impl Broker {
    /// Publishes an event to all its subscribers, in this process and outside.
    ///
    /// # Panics
    ///
    /// If another type was published or declared under the event's name.
    pub fn publish<E: Event>(&self, event: E) {
        self.topic::<E>().publish(event);
    }

    /// Subscribes to the events that are published from now on.
    ///
    /// # Panics
    ///
    /// If another type was published or declared under the event's name.
    pub fn subscribe<E: Event>(&self) -> Events<E> {
        Events(self.topic::<E>().subscribe())
    }

    /// Lets callers outside the process subscribe to the event.
    #[doc(hidden)]
    pub fn expose<E: Event>(&self) {
        self.topic::<E>();
        if let Some(registered) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(E::NAME) {
            registered.exposed.store(true, Ordering::Release);
        }
    }

    /// Subscribes a connection to the events called `names`, or to none of them.
    ///
    /// `acknowledge` is called with the number of the next event of each name, before any of them is pushed.
    pub(crate) fn subscribe_remote(
        &self,
        names: &[&str],
        subscriber: &Arc<dyn RemoteSubscriber>,
        acknowledge: &mut dyn FnMut(&[Subscribed<'_>]),
    ) -> Result<(), Failure> {
        let mut topics = Vec::with_capacity(names.len());
        {
            let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
            for name in names {
                let (name, registered) = known
                    .get_key_value(*name)
                    .filter(|(_, registered)| registered.exposed.load(Ordering::Acquire))
                    .ok_or_else(|| Failure::new(Code::UnknownMessageType, format!("no event is called `{name}`")))?;
                topics.push((*name, Arc::clone(&registered.remote)));
            }
        }
        // Every topic is locked in one order, so that two subscribers never wait for each other.
        topics.sort_unstable_by_key(|(name, _)| *name);
        topics.dedup_by_key(|(name, _)| *name);
        remote::subscribe(&topics, subscriber, &mut Vec::new(), acknowledge);
        Ok(())
    }

    fn topic<E: Event>(&self) -> Arc<Topic<E>> {
        if let Some(registered) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(E::NAME) {
            return registered.typed::<E>();
        }
        let mut topics = self.0.write().unwrap_or_else(PoisonError::into_inner);
        topics
            .entry(E::NAME)
            .or_insert_with(|| {
                let topic = Arc::new(Topic::<E>::default());
                Registered {
                    event: TypeId::of::<E>(),
                    path: type_name::<E>(),
                    typed: topic.clone(),
                    remote: topic,
                    exposed: AtomicBool::new(false),
                }
            })
            .typed::<E>()
    }
}

impl Registered {
    fn typed<E: Event>(&self) -> Arc<Topic<E>> {
        match Arc::clone(&self.typed).downcast() {
            Ok(topic) if self.event == TypeId::of::<E>() => topic,
            _ => panic!(
                "two events are called `{}`: `{}` and `{}`; rename one with `#[contract_type(name = \"…\")]`",
                E::NAME,
                self.path,
                type_name::<E>()
            ),
        }
    }
}

impl fmt::Debug for Broker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Broker")
    }
}

/// A subscription to the events of one type.
#[derive(Debug)]
pub struct Events<E>(broadcast::Receiver<Arc<E>>);

/// What a subscription came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Received<E> {
    /// The next event.
    Event(Arc<E>),
    /// The subscriber was too slow: so many events are lost. The next ones follow.
    Missed(u64),
}

impl<E: Event> Events<E> {
    /// The next event; `None` when the broker is gone.
    pub async fn next(&mut self) -> Option<Received<E>> {
        match self.0.recv().await {
            Ok(event) => Some(Received::Event(event)),
            Err(broadcast::error::RecvError::Lagged(missed)) => Some(Received::Missed(missed)),
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }
}
