//! What a value gives where its entries are written into the map around it: a flattened field, or the data of a variant
//! of an internally tagged enum.

use std::collections::BTreeSet;

use super::view::View;
use crate::{Field, Shape, Tagging, TypeRef, VariantShape};

/// How serde comes to read a type among the entries of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    /// As a flattened field.
    Flattened,
    /// As the data of an internally tagged variant: all entries but the tag are its own.
    Tagged,
    /// As the data of an untagged variant: all entries are its own.
    Untagged,
}

/// What values give, and what they make of the entries of others.
#[derive(Debug, Default)]
pub(crate) struct Entries<'a> {
    /// The names that their entries can have.
    pub(crate) names: BTreeSet<&'a str>,
    /// Their entries can have any name: they hold a map, which takes whatever it sees.
    pub(crate) open: bool,
    /// They refuse entries of others, where they see any.
    pub(crate) strict: bool,
    /// What has no entries, if there is anything of the kind.
    pub(crate) unfit: Option<&'a TypeRef>,
}

impl<'a> Entries<'a> {
    /// What the values of `reference` give.
    pub(crate) fn of(view: View<'a>, reference: &'a TypeRef, role: Role) -> Self {
        let mut entries = Entries::default();
        let mut open = vec![(reference, role)];
        let mut seen = BTreeSet::new();
        let mut is_first = true;
        while let Some((reference, role)) = open.pop() {
            // What stands as data in an internally tagged enum further in is judged there.
            let is_judged_elsewhere = role == Role::Tagged && !std::mem::take(&mut is_first);
            is_first = false;
            let behind = match role {
                Role::Flattened => view.behind_options(reference).0,
                Role::Tagged | Role::Untagged => view.behind_newtypes(reference),
            };
            let fits = match behind {
                TypeRef::Unit => entries.add_unit(role),
                TypeRef::Duration => entries.add_built_in(["secs", "nanos"], role),
                TypeRef::SystemTime => entries.add_built_in(["secs_since_epoch", "nanos_since_epoch"], role),
                TypeRef::Map(..) => {
                    entries.open = true;
                    true
                }
                TypeRef::Named(name) => match view.shape(name) {
                    // What is not defined is another fault; newtypes that end nowhere have no values.
                    None | Some(Shape::Newtype(_)) => true,
                    Some(_) if !seen.insert((name, role)) => true,
                    Some(shape) => entries.add_shape(view, shape, role, &mut open),
                },
                _ => false,
            };
            if !fits && !is_judged_elsewhere {
                entries.unfit.get_or_insert(behind);
            }
        }
        entries
    }

    /// `()` and unit structs: no entries. serde reads them of an empty map, except in an untagged variant.
    fn add_unit(&mut self, role: Role) -> bool {
        self.strict |= role == Role::Tagged;
        role != Role::Untagged
    }

    fn add_built_in(&mut self, names: [&'a str; 2], role: Role) -> bool {
        self.names.extend(names);
        self.strict |= role != Role::Flattened;
        true
    }

    fn add_shape(&mut self, view: View<'a>, shape: &'a Shape, role: Role, open: &mut Vec<(&'a TypeRef, Role)>) -> bool {
        match shape {
            Shape::Newtype(_) | Shape::Tuple(_) => false,
            Shape::Unit => self.add_unit(role),
            Shape::Struct {
                tags,
                fields,
                deny_unknown,
            } => {
                self.names.extend(tags.iter().map(|tag| tag.name.as_str()));
                self.add_fields(view, fields, open);
                self.strict |= *deny_unknown && role != Role::Flattened;
                true
            }
            Shape::Enum {
                tagging,
                variants,
                deny_unknown,
            } => {
                let has_untagged = variants.iter().any(|variant| variant.untagged);
                // Read whole, an externally tagged enum wants to be the only entry.
                let is_seen_whole = role != Role::Flattened || has_untagged;
                self.strict |= is_seen_whole && (*tagging == Tagging::External || *deny_unknown);
                match tagging {
                    Tagging::Adjacent { tag, content } => self.names.extend([tag.as_str(), content]),
                    Tagging::Internal { tag } => drop(self.names.insert(tag)),
                    Tagging::External | Tagging::Untagged => {}
                }
                let mut fits = true;
                for variant in variants {
                    let data_role = match tagging {
                        _ if variant.untagged => Role::Untagged,
                        Tagging::Untagged => Role::Untagged,
                        Tagging::Internal { .. } => Role::Tagged,
                        Tagging::External => {
                            self.names.extend(view.variant_names(variant));
                            continue;
                        }
                        Tagging::Adjacent { .. } => continue,
                    };
                    match &variant.shape {
                        VariantShape::Unit => fits &= data_role == Role::Tagged,
                        VariantShape::Newtype(inner) => open.push((inner, data_role)),
                        VariantShape::Tuple(_) => fits &= data_role == Role::Tagged,
                        VariantShape::Struct(fields) => {
                            self.strict |= *deny_unknown;
                            self.add_fields(view, fields, open);
                        }
                    }
                }
                fits
            }
        }
    }

    fn add_fields(&mut self, view: View<'a>, fields: &'a [Field], open: &mut Vec<(&'a TypeRef, Role)>) {
        for field in fields {
            if field.flattened {
                open.push((&field.type_ref, Role::Flattened));
            } else {
                self.names.extend(view.field_names(field));
            }
        }
    }
}

/// The data of an internally tagged variant has no entries to stand beside the tag. Judged where the variant stands.
pub(crate) fn unfit_as_tagged<'a>(view: View<'a>, shape: &'a VariantShape) -> Option<String> {
    match shape {
        VariantShape::Tuple(_) => Some("a list".to_owned()),
        VariantShape::Newtype(inner) => Entries::of(view, inner, Role::Tagged).unfit.map(TypeRef::to_string),
        VariantShape::Unit | VariantShape::Struct(_) => None,
    }
}
