//! The codecs of enums whose variants carry data.

use super::codecs::{Builder, Expression, returning};
use crate::{
    backends::python::{
        layout::{Code, string},
        names,
    },
    ir::{Enum, Shape, Tagging, TypeRef, Variant, VariantShape},
};

impl Builder<'_> {
    /// Adds the codecs of the variants with named fields, then that of the enum.
    pub(super) fn add_union(&mut self, shape: &Enum) {
        for variant in &shape.variants {
            if let VariantShape::Struct(fields) = &variant.shape {
                let class = names::variant_class(self.of, variant);
                self.record(class, names::variant_stem(self.of, variant), fields);
            }
        }
        let decode = self.decode_union(shape);
        let encode = self.encode_union(shape);
        self.plain(|| decode, || encode);
    }

    fn decode_union(&self, shape: &Enum) -> Expression {
        let (stem, class) = (self.stem(), self.class());
        let is_unit = |variant: &&Variant| variant.shape == VariantShape::Unit;
        let with_data = |variant: &&Variant| variant.shape != VariantShape::Unit;
        let named = |variant: &Variant| {
            Code::prefixed(
                format!("{}: ", string(&variant.received_as)),
                self.reader(&shape.tagging, variant),
            )
        };
        let readers_name = Code::text(format!("_{stem}__readers"));
        let readers = |variants: Vec<Code>| {
            let before = format!("_{stem}__readers: dict[str, decode.Decoder[models.{class}]] = ");
            Code::group("{", variants, "}").statement(0, &before, "")
        };
        let value = Code::text("value");
        match &shape.tagging {
            Tagging::External => {
                let unit = |variant: &Variant| {
                    let made = format!("models.{}()", names::variant_class(self.of, variant));
                    Code::text(format!("{}: {made}", string(&variant.received_as)))
                };
                let units = shape.variants.iter().filter(is_unit).map(unit);
                let units = Code::group("{", units, "}").statement(
                    0,
                    &format!("_{stem}__units: dict[str, models.{class}] = "),
                    "",
                );
                let tables = vec![
                    readers(shape.variants.iter().filter(with_data).map(named).collect()),
                    units,
                ];
                let arguments = [readers_name, Code::text(format!("_{stem}__units")), value];
                returning(Code::call("unions.decode_external", arguments), tables)
            }
            Tagging::Internal { tag } => {
                let arguments = [readers_name, Code::text(string(tag)), value];
                let tables = vec![readers(shape.variants.iter().map(named).collect())];
                returning(Code::call("unions.decode_internal", arguments), tables)
            }
            Tagging::Adjacent { tag, content } => {
                let arguments = [
                    readers_name,
                    Code::text(string(tag)),
                    Code::text(string(content)),
                    value,
                ];
                let tables = vec![readers(shape.variants.iter().map(named).collect())];
                returning(Code::call("unions.decode_adjacent", arguments), tables)
            }
            Tagging::Untagged => {
                let before = format!("_{stem}__readers: tuple[decode.Decoder[models.{class}], ...] = ");
                let variants = shape
                    .variants
                    .iter()
                    .map(|variant| self.reader(&shape.tagging, variant));
                let tables = vec![Code::tuple(variants).statement(0, &before, "")];
                let arguments = [readers_name, Code::text(string(class)), value];
                returning(Code::call("unions.decode_untagged", arguments), tables)
            }
        }
    }

    /// A function that makes the variant of its data.
    fn reader(&self, tagging: &Tagging, variant: &Variant) -> Code {
        let class = format!("models.{}", names::variant_class(self.of, variant));
        let internal = matches!(tagging, Tagging::Internal { .. });
        let wrapped = |inner: &TypeRef| {
            if internal && self.is_unit(inner) {
                return Code::lambda("_", Code::call(&class, [Code::text("None")]));
            }
            let content = self.types.decoded(inner, Code::text("value"));
            Code::lambda("value", Code::call(&class, [content]))
        };
        match &variant.shape {
            VariantShape::Unit if *tagging == Tagging::Untagged => {
                let arguments = [Code::call(&class, []), Code::text("value")];
                Code::lambda("value", Code::call("unions.decode_unit_variant", arguments))
            }
            VariantShape::Unit => Code::lambda("_", Code::call(&class, [])),
            VariantShape::Newtype(inner) => wrapped(inner),
            VariantShape::Tuple(items) => wrapped(&TypeRef::Tuple(items.clone())),
            VariantShape::Struct(_) => Code::text(format!("decode_{}", names::variant_stem(self.of, variant))),
        }
    }

    fn encode_union(&self, shape: &Enum) -> Expression {
        let stem = self.stem();
        let writer = |variant: &Variant| {
            let wrapped = |inner: &TypeRef| {
                let arguments = [self.types.encoder(inner), Code::text("of.value")];
                Code::lambda("of", Code::call("unions.encode_content", arguments))
            };
            let data = match &variant.shape {
                VariantShape::Unit => Code::text("None"),
                VariantShape::Newtype(inner) => wrapped(inner),
                VariantShape::Tuple(items) => wrapped(&TypeRef::Tuple(items.clone())),
                VariantShape::Struct(_) => Code::text(format!("encode_{}", names::variant_stem(self.of, variant))),
            };
            let class = names::variant_class(self.of, variant);
            let pair = Code::tuple([Code::text(string(&variant.sent_as)), data]);
            Code::prefixed(format!("models.{class}: "), pair)
        };
        let table = Code::group("{", shape.variants.iter().map(writer), "}");
        let tables = vec![table.statement(0, &format!("_{stem}__writers: unions.Writers = "), "")];
        let mut arguments = vec![
            Code::text(format!("_{stem}__writers")),
            Code::text(string(self.class())),
        ];
        let function = match &shape.tagging {
            Tagging::External => "external",
            Tagging::Internal { tag } => {
                arguments.push(Code::text(string(tag)));
                "internal"
            }
            Tagging::Adjacent { tag, content } => {
                arguments.extend([tag, content].map(|name| Code::text(string(name))));
                "adjacent"
            }
            Tagging::Untagged => "untagged",
        };
        arguments.push(Code::text("value"));
        returning(Code::call(format!("unions.encode_{function}"), arguments), tables)
    }

    /// Whether a type is null on the wire, however it is named.
    fn is_unit(&self, of: &TypeRef) -> bool {
        match self.types.api.underlying(of) {
            TypeRef::Unit => true,
            TypeRef::Named(id) => self.types.api.named(id).shape == Shape::Unit,
            _ => false,
        }
    }
}
