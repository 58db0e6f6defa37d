//! Inlining: flattened structs become the fields of what they are flattened into.
//!
//! It is done when the document is made and not earlier, since a type may still be in the middle of being described when
//! another one flattens it. What is flattened may look different in each direction, and so may the outcome.

use std::collections::BTreeMap;

use super::{
    fault::{FaultCode, Faults, Place},
    view::View,
};
use crate::{Definition, Field, Shape, Tag, TypeRef, VariantShape};

/// The definitions with every flattened struct inlined, and what is flattened without any entries left out.
pub(super) fn inline(types: &BTreeMap<String, Definition>, faults: &mut Faults) -> BTreeMap<String, Definition> {
    let [accepted, produced] = View::both(types);
    let inlined = types.iter().map(|(name, definition)| {
        let mut shape_of = |view: View<'_>| {
            let inliner = Inliner {
                view,
                path: vec![name],
                faults,
            };
            inliner.shape(&Place::named_type(name), definition.seen(view.direction))
        };
        let (shape, produces) = (shape_of(accepted), shape_of(produced));
        let definition = Definition {
            docs: definition.docs.clone(),
            deprecated: definition.deprecated.clone(),
            checked: definition.checked,
            mailbox: definition.mailbox.clone(),
            produces: (produces != shape).then_some(produces),
            shape,
        };
        (name.clone(), definition)
    });
    inlined.collect()
}

struct Inliner<'a, 'f> {
    view: View<'a>,
    /// The types that are being inlined, outermost first.
    path: Vec<&'a str>,
    faults: &'f mut Faults,
}

impl<'a> Inliner<'a, '_> {
    fn shape(mut self, place: &Place, shape: &'a Shape) -> Shape {
        let mut shape_inlined = shape.clone();
        match (shape, &mut shape_inlined) {
            (
                Shape::Struct { tags, fields, .. },
                Shape::Struct {
                    tags: all_tags,
                    fields: all_fields,
                    ..
                },
            ) => {
                *all_tags = tags.clone();
                *all_fields = self.fields(place, fields, Some(all_tags));
            }
            (Shape::Enum { variants, .. }, Shape::Enum { variants: inlined, .. }) => {
                for (variant, inlined) in variants.iter().zip(inlined) {
                    if let VariantShape::Struct(fields) = &variant.shape {
                        let place = place.variant(&variant.name);
                        inlined.shape = VariantShape::Struct(self.fields(&place, fields, None));
                    }
                }
            }
            _ => {}
        }
        shape_inlined
    }

    /// The fields with everything flattened among them. `tags` takes the tags of flattened structs, if there is a place
    /// for them.
    fn fields(&mut self, place: &Place, fields: &'a [Field], mut tags: Option<&mut Vec<Tag>>) -> Vec<Field> {
        let mut all = Vec::with_capacity(fields.len());
        for field in fields {
            if !field.flattened {
                all.push(field.clone());
                continue;
            }
            let (behind, is_option) = self.view.behind_options(&field.type_ref);
            let inner = match behind {
                TypeRef::Unit => Vec::new(),
                TypeRef::Duration => vec![built_in("secs", TypeRef::U64), built_in("nanos", TypeRef::U32)],
                TypeRef::SystemTime => vec![
                    built_in("secs_since_epoch", TypeRef::U64),
                    built_in("nanos_since_epoch", TypeRef::U32),
                ],
                TypeRef::Named(name) => match self.view.shape(name) {
                    Some(Shape::Unit) => Vec::new(),
                    Some(Shape::Struct {
                        tags: inner_tags,
                        fields,
                        ..
                    }) => {
                        let place = place.field(&field.name);
                        if self.path.contains(&name.as_str()) {
                            self.faults.add(
                                FaultCode::FlattenedIntoItself,
                                &place,
                                format!("`{name}` is flattened into itself"),
                                "do not flatten it",
                            );
                            continue;
                        }
                        let is_always_there = !is_option && !field.sometimes;
                        let mut tags = tags.as_deref_mut().filter(|_| is_always_there);
                        match &mut tags {
                            Some(tags) => tags.extend_from_slice(inner_tags),
                            None if inner_tags.is_empty() => {}
                            None => self.faults.add(
                                FaultCode::FlattenedTag,
                                &place,
                                format!("the tag of `{name}` has no place in a variant, nor where it may be missing"),
                                "flatten it into a struct where it is always there, or do not flatten it",
                            ),
                        }
                        self.path.push(name);
                        let fields = self.fields(&place, fields, tags);
                        self.path.pop();
                        fields
                    }
                    _ => {
                        all.push(field.clone());
                        continue;
                    }
                },
                _ => {
                    all.push(field.clone());
                    continue;
                }
            };
            all.extend(inner.into_iter().map(|inner| match is_option {
                true => optional(self.view, inner),
                // serde knows no default for what is flattened, but it can be skipped.
                false => Field {
                    sometimes: inner.sometimes || field.sometimes,
                    ..inner
                },
            }));
        }
        all
    }
}

/// The field of a flattened struct that may be missing as a whole.
fn optional(view: View<'_>, field: Field) -> Field {
    let type_ref = match view.behind_options(&field.type_ref) {
        // A map without entries says so already.
        (TypeRef::Map(..), _) if field.flattened => return field,
        (_, false) if field.flattened => TypeRef::Option(Box::new(field.type_ref)),
        _ => field.type_ref,
    };
    Field {
        type_ref,
        optional: true,
        sometimes: true,
        ..field
    }
}

fn built_in(name: &str, type_ref: TypeRef) -> Field {
    Field {
        name: name.to_owned(),
        ident: None,
        accepts: None,
        aliases: Vec::new(),
        docs: String::new(),
        deprecated: None,
        type_ref,
        optional: false,
        defaulted: false,
        sometimes: false,
        flattened: false,
    }
}
