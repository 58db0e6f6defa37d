//! From a document to the api.

use std::collections::{BTreeMap, BTreeSet};

use callsheet_schema::{self as schema, Document, names};

use super::{
    Api, Argument, Contents, DeclaredError, Enum, Event, Field, Method, Name, NamedType, Request, Service, Shape,
    Struct, Tagging, TypeRef, Uses, Variant, VariantShape,
    derive::derive,
    direction::{Direction, Directions, shape_of},
    short_names::short_names,
};
use crate::fault::{Faults, GenerateError, Place};

impl Api {
    /// Lowers a document.
    ///
    /// Types that nothing sends or receives are left out.
    ///
    /// # Errors
    ///
    /// Everything in the document that no language could say: names that nothing tells apart or that hold no letter.
    pub fn lower(document: &Document) -> Result<Api, GenerateError> {
        let mut faults = Faults::default();
        let directions = Directions::of(document);
        let ids: BTreeSet<String> = directions
            .iter()
            .map(|(name, direction)| directions.id(name, direction))
            .collect();
        let type_names = short_names(ids.iter().map(String::as_str), Place::named_type, &mut faults);
        let mut lowering = Lowering {
            document,
            directions,
            type_names,
            event_names: event_names(document, &mut faults),
            faults,
        };
        let mut types = lowering.types();
        check_meanings(&types, &mut lowering.faults);
        let services = lowering.services();
        let dependency_order = derive(&mut types);
        let mut api = Api {
            errors: distinct_errors(&services, &mut lowering.faults),
            events: distinct_events(&services),
            services,
            types,
            document: Document {
                package: None,
                ..document.clone().without_docs()
            },
            dependency_order,
        };
        for error in &api.errors {
            if let TypeRef::Named(id) = &error.type_ref
                && let Some(of) = api.types.get_mut(id)
            {
                of.uses.declared_error = true;
            }
        }
        lowering.faults.finish(api)
    }
}

/// Adds a fault for each type that stands for another one, and by way of others that do for itself: nothing between them holds
/// a value, and whoever reads one comes to no end.
fn check_meanings(types: &BTreeMap<String, NamedType>, faults: &mut Faults) {
    for of in types.values() {
        let (mut open, mut seen) = (meanings(&of.shape), BTreeSet::new());
        while let Some(id) = open.pop() {
            if id == of.id {
                faults.add(
                    Place::named_type(&of.wire_name),
                    "stands for a type that stands for it, so that neither holds a value",
                    "have one of them hold the other in a field or in a list",
                );
                break;
            }
            if seen.insert(id) {
                open.extend(meanings(&types[id].shape));
            }
        }
    }
}

/// The types that a value of this shape may be one of, as it stands.
fn meanings(shape: &Shape) -> Vec<&str> {
    let mut inner: Vec<&TypeRef> = Vec::new();
    match shape {
        Shape::Newtype(of) => inner.push(of),
        Shape::Enum(of) => {
            for variant in &of.variants {
                let is_bare = variant.untagged || of.tagging == Tagging::Untagged;
                if let (true, VariantShape::Newtype(of)) = (is_bare, &variant.shape) {
                    inner.push(of);
                }
            }
        }
        _ => {}
    }
    let mut ids = Vec::new();
    for mut meaning in inner {
        while let TypeRef::Option(inner) = meaning {
            meaning = inner;
        }
        if let TypeRef::Named(id) = meaning {
            ids.push(id.as_str());
        }
    }
    ids
}

struct Lowering<'a> {
    document: &'a Document,
    directions: Directions<'a>,
    type_names: BTreeMap<&'a str, Name>,
    event_names: BTreeMap<&'a str, Name>,
    faults: Faults,
}

