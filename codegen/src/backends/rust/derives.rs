//! What is derived for the models, from what they hold.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;

use super::{
    model::{is_optional, is_rest},
    references::{is_address, is_long},
};
use crate::ir::{Api, NamedType, Request, Shape, Tagging, TypeRef, VariantShape};

/// Decides what is derived for each model.
pub(super) struct Derives<'a> {
    api: &'a Api,
    /// The ids of the types that sets and the keys of maps are made of.
    sorted: BTreeSet<&'a str>,
}

impl<'a> Derives<'a> {
    pub(super) fn of(api: &'a Api) -> Self {
        let mut sorted = BTreeSet::new();
        visit(api, &mut |part| {
            if let TypeRef::Set(item) | TypeRef::Map(item, _) = part {
                let inside = reached(api, vec![&**item]);
                sorted.extend(inside.into_iter().filter_map(|part| match part {
                    TypeRef::Named(id) => Some(id.as_str()),
                    _ => None,
                }));
            }
        });
        Self { api, sorted }
    }

    /// All but serde's traits, in the order of the alphabet.
    pub(super) fn derives(&self, of: &NamedType) -> Vec<TokenStream> {
        use TypeRef::*;
        let inside = reached(self.api, parts(&of.shape));
        let is_copy = |part: &&TypeRef| match part {
            String | Bytes | List(_) | Set(_) | Map(..) => false,
            Text(format) => is_address(*format),
            Array(_, length) => !is_long(*length),
            Named(id) => !is_open(self.api.named(id)),
            _ => true,
        };
        let is_copy = !is_open(of)
            && !of.recursive
            && inside.iter().all(is_copy)
            && !inside.iter().any(|part| self.is_recursive(part));
        let is_eq = !inside.iter().any(|part| is_float(part));
        let is_sorted = is_eq && self.sorted.contains(of.id.as_str());
        let has_default = match &of.shape {
            Shape::Struct(inner) => inner
                .fields
                .iter()
                .all(|field| is_optional(field, of.uses) || matches!(field.type_ref, Option(_)) || is_rest(field)),
            _ => false,
        };
        let derives = [
            (true, quote!(Clone)),
            (is_copy, quote!(Copy)),
            (true, quote!(Debug)),
            (has_default, quote!(Default)),
            (is_eq, quote!(Eq)),
            (is_eq, quote!(Hash)),
            (is_sorted, quote!(Ord)),
            (true, quote!(PartialEq)),
            (is_sorted, quote!(PartialOrd)),
        ];
        derives
            .into_iter()
            .filter_map(|(is_derived, name)| is_derived.then_some(name))
            .collect()
    }

    fn is_recursive(&self, reference: &TypeRef) -> bool {
        matches!(reference, TypeRef::Named(id) if self.api.named(id).recursive)
    }
}

/// The type is an enum that keeps variants whose names it does not know: those of an enum without tags have none.
pub(super) fn is_open(of: &NamedType) -> bool {
    matches!(&of.shape, Shape::Enum(inner) if inner.tagging != Tagging::Untagged)
}

/// Values of the type can be sorted: no floating-point number is among them.
pub(super) fn has_order(api: &Api, reference: &TypeRef) -> bool {
    !reached(api, vec![reference]).into_iter().any(is_float)
}

fn is_float(reference: &TypeRef) -> bool {
    matches!(reference, TypeRef::F32 | TypeRef::F64)
}

/// These uses of types and all inside them, those inside the named ones among them.
fn reached<'r>(api: &'r Api, mut next: Vec<&'r TypeRef>) -> Vec<&'r TypeRef> {
    let (mut seen, mut reached) = (BTreeSet::new(), Vec::new());
    while let Some(reference) = next.pop() {
        reached.push(reference);
        next.extend(reference.inner());
        if let TypeRef::Named(id) = reference
            && seen.insert(id)
        {
            next.extend(parts(&api.named(id).shape));
        }
    }
    reached
}

/// Calls `visit` for every use of a type in calls, events and types.
fn visit<'a>(api: &'a Api, visit: &mut dyn FnMut(&'a TypeRef)) {
    visit_services(api, visit);
    for of in api.types.values() {
        parts(&of.shape).into_iter().for_each(|part| part.visit(visit));
    }
}

/// Calls `visit` for every use of a type in calls and events.
pub(super) fn visit_services<'a>(api: &'a Api, visit: &mut dyn FnMut(&'a TypeRef)) {
    for service in &api.services {
        for method in &service.methods {
            match &method.request {
                Request::Message(argument) => argument.type_ref.visit(visit),
                Request::Arguments(arguments) => arguments.iter().for_each(|of| of.type_ref.visit(visit)),
            }
            method.reply.visit(visit);
            method.error.iter().for_each(|error| error.type_ref.visit(visit));
        }
        service.events.iter().for_each(|event| event.type_ref.visit(visit));
    }
}

/// The types directly inside a named one.
pub(super) fn parts(shape: &Shape) -> Vec<&TypeRef> {
    let in_variant = |shape| match shape {
        &VariantShape::Unit => Vec::new(),
        VariantShape::Newtype(inner) => vec![inner],
        VariantShape::Tuple(items) => items.iter().collect(),
        VariantShape::Struct(fields) => fields.iter().map(|field| &field.type_ref).collect(),
    };
    match shape {
        Shape::Unit => Vec::new(),
        Shape::Newtype(inner) => vec![inner],
        Shape::Tuple(items) => items.iter().collect(),
        Shape::Struct(of) => of.fields.iter().map(|field| &field.type_ref).collect(),
        Shape::Enum(of) => of
            .variants
            .iter()
            .flat_map(|variant| in_variant(&variant.shape))
            .collect(),
    }
}
