//! The definition of a type, as a constant.

use super::{DescribeType, all_owned, described, owned};
use crate::{Definition, Field, Shape, Tag, Tagging, TypeRef, Types, Variant, VariantShape};

/// What [`Definition`] says.
#[derive(Clone, Copy, Debug)]
pub struct DefinitionDescriptor {
    /// Markdown.
    pub docs: &'static str,
    /// Why it should no longer be used; empty if no reason was given.
    pub deprecated: Option<&'static str>,
    /// What is accepted, and produced too unless `produces` says otherwise.
    pub accepts: ShapeDescriptor,
    /// What is produced.
    pub produces: Option<ShapeDescriptor>,
    /// Not every value of the shape is accepted.
    pub checked: bool,
}

/// What [`Shape`] says.
#[derive(Clone, Copy, Debug)]
pub enum ShapeDescriptor {
    /// A unit struct.
    Unit,
    /// A struct that is its only place.
    Newtype(DescribeType),
    /// A struct of places.
    Tuple(&'static [DescribeType]),
    /// A struct of fields.
    Struct {
        /// The names and values of constant fields.
        tags: &'static [(&'static str, &'static str)],
        /// The fields.
        fields: &'static [FieldDescriptor],
        /// Unknown fields are refused.
        deny_unknown: bool,
    },
    /// An enum.
    Enum {
        /// How the variant is told.
        tagging: TaggingDescriptor,
        /// The variants.
        variants: &'static [VariantDescriptor],
        /// Unknown fields are refused.
        deny_unknown: bool,
    },
}

/// What [`Tagging`] says.
#[derive(Clone, Copy, Debug)]
pub enum TaggingDescriptor {
    /// By the only key of a map.
    External,
    /// Not at all.
    Untagged,
    /// By a field beside the variant's own.
    Internal {
        /// Its name.
        tag: &'static str,
    },
    /// By a field beside the variant's data.
    Adjacent {
        /// Its name.
        tag: &'static str,
        /// The name of the field that holds the data.
        content: &'static str,
    },
}

/// The names of a field or of a variant, and what was written about it.
#[derive(Clone, Copy, Debug)]
pub struct NameDescriptor {
    /// The name that is produced.
    pub produced: &'static str,
    /// The name in Rust, where it is another.
    pub ident: Option<&'static str>,
    /// The name that is accepted, where it is another.
    pub accepted: Option<&'static str>,
    /// Further names that are accepted.
    pub aliases: &'static [&'static str],
    /// Markdown.
    pub docs: &'static str,
    /// Why it should no longer be used; empty if no reason was given.
    pub deprecated: Option<&'static str>,
}

/// What [`Field`] says.
#[derive(Clone, Copy, Debug)]
pub struct FieldDescriptor {
    /// Its names.
    pub names: NameDescriptor,
    /// Its type.
    pub describe: DescribeType,
    /// It may be left out.
    pub optional: bool,
    /// What is read then.
    pub default: DefaultDescriptor,
    /// It is not always produced.
    pub sometimes: bool,
    /// Its own fields stand in its place.
    pub flattened: bool,
}

/// What is read where a field is left out that may be.
#[derive(Clone, Copy, Debug)]
pub enum DefaultDescriptor {
    /// What the type has for it: null.
    OfDescription,
    /// The default of the field's type in Rust: null of an option and of nothing, and of others what only the server knows.
    OfType,
    /// What the user's code says.
    Own,
}

/// What [`Variant`] says.
#[derive(Clone, Copy, Debug)]
pub struct VariantDescriptor {
    /// Its names.
    pub names: NameDescriptor,
    /// It is told by its data alone.
    pub untagged: bool,
    /// It stands for all names that are not known.
    pub other: bool,
    /// Its data.
    pub shape: VariantShapeDescriptor,
}

