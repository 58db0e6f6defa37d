//! What a type looks like on the wire: references to types, and the definitions of the named ones.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A use of a type: a built-in one, a container of others, or a named definition.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TypeRef {
    /// `()`: always null.
    Unit,
    /// A truth value.
    Bool,
    /// A signed integer of 8 bits.
    I8,
    /// A signed integer of 16 bits.
    I16,
    /// A signed integer of 32 bits.
    I32,
    /// A signed integer of 64 bits.
    I64,
    /// A signed integer of 128 bits.
    I128,
    /// An unsigned integer of 8 bits.
    U8,
    /// An unsigned integer of 16 bits.
    U16,
    /// An unsigned integer of 32 bits.
    U32,
    /// An unsigned integer of 64 bits.
    U64,
    /// An unsigned integer of 128 bits.
    U128,
    /// A binary floating-point number of 32 bits.
    F32,
    /// A binary floating-point number of 64 bits.
    F64,
    /// One Unicode scalar value, as a string.
    Char,
    /// UTF-8 text.
    String,
    /// Text of a known form: a string in both codecs.
    Text(Format),
    /// The integer inside, which is never zero.
    NonZero(Box<TypeRef>),
    /// A string of bytes.
    Bytes,
    /// A span of time: the map `{secs: u64, nanos: u32}`.
    Duration,
    /// A point in time since the Unix epoch: the map `{secs_since_epoch: u64, nanos_since_epoch: u32}`.
    SystemTime,
    /// The value, or null.
    Option(Box<TypeRef>),
    /// Any number of values in order.
    List(Box<TypeRef>),
    /// Distinct values in no order, written as a list.
    Set(Box<TypeRef>),
    /// So many values in order.
    Array(Box<TypeRef>, usize),
    /// A list with a type for each place.
    Tuple(Vec<TypeRef>),
    /// A map from the first to the second; JSON writes every key as a string.
    Map(Box<TypeRef>, Box<TypeRef>),
    /// A definition of the document, by its name.
    Named(String),
}

impl fmt::Display for TypeRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            TypeRef::Unit => "unit",
            TypeRef::Bool => "bool",
            TypeRef::I8 => "i8",
            TypeRef::I16 => "i16",
            TypeRef::I32 => "i32",
            TypeRef::I64 => "i64",
            TypeRef::I128 => "i128",
            TypeRef::U8 => "u8",
            TypeRef::U16 => "u16",
            TypeRef::U32 => "u32",
            TypeRef::U64 => "u64",
            TypeRef::U128 => "u128",
            TypeRef::F32 => "f32",
            TypeRef::F64 => "f64",
            TypeRef::Char => "char",
            TypeRef::String => "string",
            TypeRef::Bytes => "bytes",
            TypeRef::Duration => "duration",
            TypeRef::SystemTime => "system_time",
            TypeRef::Text(format) => format.name(),
            TypeRef::NonZero(inner) => return write!(f, "nonzero<{inner}>"),
            TypeRef::Option(inner) => return write!(f, "option<{inner}>"),
            TypeRef::List(item) => return write!(f, "list<{item}>"),
            TypeRef::Set(item) => return write!(f, "set<{item}>"),
            TypeRef::Array(item, length) => return write!(f, "array<{item}, {length}>"),
            TypeRef::Map(key, value) => return write!(f, "map<{key}, {value}>"),
            TypeRef::Tuple(items) => {
                f.write_str("tuple<")?;
                for (at, item) in items.iter().enumerate() {
                    if at > 0 {
                        f.write_str(", ")?;
                    }
                    write!(f, "{item}")?;
                }
                return f.write_str(">");
            }
            TypeRef::Named(name) => name,
        };
        f.write_str(name)
    }
}

impl TypeRef {
    /// The references directly inside this one.
    pub fn inner(&self) -> Vec<&TypeRef> {
        match self {
            TypeRef::Option(inner)
            | TypeRef::NonZero(inner)
            | TypeRef::List(inner)
            | TypeRef::Set(inner)
            | TypeRef::Array(inner, _) => vec![&**inner],
            TypeRef::Map(key, value) => vec![&**key, &**value],
            TypeRef::Tuple(items) => items.iter().collect(),
            _ => Vec::new(),
        }
    }

