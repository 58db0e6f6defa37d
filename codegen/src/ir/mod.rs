//! The contracts as every backend sees them: language-neutral, complete, each fact derived once.
//!
//! [`Api::lower`] makes it from a document. It is written from the client's side: what a document says is *accepted* is
//! what a client **sends**, what it says is *produced* is what a client **receives**. The same document always gives
//! the same [`Api`], and everything in it stands in an order that does not depend on the run.
//!
//! Uses of types are [`TypeRef`]s as in the document, but [`TypeRef::Named`] holds the [`NamedType::id`] of a type in
//! [`Api::types`]. Ids are for looking up alone; they appear neither on the wire nor in generated code.

mod derive;
mod direction;
mod facts;
mod lower;
mod mirror;
mod name;
mod named;
mod service;
mod short_names;

use std::collections::BTreeMap;

use callsheet_schema::Document;
pub use callsheet_schema::{Format, Kind, Tagging, TypeRef};

pub use facts::{Contents, MapKey};
pub use name::Name;
pub use named::{Enum, Field, NamedType, Shape, Struct, Uses, Variant, VariantShape};
pub use service::{Argument, DeclaredError, Event, Method, Request, Service};

/// Everything that a client package is generated from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Api {
    /// The contracts, sorted by their full names.
    pub services: Vec<Service>,
    /// Every named type that a client sends or receives, by its id.
    pub types: BTreeMap<String, NamedType>,
    /// The distinct errors that methods declare, sorted by name.
    pub errors: Vec<DeclaredError>,
    /// The distinct events of all contracts, sorted by the name to subscribe to.
    pub events: Vec<Event>,
    /// The document, without what is said to people: what a client is made from, for a server that serves something else to
    /// judge which calls fit. The same contracts give the same.
    pub document: Document,
    /// The ids of `types`, each after all that it refers to, as far as no circle prevents it.
    dependency_order: Vec<String>,
}

/// The namespace of what callsheet itself declares.
const BUILT_IN: &str = "callsheet";

impl Api {
    /// The namespace that all contracts share, if they share one; those that callsheet itself declares count only if there are
    /// no others.
    ///
    /// The namespace of `acme.billing.Orders` is `acme.billing`.
    pub fn namespace(&self) -> Option<&str> {
        let namespaces = self
            .services
            .iter()
            .map(|service| service.contract.rsplit_once('.').map(|(first, _)| first));
        // What callsheet itself declares, as its health, is beside the contracts of whoever uses it.
        let mut own = namespaces.clone().filter(|namespace| *namespace != Some(BUILT_IN));
        let Some(first) = own.next() else {
            return namespaces.flatten().next();
        };
        let first = first?;
        own.all(|other| other == Some(first)).then_some(first)
    }
}
