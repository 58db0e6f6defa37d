//! A contract, described.

use serde::{Deserialize, Serialize};

use crate::{TypeRef, shape::is_false};

/// A contract: the trait's stable name, its methods in the order they were declared, and the events it publishes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contract {
    /// `namespace.Trait`.
    pub name: String,
    /// The trait's documentation, as Markdown.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub docs: String,
    /// Why it should no longer be used; empty if no reason was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deprecated: Option<String>,
    /// The contracts whose methods an actor that serves this one serves too, in the order of declaration.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extends: Vec<String>,
    /// In the order of declaration.
    pub methods: Vec<Method>,
    /// In the order of declaration.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<Event>,
}

/// One call of a contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Method {
    /// The name in Rust.
    pub name: String,
    /// The full name of the message type that carries the call, for example `demo.Calculator.Add`.
    pub message: String,
    /// Further message names under which the call is still accepted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// The method's documentation, as Markdown.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub docs: String,
    /// Why it should no longer be used; empty if no reason was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deprecated: Option<String>,
    /// How many replies a call has.
    pub kind: Kind,
    /// What the call does to the actor's state.
    pub access: Access,
    /// A call does no harm if it is made twice, so that a client that cannot know whether one was made may make it again.
    /// Only asks are.
    #[serde(default, skip_serializing_if = "is_false")]
    pub idempotent: bool,
    /// The payload of the message.
    pub request: Request,
    /// The reply of an ask or the item of a stream; `unit` for a tell.
    pub reply: TypeRef,
    /// The error that the contract declares for the call, if it declares one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<TypeRef>,
}

/// How many replies a call has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// One reply.
    Ask,
    /// No reply exists.
    Tell,
    /// Any number of replies, then an end.
    Stream,
}

/// Whether a call may run beside others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// `&self`: beside other shared calls.
    Shared,
    /// `&mut self`: alone.
    Exclusive,
}

/// The payload of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// A map with one entry for each argument.
    Arguments(Vec<Argument>),
    /// The one argument marked `#[message]` is the whole payload.
    Message {
        /// The argument's name in Rust.
        name: String,
        /// The type of the payload.
        #[serde(rename = "type")]
        type_ref: TypeRef,
    },
}

/// One argument of a method.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Argument {
    /// The name in Rust and on the wire.
    pub name: String,
    /// The argument's type.
    #[serde(rename = "type")]
    pub type_ref: TypeRef,
    /// The argument may be left out, and then reads as `None`.
    #[serde(default, skip_serializing_if = "is_false")]
    pub optional: bool,
}

/// A type that a contract says it publishes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The name to subscribe to.
    pub name: String,
    /// The payload of its notifications.
    #[serde(rename = "type")]
    pub type_ref: TypeRef,
}
