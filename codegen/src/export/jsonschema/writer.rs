//! Types as schemas, one way at a time.

use std::collections::{BTreeSet, HashSet};

use callsheet_schema::{Argument, Definition, Direction, Document, Field, Shape, Tagging, TypeRef};

use super::{
    keywords::{Keywords, Named, Schema},
    scalars,
};

/// Which schema of a named type is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Form {
    /// Of the whole value.
    Whole,
    /// Of its entries among those of others.
    Entries,
}

/// A schema of a named type.
pub(super) type Key<'a> = (&'a str, Direction, Form);

/// Writes schemas, and remembers the named types that they refer to.
pub(super) struct Writer<'a> {
    pub(super) document: &'a Document,
    pub(super) direction: Direction,
    /// The types whose schemas are not the same both ways.
    pub(super) split: &'a BTreeSet<&'a str>,
    pub(super) references: HashSet<Key<'a>>,
}

/// The entries of an object.
#[derive(Default)]
pub(super) struct Entries {
    properties: Vec<(String, Schema)>,
    required: Vec<String>,
    /// What else has to hold; it evaluates no properties.
    rules: Vec<Schema>,
    /// The entries of values that are merged into the object.
    merged: Vec<Schema>,
    /// What all entries are that nobody names.
    rest: Option<Rest>,
    /// No such entries may be there.
    closed: bool,
}

struct Rest {
    key: Schema,
    value: Schema,
}

impl Entries {
    pub(super) fn property(&mut self, name: &str, schema: Schema, required: bool) {
        self.properties.push((name.to_owned(), schema));
        if required {
            self.required.push(name.to_owned());
        }
    }

    pub(super) fn closed(mut self, closed: bool) -> Self {
        self.closed |= closed;
        self
    }

    fn add(&mut self, merged: Entries) {
        self.merged.extend(merged.merged);
        self.rest = merged.rest.or(self.rest.take());
    }

    /// The object as a value of its own; as entries among others, what concerns the others is left to them.
    pub(super) fn into_schema(self, form: Form) -> Schema {
        let mut keywords = Keywords::of_type("object");
        if form == Form::Whole {
            let rest = match self.rest {
                Some(Rest { key, value }) => {
                    if self.merged.is_empty() && key != Schema::from(Keywords::of_type("string")) {
                        let own = self.properties.iter().map(|(name, _)| name.as_str());
                        keywords.property_names = Some(Keywords::any_of(vec![Keywords::texts(own).into(), key]).into());
                    }
                    Some(value)
                }
                None if self.closed => Some(Schema::never()),
                None => None,
            };
            if self.merged.is_empty() {
                keywords.additional_properties = rest;
            } else {
                keywords.unevaluated_properties = rest;
            }
        }
        keywords.properties = Named(self.properties);
        keywords.required = self.required;
        keywords.all_of = self.rules.into_iter().chain(self.merged).collect();
        keywords.into()
    }
}

