//! The events of a fake server, and who is told of them.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use callsheet_wire::{
    Code, Codec, Failure, Shortened, encode,
    write::{self, PushHead},
};
use serde::Serialize;

use super::visitor::Visitor;

/// The events of a fake server, each numbered in its own order, and its clients.
pub(super) struct Feed {
    /// The number of the next event of each name.
    next: BTreeMap<&'static str, u64>,
    visitors: Vec<Guest>,
}

struct Guest {
    visitor: Arc<Visitor>,
    subscribed: BTreeSet<&'static str>,
}

impl Feed {
    pub(super) fn new(events: &'static [&'static str]) -> Self {
        Self {
            next: events.iter().map(|event| (*event, 1)).collect(),
            visitors: Vec::new(),
        }
    }

    pub(super) fn events(&self) -> Vec<String> {
        self.next.keys().map(ToString::to_string).collect()
    }

    pub(super) fn visitors(&self) -> impl Iterator<Item = &Arc<Visitor>> {
        self.visitors.iter().map(|guest| &guest.visitor)
    }

    pub(super) fn enter(&mut self, visitor: Arc<Visitor>) {
        self.visitors.push(Guest {
            visitor,
            subscribed: BTreeSet::new(),
        });
    }

    pub(super) fn leave(&mut self, visitor: &Arc<Visitor>) {
        self.visitors.retain(|guest| !Arc::ptr_eq(&guest.visitor, visitor));
    }

    /// Subscribes to what these names and patterns match, and tells the numbers of the next events.
    pub(super) fn subscribe<N: AsRef<str>>(
        &mut self,
        visitor: &Arc<Visitor>,
        names: &[N],
    ) -> Result<BTreeMap<&'static str, u64>, Failure> {
        let mut matched = BTreeMap::new();
        for name in names.iter().map(AsRef::as_ref) {
            let before = matched.len();
            matched.extend(self.matching(name));
            if matched.len() == before && !name.ends_with('*') && !self.next.contains_key(name) {
                let text = format!("`{}` is no event", Shortened(name));
                return Err(Failure::new(Code::UnknownMessageType, text));
            }
        }
        self.guest(visitor, |subscribed| subscribed.extend(matched.keys()));
        Ok(matched)
    }

    /// Ends what was subscribed to by these names and patterns, or all of it.
    pub(super) fn unsubscribe<N: AsRef<str>>(&mut self, visitor: &Arc<Visitor>, names: Option<&[N]>) {
        let unwanted: BTreeSet<_> = match names {
            Some(names) => names
                .iter()
                .flat_map(|name| self.matching(name.as_ref()))
                .map(|(event, _)| event)
                .collect(),
            None => self.next.keys().copied().collect(),
        };
        self.guest(visitor, |subscribed| {
            subscribed.retain(|event| !unwanted.contains(event))
        });
    }

    /// Tells an event to all who have subscribed to it, or to none of them if it does not fit the codec of one.
    pub(super) fn publish(&mut self, event: &str, payload: &impl Serialize) -> Result<(), Failure> {
        let Some((event, next)) = self.next.get_key_value(event).map(|(event, next)| (*event, *next)) else {
            let text = format!("`{}` is no event", Shortened(event));
            return Err(Failure::new(Code::UnknownMessageType, text));
        };
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let head = PushHead {
            message_type: event,
            timestamp: u64::try_from(since.as_millis()).unwrap_or(u64::MAX),
            seq: Some(next),
            source: None,
            missed: None,
        };
        let frame = |codec: Codec| {
            let (mut encoded, mut frame) = (Vec::new(), Vec::new());
            encode(codec, payload, &mut encoded)
                .and_then(|()| write::push(&mut frame, codec, &head, &encoded))
                .map_err(|error| {
                    let text = format!("the event cannot be encoded: {error}");
                    Failure::new(Code::SerializationError, text).with_path(error.path())
                })?;
            Ok::<_, Failure>(frame)
        };
        let subscribed = self.visitors.iter().filter(|guest| guest.subscribed.contains(event));
        let frames = subscribed
            .map(|guest| Ok((&guest.visitor, frame(guest.visitor.codec())?)))
            .collect::<Result<Vec<_>, Failure>>()?;
        if frames.is_empty() {
            // What cannot be sent is found out without clients too.
            frame(Codec::Json)?;
        }
        for (visitor, frame) in frames {
            visitor.put(&frame);
        }
        self.next.insert(event, next + 1);
        Ok(())
    }

    fn matching(&self, name: &str) -> Vec<(&'static str, u64)> {
        let is_matched = |event: &str| match name.strip_suffix('*') {
            Some(beginning) => event.starts_with(beginning),
            None => event == name,
        };
        let all = self.next.iter().map(|(event, next)| (*event, *next));
        all.filter(|(event, _)| is_matched(event)).collect()
    }

    fn guest(&mut self, visitor: &Arc<Visitor>, act: impl FnOnce(&mut BTreeSet<&'static str>)) {
        let found = self
            .visitors
            .iter_mut()
            .find(|guest| Arc::ptr_eq(&guest.visitor, visitor));
        if let Some(guest) = found {
            act(&mut guest.subscribed);
        }
    }
}
