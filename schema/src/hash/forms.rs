//! The forms of types: see the canonical form in the [parent module](super).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{circles::circles, hash, in_order, sorted};
use crate::{Direction, Field, Shape, Tag, Tagging, TypeRef, Variant, VariantShape, document::view::View};

/// The forms of all named types, seen one way.
pub(super) struct Forms<'a> {
    named: BTreeMap<&'a str, String>,
}

impl<'a> Forms<'a> {
    pub(super) fn new(view: View<'a>) -> Self {
        let shapes: BTreeMap<&str, &Shape> = view.shapes().collect();
        let circle_of = circles_among(&shapes);
        let wraps = shapes.iter().filter(|(_, shape)| wraps(shape));
        let wraps: BTreeMap<&str, &Shape> = wraps.map(|(name, shape)| (*name, *shape)).collect();
        let ranks = circles_among(&wraps);
        let mut circle_sizes: BTreeMap<usize, usize> = BTreeMap::new();
        ranks
            .values()
            .for_each(|rank| *circle_sizes.entry(*rank).or_default() += 1);
        let see_through = wraps
            .iter()
            .filter(|(name, shape)| circle_sizes[&ranks[*name]] == 1 && !named_in(shape).contains(*name))
            .map(|(name, _)| *name)
            .collect();
        let mailboxes = view.types.iter();
        let mailboxes = mailboxes.filter_map(|(name, definition)| Some((&**name, definition.mailbox.as_deref()?)));
        let circles = Circles {
            shapes,
            mailboxes: mailboxes.collect(),
            circle_of,
            see_through,
        };
        // Each after what its form is made of: other circles, the members of its own, what it sees through.
        let mut order: Vec<&str> = circles.shapes.keys().copied().collect();
        order.sort_by_key(|name| {
            let is_seen_through = circles.see_through.contains(name);
            (circles.circle_of[name], is_seen_through, ranks.get(name))
        });
        let mut named = BTreeMap::new();
        for name in order {
            let form = match circles.see_through.contains(name) {
                true => wrapped(circles.shapes[name], &mut |inner| Ok::<_, &str>(form_of(&named, inner)))
                    .map(|form| circles.addressed(name, form)),
                false => Ok(Walk::from(view.direction, name, &circles, &named).form()),
            };
            named.insert(name, form.expect("every name has a form"));
        }
        Forms { named }
    }

    /// The form of a use of a type.
    pub(super) fn form(&self, reference: &TypeRef) -> String {
        let form = composed(reference, &mut |name| Ok::<_, &str>(form_of(&self.named, name)));
        form.expect("every name has a form")
    }
}

fn form_of(named: &BTreeMap<&str, String>, name: &str) -> String {
    named.get(name).expect("every type is defined").clone()
}

/// Which types refer to one another.
struct Circles<'a> {
    shapes: BTreeMap<&'a str, &'a Shape>,
    circle_of: BTreeMap<&'a str, usize>,
    /// The contracts of the types whose values are mailboxes.
    mailboxes: BTreeMap<&'a str, &'a str>,
    /// The newtypes, tuples and units whose form is that of what they wrap.
    see_through: BTreeSet<&'a str>,
}

impl Circles<'_> {
    /// The form of a type that wraps what has this form.
    fn addressed(&self, name: &str, form: String) -> String {
        match self.mailboxes.get(name) {
            Some(contract) => hash(&json!(["mailbox", contract, form])),
            None => form,
        }
    }
}

/// The number of the circle of each of these types, as far as they refer to one another.
fn circles_among<'a>(shapes: &BTreeMap<&'a str, &'a Shape>) -> BTreeMap<&'a str, usize> {
    let places: BTreeMap<&str, usize> = shapes.keys().copied().zip(0..).collect();
    let edges: Vec<_> = shapes
        .values()
        .map(|shape| {
            named_in(shape)
                .into_iter()
                .filter_map(|name| places.get(name).copied())
                .collect()
        })
        .collect();
    shapes.keys().copied().zip(circles(&edges)).collect()
}

fn wraps(shape: &Shape) -> bool {
    matches!(shape, Shape::Newtype(_) | Shape::Tuple(_) | Shape::Unit)
}

