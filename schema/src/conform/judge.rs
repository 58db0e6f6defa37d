//! Values against references: containers, and the way into named types.

use std::collections::{BTreeMap, HashMap};

use super::{
    Codec, Misfit, Value,
    entries::{Entries, Scope},
    scalars,
    variants::Enum,
};
use crate::{Definition, Direction, Shape, TypeRef};

/// One judgement. Where a function takes `steps`, they are the references that were followed since the value was last
/// stepped into: a type without end would have more of them than there are types.
pub(super) struct Judge<'t> {
    types: &'t BTreeMap<String, Definition>,
    pub(super) direction: Direction,
    pub(super) codec: Codec,
    /// How many untagged variants are being tried, one inside the other.
    pub(super) attempts: usize,
    /// What was found out during attempts, by the places of reference and value, so that no attempt repeats another's work.
    known: HashMap<(*const TypeRef, *const Value), Result<(), Misfit>>,
}

impl<'t> Judge<'t> {
    pub(super) fn new(types: &'t BTreeMap<String, Definition>, direction: Direction, codec: Codec) -> Self {
        Judge {
            types,
            direction,
            codec,
            attempts: 0,
            known: HashMap::new(),
        }
    }

    /// What a named type looks like in the direction judged.
    pub(super) fn shape(&self, name: &str, steps: &mut usize) -> Result<&'t Shape, Misfit> {
        *steps += 1;
        if *steps > self.types.len() {
            return Err(Misfit::new(format!("the type `{name}` consists of nothing but itself")));
        }
        let definition = self.types.get(name);
        let definition = definition.ok_or_else(|| Misfit::new(format!("the type `{name}` is not defined")))?;
        Ok(definition.seen(self.direction))
    }

    pub(super) fn value(&mut self, reference: &TypeRef, value: &Value, steps: usize) -> Result<(), Misfit> {
        if self.attempts == 0 {
            return self.judge(reference, value, steps);
        }
        let key = (std::ptr::from_ref(reference), std::ptr::from_ref(value));
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let judgement = self.judge(reference, value, steps);
        self.known.insert(key, judgement.clone());
        judgement
    }

    fn judge(&mut self, reference: &TypeRef, value: &Value, mut steps: usize) -> Result<(), Misfit> {
        match (reference, value) {
            (TypeRef::Option(_), Value::Null) => Ok(()),
            (TypeRef::Option(inner), value) => self.value(inner, value, steps),
            (TypeRef::List(item) | TypeRef::Set(item), Value::List(values)) => self.items(|_| item, values),
            (TypeRef::List(_) | TypeRef::Set(_), other) => Err(Misfit::expected("array", other)),
            (TypeRef::Array(item, length), value) => self.array(*length, |_| item, value),
            (TypeRef::Tuple(items), value) => self.tuple(items, value),
            (TypeRef::Map(key, inner), Value::Map(entries)) => self.map(key, inner, &mut Entries::new(entries)),
            (TypeRef::Map(..), other) => Err(Misfit::expected("object", other)),
            (TypeRef::Named(name), value) => {
                let shape = self.shape(name, &mut steps)?;
                self.named(name, shape, value, steps)
            }
            (scalar, value) => scalars::check(scalar, value, self.direction, self.codec),
        }
    }

    pub(super) fn named(&mut self, name: &str, shape: &Shape, value: &Value, steps: usize) -> Result<(), Misfit> {
        match (shape, value) {
            (Shape::Newtype(inner), value) => self.value(inner, value, steps),
            (Shape::Tuple(items), value) => self.tuple(items, value),
            (Shape::Unit, value) => self.unit(value),
            (Shape::Struct { .. }, Value::Map(entries)) => {
                self.merge_shape(name, shape, &mut Entries::new(entries), Scope::Whole, steps)
            }
            (Shape::Struct { .. }, other) => Err(Misfit::expected("object", other)),
            (
                Shape::Enum {
                    tagging,
                    variants,
                    deny_unknown,
                },
                value,
            ) => {
                let this = Enum {
                    name,
                    tagging,
                    variants,
                    deny_unknown: *deny_unknown,
                };
                self.one_of(this, value, steps)
            }
        }
    }

    pub(super) fn unit(&self, value: &Value) -> Result<(), Misfit> {
        match value {
            Value::Null => Ok(()),
            other => Err(Misfit::expected("null", other)),
        }
    }

    /// A list with a type for each place.
    pub(super) fn tuple(&mut self, items: &[TypeRef], value: &Value) -> Result<(), Misfit> {
        self.array(items.len(), |index| &items[index], value)
    }

    fn array<'r>(&mut self, length: usize, item: impl Fn(usize) -> &'r TypeRef, value: &Value) -> Result<(), Misfit> {
        match value {
            Value::List(values) if values.len() == length => self.items(item, values),
            Value::List(values) => Err(Misfit::new(format!(
                "expected array of {length} elements, found {}",
                values.len()
            ))),
            other => Err(Misfit::expected(format_args!("array of {length} elements"), other)),
        }
    }

    fn items<'r>(&mut self, item: impl Fn(usize) -> &'r TypeRef, values: &[Value]) -> Result<(), Misfit> {
        for (index, value) in values.iter().enumerate() {
            self.value(item(index), value, 0)
                .map_err(|misfit| misfit.at_index(index))?;
        }
        Ok(())
    }

    /// A map of all the entries that are left.
    pub(super) fn map(&mut self, key: &TypeRef, inner: &TypeRef, entries: &mut Entries<'_>) -> Result<(), Misfit> {
        for (entry, value) in entries.take_all() {
            self.key(key, entry, 0)?;
            self.value(inner, value, 0).map_err(|misfit| misfit.at_key(entry))?;
        }
        Ok(())
    }
}
