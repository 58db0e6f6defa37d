//! Contracts as a client calls them.

use super::{Kind, Name, TypeRef};

/// A contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// The full name, `namespace.Trait`.
    pub contract: String,
    /// The hash of all that is on the wire, by which a server tells whether it serves the same.
    pub hash: String,
    /// The short name, unique among the services in every case: the trait's own, with as much of the namespace before
    /// it as tells it from another contract's.
    pub name: Name,
    /// The id of the actor that is called where the user names none: the trait's own name in `snake_case`.
    pub default_target: String,
    /// The documentation, as Markdown; may be empty.
    pub docs: String,
    /// Why it should no longer be used; empty if no reason was given.
    pub deprecated: Option<String>,
    /// In the order of declaration.
    pub methods: Vec<Method>,
    /// The methods as an actor of the client's serves them, in the same order, if clients send mailboxes of this contract and
    /// so are called there: their requests are received, their replies and errors sent.
    pub hosted: Option<Vec<Method>>,
    /// What it publishes, in the order of declaration. Each also stands in [`Api::events`](super::Api::events).
    pub events: Vec<Event>,
}

/// One call of a contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Method {
    /// The name.
    pub name: Name,
    /// The full message name that the request's envelope carries.
    pub message: String,
    /// The documentation, as Markdown; may be empty.
    pub docs: String,
    /// Why it should no longer be used; empty if no reason was given.
    pub deprecated: Option<String>,
    /// How many replies a call has.
    pub kind: Kind,
    /// A call does no harm if it is made twice: a client repeats one that may have been made when it lost the connection.
    /// Only asks are.
    pub idempotent: bool,
    /// The payload of the request.
    pub request: Request,
    /// The reply of an ask or the item of a stream; unit for a tell.
    pub reply: TypeRef,
    /// The error that the contract declares for the call. It also stands in [`Api::errors`](super::Api::errors).
    pub error: Option<DeclaredError>,
}

/// The payload of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// A map with one entry for each argument, in the order of declaration; may be empty.
    Arguments(Vec<Argument>),
    /// This one argument is the whole payload. It is never left out.
    Message(Argument),
}

/// One argument of a method.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Argument {
    /// The name.
    pub name: Name,
    /// The entry of the payload that carries it; no meaning for a [`Request::Message`].
    pub wire_name: String,
    /// The type.
    pub type_ref: TypeRef,
    /// It may be left out.
    pub optional: bool,
}

/// An error that a contract declares: the details of a `ContractError`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredError {
    /// The name, unique among the errors in every case: the type's own, or one made from a built-in type, such as
    /// `StringError`.
    pub name: Name,
    /// What the details hold. A named type has the same [`NamedType::name`](super::NamedType::name).
    pub type_ref: TypeRef,
}

/// A type that a contract publishes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The full name, to subscribe to.
    pub event: String,
    /// The short name, unique among the events in every case.
    pub name: Name,
    /// The payload of its notifications.
    pub type_ref: TypeRef,
}