/// The form of what a newtype, a tuple or a unit wraps.
fn wrapped<'a, E>(shape: &'a Shape, named: &mut dyn FnMut(&'a str) -> Result<String, E>) -> Result<String, E> {
    match shape {
        Shape::Newtype(inner) => composed(inner, named),
        Shape::Tuple(items) => tuple(items, named),
        Shape::Unit | Shape::Struct { .. } | Shape::Enum { .. } => Ok("unit".to_owned()),
    }
}

/// The form of a use of a type, by those of the named types in it, from left to right.
fn composed<'a, E>(reference: &'a TypeRef, named: &mut dyn FnMut(&'a str) -> Result<String, E>) -> Result<String, E> {
    let array = match reference {
        TypeRef::Named(name) => return named(name),
        TypeRef::Option(inner) => json!(["option", composed(inner, named)?]),
        TypeRef::NonZero(inner) => json!(["nonzero", composed(inner, named)?]),
        TypeRef::List(item) => json!(["list", composed(item, named)?]),
        TypeRef::Set(item) => json!(["set", composed(item, named)?]),
        TypeRef::Array(item, length) => json!(["array", composed(item, named)?, length]),
        TypeRef::Map(key, value) => json!(["map", composed(key, named)?, composed(value, named)?]),
        TypeRef::Tuple(items) => return tuple(items, named),
        built_in => return Ok(built_in.to_string()),
    };
    Ok(hash(&array))
}

fn tuple<'a, E>(items: &'a [TypeRef], named: &mut dyn FnMut(&'a str) -> Result<String, E>) -> Result<String, E> {
    let mut array = vec![json!("tuple")];
    for item in items {
        array.push(json!(composed(item, named)?));
    }
    Ok(hash(&json!(array)))
}

/// The way through a circle, from one member to all others.
struct Walk<'c, 'a> {
    direction: Direction,
    circles: &'c Circles<'a>,
    /// The forms of what stands outside the circle.
    outside: &'c BTreeMap<&'a str, String>,
    circle: usize,
    /// In the order in which they are met.
    members: Vec<&'a str>,
    /// The forms of what is seen through on this way.
    seen_through: BTreeMap<&'a str, String>,
}

impl<'c, 'a> Walk<'c, 'a> {
    fn from(
        direction: Direction,
        name: &'a str,
        circles: &'c Circles<'a>,
        outside: &'c BTreeMap<&'a str, String>,
    ) -> Self {
        Walk {
            direction,
            circles,
            outside,
            circle: circles.circle_of[name],
            members: vec![name],
            seen_through: BTreeMap::new(),
        }
    }

    /// The form of the type that the way began with.
    fn form(mut self) -> String {
        let mut structures = Vec::new();
        while let Some(name) = self.members.get(structures.len()) {
            structures.push(self.structure(self.circles.shapes[name]));
        }
        hash(&json!(structures))
    }

