//! Everything that the templates print, decided.

mod codecs;
mod example;
mod fakes;
mod handlers;
mod messages;
mod models;
mod records;
mod services;
mod subscribe;
mod unions;

use example::Example;

use super::{
    layout::{Code, string},
    names::{self, TypeNames},
    references::Types,
};
use crate::{
    backends::{Claims, Options},
    fault::{Faults, Place},
    ir::{Api, Event, Service, Shape, VariantShape},
};

pub(super) use codecs::{Codec, Codecs, Uses as CodecUses};
pub(super) use fakes::Fakes;
pub(super) use handlers::Handlers;
pub(super) use messages::Message;
pub(super) use models::{Definition, Models};
pub(super) use records::Record;
pub(super) use services::Services;

/// What every package has beside the contracts, as `callsheet.py` exports it.
const RUNTIME: &[&str] = &[
    "ActorFailedError",
    "ActorNotFoundError",
    "ActorStoppedError",
    "AmbiguousMessageTypeError",
    "AskOptions",
    "AsyncStream",
    "AsyncSubscription",
    "CallCancelledError",
    "CallError",
    "CallOptions",
    "CallTimeoutError",
    "ClientForkedError",
    "ConnectionLostError",
    "ContractError",
    "DeadlockError",
    "DecodeError",
    "Duration",
    "Event",
    "FrameTooLargeError",
    "Gap",
    "Hosted",
    "InternalError",
    "LimitExceededError",
    "PermissionDeniedError",
    "ProtocolError",
    "RateLimitedError",
    "SchemaMismatchError",
    "SerializationError",
    "ShuttingDownError",
    "SlowConsumerError",
    "Stream",
    "Subscription",
    "SystemTime",
    "TargetBusyError",
    "UNSET",
    "UnknownMessageTypeError",
    "UnknownVariant",
    "Unset",
];

/// A package.
pub(super) struct Package {
    /// As the package manager knows it.
    pub(super) name: String,
    /// As it is imported.
    pub(super) module: String,
    pub(super) models: Models,
    pub(super) codecs: Codecs,
    pub(super) errors: Vec<Error>,
    /// `__all__` of the module of errors.
    pub(super) error_exports: String,
    pub(super) events: Vec<EventConstant>,
    /// `__all__` of the module of events.
    pub(super) event_exports: String,
    pub(super) messages: Vec<Message>,
    pub(super) services: Services,
    /// The contracts that clients host.
    pub(super) hosted: Handlers,
    /// What stands in for the server.
    pub(super) fakes: Fakes,
    /// The statement that names the contracts, each with its hash.
    pub(super) origin: String,
    /// The document of the contracts, as JSON.
    pub(super) document: String,
    /// The import statements of the package's own module.
    pub(super) imports: Vec<String>,
    /// `__all__` of the package's own module.
    pub(super) exports: String,
    pub(super) example: Example,
}

/// The exception of a declared error.
pub(super) struct Error {
    pub(super) class: String,
    pub(super) docs: String,
    /// The annotation of what it carries.
    pub(super) carries: String,
}

/// An event whose payload is no class, so that a constant stands for it.
pub(super) struct EventConstant {
    pub(super) docs: String,
    pub(super) statement: String,
}

