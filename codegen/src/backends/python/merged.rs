//! Values whose entries stand among those of others: flattened fields, and what newtype variants of internally tagged
//! enums hold.
//!
//! Most types are written there as they are anywhere. An externally tagged enum is not: a variant without data, a string
//! elsewhere, is an entry there, and the one entry has others beside it.

use std::collections::BTreeSet;

use super::{layout::Code, references::Types};
use crate::ir::{Enum, Field, Shape, Tagging, TypeRef, Variant, VariantShape};

/// What the names of functions end in that read and write the entries of an enum. Two double underscores do not occur
/// in those of types.
pub(super) fn entries_stem(stem: &str) -> String {
    format!("entries__of__{stem}")
}

impl<'a> Types<'a> {
    /// The decoded value of the expression `value`, a map that may hold entries of others.
    pub(super) fn merged_decoded(self, of: &TypeRef, value: Code) -> Code {
        match self.api.underlying(of) {
            TypeRef::Option(inner) => Code::call("decode.decode_fitting", [self.merged_decoder(inner), value]),
            _ => match self.entries_function("decode", of) {
                Some(function) => Code::call(function, [value]),
                None => self.decoded(of, value),
            },
        }
    }

    /// A function that decodes such a map.
    pub(super) fn merged_decoder(self, of: &TypeRef) -> Code {
        match self.api.underlying(of) {
            TypeRef::Option(_) => Code::lambda("item", self.merged_decoded(of, Code::text("item"))),
            _ => match self.entries_function("decode", of) {
                Some(function) => Code::text(function),
                None => self.decoder(of),
            },
        }
    }

    /// The entries of the expression `value`, or `None` if it has none.
    pub(super) fn merged_encoded(self, of: &TypeRef, value: Code) -> Code {
        match self.api.underlying(of) {
            TypeRef::Option(inner) => Code::call("encode.encode_optional", [self.merged_encoder(inner), value]),
            _ => match self.entries_function("encode", of) {
                Some(function) => Code::call(function, [value]),
                None => self.encoded(of, value),
            },
        }
    }

    /// A function that makes such entries.
    pub(super) fn merged_encoder(self, of: &TypeRef) -> Code {
        match self.api.underlying(of) {
            TypeRef::Option(_) => Code::lambda("item", self.merged_encoded(of, Code::text("item"))),
            _ => match self.entries_function("encode", of) {
                Some(function) => Code::text(function),
                None => self.encoder(of),
            },
        }
    }

    fn entries_function(self, module: &str, of: &TypeRef) -> Option<String> {
        match self.api.underlying(of) {
            TypeRef::Named(id) if self.has_own_entries(id) => {
                Some(format!("{module}_{}", entries_stem(self.names.stem(id))))
            }
            _ => None,
        }
    }

    /// Whether the values of a type are null, however it is named.
    pub(super) fn is_unit(self, of: &TypeRef) -> bool {
        match self.api.underlying(of) {
            TypeRef::Unit => true,
            TypeRef::Named(id) => self.api.named(id).shape == Shape::Unit,
            _ => false,
        }
    }

    /// Whether a type is an enum that is written in another way among other entries.
    fn has_own_entries(self, id: &'a str) -> bool {
        self.differs(id, &mut BTreeSet::new())
    }

    fn differs(self, id: &'a str, seen: &mut BTreeSet<&'a str>) -> bool {
        let Shape::Enum(of) = &self.api.named(id).shape else {
            return false;
        };
        of.tagging == Tagging::External
            || (seen.insert(id)
                && newtypes_alone(of).any(|inner| match self.api.underlying(inner) {
                    TypeRef::Named(id) => self.differs(id, seen),
                    _ => false,
                }))
    }

    /// The enums that need functions for their entries.
    pub(super) fn enums_among_entries(self) -> BTreeSet<&'a str> {
        let mut found = BTreeSet::new();
        for of in self.api.types.values() {
            match &of.shape {
                Shape::Struct(of) => self.add_flattened(&of.fields, &mut found),
                Shape::Enum(of) => {
                    for variant in &of.variants {
                        match &variant.shape {
                            VariantShape::Newtype(inner) if is_merged(&of.tagging, variant) => {
                                self.add_enum(inner, &mut found);
                            }
                            VariantShape::Struct(fields) => self.add_flattened(fields, &mut found),
                            _ => {}
                        }
                    }
                }
                Shape::Newtype(_) | Shape::Tuple(_) | Shape::Unit => {}
            }
        }
        found
    }

    fn add_flattened(self, fields: &'a [Field], found: &mut BTreeSet<&'a str>) {
        for field in fields.iter().filter(|field| field.flattened) {
            self.add_enum(&field.type_ref, found);
        }
    }

    fn add_enum(self, of: &'a TypeRef, found: &mut BTreeSet<&'a str>) {
        match self.api.underlying(of) {
            TypeRef::Option(inner) => self.add_enum(inner, found),
            TypeRef::Named(id) if self.has_own_entries(id) && found.insert(id) => {
                if let Shape::Enum(of) = &self.api.named(id).shape {
                    for inner in newtypes_alone(of) {
                        self.add_enum(inner, found);
                    }
                }
            }
            _ => {}
        }
    }

    /// The entries that the value of a flattened field has for itself alone, whatever stands beside it. Whatever takes
    /// any entry for its own leaves these out.
    pub(super) fn own_entries(self, of: &TypeRef) -> Vec<&'a str> {
        let id = match self.api.underlying(of) {
            TypeRef::Option(inner) => return self.own_entries(inner),
            TypeRef::Named(id) => id,
            _ => return Vec::new(),
        };
        match &self.api.named(id).shape {
            Shape::Enum(of) if !of.variants.iter().any(|variant| variant.untagged) => match &of.tagging {
                Tagging::External => of.variants.iter().map(|variant| variant.received_as.as_str()).collect(),
                Tagging::Adjacent { tag, content } => vec![tag, content],
                Tagging::Internal { .. } | Tagging::Untagged => Vec::new(),
            },
            _ => Vec::new(),
        }
    }
}

/// Whether a variant is written as its data alone.
pub(super) fn is_data_alone(tagging: &Tagging, variant: &Variant) -> bool {
    *tagging == Tagging::Untagged || variant.untagged
}

/// Whether the data of a variant stands beside its tag.
pub(super) fn is_merged(tagging: &Tagging, variant: &Variant) -> bool {
    matches!(tagging, Tagging::Internal { .. }) && !variant.untagged
}

/// What the variants hold that wrap one value and are written as it.
fn newtypes_alone(of: &Enum) -> impl Iterator<Item = &TypeRef> {
    of.variants
        .iter()
        .filter(|variant| is_data_alone(&of.tagging, variant))
        .filter_map(|variant| match &variant.shape {
            VariantShape::Newtype(inner) => Some(inner),
            _ => None,
        })
}
