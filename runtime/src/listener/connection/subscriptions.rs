//! What a peer is told when it has subscribed.

use serde::{Serialize, Serializer, ser::SerializeMap};

use crate::broker::Subscribed;

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
