//! Values made from a description, for what is accepted.

mod heights;
mod scalars;

use callsheet_schema::{
    Definition, Direction, Field, Shape, Tagging, TypeRef, Variant, VariantShape,
    conform::{Codec, Value},
};
use std::collections::BTreeMap;

use heights::Heights;

/// How many lists and maps stand inside one another before values are kept as small as they can be.
const DEPTH: usize = 5;

type Entries = Vec<(Value, Value)>;

/// Makes values that fit a description.
pub struct Maker<'d> {
    types: &'d BTreeMap<String, Definition>,
    codec: Codec,
    heights: Heights,
    random: fastrand::Rng,
}

impl<'d> Maker<'d> {
    /// Makes values of `types` for `codec`, the same for the same `seed`.
    pub fn new(types: &'d BTreeMap<String, Definition>, codec: Codec, seed: u64) -> Self {
        Maker {
            types,
            codec,
            heights: Heights::of(types),
            random: fastrand::Rng::with_seed(seed),
        }
    }

    /// A value of `reference`; none if there is no such value, as of an enum without variants.
    pub fn value(&mut self, reference: &'d TypeRef) -> Option<Value> {
        self.heights.of_reference(reference)?;
        Some(self.make(reference, 0))
    }

    fn make(&mut self, reference: &'d TypeRef, depth: usize) -> Value {
        let ends = depth >= DEPTH;
        match reference {
            TypeRef::Option(inner) => {
                if ends || self.random.u8(0..3) == 0 || self.heights.of_reference(inner).is_none() {
                    Value::Null
                } else {
                    self.make(inner, depth)
                }
            }
            TypeRef::List(item) | TypeRef::Set(item) => {
                let length = self.length(ends || self.heights.of_reference(item).is_none());
                Value::List((0..length).map(|_| self.make(item, depth + 1)).collect())
            }
            TypeRef::Array(item, length) => Value::List((0..*length).map(|_| self.make(item, depth + 1)).collect()),
            TypeRef::Tuple(items) => self.list(items, depth),
            TypeRef::Map(key, value) => Value::Map(self.map(key, value, depth)),
            TypeRef::Named(name) => match &self.definition(name).shape {
                Shape::Newtype(inner) => self.make(inner, depth),
                Shape::Tuple(items) => self.list(items, depth),
                Shape::Unit => Value::Null,
                Shape::Struct { fields, .. } => {
                    let mut entries = self.fields(fields, depth);
                    self.random.shuffle(&mut entries);
                    Value::Map(entries)
                }
                Shape::Enum { tagging, variants, .. } => self.one_of(tagging, variants, depth),
            },
            scalar => scalars::make(scalar, self.codec, &mut self.random),
        }
    }

