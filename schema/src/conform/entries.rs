//! The entries of a map, shared out among fields.

use std::collections::HashMap;

use super::{Misfit, Value, judge::Judge, misfit::Shown, scalars, variants::Enum};
use crate::{Direction, Field, Shape, Tagging, TypeRef};

/// Whether the entries that are left can belong to anyone else.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// They cannot: they are the whole value.
    Whole,
    /// They can: to what is flattened into the same struct.
    Shared,
}

/// The entries of one map; each can be taken once.
pub(super) struct Entries<'v> {
    all: &'v [(Value, Value)],
    by_name: HashMap<&'v str, usize>,
    taken: Vec<bool>,
}

impl<'v> Entries<'v> {
    pub(super) fn new(all: &'v [(Value, Value)]) -> Self {
        let names = all.iter().enumerate().filter_map(|(at, (key, _))| match key {
            Value::Text(name) => Some((name.as_str(), at)),
            _ => None,
        });
        Entries {
            all,
            by_name: names.collect(),
            taken: vec![false; all.len()],
        }
    }

    /// The entries that are left, in order.
    pub(super) fn left(&self) -> impl Iterator<Item = (&'v Value, &'v Value)> + use<'_, 'v> {
        let left = self.all.iter().zip(&self.taken).filter(|(_, taken)| !**taken);
        left.map(|((key, value), _)| (key, value))
    }

    /// The value of the entry `name`, if it is left.
    pub(super) fn take(&mut self, name: &str) -> Option<&'v Value> {
        let at = *self.by_name.get(name)?;
        let is_left = !std::mem::replace(&mut self.taken[at], true);
        is_left.then(|| &self.all[at].1)
    }

    pub(super) fn take_all(&mut self) -> Vec<(&'v Value, &'v Value)> {
        let left = self.left().collect();
        self.taken.fill(true);
        left
    }

    /// Which entries are taken, to [`restore`](Self::restore) after an attempt.
    pub(super) fn taken(&self) -> Vec<bool> {
        self.taken.clone()
    }

    pub(super) fn restore(&mut self, taken: &[bool]) {
        self.taken.copy_from_slice(taken);
    }
}

