//! What no payload may hold, whatever its type: it is refused even where a type ignores what is there.

use std::collections::HashSet;

use super::{Codec, MAX_DEPTH, Misfit, Value, misfit::Shown};

pub(super) fn check(value: &Value, codec: Codec, depth: usize) -> Result<(), Misfit> {
    match value {
        Value::List(items) => {
            let depth = inside(depth)?;
            for (index, item) in items.iter().enumerate() {
                check(item, codec, depth).map_err(|misfit| misfit.at_index(index))?;
            }
            Ok(())
        }
        Value::Map(entries) => {
            let depth = inside(depth)?;
            let mut keys = HashSet::with_capacity(entries.len());
            for (key, value) in entries {
                if !keys.insert(Key::of(key, codec)?) {
                    return Err(match key {
                        Value::Text(name) => Misfit::new(format!("duplicate field `{}`", Shown(name))),
                        _ => Misfit::new("duplicate key"),
                    });
                }
                check(value, codec, depth).map_err(|misfit| misfit.at_key(key))?;
            }
            Ok(())
        }
        Value::Bytes(_) | Value::F32(_) if codec == Codec::Json => Err(Misfit::expected("a value of JSON", value)),
        Value::F64(number) if codec == Codec::Json && !number.is_finite() => {
            Err(Misfit::new("NaN and infinity have no form in JSON"))
        }
        _ => Ok(()),
    }
}

fn inside(depth: usize) -> Result<usize, Misfit> {
    match depth {
        MAX_DEPTH => Err(Misfit::new(format!("nested more deeply than {MAX_DEPTH} levels"))),
        _ => Ok(depth + 1),
    }
}

/// A key, as keys are compared.
#[derive(PartialEq, Eq, Hash)]
enum Key<'v> {
    Text(&'v str),
    Bytes(&'v [u8]),
    Bool(bool),
    Unsigned(u128),
    Negative(i128),
    Float(u64),
}

impl<'v> Key<'v> {
    fn of(key: &'v Value, codec: Codec) -> Result<Self, Misfit> {
        match key {
            Value::Text(key) => Ok(Key::Text(key)),
            key if codec == Codec::Json => Err(Misfit::expected("string as key", key)),
            Value::Bytes(key) => Ok(Key::Bytes(key)),
            Value::Bool(key) => Ok(Key::Bool(*key)),
            Value::Unsigned(key) => Ok(Key::Unsigned(*key)),
            Value::Negative(key) => Ok(Key::Negative(*key)),
            Value::F32(key) => Ok(Key::Float(f64::from(*key).to_bits())),
            Value::F64(key) => Ok(Key::Float(key.to_bits())),
            key => Err(Misfit::expected("string or integer as key", key)),
        }
    }
}
