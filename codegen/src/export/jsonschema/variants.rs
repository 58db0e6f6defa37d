//! Enums as schemas.

use callsheet_schema::{Direction, Shape, Tagging, TypeRef, Variant, VariantShape};

use super::{
    keywords::{Keywords, Named, Schema},
    writer::{Entries, Form, Writer, without},
};

impl<'a> Writer<'a> {
    pub(super) fn enumeration(
        &mut self,
        tagging: &'a Tagging,
        variants: &'a [Variant],
        deny_unknown: bool,
        form: Form,
    ) -> Schema {
        if variants.is_empty() {
            return Schema::never();
        }
        let is_untagged = |variant: &&Variant| *tagging == Tagging::Untagged || variant.untagged;
        let (untagged, tagged): (Vec<_>, Vec<_>) = variants.iter().partition(is_untagged);
        if form == Form::Whole
            && untagged.is_empty()
            && let Some(names) = self.plain_names(tagging, &tagged)
        {
            return names;
        }
        let mut alternatives = Vec::new();
        for variant in &tagged {
            let told = self.told(variant, &tagged);
            let schema = match (tagging, form) {
                (Tagging::External, Form::Whole) => self.external(variant, told, deny_unknown),
                // What is merged is told by the first entry that names a variant; unknown names tell of nothing.
                (Tagging::External, Form::Entries) => self.one_entry(variant, deny_unknown, form),
                (Tagging::Internal { tag }, _) => self.internal(variant, tag, told, deny_unknown, form),
                (Tagging::Adjacent { tag, content }, _) => {
                    self.adjacent(variant, (tag, content), told, deny_unknown, form)
                }
                (Tagging::Untagged, _) => continue,
            };
            alternatives.push(described(schema, variant));
        }
        for variant in &untagged {
            let schema = match form {
                Form::Whole => self.data(variant, deny_unknown),
                Form::Entries => self.merged_data(variant, deny_unknown),
            };
            alternatives.push(described(schema, variant));
        }
        // Tags exclude each other; what has none may fit several.
        if untagged.is_empty() && form == Form::Whole {
            Keywords {
                one_of: alternatives,
                ..Keywords::default()
            }
            .into()
        } else {
            Keywords::any_of(alternatives).into()
        }
    }