impl Lowering<'_> {
    fn types(&mut self) -> BTreeMap<String, NamedType> {
        let mut types: BTreeMap<String, NamedType> = BTreeMap::new();
        for (wire_name, direction) in self.directions.iter().collect::<Vec<_>>() {
            let id = self.directions.id(wire_name, direction);
            let definition = &self.document.types[wire_name];
            let known = types.entry(id).or_insert_with_key(|id| {
                let shape = self.shape(
                    shape_of(definition, direction),
                    direction,
                    &Place::named_type(wire_name),
                );
                NamedType {
                    id: id.clone(),
                    name: self.type_names[id.as_str()].clone(),
                    wire_name: wire_name.to_owned(),
                    docs: definition.docs.clone(),
                    deprecated: definition.deprecated.clone(),
                    mailbox: definition.mailbox.clone(),
                    shape,
                    uses: Uses::default(),
                    contents: Contents::default(),
                    recursive: false,
                    circle: 0,
                }
            });
            match direction {
                Direction::Sent => known.uses.sent = true,
                Direction::Received => known.uses.received = true,
            }
        }
        types
    }

    fn shape(&mut self, shape: &schema::Shape, direction: Direction, place: &Place) -> Shape {
        match shape {
            schema::Shape::Newtype(inner) => Shape::Newtype(self.directions.reference(inner, direction)),
            schema::Shape::Tuple(items) => Shape::Tuple(self.directions.references(items, direction)),
            schema::Shape::Unit => Shape::Unit,
            schema::Shape::Struct {
                fields, deny_unknown, ..
            } => Shape::Struct(Struct {
                fields: self.fields(fields, direction, place),
                deny_unknown: *deny_unknown,
            }),
            schema::Shape::Enum {
                tagging,
                variants,
                deny_unknown,
            } => {
                let units = variants
                    .iter()
                    .all(|variant| variant.shape == schema::VariantShape::Unit && !variant.untagged);
                Shape::Enum(Enum {
                    tagging: tagging.clone(),
                    strings: units && *tagging == Tagging::External,
                    variants: variants
                        .iter()
                        .map(|variant| self.variant(variant, direction, place))
                        .collect(),
                    deny_unknown: *deny_unknown,
                })
            }
        }
    }

    fn variant(&mut self, variant: &schema::Variant, direction: Direction, place: &Place) -> Variant {
        let place = place.variant(&variant.name);
        let shape = match &variant.shape {
            schema::VariantShape::Unit => VariantShape::Unit,
            schema::VariantShape::Newtype(inner) => VariantShape::Newtype(self.directions.reference(inner, direction)),
            schema::VariantShape::Tuple(items) => VariantShape::Tuple(self.directions.references(items, direction)),
            schema::VariantShape::Struct(fields) => VariantShape::Struct(self.fields(fields, direction, &place)),
        };
        Variant {
            name: self.name(variant.ident.as_ref().unwrap_or(&variant.name), &place),
            sent_as: variant.accepts.as_ref().unwrap_or(&variant.name).clone(),
            received_as: variant.name.clone(),
            aliases: variant.aliases.clone(),
            docs: variant.docs.clone(),
            deprecated: variant.deprecated.clone(),
            untagged: variant.untagged,
            other: variant.other,
            shape,
        }
    }

    fn fields(&mut self, fields: &[schema::Field], direction: Direction, place: &Place) -> Vec<Field> {
        let lower = |field: &schema::Field| Field {
            name: self.name(field.ident.as_ref().unwrap_or(&field.name), &place.field(&field.name)),
            sent_as: field.accepts.as_ref().unwrap_or(&field.name).clone(),
            received_as: field.name.clone(),
            aliases: field.aliases.clone(),
            docs: field.docs.clone(),
            deprecated: field.deprecated.clone(),
            type_ref: self.directions.reference(&field.type_ref, direction),
            optional: field.optional,
            defaulted: field.optional && field.defaulted && !field.flattened,
            sometimes: field.sometimes,
            flattened: field.flattened,
        };
        fields.iter().map(lower).collect()
    }

    fn services(&mut self) -> Vec<Service> {
        let document = self.document;
        let full = document.contracts.iter().map(|contract| contract.name.as_str());
        let short = short_names(full, Place::contract, &mut self.faults);
        let lower = |contract: &schema::Contract| {
            let place = Place::contract(&contract.name);
            Service {
                contract: contract.name.clone(),
                hash: document.hashes[&contract.name].contract.clone(),
                name: short[contract.name.as_str()].clone(),
                default_target: Name::new(names::short(&contract.name)).snake(),
                docs: contract.docs.clone(),
                deprecated: contract.deprecated.clone(),
                methods: self.methods(contract, Direction::Sent, &place),
                hosted: self
                    .directions
                    .is_hosted(&contract.name)
                    .then(|| self.methods(contract, Direction::Received, &place)),
                events: contract.events.iter().map(|event| self.event(event)).collect(),
            }
        };
        document.contracts.iter().map(lower).collect()
    }

    fn methods(&mut self, contract: &schema::Contract, requests: Direction, place: &Place) -> Vec<Method> {
        let methods = contract.methods.iter();
        methods.map(|method| self.method(method, requests, place)).collect()
    }

    fn method(&mut self, method: &schema::Method, requests: Direction, place: &Place) -> Method {
        let place = place.method(&method.name);
        let error = method.error.as_ref();
        Method {
            name: self.name(&method.name, &place),
            message: method.message.clone(),
            docs: method.docs.clone(),
            deprecated: method.deprecated.clone(),
            kind: method.kind,
            idempotent: method.idempotent && method.kind == schema::Kind::Ask,
            request: self.request(&method.request, requests, &place),
            reply: self.directions.reference(&method.reply, requests.back()),
            error: error.map(|error| self.error(error, requests.back())),
        }
    }

    fn request(&mut self, request: &schema::Request, direction: Direction, place: &Place) -> Request {
        let mut argument = |name: &String, type_ref, optional| Argument {
            name: self.name(name, &place.argument(name)),
            wire_name: name.clone(),
            type_ref: self.directions.reference(type_ref, direction),
            optional,
        };
        match request {
            schema::Request::Message { name, type_ref } => Request::Message(argument(name, type_ref, false)),
            schema::Request::Arguments(arguments) => Request::Arguments(
                arguments
                    .iter()
                    .map(|of| argument(&of.name, &of.type_ref, of.optional))
                    .collect(),
            ),
        }
    }

    fn error(&self, error: &TypeRef, direction: Direction) -> DeclaredError {
        let type_ref = self.directions.reference(error, direction);
        let name = match &type_ref {
            TypeRef::Named(id) => self.type_names[id.as_str()].clone(),
            built_in => Name::new(Name::new(format!("{built_in} error")).upper_camel()),
        };
        DeclaredError { name, type_ref }
    }

    fn event(&self, event: &schema::Event) -> Event {
        Event {
            event: event.name.clone(),
            name: self.event_names[event.name.as_str()].clone(),
            type_ref: self.directions.reference(&event.type_ref, Direction::Received),
        }
    }

    fn name(&mut self, source: &str, place: &Place) -> Name {
        if !Name::new(source).snake().contains(char::is_alphanumeric) {
            let problem = "its name holds no letter or digit, so that no language could write it in its own case";
            self.faults.add(place.clone(), problem, "rename it");
        }
        Name::new(source)
    }
}

