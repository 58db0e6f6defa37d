//! Keys of maps.

use super::{Codec, Misfit, Value, judge::Judge, scalars};
use crate::{Shape, TypeRef};

impl Judge<'_> {
    /// The key of a map. JSON writes every one as a string.
    pub(super) fn key(&mut self, reference: &TypeRef, key: &Value, mut steps: usize) -> Result<(), Misfit> {
        match reference {
            TypeRef::Named(name) => match self.shape(name, &mut steps)? {
                Shape::Newtype(inner) => self.key(inner, key, steps),
                shape @ Shape::Enum { .. } if matches!(key, Value::Text(_)) => self.named(name, shape, key, steps),
                _ => Err(Misfit::expected(format_args!("{reference} as key"), key)),
            },
            TypeRef::Option(inner) => self.key(inner, key, steps),
            scalar => {
                let read = match (self.codec, key) {
                    (Codec::Json, Value::Text(text)) => from_json(scalar, text),
                    _ => None,
                };
                scalars::check(scalar, read.as_ref().unwrap_or(key), self.direction, self.codec)
                    .map_err(|_| Misfit::expected(format_args!("{reference} as key"), key))
            }
        }
    }
}

/// What a JSON key stands for, if it is of a type that is no string elsewhere.
fn from_json(reference: &TypeRef, text: &str) -> Option<Value> {
    use TypeRef::*;
    match reference {
        NonZero(inner) => from_json(inner, text),
        I8 | I16 | I32 | I64 | I128 | U8 | U16 | U32 | U64 | U128 => {
            let digits = text.strip_prefix('-').unwrap_or(text);
            let is_canonical = text == "0" || digits.starts_with(|first| matches!(first, '1'..='9'));
            let value = text.parse().map(Value::Unsigned);
            is_canonical
                .then(|| value.or_else(|_| text.parse().map(Value::integer)).ok())
                .flatten()
        }
        Bool => text.parse().map(Value::Bool).ok(),
        F32 | F64 => text.parse().map(Value::F64).ok(),
        _ => None,
    }
}
