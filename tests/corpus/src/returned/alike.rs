//! Whether two values are one, to those who know their type.

use std::{collections::BTreeMap, net::IpAddr};

use callsheet_schema::{Definition, Direction, Field, Format, Shape, TypeRef, Variant, conform::Value};

/// Compares values of these types.
pub(super) struct Comparison<'d> {
    types: &'d BTreeMap<String, Definition>,
    /// The values are items of a set: Python's take 0.0 and -0.0 for one.
    in_set: bool,
}

impl<'d> Comparison<'d> {
    pub(super) fn new(types: &'d BTreeMap<String, Definition>) -> Self {
        Self { types, in_set: false }
    }

    /// Whether both are the same value of this type, however they are written.
    pub(super) fn alike(&self, of: &TypeRef, one: &Value, other: &Value) -> bool {
        match (of, one, other) {
            (TypeRef::F32, ..) => self.same_float(one, other, true),
            (TypeRef::F64, ..) => self.same_float(one, other, false),
            (TypeRef::Text(format), Value::Text(one), Value::Text(other)) => same_text(*format, one, other),
            (TypeRef::Option(_), Value::Null, Value::Null) => true,
            (TypeRef::Option(inner), ..) => self.alike(inner, one, other),
            (TypeRef::List(item) | TypeRef::Array(item, _), Value::List(one), Value::List(other)) => {
                one.len() == other.len() && one.iter().zip(other).all(|(one, other)| self.alike(item, one, other))
            }
            // Whether one comes twice is the same for both.
            (TypeRef::Set(item), Value::List(one), Value::List(other)) => {
                let items = Self { in_set: true, ..*self };
                let within = |one: &[Value], other: &[Value]| {
                    one.iter()
                        .all(|one| other.iter().any(|other| items.alike(item, one, other)))
                };
                within(one, other) && within(other, one)
            }
            (TypeRef::Tuple(items), Value::List(one), Value::List(other)) => self.places(items, one, other),
            (TypeRef::Map(key_of, of), Value::Map(one), Value::Map(other)) => {
                // Keys that the client cannot tell apart may become one, as those that differ in their nanoseconds.
                one.iter().all(|(key, one)| {
                    let mut others = other.iter();
                    others.any(|(other_key, other)| self.alike(key_of, key, other_key) && self.alike(of, one, other))
                }) && one.len() == other.len()
            }
            (TypeRef::Named(name), ..) => match self.types.get(name).map(|definition| &definition.shape) {
                Some(Shape::Newtype(inner)) => self.alike(inner, one, other),
                Some(Shape::Tuple(items)) => match (one, other) {
                    (Value::List(one), Value::List(other)) => self.places(items, one, other),
                    _ => false,
                },
                Some(Shape::Struct { fields, .. }) if fields.iter().all(|field| !field.flattened) => match (one, other)
                {
                    (Value::Map(one), Value::Map(other)) => self.entries(fields, one, other),
                    _ => false,
                },
                Some(Shape::Enum { variants, .. }) if matches!((one, other), (Value::Text(_), Value::Text(_))) => {
                    let told = |variant: &Variant, value: &Value, way| matches!(value, Value::Text(text) if *text == variant.wire_name(way));
                    let is_told = |variant: &Variant| {
                        told(variant, one, Direction::Produced) && told(variant, other, Direction::Accepted)
                    };
                    variants.iter().any(is_told) || self.loosely(one, other)
                }
                // Which variant it is, and what stands between the entries of others, is not looked for.
                _ => self.loosely(one, other),
            },
            _ => self.loosely(one, other),
        }
    }

    fn places(&self, items: &[TypeRef], one: &[Value], other: &[Value]) -> bool {
        one.len() == other.len()
            && items
                .iter()
                .zip(one.iter().zip(other))
                .all(|(of, (one, other))| self.alike(of, one, other))
    }

    /// A field without an entry is null.
    fn entries(&self, fields: &[Field], one: &[(Value, Value)], other: &[(Value, Value)]) -> bool {
        let entry = |entries: &[(Value, Value)], field: &Field, way| {
            let name = field.wire_name(way);
            let mut entries = entries.iter();
            let found = entries.find(|(key, _)| matches!(key, Value::Text(key) if key == name));
            found.map_or(Value::Null, |(_, value)| value.clone())
        };
        fields.iter().all(|field| {
            let (one, other) = (
                entry(one, field, Direction::Produced),
                entry(other, field, Direction::Accepted),
            );
            self.alike(&field.type_ref, &one, &other)
        })
    }

