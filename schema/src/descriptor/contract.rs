//! A contract and its methods, as constants.

use super::{DescribeType, all_owned, owned};
use crate::{Access, Argument, Contract, Event, Kind, Method, Place, Request, TypeRef, Types};

/// A contract without its methods.
#[derive(Clone, Copy, Debug)]
pub struct ContractDescriptor {
    /// `namespace.Trait`.
    pub name: &'static str,
    /// The trait's path in Rust, for texts that tell two contracts of one name apart.
    pub path: &'static str,
    /// Markdown.
    pub docs: &'static str,
    /// Why it should no longer be used; empty if no reason was given.
    pub deprecated: Option<&'static str>,
    /// The names of the contracts that it builds on.
    pub extends: &'static [&'static str],
    /// What it publishes.
    pub events: &'static [EventDescriptor],
}

/// An event of a contract.
#[derive(Clone, Copy, Debug)]
pub struct EventDescriptor {
    /// The type's name on the wire.
    pub name: &'static str,
    /// The type.
    pub describe: DescribeType,
}

/// Describes what a method returns: the reply or item, and the declared error.
pub type DescribeReturned = fn(&mut Types) -> (TypeRef, Option<TypeRef>);

/// A method of a contract.
#[derive(Clone, Copy, Debug)]
pub struct MethodDescriptor {
    /// The name in Rust.
    pub name: &'static str,
    /// The short name of its message; the full one has the contract's name and a dot before it.
    pub message: &'static str,
    /// Further short names under which the message is still accepted.
    pub aliases: &'static [&'static str],
    /// Markdown.
    pub docs: &'static str,
    /// Why it should no longer be used; empty if no reason was given.
    pub deprecated: Option<&'static str>,
    /// How many replies a call has.
    pub kind: Kind,
    /// What a call does to the actor's state.
    pub access: Access,
    /// A call does no harm if it is made twice.
    pub idempotent: bool,
    /// The payload of the message.
    pub request: RequestDescriptor,
    /// What it returns; `None` for a tell.
    pub returned: Option<DescribeReturned>,
}

/// The payload of a message.
#[derive(Clone, Copy, Debug)]
pub enum RequestDescriptor {
    /// A map of named arguments.
    Arguments(&'static [ArgumentDescriptor]),
    /// The value of the only argument.
    Message {
        /// The argument's name.
        name: &'static str,
        /// Its type.
        describe: DescribeType,
    },
}

/// An argument of a method.
#[derive(Clone, Copy, Debug)]
pub struct ArgumentDescriptor {
    /// Its name, in Rust and on the wire.
    pub name: &'static str,
    /// Its type.
    pub describe: DescribeType,
    /// It may be left out.
    pub optional: bool,
}

impl ContractDescriptor {
    /// The contract with these methods; what it names is added to `types`.
    pub fn describe<'m>(&self, methods: impl Iterator<Item = &'m MethodDescriptor>, types: &mut Types) -> Contract {
        types.begin(self.path);
        Contract {
            name: self.name.to_owned(),
            docs: self.docs.to_owned(),
            deprecated: owned(self.deprecated),
            extends: all_owned(self.extends),
            methods: methods.map(|method| method.describe(self.name, types)).collect(),
            events: self
                .events
                .iter()
                .map(|event| event.describe(self.name, types))
                .collect(),
        }
    }
}

impl EventDescriptor {
    fn describe(&self, contract: &str, types: &mut Types) -> Event {
        types.go_to(Place::contract(contract).event(self.name));
        Event {
            name: self.name.to_owned(),
            type_ref: (self.describe)(types),
        }
    }
}

impl MethodDescriptor {
    fn describe(&self, contract: &str, types: &mut Types) -> Method {
        types.go_to(Place::contract(contract).method(self.name));
        let full = |short: &str| format!("{contract}.{short}");
        let request = self.request.describe(types);
        let (reply, error) = self.returned.map_or((TypeRef::Unit, None), |returned| returned(types));
        Method {
            name: self.name.to_owned(),
            message: full(self.message),
            aliases: self.aliases.iter().copied().map(full).collect(),
            docs: self.docs.to_owned(),
            deprecated: owned(self.deprecated),
            kind: self.kind,
            access: self.access,
            idempotent: self.idempotent,
            request,
            reply,
            error,
        }
    }
}

impl RequestDescriptor {
    fn describe(&self, types: &mut Types) -> Request {
        match self {
            RequestDescriptor::Arguments(arguments) => {
                Request::Arguments(arguments.iter().map(|argument| argument.describe(types)).collect())
            }
            RequestDescriptor::Message { name, describe } => Request::Message {
                name: (*name).to_owned(),
                type_ref: describe(types),
            },
        }
    }
}

impl ArgumentDescriptor {
    fn describe(&self, types: &mut Types) -> Argument {
        Argument {
            name: self.name.to_owned(),
            type_ref: (self.describe)(types),
            optional: self.optional,
        }
    }
}
