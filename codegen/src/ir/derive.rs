//! Derives the facts that follow from which type refers to which.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::{algo::tarjan_scc, graphmap::DiGraphMap};

use super::{Contents, Field, NamedType, Shape, Struct, TypeRef, VariantShape};

/// Fills in what each type holds and which circle it belongs to; returns the ids in dependency order.
pub(super) fn derive(types: &mut BTreeMap<String, NamedType>) -> Vec<String> {
    let mut order = Vec::with_capacity(types.len());
    for (number, circle) in circles(types).into_iter().enumerate() {
        let members: BTreeSet<&str> = circle.iter().map(String::as_str).collect();
        let mut contents = Contents::default();
        let mut refers_to_itself = false;
        for id in &circle {
            contents = contents.or(Contents::of_shape(&types[id].shape));
            types[id].shape.visit(&mut |part| {
                contents = contents.or(Contents::directly(part));
                if let TypeRef::Named(inner) = part {
                    contents = contents.or(types[inner].contents);
                    refers_to_itself |= members.contains(inner.as_str());
                }
            });
        }
        contents.recursion |= refers_to_itself;
        for id in &circle {
            if let Some(of) = types.get_mut(id) {
                of.contents = contents;
                of.recursive = refers_to_itself;
                of.circle = number;
            }
        }
        order.extend(circle);
    }
    order
}

/// The largest sets of types that all refer to one another, each after the sets that it refers to.
fn circles(types: &BTreeMap<String, NamedType>) -> Vec<Vec<String>> {
    let mut graph: DiGraphMap<&str, ()> = DiGraphMap::new();
    for (id, of) in types {
        graph.add_node(id);
        of.shape.visit(&mut |part| {
            if let TypeRef::Named(inner) = part {
                graph.add_edge(id, inner, ());
            }
        });
    }
    // Tarjan's algorithm yields the components in this very order.
    tarjan_scc(&graph)
        .into_iter()
        .map(|circle| circle.into_iter().map(str::to_owned).collect())
        .collect()
}

impl Shape {
    /// Calls `visit` for every use of a type in this shape, outermost first.
    pub(crate) fn visit<'a>(&'a self, visit: &mut dyn FnMut(&'a TypeRef)) {
        match self {
            Shape::Unit => {}
            Shape::Newtype(inner) => inner.visit(visit),
            Shape::Tuple(items) => items.iter().for_each(|item| item.visit(visit)),
            Shape::Struct(Struct { fields, .. }) => visit_fields(fields, visit),
            Shape::Enum(of) => of.variants.iter().for_each(|variant| match &variant.shape {
                VariantShape::Unit => {}
                VariantShape::Newtype(inner) => inner.visit(visit),
                VariantShape::Tuple(items) => items.iter().for_each(|item| item.visit(visit)),
                VariantShape::Struct(fields) => visit_fields(fields, visit),
            }),
        }
    }
}

fn visit_fields<'a>(fields: &'a [Field], visit: &mut dyn FnMut(&'a TypeRef)) {
    fields.iter().for_each(|field| field.type_ref.visit(visit));
}
