//! Subscribers outside the process.

use std::{
    cell::OnceCell,
    sync::{Arc, Weak},
};

use callsheet_wire::{Codec, EncodeError};
use serde::Serialize;

/// A connection that subscribed to events.
pub(crate) trait RemoteSubscriber: Send + Sync {
    /// Takes one event. It must not wait, and must not call the broker.
    fn push(&self, notification: &Notification<'_>);
}

/// One event on its way to subscribers outside.
pub(crate) struct Notification<'a> {
    pub(crate) event: &'static str,
    pub(crate) seq: u64,
    /// Milliseconds since the Unix epoch.
    pub(crate) timestamp: u64,
    pub(super) payloads: &'a Payloads<'a>,
}

impl Notification<'_> {
    /// The payload in `codec`, encoded once for all subscribers.
    pub(crate) fn payload(&self, codec: Codec) -> Result<&[u8], &EncodeError> {
        let (cell, encode) = match codec {
            Codec::Json => (&self.payloads.json, self.payloads.encode),
            Codec::MessagePack => (&self.payloads.messagepack, self.payloads.encode),
        };
        cell.get_or_init(|| encode(codec)).as_deref()
    }
}

/// An event's encoded forms, each made when it is first wanted.
pub(super) struct Payloads<'a> {
    encode: &'a dyn Fn(Codec) -> Result<Vec<u8>, EncodeError>,
    json: OnceCell<Result<Vec<u8>, EncodeError>>,
    messagepack: OnceCell<Result<Vec<u8>, EncodeError>>,
}

impl<'a> Payloads<'a> {
    pub(super) fn new(encode: &'a dyn Fn(Codec) -> Result<Vec<u8>, EncodeError>) -> Self {
        Payloads {
            encode,
            json: OnceCell::new(),
            messagepack: OnceCell::new(),
        }
    }
}

/// The bytes of an event in a codec.
pub(super) fn encoded<E: Serialize>(event: &E, codec: Codec) -> Result<Vec<u8>, EncodeError> {
    let mut bytes = Vec::new();
    callsheet_wire::encode(codec, event, &mut bytes)?;
    Ok(bytes)
}

/// The subscribers of one event type that are outside the process.
#[derive(Default)]
pub(crate) struct Subscribers {
    next: u64,
    subscribers: Vec<Weak<dyn RemoteSubscriber>>,
}

impl Subscribers {
    pub(super) fn next_seq(&mut self) -> u64 {
        let seq = self.next;
        self.next += 1;
        seq
    }

    pub(super) fn is_empty(&self) -> bool {
        self.subscribers.is_empty()
    }

    pub(super) fn push(&mut self, notification: &Notification<'_>) {
        self.subscribers.retain(|subscriber| match subscriber.upgrade() {
            Some(subscriber) => {
                subscriber.push(notification);
                true
            }
            None => false,
        });
    }

    fn add(&mut self, subscriber: &Arc<dyn RemoteSubscriber>) {
        let subscriber = Arc::downgrade(subscriber);
        // What is never published would otherwise never forget who is gone.
        self.subscribers.retain(|known| known.strong_count() > 0);
        if !self.subscribers.iter().any(|known| known.ptr_eq(&subscriber)) {
            self.subscribers.push(subscriber);
        }
    }
}

/// An event type, as its subscribers outside see it.
pub(super) trait RemoteTopic: Send + Sync {
    /// Lets `act` see the subscribers while nothing is published.
    fn with_subscribers(&self, act: &mut dyn FnMut(&mut Subscribers));
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
    topics: &[(&'a str, Arc<dyn RemoteTopic>)],
    subscriber: &Arc<dyn RemoteSubscriber>,
    subscribed: &mut Vec<Subscribed<'a>>,
    acknowledge: &mut dyn FnMut(&[Subscribed<'_>]),
) {
    let Some(((event, topic), rest)) = topics.split_first() else {
        return acknowledge(subscribed);
    };
    topic.with_subscribers(&mut |subscribers| {
        subscribed.push(Subscribed {
            event,
            next_seq: subscribers.next,
        });
        subscribe(rest, subscriber, subscribed, acknowledge);
        subscribers.add(subscriber);
    });
}
