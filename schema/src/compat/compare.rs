//! Contracts and types of two documents, side by side.

use std::collections::BTreeMap;

use super::{
    Aspect, Change, Effect, Part, Step, Way, What,
    alike::Alike,
    definitions::{self, pair, same_names, words},
    view::View,
};
use crate::{Contract, Direction, Document, Method, Request, TypeRef};

pub(super) fn documents<'a>(old: &'a Document, new: &'a Document) -> Vec<Change<'a>> {
    let mut comparison = Comparison {
        accepted: views(old, new, Direction::Accepted),
        produced: views(old, new, Direction::Produced),
        changes: Vec::new(),
    };
    let package = |document: &'a Document| document.package.as_ref().map_or(Part::Nothing, Part::Package);
    comparison.changed(&[], Aspect::Package, package(old), package(new), None);
    let named = |contract: &'a Contract| vec![contract.name.as_str()];
    for contracts in pair(&old.contracts, &new.contracts, named, named) {
        match contracts {
            (Some(old), Some(new)) => comparison.contracts(old, new),
            (Some(old), None) => {
                let before = Part::Contract(old);
                comparison.push(&[Step::Contract(&old.name)], What::Removed { before }, Some(Way::Both));
            }
            (None, Some(new)) => {
                let after = Part::Contract(new);
                comparison.push(&[Step::Contract(&new.name)], What::Added { after }, Some(Way::Both));
            }
            (None, None) => {}
        }
    }
    comparison.types();
    comparison.changes
}

fn views<'a>(old: &'a Document, new: &'a Document, direction: Direction) -> (View<'a>, View<'a>) {
    let view = |document| View { document, direction };
    (view(old), view(new))
}

struct Comparison<'a> {
    accepted: (View<'a>, View<'a>),
    produced: (View<'a>, View<'a>),
    changes: Vec<Change<'a>>,
}

