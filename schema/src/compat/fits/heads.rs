//! What the values of a type can be, as far as it shows without looking inside them.

use std::collections::HashSet;

use crate::{
    Argument, Field, Shape, Tag, Tagging, TypeRef, Variant, VariantShape,
    compat::{
        Part, Step,
        view::{Entry, View},
    },
};

/// Where a value stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::compat) enum Role {
    /// On its own.
    Value,
    /// Its entries stand among others: it is flattened, or the data of an internally tagged variant.
    Merged,
}

/// What values of a type can be. Newtypes, options and untagged variants are looked through: values are never seen to be
/// of one.
pub(super) struct Head<'a> {
    /// What it is in the document.
    pub(super) part: Part<'a>,
    pub(super) form: Form<'a>,
}

pub(super) enum Form<'a> {
    Null,
    /// A built-in type that has no types inside.
    Scalar(&'a TypeRef),
    Places(Places<'a>),
    /// With these keys and values.
    Map(&'a TypeRef, &'a TypeRef),
    Level(Level<'a>),
    Tagged(Tagged<'a>),
}

/// A list.
#[derive(Clone, Copy)]
pub(super) enum Places<'a> {
    /// Any number of the same type.
    Open(&'a TypeRef),
    /// So many of the same type.
    Same(&'a TypeRef, usize),
    /// One of each type.
    Each(&'a [TypeRef]),
}

/// Named entries.
#[derive(Default)]
pub(super) struct Level<'a> {
    /// The type, and the variant of it; nothing for the arguments of a message.
    pub(super) place: Vec<Step<'a>>,
    /// Entries with a text that is always the same. Who reads does not need them.
    pub(super) tags: &'a [Tag],
    pub(super) own: Vec<Own<'a>>,
    pub(super) flattened: Vec<Own<'a>>,
    /// Entries that are none of these are refused.
    pub(super) deny_unknown: bool,
    /// They are those of a mailbox, of this contract.
    pub(super) mailbox: Option<&'a str>,
}

/// An entry of a level.
pub(super) struct Own<'a> {
    pub(super) step: Step<'a>,
    pub(super) part: Part<'a>,
    pub(super) entry: Entry<'a>,
}

/// The variants of an enum that a name tells.
#[derive(Clone, Copy)]
pub(super) struct Tagged<'a> {
    pub(super) name: &'a str,
    pub(super) tagging: &'a Tagging,
    variants: &'a [Variant],
    pub(super) deny_unknown: bool,
}

impl<'a> Tagged<'a> {
    pub(super) fn variants(self) -> impl Iterator<Item = &'a Variant> {
        self.variants.iter().filter(|variant| !variant.untagged)
    }
}

impl<'a> Level<'a> {
    /// The arguments of a message.
    pub(super) fn of_arguments(view: View<'a>, arguments: &'a [Argument]) -> Self {
        let own = arguments.iter().map(|argument| Own {
            step: Step::Argument(&argument.name),
            part: Part::Argument(argument),
            entry: view.argument(argument),
        });
        Level {
            own: own.collect(),
            ..Level::default()
        }
    }

    pub(super) fn of_fields(view: View<'a>, place: Vec<Step<'a>>, fields: &'a [Field], deny_unknown: bool) -> Self {
        let fields = fields.iter().map(|field| Own {
            step: Step::Field(field.wire_name(view.direction)),
            part: Part::Field(field),
            entry: view.field(field),
        });
        let (flattened, own) = fields.partition(|field| field.entry.flattened);
        Level {
            place,
            tags: &[],
            own,
            flattened,
            deny_unknown,
            mailbox: None,
        }
    }
}

/// The forms of the values of `reference`: none for a type that has no values.
pub(super) fn heads<'a>(view: View<'a>, reference: &'a TypeRef, role: Role) -> Vec<Head<'a>> {
    let mut search = Search::new(view, role);
    search.open.push((reference, None));
    search.finish()
}

/// The forms of the data of a variant that is at `place` in an enum.
pub(super) fn heads_of_data<'a>(
    view: View<'a>,
    place: Vec<Step<'a>>,
    data: &'a VariantShape,
    deny_unknown: bool,
    role: Role,
) -> Vec<Head<'a>> {
    let mut search = Search::new(view, role);
    search.data(place, data, deny_unknown);
    search.finish()
}

