//! Values of a type, as whoever writes them may write them.

use std::collections::BTreeMap;

use callsheet_schema::{
    Definition, Direction, Field, Format, Shape, Tag, Tagging, TypeRef, Variant, VariantShape,
    conform::{Codec, Value},
};

use super::Dice;

/// Beyond this depth values are kept small.
const SMALL: usize = 4;

/// Beyond this depth a value is given up.
const DEEPEST: usize = 12;

type Entries = Vec<(Value, Value)>;

/// A value of `reference` that goes this way; none if it has none, or none was found.
pub(crate) fn value(
    types: &BTreeMap<String, Definition>,
    reference: &TypeRef,
    direction: Direction,
    codec: Codec,
    dice: &mut Dice,
) -> Option<Value> {
    let mut maker = Maker {
        types,
        direction,
        codec,
        dice,
        steps: 0,
    };
    maker.make(reference, 0)
}

struct Maker<'t, 'd> {
    types: &'t BTreeMap<String, Definition>,
    direction: Direction,
    codec: Codec,
    dice: &'d mut Dice,
    /// How many types were looked into.
    steps: usize,
}

impl<'t> Maker<'t, '_> {
    fn make(&mut self, reference: &'t TypeRef, depth: usize) -> Option<Value> {
        self.steps += 1;
        if depth > DEEPEST || self.steps > 2_000 {
            return None;
        }
        Some(match reference {
            TypeRef::Option(inner) => match depth > SMALL || self.dice.one_in(3) {
                true => Value::Null,
                false => self.make(inner, depth + 1).unwrap_or(Value::Null),
            },
            TypeRef::List(item) | TypeRef::Set(item) => {
                let length = if depth > SMALL { 0 } else { self.dice.below(4) };
                Value::List((0..length).map_while(|_| self.make(item, depth + 1)).collect())
            }
            TypeRef::Array(item, length) => self.list((0..*length).map(|_| &**item), depth)?,
            TypeRef::Tuple(items) => self.list(items.iter(), depth)?,
            TypeRef::Map(key, value) => Value::Map(self.map(key, value, depth)),
            TypeRef::Named(name) => match self.types[name].seen(self.direction) {
                Shape::Unit => Value::Null,
                Shape::Newtype(inner) => self.make(inner, depth + 1)?,
                Shape::Tuple(items) => self.list(items.iter(), depth)?,
                Shape::Struct { tags, fields, .. } => {
                    let mut entries = self.tags(tags);
                    entries.extend(self.fields(fields, depth)?);
                    Value::Map(entries)
                }
                Shape::Enum { tagging, variants, .. } => {
                    let variants = self.in_some_order(variants, depth);
                    variants
                        .into_iter()
                        .find_map(|variant| self.variant(tagging, variant, depth))?
                }
            },
            scalar => self.scalar(scalar),
        })
    }

    /// The variants, those without data first where values should end.
    fn in_some_order(&mut self, variants: &'t [Variant], depth: usize) -> Vec<&'t Variant> {
        let mut variants: Vec<_> = variants.iter().collect();
        let by = self.dice.below(variants.len());
        variants.rotate_left(by);
        if depth > SMALL {
            variants.sort_by_key(|variant| !matches!(variant.shape, VariantShape::Unit));
        }
        variants
    }

    fn list(&mut self, items: impl Iterator<Item = &'t TypeRef>, depth: usize) -> Option<Value> {
        let items: Option<Vec<_>> = items.map(|item| self.make(item, depth + 1)).collect();
        items.map(Value::List)
    }

    fn map(&mut self, key: &'t TypeRef, value: &'t TypeRef, depth: usize) -> Entries {
        let mut entries = Entries::new();
        let length = if depth > SMALL { 0 } else { self.dice.below(4) };
        for _ in 0..length {
            let entry = self.make(key, depth + 1).zip(self.make(value, depth + 1));
            let Some((key, value)) = entry else { break };
            let key = match (self.codec, key) {
                (Codec::Json, Value::Unsigned(key)) => Value::Text(key.to_string()),
                (Codec::Json, Value::Negative(key)) => Value::Text(key.to_string()),
                (Codec::Json, Value::Bool(key)) => Value::Text(key.to_string()),
                (_, key) => key,
            };
            if entries.iter().all(|(known, _)| *known != key) {
                entries.push((key, value));
            }
        }
        entries
    }

    fn tags(&self, tags: &[Tag]) -> Entries {
        let is_written = self.direction == Direction::Produced;
        let tags = tags.iter().filter(|_| is_written);
        tags.map(|tag| (text(&tag.name), text(&tag.value))).collect()
    }

    fn name(&mut self, name: &str, aliases: &[String]) -> Value {
        match self.direction {
            Direction::Accepted if !aliases.is_empty() && self.dice.one_in(2) => text(&self.dice.pick(aliases)),
            _ => text(name),
        }
    }

    fn fields(&mut self, fields: &'t [Field], depth: usize) -> Option<Entries> {
        let mut entries = Entries::new();
        for field in fields.iter().filter(|field| !field.flattened) {
            let may_be_absent = match self.direction {
                Direction::Accepted => field.optional,
                Direction::Produced => field.sometimes,
            };
            if may_be_absent && (depth > SMALL || self.dice.one_in(3)) {
                continue;
            }
            let name = self.name(field.wire_name(self.direction), &field.aliases);
            match self.make(&field.type_ref, depth + 1) {
                Some(value) => entries.push((name, value)),
                None if may_be_absent => {}
                None => return None,
            }
        }
        for field in fields.iter().filter(|field| field.flattened) {
            if self.direction == Direction::Produced && field.sometimes && self.dice.one_in(2) {
                continue;
            }
            entries.extend(self.merged(&field.type_ref, depth + 1)?);
        }
        // A map has no entries that others have.
        let mut seen = Vec::new();
        entries.retain(|(key, _)| {
            !seen.contains(key) && {
                seen.push(key.clone());
                true
            }
        });
        Some(entries)
    }

    /// The entries of a value that stands among others.
    fn merged(&mut self, reference: &'t TypeRef, depth: usize) -> Option<Entries> {
        match reference {
            TypeRef::Option(_) if self.dice.one_in(2) => Some(Entries::new()),
            TypeRef::Option(inner) => Some(self.merged(inner, depth + 1).unwrap_or_default()),
            TypeRef::Named(name) if depth < DEEPEST => match self.types[name].seen(self.direction) {
                Shape::Newtype(inner) => self.merged(inner, depth + 1),
                Shape::Unit => Some(Entries::new()),
                Shape::Tuple(_) => None,
                Shape::Struct { .. } => self.make(reference, depth).and_then(entries_of),
                Shape::Enum { tagging, variants, .. } => {
                    let variants = self.in_some_order(variants, depth);
                    variants
                        .into_iter()
                        .find_map(|variant| self.merged_variant(tagging, variant, depth))
                }
            },
            TypeRef::Unit => Some(Entries::new()),
            TypeRef::Map(key, value) => Some(self.map(key, value, depth)),
            TypeRef::Duration | TypeRef::SystemTime => self.make(reference, depth).and_then(entries_of),
            _ => None,
        }
    }

    fn merged_variant(&mut self, tagging: &'t Tagging, variant: &'t Variant, depth: usize) -> Option<Entries> {
        let name = self.name(variant.wire_name(self.direction), &variant.aliases);
        match tagging {
            Tagging::External if !variant.untagged => Some(vec![(name, self.data(&variant.shape, depth + 1)?)]),
            Tagging::Internal { tag } if !variant.untagged => {
                let mut entries = vec![(text(tag), name)];
                entries.extend(self.merged_data(&variant.shape, depth)?);
                Some(entries)
            }
            Tagging::Adjacent { tag, content } if !variant.untagged => {
                let mut entries = vec![(text(tag), name)];
                if !matches!(variant.shape, VariantShape::Unit) {
                    entries.push((text(content), self.data(&variant.shape, depth + 1)?));
                }
                Some(entries)
            }
            _ => self.merged_data(&variant.shape, depth),
        }
    }

    fn merged_data(&mut self, data: &'t VariantShape, depth: usize) -> Option<Entries> {
        match data {
            VariantShape::Unit => Some(Entries::new()),
            VariantShape::Newtype(inner) => self.merged(inner, depth + 1),
            VariantShape::Tuple(_) => None,
            VariantShape::Struct(fields) => self.fields(fields, depth + 1),
        }
    }

    fn variant(&mut self, tagging: &'t Tagging, variant: &'t Variant, depth: usize) -> Option<Value> {
        let is_unit = matches!(variant.shape, VariantShape::Unit);
        match tagging {
            Tagging::External if !variant.untagged && is_unit => {
                Some(self.name(variant.wire_name(self.direction), &variant.aliases))
            }
            Tagging::Untagged => self.data(&variant.shape, depth + 1),
            _ if variant.untagged => self.data(&variant.shape, depth + 1),
            _ => Some(Value::Map(self.merged_variant(tagging, variant, depth)?)),
        }
    }

    fn data(&mut self, data: &'t VariantShape, depth: usize) -> Option<Value> {
        match data {
            VariantShape::Unit => Some(Value::Null),
            VariantShape::Newtype(inner) => self.make(inner, depth + 1),
            VariantShape::Tuple(items) => self.list(items.iter(), depth),
            VariantShape::Struct(fields) => self.fields(fields, depth + 1).map(Value::Map),
        }
    }

    fn scalar(&mut self, reference: &TypeRef) -> Value {
        use TypeRef::*;
        let is_sent = self.direction == Direction::Accepted;
        match reference {
            Bool => Value::Bool(self.dice.one_in(2)),
            I8 => self.integer(i8::MIN.into(), i8::MAX as u128),
            I16 => self.integer(i16::MIN.into(), i16::MAX as u128),
            I32 => self.integer(i32::MIN.into(), i32::MAX as u128),
            I64 => self.integer(i64::MIN.into(), i64::MAX as u128),
            U8 => self.integer(0, u8::MAX.into()),
            U16 => self.integer(0, u16::MAX.into()),
            U32 => self.integer(0, u32::MAX.into()),
            U64 => self.integer(0, u64::MAX.into()),
            I128 | U128 if self.codec == Codec::MessagePack => Value::Bytes(vec![self.dice.below(256) as u8; 16]),
            I128 => self.integer(i128::MIN, i128::MAX as u128),
            U128 => self.integer(0, u128::MAX),
            NonZero(inner) => loop {
                let value = self.scalar(inner);
                if ![Value::Unsigned(0), Value::Bytes(vec![0; 16])].contains(&value) {
                    return value;
                }
            },
            F32 | F64 if is_sent && self.dice.one_in(4) => Value::Unsigned(7),
            F32 if self.codec == Codec::MessagePack => Value::F32(self.dice.pick(&[0.0, -1.5, f32::MAX])),
            F32 => Value::F64(self.dice.pick(&[0.0, -1.5, f32::MAX.into()])),
            F64 => Value::F64(self.dice.pick(&[0.0, -1.5, f64::MAX, 1e300])),
            Char => text(self.dice.pick(&["a", "é", "🎭"])),
            String => text(self.dice.pick(&["", "a", "Ada", "yes", "A", "2024-02-29"])),
            Text(format) => text(self.dice.pick(samples(*format))),
            Bytes => match self.codec {
                Codec::Json => Value::List(vec![Value::Unsigned(200); self.dice.below(3)]),
                Codec::MessagePack => Value::Bytes(vec![200; self.dice.below(3)]),
            },
            Duration => self.time(["secs", "nanos"], u64::MAX),
            SystemTime => self.time(["secs_since_epoch", "nanos_since_epoch"], i64::MAX as u64),
            // `()`; all else has parts.
            _ => Value::Null,
        }
    }

    /// An extreme more often than not.
    fn integer(&mut self, least: i128, most: u128) -> Value {
        match self.dice.below(4) {
            0 => Value::integer(least),
            1 => Value::Unsigned(most),
            2 => Value::Unsigned(0),
            _ => Value::Unsigned(self.dice.below(128) as u128),
        }
    }

    fn time(&mut self, [seconds, nanos]: [&str; 2], most: u64) -> Value {
        let whole = self.dice.pick(&[0, 1, most]);
        Value::Map(vec![
            (text(seconds), Value::Unsigned(whole.into())),
            (text(nanos), Value::Unsigned(999_999_999)),
        ])
    }
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn entries_of(value: Value) -> Option<Entries> {
    match value {
        Value::Map(entries) => Some(entries),
        _ => None,
    }
}

fn samples(format: Format) -> &'static [&'static str] {
    match format {
        Format::Uuid => &["67e55044-10b1-426f-9247-bb680e5fe0c8"],
        Format::IpAddress => &["127.0.0.1", "::1"],
        Format::Ipv4Address => &["0.0.0.0", "255.255.255.255"],
        Format::Ipv6Address => &["::", "fe80::1"],
        Format::SocketAddress => &["127.0.0.1:80", "[::1]:65535"],
        Format::Timestamp => &["2024-02-29T23:59:59.5Z", "1970-01-01T00:00:00+00:00"],
        Format::DateTime => &["2024-02-29T23:59:59.5"],
        Format::Date => &["2024-02-29", "1970-01-01"],
        Format::Time => &["23:59:59.999999999"],
        Format::Decimal => &["0", "-12.50"],
        Format::Url => &["https://example.com/"],
        Format::Path => &["", "/var/lib"],
    }
}
