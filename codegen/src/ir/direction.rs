//! Which way every type goes, and which types have to be told apart by it.

use std::collections::BTreeSet;

use callsheet_schema::{Definition, Document, Request, Shape, TypeRef};

/// The way a value goes, from the client's side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Direction {
    Sent,
    Received,
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
}

impl<'a> Directions<'a> {
    pub(super) fn of(document: &'a Document) -> Self {
        let reached = reach(document);
        let mut split = two_shaped(document);
        split.retain(|name| {
            [Direction::Sent, Direction::Received]
                .iter()
                .all(|way| reached.contains(&(name, *way)))
        });
        Self { reached, split }
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

/// Every type that a client sends or receives.
fn reach(document: &Document) -> BTreeSet<(&str, Direction)> {
    let mut waiting: Vec<(&TypeRef, Direction)> = Vec::new();
    for contract in &document.contracts {
        for method in &contract.methods {
            match &method.request {
                Request::Arguments(arguments) => {
                    waiting.extend(arguments.iter().map(|argument| (&argument.type_ref, Direction::Sent)));
                }
                Request::Message { type_ref, .. } => waiting.push((type_ref, Direction::Sent)),
            }
            waiting.push((&method.reply, Direction::Received));
            waiting.extend(method.error.iter().map(|error| (error, Direction::Received)));
        }
        waiting.extend(
            contract
                .events
                .iter()
                .map(|event| (&event.type_ref, Direction::Received)),
        );
    }
    let mut reached = BTreeSet::new();
    while let Some((reference, direction)) = waiting.pop() {
        reference.visit(&mut |part| {
            if let TypeRef::Named(name) = part
                && let Some(definition) = document.types.get(name)
                && reached.insert((name.as_str(), direction))
            {
                shape_of(definition, direction).visit(&mut |part| waiting.push((part, direction)));
            }
        });
    }
    reached
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