/// What [`VariantShape`] says.
#[derive(Clone, Copy, Debug)]
pub enum VariantShapeDescriptor {
    /// No data.
    Unit,
    /// One place.
    Newtype(DescribeType),
    /// Several places.
    Tuple(&'static [DescribeType]),
    /// Fields.
    Struct(&'static [FieldDescriptor]),
}

impl DefinitionDescriptor {
    /// The definition; what it names is added to `types`.
    pub(crate) fn define(&self, types: &mut Types) -> Definition {
        Definition {
            docs: self.docs.to_owned(),
            deprecated: owned(self.deprecated),
            shape: self.accepts.describe(types),
            produces: self.produces.map(|produces| produces.describe(types)),
            checked: self.checked,
            mailbox: None,
        }
    }
}

impl ShapeDescriptor {
    fn describe(&self, types: &mut Types) -> Shape {
        match *self {
            ShapeDescriptor::Unit => Shape::Unit,
            ShapeDescriptor::Newtype(describe) => Shape::Newtype(describe(types)),
            ShapeDescriptor::Tuple(items) => Shape::Tuple(described(items, types)),
            ShapeDescriptor::Struct {
                tags,
                fields,
                deny_unknown,
            } => Shape::Struct {
                tags: tags.iter().map(tag).collect(),
                fields: self::fields(fields, types),
                deny_unknown,
            },
            ShapeDescriptor::Enum {
                tagging,
                variants,
                deny_unknown,
            } => Shape::Enum {
                tagging: tagging.describe(),
                variants: variants.iter().map(|variant| variant.describe(types)).collect(),
                deny_unknown,
            },
        }
    }
}

fn tag(&(name, value): &(&str, &str)) -> Tag {
    Tag {
        name: name.to_owned(),
        value: value.to_owned(),
    }
}

fn fields(fields: &[FieldDescriptor], types: &mut Types) -> Vec<Field> {
    fields.iter().map(|field| field.describe(types)).collect()
}

impl TaggingDescriptor {
    fn describe(self) -> Tagging {
        match self {
            TaggingDescriptor::External => Tagging::External,
            TaggingDescriptor::Untagged => Tagging::Untagged,
            TaggingDescriptor::Internal { tag } => Tagging::Internal { tag: tag.to_owned() },
            TaggingDescriptor::Adjacent { tag, content } => Tagging::Adjacent {
                tag: tag.to_owned(),
                content: content.to_owned(),
            },
        }
    }
}

impl FieldDescriptor {
    fn describe(&self, types: &mut Types) -> Field {
        let names = &self.names;
        let type_ref = (self.describe)(types);
        let is_null = match self.default {
            DefaultDescriptor::OfDescription => true,
            DefaultDescriptor::OfType => matches!(type_ref, TypeRef::Option(_) | TypeRef::Unit),
            DefaultDescriptor::Own => false,
        };
        Field {
            name: names.produced.to_owned(),
            ident: owned(names.ident),
            accepts: owned(names.accepted),
            aliases: all_owned(names.aliases),
            docs: names.docs.to_owned(),
            deprecated: owned(names.deprecated),
            type_ref,
            optional: self.optional,
            // What is flattened has no entry that could be null.
            defaulted: self.optional && !is_null && !self.flattened,
            sometimes: self.sometimes,
            flattened: self.flattened,
        }
    }
}

impl VariantDescriptor {
    fn describe(&self, types: &mut Types) -> Variant {
        let names = &self.names;
        Variant {
            name: names.produced.to_owned(),
            ident: owned(names.ident),
            accepts: owned(names.accepted),
            aliases: all_owned(names.aliases),
            docs: names.docs.to_owned(),
            deprecated: owned(names.deprecated),
            untagged: self.untagged,
            other: self.other,
            shape: match self.shape {
                VariantShapeDescriptor::Unit => VariantShape::Unit,
                VariantShapeDescriptor::Newtype(describe) => VariantShape::Newtype(describe(types)),
                VariantShapeDescriptor::Tuple(items) => VariantShape::Tuple(described(items, types)),
                VariantShapeDescriptor::Struct(fields) => VariantShape::Struct(self::fields(fields, types)),
            },
        }
    }
}
