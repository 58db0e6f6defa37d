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
mod name;
mod named;
mod service;
mod short_names;

use std::collections::BTreeMap;

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
    /// The ids of `types`, each after all that it refers to, as far as no circle prevents it.
    dependency_order: Vec<String>,
}

impl Api {
    /// The namespace that all contracts share, if they share one.
    ///
    /// The namespace of `acme.billing.Orders` is `acme.billing`.
    pub fn namespace(&self) -> Option<&str> {
        let mut namespaces = self
            .services
            .iter()
            .map(|service| service.contract.rsplit_once('.').map(|(first, _)| first));
        let first = namespaces.next()??;
        namespaces.all(|other| other == Some(first)).then_some(first)
    }
}
