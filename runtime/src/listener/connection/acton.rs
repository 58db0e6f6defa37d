//! What clients of acton-reactive ask for, which is said in other words there.
//!
//! Their requests go the way of all others ([`calls`](super::calls)). What differs is what is told of subscriptions: theirs
//! to names and those to patterns are apart, and every answer lists all that there are.

use std::collections::BTreeSet;

use callsheet_wire::{
    Code, Codec, Dialect, Failure,
    acton::{
        self, Discover, Form, Incoming, Kind, Selection,
        write::{self, List},
    },
};

use super::{
    in_flight::Shape,
    inbound::{Inbound, check_name},
    input::FoundActon,
    link::Link,
    requests::Answer,
};
use crate::{broker::Subscribed, listener::Action};

/// The events that a client has asked for. What it may name is bounded: names are those of events that exist, and of
/// patterns the broker keeps only so many.
#[derive(Debug, Default)]
pub(super) struct Selected {
    names: BTreeSet<String>,
    patterns: BTreeSet<String>,
}

impl Selected {
    fn of(&mut self, list: List) -> &mut BTreeSet<String> {
        match list {
            List::Types => &mut self.names,
            List::Patterns => &mut self.patterns,
        }
    }

    /// All names and patterns.
    fn all(&self) -> Vec<&str> {
        self.names.iter().chain(&self.patterns).map(String::as_str).collect()
    }
}

impl Inbound {
    /// Handles what was found in the input of a client of acton-reactive.
    pub(super) fn acton(&mut self, found: FoundActon<'_>) {
        if self.selected.is_none() {
            self.selected = Some(Selected::default());
            self.link.lock().speaks_acton = true;
        }
        match found {
            FoundActon::Frame { form, kind, payload } => self.acton_frame(form, kind, payload),
            FoundActon::Refused { form, failure } => self.link.refuse(&answer(form, None), &failure),
            FoundActon::Lost { failure } => {
                self.link.refuse(&answer(Form::Two(Codec::Json), None), &failure);
            }
        }
    }

    fn acton_frame(&mut self, form: Form, kind: Kind, payload: &[u8]) {
        match acton::read(form, kind, payload) {
            Ok(Incoming::Request(request)) if form == Form::One && request.expects_stream => {
                let text = "`expects_stream`: version 1 of the header has no frames for streams; use version 2";
                let failure = Failure::new(Code::ProtocolError, text);
                self.link.refuse(&answer(form, request.request_id.as_deref()), &failure);
            }
            Ok(Incoming::Request(request)) => self.request(Dialect::Acton(form), &request),
            Ok(Incoming::Subscribe(selection)) => self.select(form, List::Types, &selection),
            Ok(Incoming::SubscribePatterns(selection)) => self.select(form, List::Patterns, &selection),
            Ok(Incoming::Unsubscribe(selection)) => self.deselect(form, List::Types, &selection),
            Ok(Incoming::UnsubscribePatterns(selection)) => self.deselect(form, List::Patterns, &selection),
            Ok(Incoming::Discover(discover)) => self.discover(form, &discover),
            Ok(Incoming::Heartbeat) => {
                if let Err(failure) = self.check_rate() {
                    return self.link.refuse(&answer(form, None), &failure);
                }
                self.processed += 1;
                self.link.answer(&answer(form, None), |frame| {
                    write::heartbeat(frame, form, !payload.is_empty());
                });
            }
            Ok(Incoming::Foreign(kind)) => {
                let text = format!("only a server sends frames of message type {:#04x}", kind as u8);
                let failure = Failure::new(Code::ProtocolError, text);
                self.link.refuse(&answer(form, None), &failure);
            }
            Err(unreadable) => {
                let (id, failure) = (unreadable.correlation_id.as_deref(), &unreadable.failure);
                match kind {
                    Kind::Subscribe | Kind::Unsubscribe => {
                        self.link.refuse_selection(form, List::Types, id, failure);
                    }
                    Kind::SubscribePatterns | Kind::UnsubscribePatterns => {
                        self.link.refuse_selection(form, List::Patterns, id, failure);
                    }
                    _ => self.link.refuse(&answer(form, id), failure),
                }
            }
        }
    }

    fn select(&mut self, form: Form, list: List, selection: &Selection<'_>) {
        let id = &*selection.correlation_id;
        match self.try_select(form, list, selection) {
            Ok(()) => self.processed += 1,
            Err(failure) => self.link.refuse_selection(form, list, Some(id), &failure),
        }
    }