impl Judge<'_> {
    /// The entries that make a value of `reference`, among those that are left.
    pub(super) fn merge(
        &mut self,
        reference: &TypeRef,
        entries: &mut Entries<'_>,
        scope: Scope,
        mut steps: usize,
    ) -> Result<(), Misfit> {
        match reference {
            TypeRef::Named(name) => {
                let shape = self.shape(name, &mut steps)?;
                self.merge_shape(name, shape, entries, scope, steps)
            }
            TypeRef::Option(inner) => self.merge(inner, entries, scope, steps),
            TypeRef::Map(key, inner) => self.map(key, inner, entries),
            TypeRef::Unit => self.nothing(entries, scope),
            TypeRef::Duration | TypeRef::SystemTime => {
                let own = scalars::time_names(reference).into_iter();
                let own = own.filter_map(|name| Some((Value::Text(name.to_owned()), entries.take(name)?.clone())));
                scalars::check(reference, &Value::Map(own.collect()), self.direction, self.codec)?;
                self.nothing(entries, scope)
            }
            other => Err(Misfit::new(format!("expected {other}, found object"))),
        }
    }

    pub(super) fn merge_shape(
        &mut self,
        name: &str,
        shape: &Shape,
        entries: &mut Entries<'_>,
        scope: Scope,
        steps: usize,
    ) -> Result<(), Misfit> {
        match shape {
            Shape::Newtype(inner) => self.merge(inner, entries, scope, steps),
            Shape::Tuple(items) => Err(Misfit::new(format!(
                "expected array of {} elements, found object",
                items.len()
            ))),
            Shape::Unit => self.nothing(entries, scope),
            Shape::Struct {
                tags,
                fields,
                deny_unknown,
            } => {
                if self.direction == Direction::Produced {
                    for tag in tags {
                        match entries.take(&tag.name) {
                            Some(Value::Text(value)) if *value == tag.value => {}
                            _ => return Err(Misfit::new(format!("lacks `{}: \"{}\"`", tag.name, tag.value))),
                        }
                    }
                }
                self.fields(fields, entries, steps)?;
                self.rest(entries, scope, *deny_unknown)
            }
            Shape::Enum {
                tagging,
                variants,
                deny_unknown,
            } => {
                let this = Enum {
                    name,
                    tagging,
                    variants,
                    deny_unknown: *deny_unknown,
                };
                self.merge_one_of(this, entries, scope, steps)
            }
        }
    }

    /// A value that has no further entries.
    fn nothing(&self, entries: &Entries<'_>, scope: Scope) -> Result<(), Misfit> {
        self.rest(entries, scope, scope == Scope::Whole)
    }

    /// Judges the entries that nobody took.
    pub(super) fn rest(&self, entries: &Entries<'_>, scope: Scope, deny_unknown: bool) -> Result<(), Misfit> {
        let refused = match self.direction {
            Direction::Accepted => deny_unknown,
            Direction::Produced => scope == Scope::Whole,
        };
        match entries.left().next() {
            Some((Value::Text(name), _)) if refused => Err(Misfit::new(format!("unknown field `{}`", Shown(name)))),
            Some(_) if refused => Err(Misfit::new("a key that is no field's name")),
            _ => Ok(()),
        }
    }

    /// The fields of a struct or a variant.
    pub(super) fn fields(&mut self, fields: &[Field], entries: &mut Entries<'_>, steps: usize) -> Result<(), Misfit> {
        if let Some((key, _)) = entries.left().find(|(key, _)| !matches!(key, Value::Text(_))) {
            return Err(Misfit::expected("string as key", key));
        }
        for field in fields.iter().filter(|field| !field.flattened) {
            self.field(field, entries)?;
        }
        // A map gets what nobody else takes.
        let (maps, others): (Vec<_>, Vec<_>) = fields
            .iter()
            .filter(|field| field.flattened)
            .partition(|field| self.is_map(&field.type_ref, steps));
        for field in others.into_iter().chain(maps) {
            self.flattened(&field.type_ref, entries, steps)?;
        }
        Ok(())
    }

    fn field(&mut self, field: &Field, entries: &mut Entries<'_>) -> Result<(), Misfit> {
        let (may_be_absent, aliases) = match self.direction {
            Direction::Accepted => (field.optional, field.aliases.as_slice()),
            Direction::Produced => (field.sometimes, [].as_slice()),
        };
        let name = field.wire_name(self.direction);
        let names = std::iter::once(name).chain(aliases.iter().map(String::as_str));
        let mut found = names.filter_map(|name| Some((name, entries.take(name)?)));
        match (found.next(), found.next()) {
            (None, _) if may_be_absent => Ok(()),
            (None, _) => Err(Misfit::new(format!("missing field `{name}`"))),
            (Some((name, value)), None) => self
                .value(&field.type_ref, value, 0)
                .map_err(|misfit| misfit.at_name(name)),
            (Some((one, _)), Some((other, _))) => {
                Err(Misfit::new(format!("`{one}` and `{other}` are names of one field")))
            }
        }
    }

    /// The entries of a flattened field.
    fn flattened(&mut self, reference: &TypeRef, entries: &mut Entries<'_>, mut steps: usize) -> Result<(), Misfit> {
        match reference {
            TypeRef::Option(inner) => {
                let taken = entries.taken();
                self.attempts += 1;
                let judgement = self.merge(inner, entries, Scope::Shared, steps);
                self.attempts -= 1;
                if judgement.is_err() {
                    entries.restore(&taken);
                    if self.tells(inner, entries, steps) {
                        return judgement;
                    }
                }
                Ok(())
            }
            TypeRef::Named(name) => match self.shape(name, &mut steps)? {
                Shape::Newtype(inner) => self.flattened(inner, entries, steps),
                shape => self.merge_shape(name, shape, entries, Scope::Shared, steps),
            },
            other => self.merge(other, entries, Scope::Shared, steps),
        }
    }

    /// Whether an entry says that there is a value of the enum `reference`.
    fn tells(&self, reference: &TypeRef, entries: &Entries<'_>, mut steps: usize) -> bool {
        let TypeRef::Named(name) = reference else { return false };
        let has = |name: &str| {
            entries
                .left()
                .any(|(key, _)| matches!(key, Value::Text(key) if key == name))
        };
        match self.shape(name, &mut steps) {
            Ok(Shape::Newtype(inner)) => self.tells(inner, entries, steps),
            Ok(Shape::Enum { variants, .. }) if variants.iter().any(|variant| variant.untagged) => false,
            Ok(Shape::Enum { tagging, variants, .. }) => match tagging {
                Tagging::External => variants.iter().any(|variant| {
                    has(variant.wire_name(self.direction)) || variant.aliases.iter().any(|alias| has(alias))
                }),
                Tagging::Internal { tag } | Tagging::Adjacent { tag, .. } => has(tag),
                Tagging::Untagged => false,
            },
            _ => false,
        }
    }

    fn is_map(&self, reference: &TypeRef, mut steps: usize) -> bool {
        match reference {
            TypeRef::Map(..) => true,
            TypeRef::Option(inner) => self.is_map(inner, steps),
            TypeRef::Named(name) => match self.shape(name, &mut steps) {
                Ok(Shape::Newtype(inner)) => self.is_map(inner, steps),
                _ => false,
            },
            _ => false,
        }
    }
}
