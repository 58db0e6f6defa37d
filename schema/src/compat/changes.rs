//! What a change says.

use std::fmt;

use serde::Serialize;

use super::Part;
use crate::names::visible;

/// One difference between two documents.
///
/// As JSON: `{"place": [{"type": "User"}, {"field": "age"}], "change": "changed", "aspect": "type", "before": "u8",
/// "after": "u16", "direction": "both", "effect": "wire"}`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change<'a> {
    /// What changed, from the outermost part inwards; empty for the document itself.
    pub place: Vec<Step<'a>>,
    /// How it changed.
    #[serde(flatten)]
    pub what: What<'a>,
    /// The way of the values that are concerned; `None` where the wire does not see the change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direction: Option<Way>,
    /// Who can tell.
    pub effect: Effect,
}

/// One step of the way to a part of a document, with the name that the part has on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Step<'a> {
    /// A contract, by its full name.
    Contract(&'a str),
    /// A method of it, by its name in Rust.
    Method(&'a str),
    /// An argument of it.
    Argument(&'a str),
    /// An event of a contract.
    Event(&'a str),
    /// A named type.
    Type(&'a str),
    /// A variant of it.
    Variant(&'a str),
    /// A field of a type or a variant.
    Field(&'a str),
}

/// How a part of a document changed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum What<'a> {
    /// It is only in the new document.
    Added {
        /// The part.
        after: Part<'a>,
    },
    /// It is only in the old document.
    Removed {
        /// The part.
        before: Part<'a>,
    },
    /// It is in both, and something about it differs.
    Changed {
        /// What differs.
        aspect: Aspect,
        /// As it was.
        before: Part<'a>,
        /// As it is.
        after: Part<'a>,
    },
}

/// What can differ about a part that two documents have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Aspect {
    /// The package that the document describes, or the features it was built with.
    Package,
    /// The documentation.
    Docs,
    /// Whether it is deprecated, and why.
    Deprecated,
    /// The name on the wire; of a method and of a type, the name in Rust, which the wire does not see.
    Name,
    /// The name in Rust, where it is another one.
    Ident,
    /// Further names that are accepted.
    Aliases,
    /// The contracts that a contract extends.
    Extends,
    /// The name of a method's message.
    Message,
    /// How many replies a call has.
    Kind,
    /// Whether a call runs beside others.
    Access,
    /// Whether a call may be made twice.
    Idempotent,
    /// Whether the payload is made of arguments or is one value.
    Request,
    /// The type of a reply or of a stream's items.
    Reply,
    /// The declared error.
    Error,
    /// The type of an argument, event, field or newtype.
    Type,
    /// It may be left out of what is sent to the server.
    Optional,
    /// Whether the server takes a default of its own for what is left out.
    Defaulted,
    /// It may be left out of what the server sends.
    Sometimes,
    /// The kind of shape that a type has, or the types of its places.
    Shape,
    /// The entries that say which struct it is.
    Tags,
    /// How the variant of an enum is told.
    Tagging,
    /// Whether unknown entries are refused.
    DenyUnknown,
    /// Whether the server may refuse a value of the right shape.
    Checked,
    /// The contract whose mailboxes the values are.
    Mailbox,
    /// Whether the entries of a field's value stand among those of the struct.
    Flattened,
    /// Whether a variant is written as its data alone.
    Untagged,
    /// Whether a variant is read in place of unknown ones.
    Other,
    /// The data of a variant.
    Data,
    /// The order in which untagged variants are tried.
    Order,
}

impl Aspect {
    /// Its name in words: `type`, `deny unknown`.
    pub fn words(self) -> &'static str {
        match self {
            Aspect::Package => "package",
            Aspect::Docs => "docs",
            Aspect::Deprecated => "deprecated",
            Aspect::Name => "name",
            Aspect::Ident => "name in Rust",
            Aspect::Aliases => "aliases",
            Aspect::Extends => "extends",
            Aspect::Message => "message",
            Aspect::Kind => "kind",
            Aspect::Access => "access",
            Aspect::Idempotent => "idempotent",
            Aspect::Request => "request",
            Aspect::Reply => "reply",
            Aspect::Error => "error",
            Aspect::Type => "type",
            Aspect::Optional => "optional",
            Aspect::Defaulted => "default of its own",
            Aspect::Sometimes => "sometimes left out",
            Aspect::Shape => "shape",
            Aspect::Tags => "tags",
            Aspect::Tagging => "tagging",
            Aspect::DenyUnknown => "unknown entries refused",
            Aspect::Checked => "checked",
            Aspect::Mailbox => "contract of the mailbox",
            Aspect::Flattened => "flattened",
            Aspect::Untagged => "untagged",
            Aspect::Other => "read for unknown ones",
            Aspect::Data => "data",
            Aspect::Order => "order",
        }
    }
}

/// The way of the values that a change concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// What the server accepts.
    Accepted,
    /// What the server produces.
    Produced,
    /// Both alike.
    Both,
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Way::Accepted => "accepted",
            Way::Produced => "produced",
            Way::Both => "both ways",
        })
    }
}

/// Who can tell that there was a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Whoever speaks the contract: what is sent, or what it means, is different.
    Wire,
    /// Whoever writes against its Rust or generated form: names of types and of methods, what an actor has to implement.
    Source,
    /// Whoever reads its documentation.
    Docs,
}

impl Step<'_> {
    /// The kind of part, and its name.
    pub fn parts(&self) -> (&'static str, &str) {
        match self {
            Step::Contract(name) => ("contract", name),
            Step::Method(name) => ("method", name),
            Step::Argument(name) => ("argument", name),
            Step::Event(name) => ("event", name),
            Step::Type(name) => ("type", name),
            Step::Variant(name) => ("variant", name),
            Step::Field(name) => ("field", name),
        }
    }
}

impl fmt::Display for Step<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, name) = self.parts();
        write!(f, "{kind} {}", visible(name))
    }
}

impl What<'_> {
    /// `+` for what was added, `-` for what was removed, `~` for what changed.
    pub fn mark(&self) -> char {
        match self {
            What::Added { .. } => '+',
            What::Removed { .. } => '-',
            What::Changed { .. } => '~',
        }
    }
}

impl fmt::Display for What<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            What::Added { after: part } | What::Removed { before: part } => write!(f, "{}", visible(part)),
            What::Changed {
                aspect: Aspect::Docs, ..
            } => f.write_str("docs"),
            What::Changed { aspect, before, after } => {
                write!(f, "{}: {} -> {}", aspect.words(), visible(before), visible(after))
            }
        }
    }
}

/// One line, for people: `~ type User, field age: type: u8 -> u16 (both ways)`.
impl fmt::Display for Change<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.what.mark())?;
        for (at, step) in self.place.iter().enumerate() {
            f.write_str(if at == 0 { " " } else { ", " })?;
            step.fmt(f)?;
        }
        let colon = if self.place.is_empty() { " " } else { ": " };
        write!(f, "{colon}{}", self.what)?;
        match self.direction {
            Some(way) => write!(f, " ({way})"),
            None => Ok(()),
        }
    }
}
