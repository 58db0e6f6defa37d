//! What a type looks like on the wire, as the macro knows it: the types inside are still tokens.

use proc_macro2::Ident;
use syn::{Attribute, Type};

/// A type that can be described.
pub(super) struct Described {
    pub(super) accepts: Shape,
    /// Where it is another shape than what is accepted.
    pub(super) produces: Option<Shape>,
    /// It is converted from what is accepted, which may fail.
    pub(super) checked: bool,
    /// It stands for a type of another crate, and has no serde traits itself.
    pub(super) remote: bool,
    /// The variants in Rust, for the line that names one.
    pub(super) variants: Vec<(Ident, Vec<Attribute>)>,
}

/// The shape in one direction.
#[derive(PartialEq)]
pub(super) enum Shape {
    Unit,
    /// Written exactly as the type inside; a transparent one may also be left out where that may.
    Newtype {
        inner: Type,
        transparent: bool,
    },
    Tuple(Vec<Type>),
    Struct {
        /// The entry that names the struct, and the name.
        tag: Option<(String, String)>,
        fields: Vec<Field>,
        deny_unknown: bool,
    },
    Enum {
        tagging: Tagging,
        variants: Vec<Variant>,
        deny_unknown: bool,
    },
}

#[derive(PartialEq)]
pub(super) enum Tagging {
    External,
    Internal { tag: String },
    Adjacent { tag: String, content: String },
    Untagged,
}

/// The names of a field or of a variant.
#[derive(PartialEq)]
pub(super) struct Names {
    pub(super) ident: String,
    pub(super) produced: String,
    pub(super) accepted: String,
    pub(super) aliases: Vec<String>,
}

#[derive(PartialEq)]
pub(super) struct Field {
    pub(super) names: Names,
    pub(super) attributes: Vec<Attribute>,
    pub(super) written: Type,
    pub(super) absent: Absent,
    /// It may be left out of what is written.
    pub(super) sometimes: bool,
    /// Its entries stand among those of the struct.
    pub(super) flattened: bool,
}

/// Whether a field may be left out of what is read.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Absent {
    /// It then has the default of its type.
    Default,
    /// It then has what the user's code says.
    OwnDefault,
    /// If its type says so.
    AsTheType,
    /// A function of the user's reads it, which is not called where there is nothing.
    Refused,
}

#[derive(PartialEq)]
pub(super) struct Variant {
    pub(super) names: Names,
    pub(super) attributes: Vec<Attribute>,
    pub(super) data: VariantData,
    pub(super) untagged: bool,
    pub(super) other: bool,
}

#[derive(PartialEq)]
pub(super) enum VariantData {
    Unit,
    Newtype(Box<Type>),
    Tuple(Vec<Type>),
    Struct(Vec<Field>),
}
