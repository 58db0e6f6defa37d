//! The codecs of enums whose variants carry data.

use super::codecs::{Builder, Expression, returning};
use crate::{
    backends::python::{
        layout::{Code, string},
        merged::{entries_stem, is_data_alone, is_merged},
        names::{self, Fields},
    },
    ir::{Enum, Tagging, TypeRef, Variant, VariantShape},
};

/// Where the value of an enum stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Alone,
    /// In a map that may hold entries of others.
    AmongEntries,
}

impl Builder<'_> {
    /// Adds the codecs of the variants with named fields, then that of the enum.
    pub(super) fn add_union(&mut self, shape: &Enum) {
        for variant in &shape.variants {
            if let VariantShape::Struct(fields) = &variant.shape {
                let class = names::variant_class(self.of, variant);
                let stem = names::variant_stem(self.of, variant);
                self.record((class, stem), Fields::OfVariant(self.types.kind(variant)), fields);
            }
        }
        let decode = self.decode_union(shape, Place::Alone);
        let encode = self.encode_union(shape, Place::Alone);
        self.plain(self.stem().to_owned(), || decode, || encode);
        if self.among_entries {
            let decode = self.decode_union(shape, Place::AmongEntries);
            let encode = self.encode_union(shape, Place::AmongEntries);
            self.plain(entries_stem(self.stem()), || decode, || encode);
        }
    }

    fn decode_union(&self, shape: &Enum, place: Place) -> Expression {
        let (stem, class) = (self.stem(), self.class());
        let (alone, told): (Vec<_>, Vec<_>) = shape
            .variants
            .iter()
            .partition(|variant| is_data_alone(&shape.tagging, variant));
        let tables = |name: &str| {
            let before = format!("_{stem}__{name}: tuple[decode.Decoder[models.{class}], ...] = ");
            let readers = alone.iter().map(|variant| self.reader(&shape.tagging, variant, place));
            Code::tuple(readers).statement(0, &before, "")
        };
        let alone_name = match (&shape.tagging, place) {
            (Tagging::Untagged, Place::Alone) => "readers",
            (_, Place::Alone) => "untagged",
            (_, Place::AmongEntries) => "merged",
        };
        let value = || Code::text("value");
        let readers = Code::text(format!("_{stem}__{alone_name}"));
        if shape.tagging == Tagging::Untagged {
            let arguments = [readers, Code::text(string(class)), value()];
            return returning(
                Code::call("unions.decode_untagged", arguments),
                vec![tables(alone_name)],
            );
        }
        let (decoded, mut all_tables) = self.decode_told(shape, &told, place);
        if alone.is_empty() {
            return returning(decoded, all_tables);
        }
        all_tables.push(tables(alone_name));
        let arguments = [Code::lambda("value", decoded), readers, value()];
        returning(Code::call("unions.decode_partly_tagged", arguments), all_tables)
    }

    /// The decoded `value` if the wire tells its variant, one of `variants`; and the tables for this, which a value
    /// among other entries shares with one that stands alone.
    fn decode_told(&self, shape: &Enum, variants: &[&Variant], place: Place) -> (Code, Vec<String>) {
        let (stem, class) = (self.stem(), self.class());
        // An externally tagged variant without data has no reader: nothing is left to read.
        let is_named_alone =
            |variant: &Variant| shape.tagging == Tagging::External && variant.shape == VariantShape::Unit;
        let name = |variant: &Variant| string(&variant.received_as);
        let table = |table: &str, of: String, entries: Vec<Code>| {
            Code::group("{", entries, "}").statement(0, &format!("_{stem}__{table}: dict[str, {of}] = "), "")
        };
        let (mut readers, mut units) = (Vec::new(), Vec::new());
        for variant in variants {
            if is_named_alone(variant) {
                let class = names::variant_class(self.of, variant);
                units.push(Code::text(format!("{}: models.{class}()", name(variant))));
            } else {
                let reader = self.reader(&shape.tagging, variant, Place::Alone);
                readers.push(Code::prefixed(format!("{}: ", name(variant)), reader));
            }
        }
        let mut tables = vec![table("readers", format!("decode.Decoder[models.{class}]"), readers)];
        let mut arguments = vec![Code::text(format!("_{stem}__readers"))];
        if shape.tagging == Tagging::External {
            tables.push(table("units", format!("models.{class}"), units));
            arguments.push(Code::text(format!("_{stem}__units")));
        }
        arguments.extend(tags(&shape.tagging));
        arguments.push(Code::text("value"));
        let decoded = Code::call(format!("unions.decode_{}", manner(&shape.tagging, place)), arguments);
        match place {
            Place::Alone => (decoded, tables),
            Place::AmongEntries => (decoded, Vec::new()),
        }
    }

    /// A function that makes the variant of its data.
    fn reader(&self, tagging: &Tagging, variant: &Variant, place: Place) -> Code {
        let class = format!("models.{}", names::variant_class(self.of, variant));
        let merged = self.stands_among_entries(tagging, variant, place);
        let wrapped = |inner: &TypeRef| {
            if merged && self.types.is_unit(inner) {
                return Code::lambda("_", Code::call(&class, [Code::text("None")]));
            }
            let content = match merged {
                true => self.types.merged_decoded(inner, Code::text("value")),
                false => self.types.decoded(inner, Code::text("value")),
            };
            Code::lambda("value", Code::call(&class, [content]))
        };
        match &variant.shape {
            VariantShape::Unit if is_data_alone(tagging, variant) => {
                let arguments = [Code::call(&class, []), Code::text("value")];
                Code::lambda("value", Code::call("unions.decode_unit_variant", arguments))
            }
            VariantShape::Unit => Code::lambda("_", Code::call(&class, [])),
            VariantShape::Newtype(inner) => wrapped(inner),
            VariantShape::Tuple(items) => wrapped(&TypeRef::Tuple(items.clone())),
            VariantShape::Struct(_) => Code::text(format!("decode_{}", names::variant_stem(self.of, variant))),
        }
    }

    fn encode_union(&self, shape: &Enum, place: Place) -> Expression {
        let stem = self.stem();
        let has_own_table = place == Place::Alone
            || shape
                .variants
                .iter()
                .any(|of| is_data_alone(&shape.tagging, of) && matches!(of.shape, VariantShape::Newtype(_)));
        let name = match place {
            Place::AmongEntries if has_own_table => format!("_{stem}__merged_writers"),
            _ => format!("_{stem}__writers"),
        };
        let mut tables = Vec::new();
        if has_own_table {
            let writers = shape
                .variants
                .iter()
                .map(|variant| self.writer(&shape.tagging, variant, place));
            tables.push(Code::group("{", writers, "}").statement(0, &format!("{name}: unions.Writers = "), ""));
        }
        let mut arguments = vec![Code::text(name), Code::text(string(self.class()))];
        arguments.extend(tags(&shape.tagging));
        arguments.push(Code::text("value"));
        let function = format!("unions.encode_{}", manner(&shape.tagging, place));
        returning(Code::call(function, arguments), tables)
    }

    /// The entry of a variant in the table of writers.
    fn writer(&self, tagging: &Tagging, variant: &Variant, place: Place) -> Code {
        let wrapped = |inner: &TypeRef| {
            let encoder = match self.stands_among_entries(tagging, variant, place) {
                true => self.types.merged_encoder(inner),
                false => self.types.encoder(inner),
            };
            Code::lambda(
                "of",
                Code::call("unions.encode_content", [encoder, Code::text("of.value")]),
            )
        };
        let data = match &variant.shape {
            VariantShape::Unit => Code::text("None"),
            VariantShape::Newtype(inner) => wrapped(inner),
            VariantShape::Tuple(items) => wrapped(&TypeRef::Tuple(items.clone())),
            VariantShape::Struct(_) => Code::text(format!("encode_{}", names::variant_stem(self.of, variant))),
        };
        let name = match variant.untagged {
            true => "None".to_owned(),
            false => string(&variant.sent_as),
        };
        let class = names::variant_class(self.of, variant);
        Code::prefixed(format!("models.{class}: "), Code::tuple([Code::text(name), data]))
    }

    /// Whether the data of a variant has other entries beside it.
    fn stands_among_entries(&self, tagging: &Tagging, variant: &Variant, place: Place) -> bool {
        if is_data_alone(tagging, variant) {
            place == Place::AmongEntries
        } else {
            is_merged(tagging, variant)
        }
    }
}

/// What the functions of the runtime are called for this way of telling variants.
fn manner(tagging: &Tagging, place: Place) -> &'static str {
    match (tagging, place) {
        (Tagging::External, Place::Alone) => "external",
        (Tagging::External, Place::AmongEntries) => "entry",
        (Tagging::Internal { .. }, _) => "internal",
        (Tagging::Adjacent { .. }, _) => "adjacent",
        (Tagging::Untagged, _) => "untagged",
    }
}

/// The literals of the entries that tell the variant and hold its data.
fn tags(tagging: &Tagging) -> Vec<Code> {
    let names: &[&String] = match tagging {
        Tagging::External | Tagging::Untagged => &[],
        Tagging::Internal { tag } => &[tag],
        Tagging::Adjacent { tag, content } => &[tag, content],
    };
    names.iter().map(|name| Code::text(string(name))).collect()
}