impl Package {
    pub(super) fn of(api: &Api, options: &Options, faults: &mut Faults) -> Self {
        names::check_package(&options.package, faults);
        let type_names = TypeNames::of(api);
        let types = Types {
            api,
            names: &type_names,
            mirrored: false,
        };
        let mirrored = api.clone().mirrored();
        let mirror = Types {
            api: &mirrored,
            names: &type_names,
            mirrored: true,
        };
        claim(api, types, faults);
        let models = Models::of(types, faults);
        let services = Services::of(types, faults);

        let error_names: Vec<String> = api.errors.iter().map(|error| names::error_class(&error.name)).collect();
        let event_names: Vec<String> = constants(types).map(|event| names::constant(&event.name)).collect();
        let sets = [
            ("models", models.names.clone()),
            ("errors", error_names.clone()),
            ("events", event_names.clone()),
            ("client", vec!["Client".to_owned()]),
        ];
        let later = "AsyncClient".to_owned();
        let own: Vec<&String> = sets.iter().flat_map(|(_, names)| names).chain([&later]).collect();
        let of_runtime: Vec<String> = RUNTIME
            .iter()
            .map(|name| (*name).to_owned())
            .filter(|name| !own.contains(&name))
            .collect();
        let mut exports: Vec<String> = own.iter().map(|name| (*name).clone()).collect();
        exports.extend(of_runtime.iter().cloned());

        let mut imports: Vec<(&str, String)> = sets
            .into_iter()
            .chain([("callsheet", of_runtime)])
            .filter(|(_, names)| !names.is_empty())
            .map(|(module, names)| (module, import(&format!(".{module}"), names)))
            .collect();
        imports.sort();

        Package {
            name: options.package.clone(),
            example: Example::of(types, &names::module(&options.package)),
            module: names::module(&options.package),
            codecs: Codecs::of(types),
            errors: errors(types),
            error_exports: all(error_names),
            events: events(types),
            event_exports: all(event_names),
            messages: messages::messages(types),
            imports: imports.into_iter().map(|(_, statement)| statement).collect(),
            exports: all(exports),
            origin: origin(api),
            document: api.document.to_json(),
            hosted: hosted(types),
            fakes: Fakes::of(mirror),
            models,
            services,
        }
    }
}

/// The contracts that clients host.
fn hosted(types: Types<'_>) -> Handlers {
    let services = types.api.services.iter();
    Handlers::of(
        types,
        services.filter_map(|service| Some((service, service.hosted.as_deref()?))),
    )
}

/// What the package is made from.
fn origin(api: &Api) -> String {
    let pair =
        |service: &Service| Code::tuple([Code::text(string(&service.contract)), Code::text(string(&service.hash))]);
    let contracts = api.services.iter().map(pair);
    Code::call("Origin", [Code::text("__name__")].into_iter().chain(contracts)).statement(0, "ORIGIN = ", "")
}

impl Package {
    /// Whether its values hold dates or times of day.
    pub(super) fn has_dates(&self) -> bool {
        self.models.mentions("_datetime.") || self.services.annotates("_datetime.")
    }
}

/// Claims every public name of the package.
fn claim(api: &Api, types: Types<'_>, faults: &mut Faults) {
    let mut claims = Claims::new("class");
    for name in ["Client", "AsyncClient", "CallError", "ContractError"] {
        claims.reserve(name);
    }
    for error in &api.errors {
        let place = match &error.type_ref {
            crate::ir::TypeRef::Named(id) => Place::named_type(&api.named(id).wire_name),
            built_in => Place::named_type(&built_in.to_string()),
        };
        claims.claim(names::error_class(&error.name), place, faults);
    }
    for (id, of) in &api.types {
        let place = Place::named_type(&of.wire_name);
        claims.claim(types.names.class(id), place.clone(), faults);
        if let Shape::Enum(union) = &of.shape
            && !union.strings
        {
            for variant in &union.variants {
                let place = place.variant(variant.name.source());
                claims.claim(names::variant_class(of, variant), place, faults);
            }
        }
    }
    for event in constants(types) {
        claims.claim(names::constant(&event.name), Place::published(&event.event), faults);
    }
    // Contracts stand in modules of their own, so that one may be called as a type is.
    let mut claims = Claims::new("class");
    claims.reserve("Client");
    for service in &api.services {
        claims.claim(
            names::class(service.name.source()),
            Place::contract(&service.contract),
            faults,
        );
    }
}

/// Claims the fields of whatever has fields.
fn claim_fields(fields: &[crate::ir::Field], of: names::Fields<'_>, place: &Place, faults: &mut Faults) {
    let mut claims = Claims::new("field");
    for field in fields {
        claims.claim(of.name(&field.name), place.field(field.name.source()), faults);
    }
}

fn errors(types: Types<'_>) -> Vec<Error> {
    let error = |error: &crate::ir::DeclaredError| {
        let (docs, deprecated) = match &error.type_ref {
            crate::ir::TypeRef::Named(id) => {
                let of = types.api.named(id);
                (of.docs.as_str(), of.deprecated.as_deref())
            }
            _ => ("", None),
        };
        Error {
            class: names::error_class(&error.name),
            docs: super::docs::docstring(docs, "An error that the contracts declare.", deprecated, 4),
            carries: types.annotation(&error.type_ref, "_models.").flat(),
        }
    };
    types.api.errors.iter().map(error).collect()
}

