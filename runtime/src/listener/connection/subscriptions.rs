//! Subscriptions to events, and what a peer is told when it has subscribed.

use callsheet_wire::{Code, Codec, Failure, Subscribe};
use serde::{Serialize, Serializer, ser::SerializeMap};

use super::inbound::{Inbound, check_name};
use crate::broker::Subscribed;

impl Inbound {
    pub(super) fn subscribe(&mut self, codec: Codec, subscribe: &Subscribe<'_>) {
        let request_id = subscribe.request_id.as_deref();
        if self.link.is_client() {
            let text = "this side has connected, and is no server";
            return self.refuse_control(codec, request_id, &Failure::new(Code::ProtocolError, text));
        }
        let wanted: Vec<&str> = subscribe.message_types.iter().map(|name| &**name).collect();
        let subscribed = self
            .link
            .admit_unawaited(request_id)
            .and_then(|()| self.check_rate())
            .and_then(|()| wanted.iter().try_for_each(|name| check_name("message_types", name)))
            .and_then(|()| {
                let acknowledge =
                    &mut |subscribed: &[Subscribed<'_>]| self.link.subscribed(subscribed, codec, request_id);
                let most = self.limits.max_subscriptions;
                self.subscriptions.subscribe(&wanted, most, codec, acknowledge)
            });
        match subscribed {
            Ok(()) => self.processed += 1,
            Err(failure) if request_id.is_some() => {
                self.refuse_frame(subscribe.request_id.clone(), Some(codec), &failure)
            }
            Err(failure) => {
                self.terms.counters.failed(&failure);
                self.link.visitor.refused(&failure);
                tracing::debug!(%failure, "dropped a subscription");
            }
        }
    }

    /// Ends the subscriptions to some events, or to all of them. What of it is told, if that was asked for.
    pub(super) fn unsubscribe(&mut self, codec: Codec, message_types: Option<&[&str]>, request_id: Option<&str>) {
        match self.end_subscriptions(message_types, request_id) {
            Ok(()) => {
                self.processed += 1;
                if let Some(id) = request_id {
                    self.link.respond(codec, id, &());
                }
            }
            Err(failure) => self.refuse_control(codec, request_id, &failure),
        }
    }

    fn end_subscriptions(&mut self, message_types: Option<&[&str]>, request_id: Option<&str>) -> Result<(), Failure> {
        request_id.map_or(Ok(()), |id| self.link.check_id(id))?;
        let names = message_types.unwrap_or_default();
        names.iter().try_for_each(|name| check_name("message_types", name))?;
        self.subscriptions.unsubscribe(message_types)
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