    /// The form of a named type, or which type must be seen through before.
    fn named(&mut self, name: &'a str) -> Result<String, &'a str> {
        if self.circles.circle_of.get(name) != Some(&self.circle) {
            return Ok(form_of(self.outside, name));
        }
        if self.circles.see_through.contains(name) {
            return self.seen_through.get(name).cloned().ok_or(name);
        }
        let place = self.members.iter().position(|member| *member == name);
        let place = place.unwrap_or_else(|| {
            self.members.push(name);
            self.members.len() - 1
        });
        Ok(format!("#{place}"))
    }

    fn form_of(&mut self, reference: &'a TypeRef) -> String {
        // No recursion: how deep newtypes wrap one another is up to who sends a document.
        let mut open: Vec<&'a str> = Vec::new();
        loop {
            let form = match open.last() {
                Some(through) => wrapped(self.circles.shapes[through], &mut |name| self.named(name)),
                None => composed(reference, &mut |name| self.named(name)),
            };
            match (form, open.pop()) {
                (Ok(form), None) => return form,
                (Ok(form), Some(through)) => {
                    let form = self.circles.addressed(through, form);
                    self.seen_through.insert(through, form);
                }
                (Err(first), through) => open.extend(through.into_iter().chain([first])),
            }
        }
    }

    fn structure(&mut self, shape: &'a Shape) -> Value {
        match (shape, self.direction) {
            (Shape::Newtype(inner), _) => json!([self.form_of(inner)]),
            (Shape::Tuple(items), _) => json!([hash(&self.tuple(items))]),
            (Shape::Unit, _) => json!(["unit"]),
            (
                Shape::Struct {
                    tags,
                    fields,
                    deny_unknown,
                },
                direction,
            ) => {
                let (fields, flattened) = self.fields(fields);
                match direction {
                    Direction::Accepted => json!(["struct", fields, flattened, deny_unknown]),
                    Direction::Produced => json!(["struct", fields, flattened, tags_of(tags)]),
                }
            }
            (
                Shape::Enum {
                    tagging,
                    variants,
                    deny_unknown,
                },
                direction,
            ) => {
                let is_untagged = |variant: &Variant| variant.untagged || *tagging == Tagging::Untagged;
                let (untagged, tagged): (Vec<_>, Vec<_>) = variants.iter().partition(|variant| is_untagged(variant));
                let tagged = self.tagged(tagged);
                let untagged: Vec<_> = untagged.into_iter().map(|variant| self.data(&variant.shape)).collect();
                let tagging = match tagging {
                    Tagging::External => json!(["external"]),
                    Tagging::Internal { tag } => json!(["internal", tag]),
                    Tagging::Adjacent { tag, content } => json!(["adjacent", tag, content]),
                    Tagging::Untagged => json!(["untagged"]),
                };
                match direction {
                    Direction::Accepted => json!(["enum", tagging, tagged, untagged, deny_unknown]),
                    Direction::Produced => json!(["enum", tagging, tagged, untagged]),
                }
            }
        }
    }

    fn tuple(&mut self, items: &'a [TypeRef]) -> Value {
        let mut array = vec![json!("tuple")];
        array.extend(items.iter().map(|item| json!(self.form_of(item))));
        json!(array)
    }

    /// The entries of their own names, sorted, and the forms of the flattened ones.
    fn fields(&mut self, fields: &'a [Field]) -> (Vec<Value>, Vec<String>) {
        let (flattened, mut named): (Vec<_>, Vec<_>) = fields.iter().partition(|field| field.flattened);
        let direction = self.direction;
        named.sort_by_key(|field| field.wire_name(direction));
        let named = named.into_iter().map(|field| {
            let (name, form) = (field.wire_name(direction), self.form_of(&field.type_ref));
            match direction {
                Direction::Accepted => json!([name, in_order(&field.aliases), field.optional, form]),
                Direction::Produced => json!([name, field.sometimes, form]),
            }
        });
        let named = named.collect();
        (
            named,
            flattened
                .into_iter()
                .map(|field| self.form_of(&field.type_ref))
                .collect(),
        )
    }

    /// The variants whose names are on the wire, sorted.
    fn tagged(&mut self, mut variants: Vec<&'a Variant>) -> Vec<Value> {
        let direction = self.direction;
        variants.sort_by_key(|variant| variant.wire_name(direction));
        let variants = variants.into_iter().map(|variant| {
            let (name, data) = (variant.wire_name(direction), self.data(&variant.shape));
            match direction {
                Direction::Accepted => json!([name, in_order(&variant.aliases), variant.other, data]),
                Direction::Produced => json!([name, data]),
            }
        });
        variants.collect()
    }

    fn data(&mut self, shape: &'a VariantShape) -> Value {
        match shape {
            VariantShape::Unit => json!(["unit"]),
            VariantShape::Newtype(inner) => json!(["newtype", self.form_of(inner)]),
            VariantShape::Tuple(items) => self.tuple(items),
            VariantShape::Struct(fields) => {
                let (fields, flattened) = self.fields(fields);
                json!(["struct", fields, flattened])
            }
        }
    }
}

fn tags_of(tags: &[Tag]) -> Vec<Value> {
    sorted(
        tags.iter()
            .map(|tag| (&tag.name, json!([tag.name, tag.value])))
            .collect(),
    )
}

/// The named types that a shape refers to itself.
fn named_in(shape: &Shape) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    shape.visit(&mut |part| {
        if let TypeRef::Named(name) = part {
            names.insert(name.as_str());
        }
    });
    names
}