    fn try_select(&mut self, form: Form, list: List, selection: &Selection<'_>) -> Result<(), Failure> {
        self.check_rate()?;
        let wanted = self.checked(list, selection)?;
        let most = self.limits.max_subscriptions;
        let mut all = self.selected.get_or_insert_default().of(list).clone();
        all.extend(wanted.iter().map(|name| (*name).to_owned()));
        let link = &self.link;
        // Before any event is pushed.
        let acknowledge = &mut |_: &[Subscribed<'_>]| link.list_selection(form, list, &selection.correlation_id, &all);
        self.subscriptions.subscribe(&wanted, most, form.codec(), acknowledge)?;
        *self.selected.get_or_insert_default().of(list) = all;
        Ok(())
    }

    fn deselect(&mut self, form: Form, list: List, selection: &Selection<'_>) {
        let id = &*selection.correlation_id;
        match self.try_deselect(list, selection) {
            Ok(()) => {
                self.processed += 1;
                let left = self.selected.get_or_insert_default().of(list);
                self.link.list_selection(form, list, id, left);
            }
            Err(failure) => self.link.refuse_selection(form, list, Some(id), &failure),
        }
    }

    /// Ends what is named, or all of its list if nothing is. Without any name, nothing is left of patterns either.
    fn try_deselect(&mut self, list: List, selection: &Selection<'_>) -> Result<(), Failure> {
        let named = self.checked(list, selection)?;
        let selected = self.selected.get_or_insert_default();
        if named.is_empty() && list == List::Types {
            *selected = Selected::default();
            return self.subscriptions.unsubscribe(None);
        }
        let is_ended = |name: &String| named.is_empty() || named.contains(&name.as_str());
        let ended: Vec<String> = selected.of(list).extract_if(.., is_ended).collect();
        let ended: Vec<&str> = ended.iter().map(String::as_str).collect();
        self.subscriptions.unsubscribe_but(&ended, &selected.all())
    }

    /// What is named, if it may be at all.
    fn checked<'s>(&self, list: List, selection: &'s Selection<'_>) -> Result<Vec<&'s str>, Failure> {
        self.link.admit_unawaited(Some(&selection.correlation_id))?;
        let (field, rule) = match list {
            List::Types => (
                "message_types",
                "a name has no `*`; subscribe to patterns with message type 0x0a",
            ),
            List::Patterns => ("patterns", "a pattern is the beginning of names and a `*` at its end"),
        };
        let names = selection.names.iter().map(|name| {
            check_name(field, name)?;
            let is_fit = match list {
                List::Types => !name.contains('*'),
                List::Patterns => name.ends_with('*'),
            };
            match is_fit {
                true => Ok(&**name),
                false => Err(Failure::new(Code::ProtocolError, format!("`{field}`: {rule}"))),
            }
        });
        names.collect()
    }

    fn discover(&mut self, form: Form, discover: &Discover<'_>) {
        let id = &*discover.correlation_id;
        let allowed = self.link.check_id(id).and_then(|()| self.check_rate());
        let found = allowed
            .and_then(|()| self.link.visitor.check(Action::Discover))
            .and_then(|()| self.terms.catalogue.discovery(&self.link.visitor));
        let found = match found {
            Ok(found) => found,
            Err(failure) => return self.link.refuse(&answer(form, Some(id)), &failure),
        };
        let actors: Vec<&str> = found.actors.iter().map(|actor| &*actor.name).collect();
        let of_contracts = found.contracts.iter().flat_map(|contract| &contract.message_types);
        let types: BTreeSet<&str> = of_contracts.chain(&found.events).map(|name| &**name).collect();
        let types: Vec<&str> = types.into_iter().collect();
        let actors = discover.include_actors.then_some(&*actors);
        let types = discover.include_message_types.then_some(&*types);
        self.processed += 1;
        self.link.answer(&answer(form, Some(id)), |frame| {
            let written = write::discovery(frame, form, id, actors, types).map_err(Failure::from);
            if let Err(failure) = written.and_then(|()| self.link.unfit(frame).map_or(Ok(()), Err)) {
                self.link.counters.refused(&failure);
                frame.clear();
                write::refusal(frame, form, Some(id), &failure);
            }
        });
    }
}

impl Link {
    fn list_selection(&self, form: Form, list: List, id: &str, names: &BTreeSet<String>) {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        self.answer(&answer(form, Some(id)), |frame| {
            write::subscribed(frame, form, id, list, &names);
        });
    }

    fn refuse_selection(&self, form: Form, list: List, id: Option<&str>, failure: &Failure) {
        self.counters.refused(failure);
        self.visitor.refused(failure);
        self.answer(&answer(form, id), |frame| {
            write::subscription_refusal(frame, form, id, list, failure);
        });
    }
}

/// What is never in flight is answered at once, by its id.
fn answer(form: Form, id: Option<&str>) -> Answer<'_> {
    Answer {
        id,
        is_ordered: false,
        dialect: Dialect::Acton(form),
        shape: Shape::Response,
    }
}