    fn definition(&self, name: &str) -> &'d Definition {
        self.types.get(name).expect("a document defines every type it names")
    }

    fn length(&mut self, ends: bool) -> usize {
        if ends {
            0
        } else {
            *self.random.choice([0, 1, 1, 2, 3].iter()).unwrap_or(&0)
        }
    }

    fn list(&mut self, items: &'d [TypeRef], depth: usize) -> Value {
        Value::List(items.iter().map(|item| self.make(item, depth + 1)).collect())
    }

    fn map(&mut self, key: &'d TypeRef, value: &'d TypeRef, depth: usize) -> Entries {
        let is_empty = [key, value]
            .iter()
            .any(|part| self.heights.of_reference(part).is_none());
        let mut entries = Entries::new();
        for _ in 0..self.length(depth >= DEPTH || is_empty) {
            let entry = (self.key(key, depth), self.make(value, depth + 1));
            if entries.iter().all(|(key, _)| *key != entry.0) {
                entries.push(entry);
            }
        }
        entries
    }

    /// A key, as the codec writes keys.
    fn key(&mut self, reference: &'d TypeRef, depth: usize) -> Value {
        // An integer of 128 bits has a form of its own only where it is a value.
        let key = match (self.codec, reference) {
            (Codec::Json, TypeRef::Option(inner)) => return self.key(inner, depth),
            _ => self.make(reference, depth),
        };
        match (self.codec, key) {
            (Codec::Json, Value::Unsigned(key)) => Value::Text(key.to_string()),
            (Codec::Json, Value::Negative(key)) => Value::Text(key.to_string()),
            (Codec::Json, Value::Bool(key)) => Value::Text(key.to_string()),
            (_, key) => key,
        }
    }

    /// The entries of fields. Those of flattened maps have names that no field has.
    fn fields(&mut self, fields: &'d [Field], depth: usize) -> Entries {
        let mut entries = Entries::new();
        for field in fields.iter().filter(|field| !field.flattened) {
            let impossible = self.heights.of_reference(&field.type_ref).is_none();
            if field.optional && (impossible || depth >= DEPTH || self.random.u8(0..4) == 0) {
                continue;
            }
            let names: Vec<_> = std::iter::once(field.wire_name(Direction::Accepted))
                .chain(field.aliases.iter().map(String::as_str))
                .collect();
            let name = names[self.random.usize(0..names.len())];
            entries.push((Value::Text(name.to_owned()), self.make(&field.type_ref, depth + 1)));
        }
        for field in fields.iter().filter(|field| field.flattened) {
            entries.extend(self.merged(&field.type_ref, depth));
        }
        let mut seen = Vec::new();
        entries.retain(|(key, _)| {
            let is_new = !seen.contains(key);
            seen.push(key.clone());
            is_new
        });
        entries
    }

    /// The entries that a value has when it stands among others.
    fn merged(&mut self, reference: &'d TypeRef, depth: usize) -> Entries {
        match reference {
            TypeRef::Option(inner) if self.random.bool() || self.heights.of_reference(inner).is_none() => {
                Entries::new()
            }
            TypeRef::Option(inner) => self.merged(inner, depth),
            TypeRef::Map(key, value) => {
                let mut entries = self.map(key, value, depth);
                for (entry, _) in &mut entries {
                    if let (Value::Text(text), TypeRef::String) = (entry, &**key) {
                        text.insert_str(0, "more ");
                    }
                }
                entries
            }
            TypeRef::Named(name) => match &self.definition(name).shape {
                Shape::Newtype(inner) => self.merged(inner, depth),
                Shape::Struct { fields, .. } => self.fields(fields, depth),
                Shape::Enum { tagging, variants, .. } => {
                    let variant = self.variant(variants, depth);
                    self.merged_variant(tagging, variant, depth)
                }
                Shape::Unit | Shape::Tuple(_) => Entries::new(),
            },
            TypeRef::Duration | TypeRef::SystemTime => match self.make(reference, depth) {
                Value::Map(entries) => entries,
                _ => Entries::new(),
            },
            _ => Entries::new(),
        }
    }

    fn merged_variant(&mut self, tagging: &'d Tagging, variant: &'d Variant, depth: usize) -> Entries {
        let data = |this: &mut Self| match &variant.shape {
            VariantShape::Newtype(inner) => this.merged(inner, depth),
            VariantShape::Struct(fields) => this.fields(fields, depth),
            VariantShape::Unit | VariantShape::Tuple(_) => Entries::new(),
        };
        match tagging {
            _ if variant.untagged => data(self),
            Tagging::Untagged => data(self),
            // An entry that names no variant would be anyone's.
            Tagging::External => {
                let name = variant.wire_name(Direction::Accepted);
                vec![(Value::Text(name.to_owned()), self.data(variant, depth + 1))]
            }
            Tagging::Internal { tag } => {
                let mut entries = data(self);
                entries.push((Value::Text(tag.clone()), self.told(variant)));
                entries
            }
            Tagging::Adjacent { tag, content } => {
                let mut entries = vec![(Value::Text(tag.clone()), self.told(variant))];
                if !matches!(variant.shape, VariantShape::Unit) {
                    entries.push((Value::Text(content.clone()), self.data(variant, depth + 1)));
                }
                entries
            }
        }
    }

    fn one_of(&mut self, tagging: &'d Tagging, variants: &'d [Variant], depth: usize) -> Value {
        let variant = self.variant(variants, depth);
        let is_untagged = variant.untagged || *tagging == Tagging::Untagged;
        match tagging {
            _ if is_untagged => self.data(variant, depth),
            Tagging::External if matches!(variant.shape, VariantShape::Unit) => self.told(variant),
            _ => {
                let mut entries = self.merged_variant(tagging, variant, depth);
                self.random.shuffle(&mut entries);
                Value::Map(entries)
            }
        }
    }

    /// One of the variants that have values; where things have to end, one of those that end soonest.
    fn variant(&mut self, variants: &'d [Variant], depth: usize) -> &'d Variant {
        let heights: Vec<_> = variants
            .iter()
            .map(|variant| self.heights.of_variant(variant))
            .collect();
        let lowest = heights.iter().flatten().min();
        let possible = |height: &Option<usize>| {
            if depth >= DEPTH {
                height.as_ref() == lowest
            } else {
                height.is_some()
            }
        };
        let possible: Vec<_> = variants
            .iter()
            .zip(&heights)
            .filter(|(_, height)| possible(height))
            .collect();
        possible[self.random.usize(0..possible.len())].0
    }

    fn told(&mut self, variant: &Variant) -> Value {
        let names: Vec<_> = std::iter::once(variant.wire_name(Direction::Accepted))
            .chain(variant.aliases.iter().map(String::as_str))
            .collect();
        if variant.other && self.random.bool() {
            return Value::Text(format!("not {}", variant.name));
        }
        Value::Text(names[self.random.usize(0..names.len())].to_owned())
    }

    fn data(&mut self, variant: &'d Variant, depth: usize) -> Value {
        match &variant.shape {
            VariantShape::Unit => Value::Null,
            VariantShape::Newtype(inner) => self.make(inner, depth),
            VariantShape::Tuple(items) => self.list(items, depth),
            VariantShape::Struct(fields) => {
                let mut entries = self.fields(fields, depth);
                self.random.shuffle(&mut entries);
                Value::Map(entries)
            }
        }
    }
}