struct Search<'a> {
    view: View<'a>,
    role: Role,
    /// Each with the contract whose mailboxes it is.
    open: Vec<(&'a TypeRef, Option<&'a str>)>,
    seen: HashSet<&'a str>,
    found: Vec<Head<'a>>,
    has_null: bool,
}

impl<'a> Search<'a> {
    fn new(view: View<'a>, role: Role) -> Self {
        Search {
            view,
            role,
            open: Vec::new(),
            seen: HashSet::new(),
            found: Vec::new(),
            has_null: false,
        }
    }

    fn finish(mut self) -> Vec<Head<'a>> {
        while let Some((reference, mailbox)) = self.open.pop() {
            self.reference(reference, mailbox);
        }
        self.found
    }

    fn found(&mut self, part: Part<'a>, form: Form<'a>) {
        self.found.push(Head { part, form });
    }

    fn reference(&mut self, reference: &'a TypeRef, mailbox: Option<&'a str>) {
        let part = Part::Type(reference);
        match reference {
            TypeRef::Option(inner) => {
                if self.role == Role::Value {
                    self.null();
                }
                self.open.push((inner, None));
            }
            TypeRef::Unit => self.unit(),
            TypeRef::List(item) | TypeRef::Set(item) => self.places(part, Places::Open(item)),
            TypeRef::Array(item, length) => self.places(part, Places::Same(item, *length)),
            TypeRef::Tuple(items) => self.places(part, Places::Each(items)),
            TypeRef::Map(key, value) => self.found(part, Form::Map(key, value)),
            TypeRef::Named(name) => {
                if self.seen.insert(name)
                    && let Some(shape) = self.view.shape(name)
                {
                    self.shape(name, shape, self.view.mailbox(name).or(mailbox));
                }
            }
            scalar => self.found(part, Form::Scalar(scalar)),
        }
    }

    fn shape(&mut self, name: &'a str, shape: &'a Shape, mailbox: Option<&'a str>) {
        let part = Part::Shape(shape);
        match shape {
            Shape::Newtype(inner) => self.open.push((inner, mailbox)),
            Shape::Tuple(items) => self.places(part, Places::Each(items)),
            Shape::Unit => self.unit(),
            Shape::Struct {
                tags,
                fields,
                deny_unknown,
            } => {
                let level = Level::of_fields(self.view, vec![Step::Type(name)], fields, *deny_unknown);
                self.found(part, Form::Level(Level { tags, mailbox, ..level }));
            }
            Shape::Enum {
                tagging,
                variants,
                deny_unknown,
            } => {
                let is_untagged = |variant: &&Variant| variant.untagged || *tagging == Tagging::Untagged;
                if !variants.iter().all(|variant| is_untagged(&variant)) {
                    let tagged = Tagged {
                        name,
                        tagging,
                        variants,
                        deny_unknown: *deny_unknown,
                    };
                    self.found(part, Form::Tagged(tagged));
                }
                for variant in variants.iter().filter(is_untagged) {
                    let step = Step::Variant(variant.wire_name(self.view.direction));
                    self.data(vec![Step::Type(name), step], &variant.shape, *deny_unknown);
                }
            }
        }
    }

    fn data(&mut self, place: Vec<Step<'a>>, data: &'a VariantShape, deny_unknown: bool) {
        let part = Part::Data(data);
        match data {
            VariantShape::Unit => self.unit(),
            VariantShape::Newtype(inner) => self.open.push((inner, None)),
            VariantShape::Tuple(items) => self.places(part, Places::Each(items)),
            VariantShape::Struct(fields) => {
                let level = Level::of_fields(self.view, place, fields, deny_unknown);
                self.found(part, Form::Level(level));
            }
        }
    }

    /// Among others, a unit has no entries and wants none.
    fn unit(&mut self) {
        match self.role {
            Role::Value => self.null(),
            Role::Merged => {
                let level = Level {
                    deny_unknown: true,
                    ..Level::default()
                };
                self.found(Part::Text("unit"), Form::Level(level));
            }
        }
    }

    fn null(&mut self) {
        if !std::mem::replace(&mut self.has_null, true) {
            self.found(Part::Text("null"), Form::Null);
        }
    }

    /// Among others, a list has no place.
    fn places(&mut self, part: Part<'a>, places: Places<'a>) {
        if self.role == Role::Value {
            self.found(part, Form::Places(places));
        }
    }
}