impl<'a> Writer<'a> {
    pub(super) fn shape(&self, name: &str) -> Option<&'a Shape> {
        Some(self.document.types.get(name)?.seen(self.direction))
    }

    /// A reference to a schema of a named type.
    pub(super) fn refer(&mut self, name: &'a str, form: Form) -> Schema {
        self.references.insert((name, self.direction, form));
        let reference = format!("#/$defs/{}", pointer(&self.name(name, form)));
        Keywords {
            reference: Some(reference),
            ..Keywords::default()
        }
        .into()
    }

    /// The name of a schema among the definitions. No wire name has a hyphen.
    pub(super) fn name(&self, name: &str, form: Form) -> String {
        let way = match self.direction {
            _ if !self.split.contains(name) => "",
            Direction::Accepted => "-accepted",
            Direction::Produced => "-produced",
        };
        let form = if form == Form::Entries { "-entries" } else { "" };
        format!("{name}{way}{form}")
    }

    pub(super) fn value(&mut self, reference: &'a TypeRef) -> Schema {
        let array = || Keywords::of_type("array");
        match reference {
            TypeRef::Option(inner) => {
                let inner = self.value(inner);
                Keywords::any_of(vec![inner, Keywords::of_type("null").into()]).into()
            }
            TypeRef::List(item) => Keywords {
                items: Some(self.value(item)),
                ..array()
            }
            .into(),
            TypeRef::Set(item) => Keywords {
                items: Some(self.value(item)),
                unique_items: true,
                ..array()
            }
            .into(),
            TypeRef::Array(item, length) => Keywords {
                items: Some(self.value(item)),
                min_items: Some(*length),
                max_items: Some(*length),
                ..array()
            }
            .into(),
            TypeRef::Tuple(items) => self.tuple(items),
            TypeRef::Map(key, value) => {
                let key = self.key(key);
                Keywords {
                    property_names: (key != Schema::from(Keywords::of_type("string"))).then_some(key),
                    additional_properties: Some(self.value(value)),
                    ..Keywords::of_type("object")
                }
                .into()
            }
            TypeRef::Named(name) => self.refer(name, Form::Whole),
            scalar => scalars::scalar(scalar).map_or_else(Schema::never, Schema::from),
        }
    }

    pub(super) fn tuple(&mut self, items: &'a [TypeRef]) -> Schema {
        Keywords {
            prefix_items: items.iter().map(|item| self.value(item)).collect(),
            items: Some(Schema::never()),
            min_items: Some(items.len()),
            ..Keywords::of_type("array")
        }
        .into()
    }

    /// A key of a map: a string whatever the type.
    fn key(&mut self, reference: &'a TypeRef) -> Schema {
        match self.behind_newtypes(reference) {
            TypeRef::Option(inner) => self.key(inner),
            // Only those variants of an enum are keys that are strings.
            TypeRef::Named(name) => self.refer(name, Form::Whole),
            scalar => scalars::key(scalar).map_or_else(Schema::never, Schema::from),
        }
    }

    pub(super) fn behind_newtypes(&self, reference: &'a TypeRef) -> &'a TypeRef {
        self.document.behind_newtypes(reference, self.direction)
    }

    /// A named type.
    pub(super) fn definition(&mut self, definition: &'a Definition, form: Form) -> Schema {
        let schema = match definition.seen(self.direction) {
            Shape::Newtype(inner) if form == Form::Entries => self.merged(inner, 0).into_schema(form),
            Shape::Newtype(inner) => self.value(inner),
            Shape::Tuple(items) => self.tuple(items),
            Shape::Unit => Keywords::of_type("null").into(),
            shape @ Shape::Struct { .. } => self.structure(shape, 0).into_schema(form),
            Shape::Enum {
                tagging,
                variants,
                deny_unknown,
            } => self.enumeration(tagging, variants, *deny_unknown, form),
        };
        if form == Form::Entries {
            return schema;
        }
        schema.with(|keywords| {
            keywords.words(&definition.docs, definition.deprecated.as_deref());
            if definition.checked {
                keywords.comment = Some("the server may refuse a value that is sent to it although it fits");
            }
        })
    }

    fn structure(&mut self, shape: &'a Shape, depth: usize) -> Entries {
        let Shape::Struct {
            tags,
            fields,
            deny_unknown,
        } = shape
        else {
            return Entries::default();
        };
        let mut entries = Entries::default();
        if self.direction == Direction::Produced {
            for tag in tags {
                entries.property(&tag.name, Keywords::text(&tag.value).into(), true);
            }
        }
        self.fields(&mut entries, fields, depth);
        entries.closed(*deny_unknown)
    }

    pub(super) fn arguments(&mut self, arguments: &'a [Argument]) -> Schema {
        let mut entries = Entries::default();
        for argument in arguments {
            let schema = self.value(&argument.type_ref);
            entries.property(&argument.name, schema, !argument.optional);
        }
        entries.into_schema(Form::Whole)
    }

    pub(super) fn fields(&mut self, entries: &mut Entries, fields: &'a [Field], depth: usize) {
        for field in fields {
            if field.flattened {
                let merged = self.flattened(&field.type_ref, depth);
                entries.add(merged);
            } else {
                self.field(entries, field);
            }
        }
    }

    fn field(&mut self, entries: &mut Entries, field: &'a Field) {
        let schema = self
            .value(&field.type_ref)
            .with(|keywords| keywords.words(&field.docs, field.deprecated.as_deref()));
        if self.direction == Direction::Produced {
            entries.property(&field.name, schema, !field.sometimes);
            return;
        }
        let name = field.accepts.as_ref().unwrap_or(&field.name);
        if field.aliases.is_empty() {
            entries.property(name, schema, !field.optional);
            return;
        }
        // One of the names; where there may be none, not two.
        let names: Vec<&str> = std::iter::once(name)
            .chain(&field.aliases)
            .map(String::as_str)
            .collect();
        let mut choices: Vec<Schema> = Vec::new();
        for name in &names {
            entries.property(name, schema.clone(), false);
            choices.push(Keywords::requires(name).into());
        }
        if field.optional {
            choices.push(without(&names));
        }
        entries.rules.push(
            Keywords {
                one_of: choices,
                ..Keywords::default()
            }
            .into(),
        );
    }

    /// The entries of a flattened field; an option has none if there is no value.
    fn flattened(&mut self, reference: &'a TypeRef, depth: usize) -> Entries {
        match self.behind_newtypes(reference) {
            TypeRef::Option(inner) => {
                let mut entries = self.merged(inner, depth);
                for there in &mut entries.merged {
                    let value = std::mem::replace(there, Schema::always());
                    *there = Keywords::any_of(vec![value, self.untold(inner)]).into();
                }
                entries
            }
            other => self.merged(other, depth),
        }
    }

    /// The entries of a value among those of others.
    pub(super) fn merged(&mut self, reference: &'a TypeRef, depth: usize) -> Entries {
        let behind = self.behind_newtypes(reference);
        let mut entries = Entries::default();
        match behind {
            TypeRef::Option(inner) => return self.merged(inner, depth),
            TypeRef::Map(key, value) => {
                entries.rest = Some(Rest {
                    key: self.key(key),
                    value: self.value(value),
                });
            }
            TypeRef::Unit => entries.closed = true,
            TypeRef::Named(name) => match self.shape(name) {
                Some(Shape::Unit) => entries.closed = true,
                Some(shape @ Shape::Struct { deny_unknown, .. }) => {
                    // Its own schema says all but what the rest is; a struct that holds itself in place has no rest.
                    entries.merged.push(self.refer(name, Form::Entries));
                    entries.closed = *deny_unknown;
                    if depth < self.document.types.len() {
                        entries.rest = self.structure(shape, depth + 1).rest;
                    }
                }
                Some(Shape::Enum {
                    tagging,
                    variants,
                    deny_unknown,
                }) => {
                    entries.merged.push(self.refer(name, Form::Entries));
                    let tagged_alone = !variants.iter().any(|variant| variant.untagged);
                    entries.closed = match tagging {
                        Tagging::External => tagged_alone,
                        Tagging::Adjacent { .. } => tagged_alone && *deny_unknown,
                        Tagging::Internal { .. } | Tagging::Untagged => false,
                    };
                }
                _ => entries.merged.push(Schema::never()),
            },
            _ => entries.merged.push(Schema::never()),
        }
        entries
    }
}

/// Objects that have none of these entries.
pub(super) fn without(names: &[&str]) -> Schema {
    let mut present: Vec<Schema> = names.iter().map(|name| Keywords::requires(name).into()).collect();
    match (present.pop(), present.is_empty()) {
        (None, _) => Schema::always(),
        (Some(only), true) => Keywords::not(only).into(),
        (Some(last), false) => {
            present.push(last);
            Keywords::not(Keywords::any_of(present)).into()
        }
    }
}

/// A name as part of a JSON pointer in the fragment of a URI.
fn pointer(name: &str) -> String {
    let mut escaped = String::new();
    for byte in name.replace('~', "~0").replace('/', "~1").bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => escaped.push(char::from(byte)),
            other => escaped.push_str(&format!("%{other:02X}")),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_escaped_as_pointers_and_as_parts_of_a_uri() {
        assert_eq!(
            pointer("demo.Page<demo.User>-accepted"),
            "demo.Page%3Cdemo.User%3E-accepted"
        );
        assert_eq!(pointer("a/b~c, ü"), "a~1b~0c%2C%20%C3%BC");
    }
}
