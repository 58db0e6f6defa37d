//! Which types hold values of which others within themselves, where the size of one is a part of the size of the other.

use std::collections::BTreeMap;

use petgraph::{algo::tarjan_scc, graphmap::DiGraphMap};

use super::{derives::parts, references::is_long};
use crate::ir::{Api, NamedType, TypeRef};

/// The circles of types each of which would hold all the others within itself, and so have no size.
pub(super) struct Embedding<'a> {
    /// The number of the circle of each type, by its id.
    circles: BTreeMap<&'a str, usize>,
}

impl<'a> Embedding<'a> {
    pub(super) fn of(api: &'a Api) -> Self {
        let mut graph: DiGraphMap<&str, ()> = DiGraphMap::new();
        for of in api.types.values() {
            graph.add_node(&of.id);
            for part in parts(&of.shape) {
                visit(part, &mut |inner| {
                    graph.add_edge(&of.id, inner, ());
                });
            }
        }
        let circles = tarjan_scc(&graph).into_iter().enumerate();
        let numbered = circles.flat_map(|(number, circle)| circle.into_iter().map(move |id| (id, number)));
        Self {
            circles: numbered.collect(),
        }
    }

    /// A value of `of`, which `owner` holds within itself, would hold one of `owner`.
    pub(super) fn closes_a_circle(&self, of: &NamedType, owner: &NamedType) -> bool {
        self.circles.get(of.id.as_str()) == self.circles.get(owner.id.as_str())
    }
}

/// Calls `visit` for the ids of the named types of which `reference` holds values, not by way of the heap.
fn visit<'r>(reference: &'r TypeRef, visited: &mut impl FnMut(&'r str)) {
    match reference {
        TypeRef::Named(id) => visited(id),
        TypeRef::Array(_, length) if is_long(*length) => {}
        TypeRef::Option(_) | TypeRef::Array(..) | TypeRef::Tuple(_) => {
            for inner in reference.inner() {
                visit(inner, visited);
            }
        }
        _ => {}
    }
}