    /// The same without knowing the type: entries that are null may be left out, and numbers are what they amount to.
    fn loosely(&self, one: &Value, other: &Value) -> bool {
        let told = |entries: &[(Value, Value)]| -> Vec<(Value, Value)> {
            entries
                .iter()
                .filter(|(_, value)| *value != Value::Null)
                .cloned()
                .collect()
        };
        match (one, other) {
            (Value::Map(one), Value::Map(other)) => {
                let (one, other) = (told(one), told(other));
                one.len() == other.len()
                    && (one.iter()).all(|(key, one)| {
                        (other.iter()).any(|(other_key, other)| same_key(key, other_key) && self.loosely(one, other))
                    })
            }
            (Value::List(one), Value::List(other)) => {
                let in_order =
                    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| self.loosely(one, other));
                let items = Self { in_set: true, ..*self };
                let within = |one: &[Value], other: &[Value]| {
                    one.iter()
                        .all(|one| other.iter().any(|other| items.loosely(one, other)))
                };
                in_order || (self.has_sets() && within(one, other) && within(other, one))
            }
            (Value::Text(one), Value::Text(other)) => same_any_text(one, other),
            _ => one == other || self.same_float(one, other, true),
        }
    }

    /// Whether a list may be a set.
    fn has_sets(&self) -> bool {
        let mut found = false;
        for definition in self.types.values() {
            let mut look = |of: &TypeRef| of.visit(&mut |part| found |= matches!(part, TypeRef::Set(_)));
            definition.shape.visit(&mut look);
        }
        found
    }

    /// An integer is a float too, and one of 32 bits is written in as many digits as it takes to know it.
    fn same_float(&self, one: &Value, other: &Value, narrow: bool) -> bool {
        #[expect(clippy::cast_precision_loss, reason = "that is what becomes of it in a float")]
        let float = |value: &Value| match value {
            Value::F32(value) => Some(f64::from(*value)),
            Value::F64(value) => Some(*value),
            Value::Unsigned(value) => Some(*value as f64),
            Value::Negative(value) => Some(*value as f64),
            _ => None,
        };
        let (Some(one), Some(other)) = (float(one), float(other)) else {
            return false;
        };
        #[expect(clippy::cast_possible_truncation, reason = "so many bits are meant")]
        let narrowed = || (one as f32).to_bits() == (other as f32).to_bits();
        one.to_bits() == other.to_bits()
            || (one.is_nan() && other.is_nan())
            || (narrow && narrowed())
            || (self.in_set && one == 0.0 && other == 0.0)
    }
}

fn same_key(one: &Value, other: &Value) -> bool {
    one == other || matches!((one, other), (Value::Text(one), Value::Text(other)) if same_any_text(one, other))
}

/// Some texts can be written in several ways, of which a client has one.
fn same_text(format: Format, one: &str, other: &str) -> bool {
    match format {
        Format::Timestamp | Format::DateTime | Format::Time => same_moment(one, other),
        Format::IpAddress | Format::Ipv6Address => one.parse::<IpAddr>().ok() == other.parse::<IpAddr>().ok(),
        _ => one == other,
    }
}

/// The same for texts whose form is not known.
fn same_any_text(one: &str, other: &str) -> bool {
    let formats = [Format::Timestamp, Format::DateTime, Format::Time, Format::IpAddress];
    one == other
        || (formats.iter()).any(|format| format.fits(one) && format.fits(other) && same_text(*format, one, other))
}

/// The same to the microsecond, which is all that Python has, however "no offset" and zeros behind the point are written.
fn same_moment(one: &str, other: &str) -> bool {
    let plain = |text: &str| {
        let text = text.replace("+00:00", "Z");
        let Some((start, rest)) = text.split_once('.') else {
            return text;
        };
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (fraction, zone) = rest.split_at(digits);
        let fraction = fraction[..digits.min(6)].trim_end_matches('0');
        match fraction.is_empty() {
            true => format!("{start}{zone}"),
            false => format!("{start}.{fraction}{zone}"),
        }
    };
    plain(one) == plain(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spelling::{field, fields, list, map, named, option, optional, set};

    fn alike(of: &TypeRef, one: &str, other: &str) -> bool {
        let shape = fields([field("a", TypeRef::U8), optional("b", option(TypeRef::F32))]);
        let types = BTreeMap::from([("x.S".to_owned(), crate::spelling::definition(shape))]);
        let read = |text| Value::from_json(text).expect("it is JSON");
        Comparison::new(&types).alike(of, &read(one), &read(other))
    }

    #[test]
    fn what_is_left_out_is_null_only_in_fields() {
        assert!(alike(&named("x.S"), r#"{"a": 1, "b": null}"#, r#"{"a": 1}"#));
        assert!(!alike(&named("x.S"), r#"{"a": 1, "b": 1.5}"#, r#"{"a": 1}"#));
        assert!(!alike(
            &map(TypeRef::String, option(TypeRef::U8)),
            r#"{"a": null}"#,
            "{}"
        ));
    }

    #[test]
    fn floats_are_as_wide_as_their_type() {
        assert!(alike(&TypeRef::F32, "0.1", "0.10000000149011612"));
        assert!(!alike(&TypeRef::F64, "0.1", "0.10000000149011612"));
        assert!(alike(&TypeRef::F64, "16", "16.0"));
        assert!(!alike(&TypeRef::F64, "-0.0", "0.0"));
    }

    #[test]
    fn moments_are_the_same_to_the_microsecond() {
        let same = |one: &str, other: &str| {
            alike(
                &TypeRef::Text(Format::Timestamp),
                &format!("{one:?}"),
                &format!("{other:?}"),
            )
        };
        assert!(same(
            "2024-02-29T23:59:59.123456789Z",
            "2024-02-29T23:59:59.123456+00:00"
        ));
        assert!(same("2024-02-29T23:59:59.5Z", "2024-02-29T23:59:59.500000Z"));
        assert!(!same("2024-02-29T23:59:59.5Z", "2024-02-29T23:59:59.6Z"));
        assert!(!same("2024-02-29T23:59:59.5Z", "2024-02-29T23:59:59.5+01:00"));
    }

    #[test]
    fn order_matters_in_lists_and_not_in_sets() {
        assert!(!alike(&list(TypeRef::U8), "[1, 2]", "[2, 1]"));
        assert!(alike(&set(TypeRef::U8), "[1, 2]", "[2, 1]"));
        assert!(alike(&set(TypeRef::F64), "[0.0, -0.0, 1.0]", "[1.0, -0.0]"));
        assert!(!alike(&set(TypeRef::F64), "[0.0, 1.0]", "[1.0]"));
        assert!(!alike(&set(TypeRef::U8), "[1, 2]", "[2, 3]"));
    }
}