    /// A mere list of names, where no variant has data or words of its own.
    fn plain_names(&self, tagging: &Tagging, variants: &[&'a Variant]) -> Option<Schema> {
        let is_plain = |variant: &&Variant| {
            variant.shape == VariantShape::Unit
                && variant.docs.is_empty()
                && variant.deprecated.is_none()
                && !(variant.other && self.direction == Direction::Accepted)
        };
        (*tagging == Tagging::External && variants.iter().all(is_plain)).then(|| {
            let names = variants.iter().flat_map(|variant| self.names(variant));
            Keywords::texts(names).into()
        })
    }

    fn names(&self, variant: &'a Variant) -> Vec<&'a str> {
        match self.direction {
            Direction::Produced => vec![&variant.name],
            Direction::Accepted => {
                let name = variant.accepts.as_ref().unwrap_or(&variant.name);
                std::iter::once(name)
                    .chain(&variant.aliases)
                    .map(String::as_str)
                    .collect()
            }
        }
    }

    /// The texts that tell the variant.
    fn told(&self, variant: &'a Variant, all: &[&'a Variant]) -> Schema {
        if variant.other && self.direction == Direction::Accepted {
            let others = all.iter().filter(|other| !other.other);
            let taken: Vec<_> = others.flat_map(|other| self.names(other)).collect();
            return Keywords {
                not: (!taken.is_empty()).then(|| Keywords::texts(taken).into()),
                ..Keywords::of_type("string")
            }
            .into();
        }
        Keywords::texts(self.names(variant)).into()
    }

    fn external(&mut self, variant: &'a Variant, told: Schema, deny_unknown: bool) -> Schema {
        match &variant.shape {
            VariantShape::Unit => told,
            _ => self.one_entry(variant, deny_unknown, Form::Whole),
        }
    }

    /// `{Variant: data}`.
    fn one_entry(&mut self, variant: &'a Variant, deny_unknown: bool, form: Form) -> Schema {
        let names = self.names(variant);
        let data = self.data(variant, deny_unknown);
        if let [name] = names.as_slice() {
            let mut entries = Entries::default();
            entries.property(name, data, true);
            return entries.closed(true).into_schema(form);
        }
        let properties = names.iter().map(|name| ((*name).to_owned(), data.clone())).collect();
        let keywords = Keywords {
            properties: Named(properties),
            ..Keywords::of_type("object")
        };
        match form {
            Form::Whole => Keywords {
                min_properties: Some(1),
                max_properties: Some(1),
                additional_properties: Some(Schema::never()),
                ..keywords
            },
            Form::Entries => Keywords {
                any_of: names.iter().map(|name| Keywords::requires(name).into()).collect(),
                ..keywords
            },
        }
        .into()
    }

    fn internal(&mut self, variant: &'a Variant, tag: &str, told: Schema, deny_unknown: bool, form: Form) -> Schema {
        let mut entries = match &variant.shape {
            VariantShape::Unit => Entries::default(),
            VariantShape::Newtype(inner) => self.merged(inner, 0),
            VariantShape::Tuple(_) => return Schema::never(),
            VariantShape::Struct(fields) => {
                let mut entries = Entries::default().closed(deny_unknown);
                entries.property(tag, told, true);
                self.fields(&mut entries, fields, 0);
                return entries.into_schema(form);
            }
        };
        entries.property(tag, told, true);
        entries.into_schema(form)
    }

    fn adjacent(
        &mut self,
        variant: &'a Variant,
        (tag, content): (&str, &str),
        told: Schema,
        deny_unknown: bool,
        form: Form,
    ) -> Schema {
        let has_data = variant.shape != VariantShape::Unit;
        let data = self.data(variant, deny_unknown);
        let mut entries = Entries::default().closed(deny_unknown);
        entries.property(tag, told, true);
        entries.property(content, data, has_data);
        entries.into_schema(form)
    }

    /// The data of a variant as a value of their own.
    fn data(&mut self, variant: &'a Variant, deny_unknown: bool) -> Schema {
        match &variant.shape {
            VariantShape::Unit => Keywords::of_type("null").into(),
            VariantShape::Newtype(inner) => self.value(inner),
            VariantShape::Tuple(items) => self.tuple(items),
            VariantShape::Struct(fields) => {
                let mut entries = Entries::default().closed(deny_unknown);
                self.fields(&mut entries, fields, 0);
                entries.into_schema(Form::Whole)
            }
        }
    }

    /// The data of an untagged variant as entries among others.
    fn merged_data(&mut self, variant: &'a Variant, deny_unknown: bool) -> Schema {
        match &variant.shape {
            VariantShape::Unit if self.direction == Direction::Produced => Schema::always(),
            VariantShape::Unit | VariantShape::Tuple(_) => Schema::never(),
            VariantShape::Newtype(inner) => self.merged(inner, 0).into_schema(Form::Entries),
            VariantShape::Struct(fields) => {
                let mut entries = Entries::default().closed(deny_unknown);
                self.fields(&mut entries, fields, 0);
                entries.into_schema(Form::Entries)
            }
        }
    }

    /// Objects in which nothing tells that there is a value of this enum.
    pub(super) fn untold(&self, reference: &'a TypeRef) -> Schema {
        let Some((tagging, variants)) = self.enum_behind(reference) else {
            return Schema::always();
        };
        match tagging {
            _ if variants.iter().any(|variant| variant.untagged) => Schema::always(),
            Tagging::Untagged => Schema::always(),
            Tagging::Internal { tag } | Tagging::Adjacent { tag, .. } => without(&[tag]),
            Tagging::External => {
                let names: Vec<_> = variants.iter().flat_map(|variant| self.names(variant)).collect();
                without(&names)
            }
        }
    }

    fn enum_behind(&self, reference: &'a TypeRef) -> Option<(&'a Tagging, &'a [Variant])> {
        match self.behind_newtypes(reference) {
            TypeRef::Named(name) => match self.shape(name)? {
                Shape::Enum { tagging, variants, .. } => Some((tagging, variants)),
                _ => None,
            },
            _ => None,
        }
    }
}

fn described(schema: Schema, variant: &Variant) -> Schema {
    schema.with(|keywords| keywords.words(&variant.docs, variant.deprecated.as_deref()))
}