    /// Calls `visit` for this reference and every one inside it, outermost first.
    pub fn visit<'a>(&'a self, visit: &mut dyn FnMut(&'a TypeRef)) {
        visit(self);
        for inner in self.inner() {
            inner.visit(visit);
        }
    }
}

/// A form of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// A UUID: 32 hexadecimal digits in five groups divided by hyphens.
    Uuid,
    /// An IPv4 or IPv6 address.
    IpAddress,
    /// An IPv4 address in dotted decimal.
    Ipv4Address,
    /// An IPv6 address (RFC 5952).
    Ipv6Address,
    /// An IP address and a port: `127.0.0.1:80`, `[::1]:80`. An IPv6 address may have a scope: `[fe80::1%3]:80`.
    SocketAddress,
    /// A date, a time of day and an offset from UTC (RFC 3339): a [`DateTime`](Self::DateTime) and then `Z` or `+01:00`.
    Timestamp,
    /// A [`Date`](Self::Date) and a [`Time`](Self::Time) without an offset: `2024-02-29T23:59:59.5`.
    DateTime,
    /// A date: `2024-02-29`. Years outside of 0 to 9999 have a sign and as many digits as they need, at least four:
    /// `-0001-12-31`, `+12345-01-01`. How far they reach depends on the library that the server reads them with.
    Date,
    /// A time of day, with up to nine digits of a second: `23:59:59.5`. The second is 60 in a leap second.
    Time,
    /// A decimal number: `-12.50`. It has at most 28 places, and without its point is less than 2^96.
    Decimal,
    /// An absolute URL (WHATWG).
    Url,
    /// A path of the server's file system.
    Path,
}

impl Format {
    /// The name in a document.
    pub fn name(self) -> &'static str {
        match self {
            Format::Uuid => "uuid",
            Format::IpAddress => "ip_address",
            Format::Ipv4Address => "ipv4_address",
            Format::Ipv6Address => "ipv6_address",
            Format::SocketAddress => "socket_address",
            Format::Timestamp => "timestamp",
            Format::DateTime => "date_time",
            Format::Date => "date",
            Format::Time => "time",
            Format::Decimal => "decimal",
            Format::Url => "url",
            Format::Path => "path",
        }
    }
}

/// Which way a value goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// To the server: arguments of calls.
    Accepted,
    /// From the server: replies, items, errors and events.
    Produced,
}

/// A named type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Definition {
    /// The type's documentation, as Markdown.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub docs: String,
    /// Why it should no longer be used; empty if no reason was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deprecated: Option<String>,
    /// What is accepted and, unless `produces` says otherwise, what is produced.
    pub shape: Shape,
    /// What is produced, where that is another shape than what is accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub produces: Option<Shape>,
    /// The server converts what it accepts and may refuse a value although it has this shape.
    #[serde(default, skip_serializing_if = "is_false")]
    pub checked: bool,
    /// Its values are mailboxes of actors that serve this contract, by its full name. The document need not hold it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mailbox: Option<String>,
}

impl Definition {
    /// The shape of the values that go this way.
    pub fn seen(&self, direction: Direction) -> &Shape {
        match (direction, &self.produces) {
            (Direction::Produced, Some(produces)) => produces,
            _ => &self.shape,
        }
    }
}

/// What the values of a named type look like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// Exactly as the type it wraps: a newtype or a transparent struct.
    Newtype(TypeRef),
    /// A list with a type for each place.
    Tuple(Vec<TypeRef>),
    /// Always null.
    Unit,
    /// A map with one entry for each field.
    Struct {
        /// Entries that say which struct it is: always produced, and neither needed nor read where the struct is accepted.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        tags: Vec<Tag>,
        /// In the order of declaration.
        fields: Vec<Field>,
        /// Entries that no field names are refused; otherwise they are ignored.
        #[serde(default, skip_serializing_if = "is_false")]
        deny_unknown: bool,
    },
    /// One of several variants.
    Enum {
        /// How the variant is told.
        tagging: Tagging,
        /// In the order of declaration.
        variants: Vec<Variant>,
        /// In variants with named fields, entries that no field names are refused; otherwise they are ignored.
        #[serde(default, skip_serializing_if = "is_false")]
        deny_unknown: bool,
    },
}

