//! Values of enums.

use super::{
    Misfit, Value,
    entries::{Entries, Scope},
    judge::Judge,
    misfit::Shown,
};
use crate::{Direction, Tagging, Variant, VariantShape};

/// The parts of [`Shape::Enum`](crate::Shape::Enum), with the type's name.
#[derive(Clone, Copy)]
pub(super) struct Enum<'s> {
    pub(super) name: &'s str,
    pub(super) tagging: &'s Tagging,
    pub(super) variants: &'s [Variant],
    pub(super) deny_unknown: bool,
}

impl<'s> Enum<'s> {
    fn tagged(self) -> impl Iterator<Item = &'s Variant> {
        let is_tagged = move |variant: &&Variant| !variant.untagged && *self.tagging != Tagging::Untagged;
        self.variants.iter().filter(is_tagged)
    }

    fn untagged(self) -> impl Iterator<Item = &'s Variant> {
        let is_untagged = move |variant: &&Variant| variant.untagged || *self.tagging == Tagging::Untagged;
        self.variants.iter().filter(is_untagged)
    }

    /// The variant that is told by `told`.
    fn variant(self, told: &Value, direction: Direction) -> Result<&'s Variant, Misfit> {
        let Value::Text(told) = told else {
            return Err(Misfit::expected(
                format_args!("the name of a variant of `{}`", self.name),
                told,
            ));
        };
        let named = self.tagged().find(|variant| is_name(variant, told, direction));
        // What is produced is never of an unknown variant.
        let or_other = || {
            self.tagged()
                .find(|variant| variant.other && direction == Direction::Accepted)
        };
        let named = named.or_else(or_other);
        named.ok_or_else(|| Misfit::new(format!("`{}` has no variant `{}`", self.name, Shown(told))))
    }

    /// The same, where unknown names tell of nothing.
    fn known_variant(self, told: &Value, direction: Direction) -> Result<&'s Variant, Misfit> {
        let variant = self.variant(told, direction)?;
        match told {
            Value::Text(told) if is_name(variant, told, direction) => Ok(variant),
            _ => Err(Misfit::new(format!("no entry names a variant of `{}`", self.name))),
        }
    }
}

fn is_name(variant: &Variant, told: &str, direction: Direction) -> bool {
    let is_alias = || direction == Direction::Accepted && variant.aliases.iter().any(|alias| alias == told);
    variant.wire_name(direction) == told || is_alias()
}