impl<'a> Comparison<'a> {
    /// `way` is `None` where the wire does not see the change.
    fn push(&mut self, place: &[Step<'a>], what: What<'a>, way: Option<Way>) {
        self.changes.push(Change {
            place: place.to_vec(),
            what,
            direction: way,
            effect: if way.is_some() { Effect::Wire } else { Effect::Source },
        });
    }

    fn changed(&mut self, place: &[Step<'a>], aspect: Aspect, before: Part<'a>, after: Part<'a>, way: Option<Way>) {
        if before != after {
            self.push(place, What::Changed { aspect, before, after }, way);
        }
    }

    fn reference(&mut self, place: &[Step<'a>], aspect: Aspect, old: &'a TypeRef, new: &'a TypeRef, way: Way) {
        if old != new {
            let (old_view, new_view) = if way == Way::Accepted {
                self.accepted
            } else {
                self.produced
            };
            let alike = Alike::new(old_view, new_view).references(old, new);
            self.changed(place, aspect, Part::Type(old), Part::Type(new), (!alike).then_some(way));
        }
    }

    fn contracts(&mut self, old: &'a Contract, new: &'a Contract) {
        let place = [Step::Contract(&old.name)];
        words(
            &mut self.changes,
            &place,
            (&old.docs, &new.docs),
            (&old.deprecated, &new.deprecated),
        );
        if !same_names(&old.extends, &new.extends) {
            let (before, after) = (Part::Names(&old.extends), Part::Names(&new.extends));
            self.changed(&place, Aspect::Extends, before, after, Some(Way::Both));
        }
        // A method that kept its message is the same one to callers, whatever Rust calls it; else one that kept its name.
        let by_message = |method: &'a Method| vec![method.message.as_str(), method.name.as_str()];
        for methods in pair(&old.methods, &new.methods, by_message, by_message) {
            let inner = |method: &'a Method| [place[0], Step::Method(&method.name)];
            match methods {
                (Some(old), Some(new)) => self.methods(&inner(old), old, new),
                (Some(old), None) => {
                    let before = Part::Method(old);
                    self.push(&inner(old), What::Removed { before }, Some(Way::Both));
                }
                (None, Some(new)) => self.push(
                    &inner(new),
                    What::Added {
                        after: Part::Method(new),
                    },
                    Some(Way::Both),
                ),
                (None, None) => {}
            }
        }
        for events in pair(
            &old.events,
            &new.events,
            |event| vec![&event.name],
            |event| vec![&event.name],
        ) {
            match events {
                (Some(old), Some(new)) => {
                    let place = [place[0], Step::Event(&old.name)];
                    self.reference(&place, Aspect::Type, &old.type_ref, &new.type_ref, Way::Produced);
                }
                (Some(old), None) => {
                    let before = Part::Event(old);
                    let place = [place[0], Step::Event(&old.name)];
                    self.push(&place, What::Removed { before }, Some(Way::Produced));
                }
                (None, Some(new)) => {
                    let place = [place[0], Step::Event(&new.name)];
                    self.push(
                        &place,
                        What::Added {
                            after: Part::Event(new),
                        },
                        Some(Way::Produced),
                    );
                }
                (None, None) => {}
            }
        }
    }

    fn methods(&mut self, place: &[Step<'a>], old: &'a Method, new: &'a Method) {
        let (before, after) = (Part::Text(&old.name), Part::Text(&new.name));
        self.changed(place, Aspect::Name, before, after, None);
        let (before, after) = (Part::Text(&old.message), Part::Text(&new.message));
        self.changed(place, Aspect::Message, before, after, Some(Way::Accepted));
        if !same_names(&old.aliases, &new.aliases) {
            let (before, after) = (Part::Names(&old.aliases), Part::Names(&new.aliases));
            self.changed(place, Aspect::Aliases, before, after, Some(Way::Accepted));
        }
        let (before, after) = (Part::Kind(old.kind), Part::Kind(new.kind));
        self.changed(place, Aspect::Kind, before, after, Some(Way::Both));
        let (before, after) = (Part::Access(old.access), Part::Access(new.access));
        self.changed(place, Aspect::Access, before, after, None);
        let (before, after) = (Part::Flag(old.idempotent), Part::Flag(new.idempotent));
        self.changed(place, Aspect::Idempotent, before, after, Some(Way::Accepted));
        self.requests(place, &old.request, &new.request);
        self.reference(place, Aspect::Reply, &old.reply, &new.reply, Way::Produced);
        match (&old.error, &new.error) {
            (Some(old), Some(new)) => self.reference(place, Aspect::Error, old, new, Way::Produced),
            (old, new) => {
                let part = |error: &'a Option<TypeRef>| error.as_ref().map_or(Part::Nothing, Part::Type);
                self.changed(place, Aspect::Error, part(old), part(new), Some(Way::Produced));
            }
        }
        words(
            &mut self.changes,
            place,
            (&old.docs, &new.docs),
            (&old.deprecated, &new.deprecated),
        );
    }

    fn requests(&mut self, place: &[Step<'a>], old: &'a Request, new: &'a Request) {
        let (old_view, new_view) = self.accepted;
        let alike = match (old, new) {
            (Request::Arguments(old), Request::Arguments(new)) => {
                let named = |argument: &'a crate::Argument| vec![argument.name.as_str()];
                for arguments in pair(old, new, named, named) {
                    self.argument(place, arguments);
                }
                return;
            }
            (Request::Message { type_ref: a, .. }, Request::Message { type_ref: b, .. }) => {
                a == b || Alike::new(old_view, new_view).references(a, b)
            }
            (Request::Arguments(arguments), Request::Message { type_ref, .. }) => {
                Alike::new(old_view, new_view).arguments_and_message(arguments, type_ref, true)
            }
            (Request::Message { type_ref, .. }, Request::Arguments(arguments)) => {
                Alike::new(old_view, new_view).arguments_and_message(arguments, type_ref, false)
            }
        };
        let way = (!alike).then_some(Way::Accepted);
        self.changed(place, Aspect::Request, Part::Request(old), Part::Request(new), way);
    }

    fn argument(&mut self, place: &[Step<'a>], arguments: (Option<&'a crate::Argument>, Option<&'a crate::Argument>)) {
        let inner = |argument: &'a crate::Argument| [place, &[Step::Argument(&argument.name)]].concat();
        match arguments {
            (Some(old), Some(new)) => {
                let place = inner(old);
                self.reference(&place, Aspect::Type, &old.type_ref, &new.type_ref, Way::Accepted);
                let (before, after) = (Part::Flag(old.optional), Part::Flag(new.optional));
                self.changed(&place, Aspect::Optional, before, after, Some(Way::Accepted));
            }
            (Some(old), None) => {
                let before = Part::Argument(old);
                self.push(&inner(old), What::Removed { before }, Some(Way::Accepted));
            }
            (None, Some(new)) => {
                let after = Part::Argument(new);
                self.push(&inner(new), What::Added { after }, Some(Way::Accepted));
            }
            (None, None) => {}
        }
    }

    /// Types are on the wire only where something refers to them, so that their coming and going is seen in sources alone.
    fn types(&mut self) {
        let (old, new) = (self.accepted.0.document, self.accepted.1.document);
        let used = [self.accepted, self.produced].map(|views| (views, views.0.reached(), views.1.reached()));
        let renamed = self.renamed();
        for name in old
            .types
            .keys()
            .chain(new.types.keys().filter(|name| !old.types.contains_key(*name)))
        {
            let place = [Step::Type(name)];
            match (old.types.get(name), new.types.get(name)) {
                (Some(before), Some(after)) => {
                    let in_use = used
                        .iter()
                        .filter(|(_, old, new)| old.contains(name.as_str()) && new.contains(name.as_str()));
                    let mut views: Vec<_> = in_use.map(|(views, ..)| *views).collect();
                    if views.is_empty() {
                        views = vec![self.accepted, self.produced];
                    }
                    self.changes.extend(definitions::compare(&place, &views, before, after));
                }
                (Some(before), None) => match renamed.get(name.as_str()) {
                    Some(new) => self.changed(&place, Aspect::Name, Part::Text(name), Part::Text(new), None),
                    None => self.push(
                        &place,
                        What::Removed {
                            before: Part::Definition(before),
                        },
                        None,
                    ),
                },
                (None, Some(after)) if !renamed.values().any(|new| new == name) => {
                    self.push(
                        &place,
                        What::Added {
                            after: Part::Definition(after),
                        },
                        None,
                    );
                }
                (None, _) => {}
            }
        }
    }

    /// The types that are only in the old document, each with the only one of the new document alone that is like it,
    /// where that is like no other.
    fn renamed(&self) -> BTreeMap<&'a str, &'a str> {
        let (old, new) = (self.accepted.0.document, self.accepted.1.document);
        let gone: Vec<&'a str> = (old.types.keys().filter(|name| !new.types.contains_key(*name)))
            .map(String::as_str)
            .collect();
        let come: Vec<&'a str> = (new.types.keys().filter(|name| !old.types.contains_key(*name)))
            .map(String::as_str)
            .collect();
        let alike = |gone: &'a str, come: &'a str| {
            [self.accepted, self.produced]
                .into_iter()
                .all(|(old, new)| Alike::new(old, new).named(gone, come))
        };
        let only = |mut found: Box<dyn Iterator<Item = &'a str> + '_>| found.next().filter(|_| found.next().is_none());
        gone.iter()
            .filter_map(|&name| {
                let found = only(Box::new(come.iter().copied().filter(move |come| alike(name, come))))?;
                only(Box::new(gone.iter().copied().filter(move |gone| alike(gone, found))))?;
                Some((name, found))
            })
            .collect()
    }
}