/// The short names of all events, each of which must have one payload.
fn event_names<'a>(document: &'a Document, faults: &mut Faults) -> BTreeMap<&'a str, Name> {
    let mut payloads: BTreeMap<&str, (&str, &TypeRef)> = BTreeMap::new();
    for contract in &document.contracts {
        for event in &contract.events {
            let (first, payload) = *payloads.entry(&event.name).or_insert((&contract.name, &event.type_ref));
            if *payload != event.type_ref {
                faults.add(
                    Place::published(&event.name),
                    format!(
                        "`{first}` publishes it as {payload}, `{}` as {}",
                        contract.name, event.type_ref
                    ),
                    "rename one of them",
                );
            }
        }
    }
    short_names(payloads.into_keys(), Place::published, faults)
}

fn distinct_events(services: &[Service]) -> Vec<Event> {
    let events = services.iter().flat_map(|service| &service.events);
    let distinct: BTreeMap<&str, &Event> = events.map(|event| (event.event.as_str(), event)).collect();
    distinct.into_values().cloned().collect()
}

fn distinct_errors(services: &[Service], faults: &mut Faults) -> Vec<DeclaredError> {
    let mut distinct: BTreeMap<String, DeclaredError> = BTreeMap::new();
    for service in services {
        for method in service.methods.iter().chain(service.hosted.iter().flatten()) {
            let Some(error) = &method.error else { continue };
            let known = distinct
                .entry(error.name.upper_camel())
                .or_insert_with(|| error.clone());
            if known.type_ref != error.type_ref {
                faults.add(
                    Place::contract(&service.contract).method(method.name.source()),
                    format!(
                        "the error {} would be called `{}` in generated code, as the error {} is",
                        error.type_ref, error.name, known.type_ref
                    ),
                    "declare errors of your own types, with names that differ",
                );
            }
        }
    }
    distinct.into_values().collect()
}