impl Judge<'_> {
    /// A value of an enum.
    pub(super) fn one_of(&mut self, this: Enum<'_>, value: &Value, steps: usize) -> Result<(), Misfit> {
        if let (Tagging::Internal { .. } | Tagging::Adjacent { .. }, Value::Map(entries)) = (this.tagging, value) {
            return self.merge_one_of(this, &mut Entries::new(entries), Scope::Whole, steps);
        }
        let tagged = self.tagged_value(this, value);
        self.or_untagged(this, tagged, |judge, variant| {
            judge.data(this, &variant.shape, value, steps)
        })
    }

    /// `"Variant"` or `{"Variant": data}`; the other taggings have maps only.
    fn tagged_value(&mut self, this: Enum<'_>, value: &Value) -> Result<(), Misfit> {
        match (this.tagging, value) {
            (Tagging::External, Value::Text(_)) => match this.variant(value, self.direction)? {
                Variant {
                    shape: VariantShape::Unit,
                    ..
                } => Ok(()),
                variant => Err(Misfit::new(format!("`{}` has data, which are missing", variant.name))),
            },
            (Tagging::External, Value::Map(entries)) => {
                let [(told, data)] = entries.as_slice() else {
                    return Err(Misfit::new("expected object with one variant, found none or several"));
                };
                match this.known_variant(told, self.direction)? {
                    Variant {
                        shape: VariantShape::Unit,
                        name,
                        ..
                    } => Err(Misfit::new(format!("`{name}` has no data and is a string"))),
                    variant => self
                        .data(this, &variant.shape, data, 0)
                        .map_err(|misfit| misfit.at_key(told)),
                }
            }
            (Tagging::External, other) => Err(Misfit::expected("string or object with one variant", other)),
            (Tagging::Untagged, _) => Err(Misfit::new(format!("fits no variant of `{}`", this.name))),
            (_, other) => Err(Misfit::expected("object", other)),
        }
    }

    /// Tries the untagged variants in order, if what is `tagged` does not fit.
    fn or_untagged(
        &mut self,
        this: Enum<'_>,
        tagged: Result<(), Misfit>,
        mut attempt: impl FnMut(&mut Self, &Variant) -> Result<(), Misfit>,
    ) -> Result<(), Misfit> {
        let Err(mut misfit) = tagged else { return Ok(()) };
        let only_one = this.variants.len() == 1;
        for variant in this.untagged() {
            self.attempts += 1;
            let judgement = attempt(self, variant);
            self.attempts -= 1;
            match judgement {
                Ok(()) => return Ok(()),
                Err(reason) if only_one => misfit = reason,
                Err(_) => {}
            }
        }
        Err(misfit)
    }

    /// The data of a variant, as a value of their own.
    fn data(&mut self, this: Enum<'_>, shape: &VariantShape, value: &Value, steps: usize) -> Result<(), Misfit> {
        match (shape, value) {
            (VariantShape::Unit, value) => self.unit(value),
            (VariantShape::Newtype(inner), value) => self.value(inner, value, steps),
            (VariantShape::Tuple(items), value) => self.tuple(items, value),
            (VariantShape::Struct(fields), Value::Map(entries)) => {
                let mut entries = Entries::new(entries);
                self.fields(fields, &mut entries, steps)?;
                self.rest(&entries, Scope::Whole, this.deny_unknown)
            }
            (VariantShape::Struct(_), other) => Err(Misfit::expected("object", other)),
        }
    }

    /// The entries of a value of an enum, among those that are left.
    pub(super) fn merge_one_of(
        &mut self,
        this: Enum<'_>,
        entries: &mut Entries<'_>,
        scope: Scope,
        steps: usize,
    ) -> Result<(), Misfit> {
        let taken = entries.taken();
        let tagged = self.merge_tagged(this, entries, scope, steps);
        self.or_untagged(this, tagged, |judge, variant| {
            entries.restore(&taken);
            judge.merge_data(this, variant, entries, scope, steps)
        })
    }

    fn merge_tagged(
        &mut self,
        this: Enum<'_>,
        entries: &mut Entries<'_>,
        scope: Scope,
        steps: usize,
    ) -> Result<(), Misfit> {
        match this.tagging {
            Tagging::External => self.merge_external(this, entries, scope),
            Tagging::Internal { tag } => {
                let told = self.tag(this, tag, entries)?;
                let variant = this
                    .variant(told, self.direction)
                    .map_err(|misfit| misfit.at_name(tag))?;
                match &variant.shape {
                    VariantShape::Unit => self.rest(entries, scope, false),
                    _ => self.merge_data(this, variant, entries, scope, steps),
                }
            }
            Tagging::Adjacent { tag, content } => {
                let told = self.tag(this, tag, entries)?;
                let variant = this
                    .variant(told, self.direction)
                    .map_err(|misfit| misfit.at_name(tag))?;
                let data = entries.take(content);
                let fits = match (&variant.shape, data) {
                    (VariantShape::Unit, None) => Ok(()),
                    (VariantShape::Unit, Some(_)) if self.direction == Direction::Produced => {
                        Err(Misfit::new(format!("`{}` has no data", variant.name)))
                    }
                    (shape, Some(data)) => self.data(this, shape, data, 0),
                    (_, None) => return Err(Misfit::new(format!("missing field `{content}`"))),
                };
                fits.map_err(|misfit| misfit.at_name(content))?;
                // Flattened, it sees no entries but its own, unless some variants are untagged.
                let sees_others = scope == Scope::Whole || this.untagged().next().is_some();
                self.rest(entries, scope, this.deny_unknown && sees_others)
            }
            Tagging::Untagged => Err(Misfit::new(format!("fits no variant of `{}`", this.name))),
        }
    }

    fn tag<'v>(&self, this: Enum<'_>, tag: &str, entries: &mut Entries<'v>) -> Result<&'v Value, Misfit> {
        entries.take(tag).ok_or_else(|| {
            Misfit::new(format!(
                "missing field `{tag}`, which tells the variant of `{}`",
                this.name
            ))
        })
    }

    /// The entry `{Variant: data}`.
    fn merge_external(&mut self, this: Enum<'_>, entries: &mut Entries<'_>, scope: Scope) -> Result<(), Misfit> {
        // Where variants may be untagged, every entry has a meaning.
        let is_alone = scope == Scope::Whole || this.untagged().next().is_some();
        if is_alone && entries.left().count() != 1 {
            return Err(Misfit::new("expected object with one variant, found none or several"));
        }
        let (told, variant) = entries
            .left()
            .find_map(|(told, _)| Some((told, this.known_variant(told, self.direction).ok()?)))
            .ok_or_else(|| Misfit::new(format!("no entry names a variant of `{}`", this.name)))?;
        let (Value::Text(name), shape) = (told, &variant.shape) else {
            return Err(Misfit::expected("string as key", told));
        };
        let data = entries.take(name).unwrap_or(&Value::Null);
        self.data(this, shape, data, 0).map_err(|misfit| misfit.at_key(told))
    }

    /// The data of a variant, as entries among those that are left.
    fn merge_data(
        &mut self,
        this: Enum<'_>,
        variant: &Variant,
        entries: &mut Entries<'_>,
        scope: Scope,
        steps: usize,
    ) -> Result<(), Misfit> {
        match &variant.shape {
            VariantShape::Unit if self.direction == Direction::Produced => Ok(()),
            VariantShape::Unit => Err(Misfit::new("expected null, found object")),
            VariantShape::Newtype(inner) => {
                // What is read is given everything that is left, whoever else may want it.
                let scope = match self.direction {
                    Direction::Accepted => Scope::Whole,
                    Direction::Produced => scope,
                };
                self.merge(inner, entries, scope, steps)
            }
            VariantShape::Tuple(items) => Err(Misfit::new(format!(
                "expected array of {} elements, found object",
                items.len()
            ))),
            VariantShape::Struct(fields) => {
                self.fields(fields, entries, steps)?;
                self.rest(entries, scope, this.deny_unknown)
            }
        }
    }
}
