//! A document seen one way: as what the server accepts, or as what it produces.

use std::collections::HashSet;

use crate::{Argument, Direction, Document, Field, Request, Shape, TypeRef};

#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) document: &'a Document,
    pub(super) direction: Direction,
}

/// An entry of a map: a field or an argument, seen one way.
pub(super) struct Entry<'a> {
    /// The names that mean it, the first one before all others.
    pub(super) names: Vec<&'a str>,
    /// It may be left out.
    pub(super) absent: bool,
    pub(super) flattened: bool,
    pub(super) type_ref: &'a TypeRef,
}

impl<'a> View<'a> {
    pub(super) fn shape(self, name: &str) -> Option<&'a Shape> {
        Some(self.document.types.get(name)?.seen(self.direction))
    }

    /// The contract whose mailboxes the values of a named type are.
    pub(super) fn mailbox(self, name: &str) -> Option<&'a str> {
        self.document.types.get(name)?.mailbox.as_deref()
    }

    /// The contract whose mailboxes the values of a use of a type are.
    pub(super) fn mailbox_behind(self, mut reference: &'a TypeRef) -> Option<&'a str> {
        // Newtypes that wrap nothing but one another end nowhere.
        for _ in 0..=self.document.types.len() {
            let TypeRef::Named(name) = reference else { return None };
            if let Some(contract) = self.mailbox(name) {
                return Some(contract);
            }
            match self.shape(name) {
                Some(Shape::Newtype(inner)) => reference = inner,
                _ => return None,
            }
        }
        None
    }

    /// The reference behind all newtypes, which the wire does not see.
    pub(super) fn behind_newtypes(self, reference: &'a TypeRef) -> &'a TypeRef {
        self.document.behind_newtypes(reference, self.direction)
    }

    pub(super) fn field(self, field: &'a Field) -> Entry<'a> {
        let mut names = vec![field.wire_name(self.direction)];
        if self.direction == Direction::Accepted {
            let mut aliases: Vec<_> = field.aliases.iter().map(String::as_str).collect();
            aliases.sort_unstable();
            names.extend(aliases);
        }
        Entry {
            names,
            absent: match self.direction {
                Direction::Accepted => field.optional,
                Direction::Produced => field.sometimes,
            },
            flattened: field.flattened,
            type_ref: &field.type_ref,
        }
    }

    pub(super) fn argument(self, argument: &'a Argument) -> Entry<'a> {
        Entry {
            names: vec![&argument.name],
            absent: argument.optional,
            flattened: false,
            type_ref: &argument.type_ref,
        }
    }

    /// The named types that values of this way are made of.
    pub(super) fn reached(self) -> HashSet<&'a str> {
        let mut roots: Vec<&TypeRef> = Vec::new();
        for contract in &self.document.contracts {
            for method in &contract.methods {
                match (self.direction, &method.request) {
                    (Direction::Accepted, Request::Arguments(arguments)) => {
                        roots.extend(arguments.iter().map(|argument| &argument.type_ref));
                    }
                    (Direction::Accepted, Request::Message { type_ref, .. }) => roots.push(type_ref),
                    (Direction::Produced, _) => roots.extend(method.error.iter().chain([&method.reply])),
                }
            }
            if self.direction == Direction::Produced {
                roots.extend(contract.events.iter().map(|event| &event.type_ref));
            }
        }
        let mut reached = HashSet::new();
        let mut open = Vec::new();
        let mut meet = |reference: &'a TypeRef, open: &mut Vec<&'a str>| {
            reference.visit(&mut |reference| {
                if let TypeRef::Named(name) = reference
                    && reached.insert(name.as_str())
                {
                    open.push(name.as_str());
                }
            });
        };
        roots.into_iter().for_each(|root| meet(root, &mut open));
        while let Some(shape) = open.pop().map(|name| self.shape(name)) {
            let mut references = Vec::new();
            if let Some(shape) = shape {
                shape.visit(&mut |reference| references.push(reference));
            }
            references.into_iter().for_each(|reference| meet(reference, &mut open));
        }
        reached
    }
}