impl Shape {
    /// Calls `visit` for every type reference of the shape, outermost first.
    pub fn visit<'a>(&'a self, visit: &mut dyn FnMut(&'a TypeRef)) {
        match self {
            Shape::Unit => {}
            Shape::Newtype(inner) => inner.visit(visit),
            Shape::Tuple(items) => items.iter().for_each(|item| item.visit(visit)),
            Shape::Struct { fields, .. } => fields.iter().for_each(|field| field.type_ref.visit(visit)),
            Shape::Enum { variants, .. } => variants.iter().for_each(|variant| match &variant.shape {
                VariantShape::Unit => {}
                VariantShape::Newtype(inner) => inner.visit(visit),
                VariantShape::Tuple(items) => items.iter().for_each(|item| item.visit(visit)),
                VariantShape::Struct(fields) => fields.iter().for_each(|field| field.type_ref.visit(visit)),
            }),
        }
    }
}

/// An entry whose value is always the same text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tag {
    /// The name of the entry.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// A field of a struct or of a variant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// The name on the wire.
    pub name: String,
    /// The name in Rust, where it is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ident: Option<String>,
    /// The name that is accepted instead of `name`, where reading and writing differ.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepts: Option<String>,
    /// Further names that are accepted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// The field's documentation, as Markdown.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub docs: String,
    /// Why it should no longer be used; empty if no reason was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deprecated: Option<String>,
    /// The field's type.
    #[serde(rename = "type")]
    pub type_ref: TypeRef,
    /// It may be left out of what is sent to the server: it then reads as null does, unless it is `defaulted`.
    #[serde(default, skip_serializing_if = "is_false")]
    pub optional: bool,
    /// Where it is left out, the server takes a default of its own, which nobody else knows and which need not be null.
    #[serde(default, skip_serializing_if = "is_false")]
    pub defaulted: bool,
    /// It may be left out of what the server sends.
    #[serde(default, skip_serializing_if = "is_false")]
    pub sometimes: bool,
    /// The value's own entries stand among those of the struct, and there is no entry of this field's name. The type is a
    /// map, whose entries are all that no other field names, an enum, or an option of one, which has no entry if there
    /// is no value. Structs that Rust flattens into others do not appear: their fields are listed.
    #[serde(default, skip_serializing_if = "is_false")]
    pub flattened: bool,
}

impl Field {
    /// The name of its entry when it goes this way.
    pub fn wire_name(&self, direction: Direction) -> &str {
        seen_name(&self.name, self.accepts.as_deref(), direction)
    }
}

impl Variant {
    /// What tells it when it goes this way.
    pub fn wire_name(&self, direction: Direction) -> &str {
        seen_name(&self.name, self.accepts.as_deref(), direction)
    }
}

fn seen_name<'a>(produced: &'a str, accepted: Option<&'a str>, direction: Direction) -> &'a str {
    match (direction, accepted) {
        (Direction::Accepted, Some(accepted)) => accepted,
        _ => produced,
    }
}

/// How the variant of an enum is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tagging {
    /// `"Variant"` without data, else `{"Variant": data}`.
    External,
    /// The data's own map carries the variant's name under `tag`.
    Internal {
        /// The entry that names the variant.
        tag: String,
    },
    /// `{tag: "Variant", content: data}`.
    Adjacent {
        /// The entry that names the variant.
        tag: String,
        /// The entry that holds the data.
        content: String,
    },
    /// The data alone; the first variant that fits is meant.
    Untagged,
}

/// A variant of an enum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variant {
    /// The name on the wire.
    pub name: String,
    /// The name in Rust, where it is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ident: Option<String>,
    /// The name that is accepted instead of `name`, where reading and writing differ.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepts: Option<String>,
    /// Further names that are accepted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// The variant's documentation, as Markdown.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub docs: String,
    /// Why it should no longer be used; empty if no reason was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deprecated: Option<String>,
    /// It is written as its data alone, whatever the enum's tagging says, and meant where no other variant is told.
    #[serde(default, skip_serializing_if = "is_false")]
    pub untagged: bool,
    /// It is also read where a variant is told that the enum does not have. It has no data.
    #[serde(default, skip_serializing_if = "is_false")]
    pub other: bool,
    /// The variant's data.
    pub shape: VariantShape,
}

/// The data of a variant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VariantShape {
    /// None.
    Unit,
    /// One value.
    Newtype(TypeRef),
    /// A list with a type for each place.
    Tuple(Vec<TypeRef>),
    /// A map with one entry for each field.
    Struct(Vec<Field>),
}

pub(crate) fn is_false(value: &bool) -> bool {
    !value
}
