//! Subscriptions to events, and what a peer is told when it has subscribed.

use std::collections::BTreeMap;

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
                let withheld = matching(&self.withheld, &wanted);
                let acknowledge = &mut |subscribed: &[Subscribed<'_>]| {
                    let acknowledgement = Acknowledgement {
                        subscribed,
                        withheld: &withheld,
                    };
                    self.link.subscribed(&acknowledgement, codec, request_id);
                };
                let most = self.limits.max_subscriptions;
                self.subscriptions.subscribe(&wanted, most, codec, acknowledge)
            });
        match subscribed {
            Ok(()) => self.processed += 1,
            Err(failure) if request_id.is_some() => {
                self.refuse_frame(subscribe.request_id.clone(), Some(codec), &failure)
            }
            Err(failure) => {
                self.terms.counters.refused(&failure);
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

/// Of the events that are withheld, those that one of these patterns matches.
fn matching<'a>(withheld: &'a BTreeMap<String, String>, wanted: &[&str]) -> BTreeMap<&'a str, &'a str> {
    let prefixes = wanted.iter().filter_map(|wanted| wanted.strip_suffix('*'));
    let matches = |event: &str| prefixes.clone().any(|prefix| event.starts_with(prefix));
    let withheld = withheld.iter().filter(|(event, _)| matches(event));
    withheld.map(|(event, why)| (event.as_str(), why.as_str())).collect()
}

/// The answer to a subscription: `{"subscribed": {name: next_seq}}`, and `"withheld": {name: why}` if a pattern matches
/// something that the client would misread.
pub(super) struct Acknowledgement<'a> {
    pub(super) subscribed: &'a [Subscribed<'a>],
    pub(super) withheld: &'a BTreeMap<&'a str, &'a str>,
}

impl Serialize for Acknowledgement<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1 + usize::from(!self.withheld.is_empty())))?;
        map.serialize_entry("subscribed", &NextNumbers(self.subscribed))?;
        if !self.withheld.is_empty() {
            map.serialize_entry("withheld", self.withheld)?;
        }
        map.end()
    }
}

struct NextNumbers<'a>(&'a [Subscribed<'a>]);

impl Serialize for NextNumbers<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|subscribed| (subscribed.event, subscribed.next_seq)))
    }
}
