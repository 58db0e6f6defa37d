//! What a connection has subscribed to.

use std::collections::HashMap;

use callsheet_wire::{
    Codec, EncodeError,
    write::{PushHead, push},
};
use serde::{Serialize, Serializer, ser::SerializeMap};

use crate::broker::{Notification, Subscribed};

/// The subscriptions of a connection, by the names of their events.
#[derive(Debug, Default)]
pub(super) struct Subscriptions(HashMap<String, Subscription>);

#[derive(Debug)]
pub(super) struct Subscription {
    /// That of the frame which asked for it.
    pub(super) codec: Codec,
    /// How many events the peer has missed since the last one it was sent.
    pub(super) missed: u64,
}

impl Subscriptions {
    /// Adds a subscription. One that is there already only changes its codec.
    pub(super) fn add(&mut self, event: &str, codec: Codec) {
        match self.0.get_mut(event) {
            Some(subscription) => subscription.codec = codec,
            None => {
                self.0.insert(event.to_owned(), Subscription { codec, missed: 0 });
            }
        }
    }

    pub(super) fn get_mut(&mut self, event: &str) -> Option<&mut Subscription> {
        self.0.get_mut(event)
    }
}

impl Subscription {
    /// Appends the push of an event, whose payload is written in the subscription's codec.
    pub(super) fn write(
        &self,
        out: &mut Vec<u8>,
        notification: &Notification<'_>,
        payload: &[u8],
    ) -> Result<(), EncodeError> {
        let head = PushHead {
            message_type: notification.event,
            timestamp: notification.timestamp,
            seq: Some(notification.seq),
            source: None,
            missed: (self.missed > 0).then_some(self.missed),
        };
        push(out, self.codec, &head, payload)
    }
}

/// The answer to a subscription: `{"subscribed": {name: next_seq}}`.
pub(super) struct Acknowledgement<'a>(pub(super) &'a [Subscribed<'a>]);

impl Serialize for Acknowledgement<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry("subscribed", &NextNumbers(self.0))?;
        map.end()
    }
}

struct NextNumbers<'a>(&'a [Subscribed<'a>]);

impl Serialize for NextNumbers<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|subscribed| (subscribed.event, subscribed.next_seq)))
    }
}
