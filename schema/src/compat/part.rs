//! The parts of a document that a change shows before and after.

use std::fmt;

use serde::Serialize;

use crate::{
    Access, Argument, Contract, Definition, Event, Field, Kind, Method, Package, Request, Shape, Tag, Tagging, TypeRef,
    Variant, VariantShape,
};

/// A part of a document as it was or as it is; as JSON, what the document itself has there.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Part<'a> {
    /// There is none.
    Nothing,
    /// Whether something holds.
    Flag(bool),
    /// A name or a text.
    Text(&'a str),
    /// Names.
    Names(&'a [String]),
    /// A whole contract.
    Contract(&'a Contract),
    /// A whole method.
    Method(&'a Method),
    /// How many replies a call has.
    Kind(Kind),
    /// Whether a call runs beside others.
    Access(Access),
    /// The payload of a message.
    Request(&'a Request),
    /// A whole argument.
    Argument(&'a Argument),
    /// A whole event.
    Event(&'a Event),
    /// A whole named type.
    Definition(&'a Definition),
    /// One of its shapes.
    Shape(&'a Shape),
    /// The tags of a struct.
    Tags(&'a [Tag]),
    /// How the variant of an enum is told.
    Tagging(&'a Tagging),
    /// The variants of an enum, in order.
    Variants(&'a [Variant]),
    /// A whole variant.
    Variant(&'a Variant),
    /// Its data.
    Data(&'a VariantShape),
    /// A whole field.
    Field(&'a Field),
    /// A type.
    Type(&'a TypeRef),
    /// The package described.
    Package(&'a Package),
}

impl<'a> Part<'a> {
    /// The text, or nothing.
    pub(super) fn text(text: Option<&'a str>) -> Self {
        text.map_or(Part::Nothing, Part::Text)
    }
}

/// Enough to know it by, on one line.
impl fmt::Display for Part<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Part::Nothing => f.write_str("none"),
            Part::Flag(true) => f.write_str("yes"),
            Part::Flag(false) => f.write_str("no"),
            Part::Text("") => f.write_str("yes"),
            Part::Text(text) => f.write_str(text),
            Part::Names([]) => f.write_str("none"),
            Part::Names(names) => f.write_str(&names.join(", ")),
            Part::Contract(contract) => counted(f, contract.methods.len(), "method"),
            Part::Method(method) => signature(f, method),
            Part::Kind(Kind::Ask) => f.write_str("ask"),
            Part::Kind(Kind::Tell) => f.write_str("tell"),
            Part::Kind(Kind::Stream) => f.write_str("stream"),
            Part::Access(Access::Shared) => f.write_str("shared"),
            Part::Access(Access::Exclusive) => f.write_str("exclusive"),
            Part::Request(request) => payload(f, request),
            Part::Argument(argument) => {
                argument.type_ref.fmt(f)?;
                f.write_str(if argument.optional { ", optional" } else { "" })
            }
            Part::Event(event) => event.type_ref.fmt(f),
            Part::Definition(definition) => Part::Shape(&definition.shape).fmt(f),
            Part::Shape(Shape::Newtype(inner)) => write!(f, "{inner}, under a name of its own"),
            Part::Shape(Shape::Tuple(items)) => items_of(f, items),
            Part::Shape(Shape::Unit) => f.write_str("unit"),
            Part::Shape(Shape::Struct { fields, .. }) => {
                f.write_str("struct of ")?;
                counted(f, fields.len(), "field")
            }
            Part::Shape(Shape::Enum { variants, .. }) => {
                f.write_str("enum of ")?;
                counted(f, variants.len(), "variant")
            }
            Part::Tags([]) => f.write_str("none"),
            Part::Tags(tags) => separated(f, tags.iter().map(|tag| format!("{} = {}", tag.name, tag.value))),
            Part::Tagging(Tagging::External) => f.write_str("external"),
            Part::Tagging(Tagging::Internal { tag }) => write!(f, "internal ({tag})"),
            Part::Tagging(Tagging::Adjacent { tag, content }) => write!(f, "adjacent ({tag}, {content})"),
            Part::Tagging(Tagging::Untagged) => f.write_str("untagged"),
            Part::Variants(variants) => separated(f, variants.iter().map(|variant| variant.name.clone())),
            Part::Variant(variant) => Part::Data(&variant.shape).fmt(f),
            Part::Data(VariantShape::Unit) => f.write_str("without data"),
            Part::Data(VariantShape::Newtype(inner)) => inner.fmt(f),
            Part::Data(VariantShape::Tuple(items)) => items_of(f, items),
            Part::Data(VariantShape::Struct(fields)) => {
                f.write_str("{")?;
                separated(
                    f,
                    fields
                        .iter()
                        .map(|field| format!("{}: {}", field.name, Part::Field(field))),
                )?;
                f.write_str("}")
            }
            Part::Field(field) => {
                field.type_ref.fmt(f)?;
                f.write_str(if field.optional { ", optional" } else { "" })?;
                f.write_str(if field.sometimes { ", sometimes left out" } else { "" })?;
                f.write_str(if field.flattened { ", flattened" } else { "" })
            }
            Part::Type(reference) => reference.fmt(f),
            Part::Package(package) => {
                f.write_str(&package.name)?;
                f.write_str(if package.default_features {
                    ""
                } else {
                    ", without default features"
                })?;
                if package.features.is_empty() {
                    return Ok(());
                }
                write!(f, ", with {}", package.features.join(", "))
            }
        }
    }
}

fn counted(f: &mut fmt::Formatter<'_>, count: usize, what: &str) -> fmt::Result {
    write!(f, "{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn separated(f: &mut fmt::Formatter<'_>, items: impl Iterator<Item = String>) -> fmt::Result {
    f.write_str(&items.collect::<Vec<_>>().join(", "))
}

fn items_of(f: &mut fmt::Formatter<'_>, items: &[TypeRef]) -> fmt::Result {
    f.write_str("tuple<")?;
    separated(f, items.iter().map(TypeRef::to_string))?;
    f.write_str(">")
}

fn payload(f: &mut fmt::Formatter<'_>, request: &Request) -> fmt::Result {
    f.write_str("(")?;
    match request {
        Request::Arguments(arguments) => separated(
            f,
            arguments.iter().map(|argument| {
                let mark = if argument.optional { "?" } else { "" };
                format!("{}{mark}: {}", argument.name, argument.type_ref)
            }),
        )?,
        Request::Message { name, type_ref } => write!(f, "#[message] {name}: {type_ref}")?,
    }
    f.write_str(")")
}

fn signature(f: &mut fmt::Formatter<'_>, method: &Method) -> fmt::Result {
    payload(f, &method.request)?;
    match method.kind {
        Kind::Tell => f.write_str(", a tell")?,
        Kind::Ask => write!(f, " -> {}", method.reply)?,
        Kind::Stream => write!(f, " -> stream of {}", method.reply)?,
    }
    match &method.error {
        Some(error) => write!(f, " or {error}"),
        None => Ok(()),
    }
}
