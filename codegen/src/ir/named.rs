//! Named types as a client sends and receives them.

use super::{Contents, Name, Tagging, TypeRef};

/// A named type in one shape, which holds for every direction that [`uses`](Self::uses) names.
///
/// A type of the document that is accepted in one shape and produced in another, and goes both ways, gives two of
/// these: the one that is received keeps its name, the one that is sent has `Input` after it. The same holds for every
/// type that contains it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedType {
    /// What a [`TypeRef::Named`] calls it.
    pub id: String,
    /// The short name, unique among the types in every case: the last part of the wire name, with as much of the
    /// namespace before it as tells it from another type's, and `Input` after it where the type became two.
    ///
    /// The arguments of a generic type stand behind its own name: `demo.Page<option<demo.User>>` is `PageOptionUser`.
    pub name: Name,
    /// The name in the document; two that were one type there share it.
    pub wire_name: String,
    /// The documentation, as Markdown; may be empty.
    pub docs: String,
    /// Why it should no longer be used; empty if no reason was given.
    pub deprecated: Option<String>,
    /// Its values are mailboxes of actors that serve this contract, by its full name, as [`Service::contract`](super::Service)
    /// has it. There need not be such a service.
    pub mailbox: Option<String>,
    /// What its values look like.
    pub shape: Shape,
    /// Which way it goes.
    pub uses: Uses,
    /// What it holds, itself or through the types that it refers to.
    pub contents: Contents,
    /// It refers to itself, directly or through other types.
    pub recursive: bool,
    /// The circle of types that refer to one another; equal only for types of the same circle.
    pub(super) circle: usize,
}

/// Which way a type goes, at the top or inside another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Uses {
    /// Clients send it.
    pub sent: bool,
    /// Clients receive it: in a reply, an event or a declared error.
    pub received: bool,
    /// It is itself an error that a method declares.
    pub declared_error: bool,
}

/// What the values of a named type look like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Exactly as the type it wraps.
    Newtype(TypeRef),
    /// A list with a type for each place.
    Tuple(Vec<TypeRef>),
    /// Always null.
    Unit,
    /// A map with one entry for each field.
    Struct(Struct),
    /// One of several variants.
    Enum(Enum),
}

/// A map with one entry for each field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Struct {
    /// In the order of declaration; may be empty.
    pub fields: Vec<Field>,
    /// Entries that no field names are refused by the server; otherwise they are ignored.
    pub deny_unknown: bool,
}

/// One of several variants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enum {
    /// How the variant is told.
    pub tagging: Tagging,
    /// In the order of declaration.
    pub variants: Vec<Variant>,
    /// In variants with named fields, entries that no field names are refused by the server.
    pub deny_unknown: bool,
    /// Every variant is a unit that is told, and the tagging is external: each value is a string on the wire.
    pub strings: bool,
}

impl Enum {
    /// Some variants are told by a name, so that a client can keep those of other names
    /// (`docs/decisions/0012-clients-keep-variants-they-do-not-know.md`).
    pub fn is_open(&self) -> bool {
        self.tagging != Tagging::Untagged && self.variants.iter().any(|variant| !variant.untagged)
    }
}

/// A field of a struct or of a variant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The name to derive a client's name from.
    pub name: Name,
    /// The entry that a client writes.
    pub sent_as: String,
    /// The entry that a client reads.
    pub received_as: String,
    /// Further names that the server accepts; a client never needs them.
    pub aliases: Vec<String>,
    /// The documentation, as Markdown; may be empty.
    pub docs: String,
    /// Why it should no longer be used; empty if no reason was given.
    pub deprecated: Option<String>,
    /// The type.
    pub type_ref: TypeRef,
    /// A client may leave it out of what it sends; the server then reads it as null, unless it is `defaulted`.
    pub optional: bool,
    /// Where a client leaves it out, the server takes a default of its own: of a type that takes null, a client must be
    /// able to send either.
    pub defaulted: bool,
    /// It may be missing from what a client receives.
    pub sometimes: bool,
    /// The value's own entries stand among those of the struct, and there is no entry of this field's name.
    ///
    /// The type is a map, whose entries are all that nothing else in the struct names, a named enum, or an option of
    /// one, which has no entry if there is no value. A newtype may stand around each of them.
    pub flattened: bool,
}

/// A variant of an enum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variant {
    /// The name to derive a client's name from.
    pub name: Name,
    /// What a client writes to tell the variant.
    pub sent_as: String,
    /// What a client reads to tell the variant.
    pub received_as: String,
    /// Further names that the server accepts; a client never needs them.
    pub aliases: Vec<String>,
    /// The documentation, as Markdown; may be empty.
    pub docs: String,
    /// Why it should no longer be used; empty if no reason was given.
    pub deprecated: Option<String>,
    /// It is written as its data alone, whatever the enum's tagging says, and meant where no other variant is told.
    pub untagged: bool,
    /// The server also reads it where it is told a variant that it does not know. It has no data.
    pub other: bool,
    /// The variant's data.
    pub shape: VariantShape,
}

/// The data of a variant.
#[derive(Clone, Debug, PartialEq, Eq)]
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
