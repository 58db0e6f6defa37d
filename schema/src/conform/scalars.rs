//! Values without parts that have types of their own.

use super::{Codec, Misfit, Value, forms};
use crate::{Direction, TypeRef};

pub(super) fn check(reference: &TypeRef, value: &Value, direction: Direction, codec: Codec) -> Result<(), Misfit> {
    let fits = match (reference, value) {
        (TypeRef::Unit, Value::Null) | (TypeRef::Bool, Value::Bool(_)) | (TypeRef::String, Value::Text(_)) => true,
        (TypeRef::Char, Value::Text(text)) => text.chars().count() == 1,
        (TypeRef::Text(format), Value::Text(text)) => forms::fits(*format, text),
        (TypeRef::NonZero(inner), value) => {
            let zero = [Value::Unsigned(0), Value::Bytes(vec![0; 16])].contains(value);
            !zero && check(inner, value, direction, codec).is_ok()
        }
        (TypeRef::Bytes, Value::Bytes(_)) => codec == Codec::MessagePack,
        (TypeRef::Bytes, Value::List(items)) => {
            codec == Codec::Json && items.iter().all(|item| matches!(item, Value::Unsigned(0..=255)))
        }
        (TypeRef::F64, value) => is_f64(value, direction),
        (TypeRef::F32, value) => is_f32(value, direction, codec),
        (TypeRef::I128 | TypeRef::U128, Value::Bytes(bytes)) => codec == Codec::MessagePack && bytes.len() == 16,
        (TypeRef::I128, Value::Unsigned(value)) => codec == Codec::Json && i128::try_from(*value).is_ok(),
        (TypeRef::I128, Value::Negative(_)) | (TypeRef::U128, Value::Unsigned(_)) => codec == Codec::Json,
        (TypeRef::Duration, Value::Map(entries)) => {
            return time(time_names(reference), u64::MAX, entries, direction);
        }
        (TypeRef::SystemTime, Value::Map(entries)) => {
            // A point in time is kept as signed seconds.
            return time(time_names(reference), i64::MAX.unsigned_abs(), entries, direction);
        }
        (reference, Value::Unsigned(value)) => range(reference).is_some_and(|(_, most)| *value <= most),
        (reference, Value::Negative(value)) => range(reference).is_some_and(|(least, _)| *value >= least),
        _ => false,
    };
    if fits {
        Ok(())
    } else {
        Err(Misfit::expected(reference, value))
    }
}

/// The least and the greatest integer of up to 64 bits.
fn range(reference: &TypeRef) -> Option<(i128, u128)> {
    let (signed, bits) = match reference {
        TypeRef::I8 => (true, 8),
        TypeRef::I16 => (true, 16),
        TypeRef::I32 => (true, 32),
        TypeRef::I64 => (true, 64),
        TypeRef::U8 => (false, 8),
        TypeRef::U16 => (false, 16),
        TypeRef::U32 => (false, 32),
        TypeRef::U64 => (false, 64),
        _ => return None,
    };
    Some(if signed {
        (-(1 << (bits - 1)), (1 << (bits - 1)) - 1)
    } else {
        (0, (1 << bits) - 1)
    })
}

/// Whoever sends a whole number may leave its fraction out.
fn is_f64(value: &Value, direction: Direction) -> bool {
    matches!(
        (direction, value),
        (_, Value::F64(_))
            | (
                Direction::Accepted,
                Value::F32(_) | Value::Unsigned(_) | Value::Negative(_)
            )
    )
}

/// A number that is not finite once it is rounded to 32 bits was not finite before.
fn is_f32(value: &Value, direction: Direction, codec: Codec) -> bool {
    #[expect(clippy::cast_possible_truncation, reason = "what is asked is how it rounds")]
    let stays_finite = |value: f64| !value.is_finite() || (value as f32).is_finite();
    match (direction, value) {
        (_, Value::F32(_)) => true,
        (Direction::Accepted, Value::Unsigned(_) | Value::Negative(_)) => true,
        (Direction::Accepted, Value::F64(value)) => stays_finite(*value),
        (Direction::Produced, Value::F64(value)) => codec == Codec::Json && stays_finite(*value),
        _ => false,
    }
}

/// The names of the entries of a span of time or a point in it.
pub(super) fn time_names(reference: &TypeRef) -> [&'static str; 2] {
    match reference {
        TypeRef::SystemTime => ["secs_since_epoch", "nanos_since_epoch"],
        _ => ["secs", "nanos"],
    }
}

/// Seconds, of which there are at most `most`, and billionths of a second. What is accepted may have more than a
/// second's worth of these.
fn time(
    [seconds, nanos]: [&str; 2],
    most: u64,
    entries: &[(Value, Value)],
    direction: Direction,
) -> Result<(), Misfit> {
    const SECOND: u64 = 1_000_000_000;
    let entry = |name: &str| {
        let mut named = entries
            .iter()
            .filter(|(key, _)| matches!(key, Value::Text(key) if key == name));
        let (key, value) = named
            .next()
            .ok_or_else(|| Misfit::new(format!("missing field `{name}`")))?;
        match value {
            Value::Unsigned(number) => u64::try_from(*number).ok(),
            _ => None,
        }
        .ok_or_else(|| Misfit::expected("u64", value).at_key(key))
    };
    let (whole, fraction) = (entry(seconds)?, entry(nanos)?);
    let limit = match direction {
        Direction::Accepted => u32::MAX.into(),
        Direction::Produced => SECOND - 1,
    };
    if entries.len() > 2 {
        return Err(Misfit::new(format!("unknown field beside `{seconds}` and `{nanos}`")));
    }
    match whole.checked_add(fraction / SECOND) {
        Some(sum) if sum <= most && fraction <= limit => Ok(()),
        _ => Err(Misfit::new(format!("`{seconds}` and `{nanos}` are out of range"))),
    }
}
