//! The subscribers of one event type.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};

use tokio::sync::broadcast;

use super::{
    Event,
    remote::{Notification, Payloads, RemoteTopic, Subscribers, encoded},
};

/// So many events wait for a slow subscriber in this process.
const KEPT: usize = 1024;

/// The subscribers of the event type `E`.
pub(super) struct Topic<E> {
    local: broadcast::Sender<Arc<E>>,
    remote: Mutex<Subscribers>,
}

impl<E: Event> Default for Topic<E> {
    fn default() -> Self {
        Topic {
            local: broadcast::Sender::new(KEPT),
            remote: Mutex::default(),
        }
    }
}

impl<E: Event> Topic<E> {
    pub(super) fn subscribe(&self) -> broadcast::Receiver<Arc<E>> {
        self.local.subscribe()
    }

    pub(super) fn publish(&self, event: E) {
        let event = Arc::new(event);
        {
            // Held while the event goes out, so that every subscriber sees events in the order of their numbers.
            let mut subscribers = self.remote.lock().unwrap_or_else(PoisonError::into_inner);
            let seq = subscribers.next_seq();
            if !subscribers.is_empty() {
                let timestamp = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                let encode = |codec| encoded(&*event, codec);
                subscribers.push(&Notification {
                    event: E::NAME,
                    seq,
                    timestamp: u64::try_from(timestamp.as_millis()).unwrap_or(u64::MAX),
                    payloads: &Payloads::new(&encode),
                });
            }
        }
        // Nobody listening is no error.
        let _ = self.local.send(event);
    }
}

impl<E: Event> RemoteTopic for Topic<E> {
    fn with_subscribers(&self, act: &mut dyn FnMut(&mut Subscribers)) {
        act(&mut self.remote.lock().unwrap_or_else(PoisonError::into_inner));
    }
}
