//! Which way every type goes, and which types have to be told apart by it.

use std::collections::BTreeSet;

use callsheet_schema::{Contract, Definition, Document, Request, Shape, TypeRef};

/// The way a value goes, from the client's side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Direction {
    Sent,
    Received,
}

impl Direction {
    /// The way of the answers to what goes this way.
    pub(super) fn back(self) -> Self {
        match self {
            Direction::Sent => Direction::Received,
            Direction::Received => Direction::Sent,
        }
    }
}

/// The shape of the values that go this way.
pub(super) fn shape_of(definition: &Definition, direction: Direction) -> &Shape {
    match (direction, &definition.produces) {
        (Direction::Received, Some(produced)) => produced,
        _ => &definition.shape,
    }
}

/// The ways that the types of a document go.
pub(super) struct Directions<'a> {
    reached: BTreeSet<(&'a str, Direction)>,
    /// The types that go both ways in two shapes, at the top or anywhere inside.
    split: BTreeSet<&'a str>,
    /// The contracts that clients host.
    hosted: BTreeSet<&'a str>,
}

impl<'a> Directions<'a> {
    pub(super) fn of(document: &'a Document) -> Self {
        let (reached, hosted) = reach(document);
        let mut split = two_shaped(document);
        split.retain(|name| {
            [Direction::Sent, Direction::Received]
                .iter()
                .all(|way| reached.contains(&(name, *way)))
        });
        Self { reached, split, hosted }
    }

    /// Clients host actors that serve this contract: they send their mailboxes.
    pub(super) fn is_hosted(&self, contract: &str) -> bool {
        self.hosted.contains(contract)
    }

    /// Every type with every way it goes, sorted.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&'a str, Direction)> {
        self.reached.iter().copied()
    }

    /// The id of the type that stands for `name` on this way. No name in a document is made like that of a sent form.
    pub(super) fn id(&self, name: &str, direction: Direction) -> String {
        match direction {
            Direction::Sent if self.split.contains(name) => format!("{name} Input"),
            _ => name.to_owned(),
        }
    }

    /// The same use of a type, with ids for names.
    pub(super) fn reference(&self, reference: &TypeRef, direction: Direction) -> TypeRef {
        let inner = |reference: &TypeRef| Box::new(self.reference(reference, direction));
        match reference {
            TypeRef::Named(name) => TypeRef::Named(self.id(name, direction)),
            TypeRef::NonZero(of) => TypeRef::NonZero(inner(of)),
            TypeRef::Option(of) => TypeRef::Option(inner(of)),
            TypeRef::List(of) => TypeRef::List(inner(of)),
            TypeRef::Set(of) => TypeRef::Set(inner(of)),
            TypeRef::Array(of, length) => TypeRef::Array(inner(of), *length),
            TypeRef::Map(key, value) => TypeRef::Map(inner(key), inner(value)),
            TypeRef::Tuple(items) => TypeRef::Tuple(self.references(items, direction)),
            built_in => built_in.clone(),
        }
    }

    /// The same uses of types, with ids for names.
    pub(super) fn references(&self, references: &[TypeRef], direction: Direction) -> Vec<TypeRef> {
        references
            .iter()
            .map(|reference| self.reference(reference, direction))
            .collect()
    }
}

/// Every type that a client sends or receives, and the contracts that it hosts.
///
/// Whoever sends the mailbox of an actor is called there: requests of its contract go the other way then.
fn reach(document: &Document) -> (BTreeSet<(&str, Direction)>, BTreeSet<&str>) {
    let mut waiting: Vec<(&TypeRef, Direction)> = Vec::new();
    for contract in &document.contracts {
        messages(contract, Direction::Sent, &mut waiting);
        let events = contract.events.iter();
        waiting.extend(events.map(|event| (&event.type_ref, Direction::Received)));
    }
    let (mut reached, mut hosted) = (BTreeSet::new(), BTreeSet::new());
    while let Some((reference, direction)) = waiting.pop() {
        reference.visit(&mut |part| {
            let TypeRef::Named(name) = part else { return };
            let Some(definition) = document.types.get(name) else {
                return;
            };
            if !reached.insert((name.as_str(), direction)) {
                return;
            }
            shape_of(definition, direction).visit(&mut |part| waiting.push((part, direction)));
            let Some(mailbox) = definition.mailbox.as_deref().filter(|_| direction == Direction::Sent) else {
                return;
            };
            let contract = document.contracts.iter().find(|contract| contract.name == mailbox);
            if let Some(contract) = contract.filter(|_| hosted.insert(mailbox)) {
                messages(contract, Direction::Received, &mut waiting);
            }
        });
    }
    (reached, hosted)
}

/// The types of a contract's requests and of what answers them.
fn messages<'a>(contract: &'a Contract, requests: Direction, into: &mut Vec<(&'a TypeRef, Direction)>) {
    for method in &contract.methods {
        match &method.request {
            Request::Arguments(arguments) => into.extend(arguments.iter().map(|of| (&of.type_ref, requests))),
            Request::Message { type_ref, .. } => into.push((type_ref, requests)),
        }
        into.push((&method.reply, requests.back()));
        into.extend(method.error.iter().map(|error| (error, requests.back())));
    }
}

/// The types that are produced in another shape than they are accepted in, at the top or anywhere inside.
fn two_shaped(document: &Document) -> BTreeSet<&str> {
    let mut found = BTreeSet::new();
    loop {
        let before = found.len();
        for (name, definition) in &document.types {
            // Without another shape for what is produced, the one shape's references are all there are.
            let mut differs = definition.produces.is_some();
            definition.shape.visit(&mut |part| {
                differs |= matches!(part, TypeRef::Named(inner) if found.contains(inner.as_str()));
            });
            if differs {
                found.insert(name.as_str());
            }
        }
        if found.len() == before {
            return found;
        }
    }
}