/// The events whose payload is no class of its own.
fn constants<'a>(types: Types<'a>) -> impl Iterator<Item = &'a Event> {
    types
        .api
        .events
        .iter()
        .filter(move |event| event_class(types, event).is_none())
}

/// The class that stands for an event: that of its payload, if it is one and no other event's too.
fn event_class(types: Types<'_>, event: &Event) -> Option<String> {
    let same = types
        .api
        .events
        .iter()
        .filter(|other| other.type_ref == event.type_ref)
        .count();
    (same == 1 && types.is_class(&event.type_ref)).then(|| types.annotation(&event.type_ref, "").flat())
}

fn events(types: Types<'_>) -> Vec<EventConstant> {
    let constant = |event: &Event| {
        let annotation = Code::subscript("Event", [types.annotation(&event.type_ref, "_models.")]);
        let made = Code::call(
            "Event",
            [
                Code::text(string(&event.event)),
                messages::decoder(types, &event.type_ref, &messages::event_stem(event)),
            ],
        );
        EventConstant {
            statement: Code::declaration(&names::constant(&event.name), &annotation, &made),
            docs: super::docs::docstring("", &format!("The event `{}`.", event.event), None, 0),
        }
    };
    constants(types).map(constant).collect()
}

/// `from module import names`.
fn import(module: &str, mut names: Vec<String>) -> String {
    // Import sorters look at the case of letters last, sorters of `__all__` do not.
    names.sort_by_cached_key(|name| (kind(name), natural(&name.to_lowercase()), natural(name)));
    let flat = format!("from {module} import {}", names.join(", "));
    if flat.len() <= super::layout::WIDTH {
        return flat + "\n";
    }
    let names: String = names.iter().map(|name| format!("    {name},\n")).collect();
    format!("from {module} import (\n{names})\n")
}

/// `__all__`.
fn all(mut names: Vec<String>) -> String {
    names.sort_by_cached_key(|name| (kind(name), natural(name)));
    let names = names.iter().map(|name| Code::text(string(name)));
    Code::group("[", names, "]").statement(0, "__all__ = ", "")
}

/// Which kind of name sorters put first: constants, then classes, then the rest.
fn kind(name: &str) -> u8 {
    match name {
        _ if name.len() > 1 && !name.contains(char::is_lowercase) => 0,
        _ if name.starts_with(char::is_uppercase) => 1,
        _ => 2,
    }
}

/// What sorters compare of a name: text, and numbers by their value.
fn natural(name: &str) -> Vec<(String, u64)> {
    let mut parts: Vec<(String, u64)> = vec![(String::new(), 0)];
    let mut after_digit = false;
    for character in name.chars() {
        let last = parts.last_mut().expect("there is a part from the start");
        match character.to_digit(10) {
            Some(digit) => {
                last.1 = last.1.saturating_mul(10).saturating_add(u64::from(digit));
                after_digit = true;
            }
            None if after_digit => {
                parts.push((character.to_string(), 0));
                after_digit = false;
            }
            None => last.0.push(character),
        }
    }
    parts
}

/// Claims what the variants of an enum would be called in one class.
fn claim_members(of: &crate::ir::NamedType, faults: &mut Faults) {
    let place = Place::named_type(&of.wire_name);
    match &of.shape {
        Shape::Struct(shape) => claim_fields(&shape.fields, names::Fields::OfStruct, &place, faults),
        Shape::Enum(shape) => {
            let mut claims = Claims::new("member");
            for variant in &shape.variants {
                let place = place.variant(variant.name.source());
                if shape.strings {
                    claims.claim(names::constant(&variant.name), place.clone(), faults);
                }
                if let VariantShape::Struct(fields) = &variant.shape {
                    claim_fields(fields, names::Fields::OfVariant(&variant.received_as), &place, faults);
                }
            }
        }
        Shape::Newtype(_) | Shape::Tuple(_) | Shape::Unit => {}
    }
}
