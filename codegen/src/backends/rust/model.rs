//! The package with everything decided: what [`render`](super::render) prints.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::{
    derives::{Derives, visit_services},
    handlers::{self, Fakes, Hosted},
    names::{escaped, led, type_name, value, without_escape},
    reading::Reading,
    references::{Types, form},
};
use crate::{
    backends::{
        Claims, Options,
        prose::{line_of_prose, prose},
    },
    fault::{Faults, Place},
    ir::{self, Api, Kind, NamedType, Request, Shape, Tagging, TypeRef, Uses, VariantShape},
};

/// The crate.
pub(super) struct Package {
    pub(super) name: String,
    pub(super) models: Vec<Model>,
    pub(super) services: Vec<Service>,
    pub(super) handlers: Vec<Hosted>,
    pub(super) fakes: Fakes,
    pub(super) uses_models_in_services: bool,
    /// How deep the compiler has to look into types, if that is deeper than it does by itself.
    pub(super) recursion_limit: Option<usize>,
}

/// What stands before an item: its documentation and whether it is deprecated.
pub(super) struct About {
    /// Line by line, never empty.
    pub(super) docs: Vec<String>,
    pub(super) deprecated: Option<String>,
}

/// A named type.
pub(super) struct Model {
    pub(super) about: About,
    pub(super) ident: Ident,
    pub(super) derives: Vec<TokenStream>,
    /// The arguments of its `serde` attribute.
    pub(super) serde: Vec<TokenStream>,
    pub(super) body: Body,
    pub(super) is_error: bool,
}

/// What a type holds.
pub(super) enum Body {
    Unit,
    Tuple(Vec<TokenStream>),
    Struct(Vec<Field>),
    Enum(Vec<Variant>, Reading),
}

pub(super) struct Variant {
    pub(super) about: About,
    pub(super) ident: Ident,
    pub(super) serde: Vec<TokenStream>,
    /// The name on the wire by which it is written, where it is read by another: beside a fake server it is read by both.
    pub(super) alias: Option<String>,
    /// Never an enum.
    pub(super) body: Body,
}

pub(super) struct Field {
    pub(super) about: About,
    pub(super) ident: Ident,
    pub(super) serde: Vec<TokenStream>,
    /// The name on the wire by which it is written, where it is read by another: beside a fake server it is read by both.
    pub(super) alias: Option<String>,
    pub(super) type_: TokenStream,
}

/// A contract, as an actor's client.
pub(super) struct Service {
    pub(super) about: About,
    pub(super) contract: String,
    pub(super) hash: String,
    pub(super) ident: Ident,
    /// The client's methods that make it.
    pub(super) accessor: Ident,
    pub(super) accessor_at: Ident,
    pub(super) default_target: String,
    pub(super) methods: Vec<Method>,
    pub(super) events: Vec<Event>,
}

pub(super) struct Method {
    pub(super) about: About,
    pub(super) ident: Ident,
    pub(super) kind: Kind,
    /// A call that may have been made when the connection was lost is made again.
    pub(super) idempotent: bool,
    pub(super) message: Message,
    pub(super) message_type: String,
    pub(super) reply: TokenStream,
    pub(super) error: Option<TokenStream>,
    /// `Result`, as the services' file must write it.
    pub(super) result: TokenStream,
    /// The lines that say what a call fails with, where the contract's documentation does not.
    pub(super) errors: Vec<String>,
}

/// The payload of a request.
pub(super) enum Message {
    Empty,
    /// The one parameter is the payload.
    Whole(Parameter),
    /// A struct made of the parameters.
    Arguments {
        parameters: Vec<Parameter>,
        /// Some parameter is a reference.
        borrows: bool,
    },
}

impl Message {
    pub(super) fn parameters(&self) -> &[Parameter] {
        match self {
            Message::Empty => &[],
            Message::Whole(parameter) => std::slice::from_ref(parameter),
            Message::Arguments { parameters, .. } => parameters,
        }
    }
}

pub(super) struct Parameter {
    pub(super) ident: Ident,
    /// In a function.
    pub(super) type_: TokenStream,
    /// In a struct with the lifetime `'a`.
    pub(super) field_type: TokenStream,
    /// The parameter is no reference itself, so one to it is sent.
    pub(super) by_value: bool,
    pub(super) serde: Vec<TokenStream>,
}

pub(super) struct Event {
    pub(super) ident: Ident,
    pub(super) event: String,
    pub(super) type_: TokenStream,
    pub(super) result: TokenStream,
}

/// A client that sends the type may leave the field out, or one that receives it may find it missing.
pub(super) fn is_optional(field: &ir::Field, uses: Uses) -> bool {
    ((uses.sent && field.optional) || (uses.received && field.sometimes)) && !is_rest(field)
}

/// The field holds the entries that no other names; where there are none, it is empty and never absent.
pub(super) fn is_rest(field: &ir::Field) -> bool {
    field.flattened && matches!(field.type_ref, TypeRef::Map(..))
}

impl Package {
    pub(super) fn of(api: &Api, options: &Options, faults: &mut Faults) -> Self {
        let (models, derives) = (Types::of_models(api), Derives::of(api));
        let services = services_of(api, &Types::of_services(api), faults);
        let accessors = services.iter().flat_map(|of| [&of.accessor, &of.accessor_at]);
        let handlers = handlers::of(api, &accessors.collect::<Vec<_>>(), faults);
        Self {
            name: options.package.clone(),
            models: api
                .types
                .values()
                .map(|of| Model::of(of, &models, &derives, faults))
                .collect(),
            services,
            handlers,
            fakes: handlers::fakes(api, faults),
            uses_models_in_services: uses_models(api),
            recursion_limit: recursion_limit(api.longest_chain()),
        }
    }
}

/// For types that stand so deep within one another. To find that a value can be sent to another thread, rustc goes down through
/// them all, and through what is between one and the next: up to eight types of the standard library.
fn recursion_limit(chain: usize) -> Option<usize> {
    const USUAL: usize = 128;
    const BETWEEN: usize = 8;
    (chain * BETWEEN > USUAL).then(|| (2 * chain * BETWEEN).next_power_of_two())
}

impl About {
    pub(super) fn new(docs: &str, fallback: String, deprecated: Option<&String>) -> Self {
        let docs = prose(docs);
        let docs = if docs.trim().is_empty() {
            // It quotes names, which may hold anything.
            vec![line_of_prose(&fallback)]
        } else {
            let mut lines: Vec<_> = docs.trim_end().lines().map(str::to_owned).collect();
            // What comes after it is no code.
            lines.extend(outside_of_code(&docs).1);
            lines
        };
        Self {
            docs,
            deprecated: deprecated.map(|reason| line_of_prose(reason).trim().to_owned()),
        }
    }

    /// And what the text of this type looks like.
    fn with_form(mut self, of: &TypeRef) -> Self {
        if let Some(form) = form(of) {
            self.docs.extend([String::new(), form.to_owned()]);
        }
        self
    }
}

impl Model {
    fn of(of: &NamedType, types: &Types<'_>, derives: &Derives<'_>, faults: &mut Faults) -> Self {
        let place = Place::named_type(&of.wire_name);
        let mut serde = Vec::new();
        let body = match &of.shape {
            Shape::Unit => Body::Unit,
            Shape::Newtype(inner) => Body::Tuple(vec![types.part_of(of, inner)]),
            Shape::Tuple(items) => places(of, items, types),
            Shape::Struct(inner) => {
                serde.extend(inner.deny_unknown.then(|| quote!(deny_unknown_fields)));
                Body::Struct(fields(of, &inner.fields, types, &place, faults))
            }
            Shape::Enum(inner) => {
                serde.extend(match &inner.tagging {
                    Tagging::External => None,
                    Tagging::Internal { tag } => Some(quote!(tag = #tag)),
                    Tagging::Adjacent { tag, content } => Some(quote!(tag = #tag, content = #content)),
                    Tagging::Untagged => Some(quote!(untagged)),
                });
                let variants = variants(of, inner, types, &place, faults);
                let reading = Reading::of(inner, &variants, types);
                Body::Enum(variants, reading)
            }
        };
        let mut about = About::new(
            &of.docs,
            format!("The type `{}`.", of.wire_name),
            of.deprecated.as_ref(),
        );
        if let Shape::Newtype(inner) = &of.shape {
            about = about.with_form(inner);
        }
        if let Body::Enum(
            _,
            Reading {
                unknown: Some(unknown), ..
            },
        ) = &body
        {
            about.docs.extend([
                String::new(),
                format!(
                    "A variant that the service has got since is read as [`{unknown}`](Self::{unknown}): a `match` has an arm for it."
                ),
            ]);
        }
        Self {
            about,
            ident: type_name(&of.name),
            derives: derives.derives(of),
            serde,
            body,
            is_error: of.uses.declared_error,
        }
    }
}

fn variants(owner: &NamedType, of: &ir::Enum, types: &Types<'_>, place: &Place, faults: &mut Faults) -> Vec<Variant> {
    let mut claims = Claims::new("variant");
    let mut lower = |variant: &ir::Variant| {
        let place = place.variant(&variant.received_as);
        let ident = type_name(&variant.name);
        claims.claim(ident.to_string(), place.clone(), faults);
        let body = match &variant.shape {
            VariantShape::Unit => Body::Unit,
            VariantShape::Newtype(inner) => Body::Tuple(vec![types.part_of(owner, inner)]),
            VariantShape::Tuple(items) => places(owner, items, types),
            VariantShape::Struct(inner) => Body::Struct(fields(owner, inner, types, &place, faults)),
        };
        let mut serde = Vec::new();
        if variant.untagged && of.tagging != Tagging::Untagged {
            serde.push(quote!(untagged));
        } else {
            serde.extend(rename(&ident, &variant.sent_as, &variant.received_as));
        }
        Variant {
            about: About::new(
                &variant.docs,
                format!("The variant `{}`.", variant.received_as),
                variant.deprecated.as_ref(),
            ),
            serde,
            alias: alias(&variant.sent_as, of.variants.iter().map(|of| &of.received_as)),
            ident,
            body,
        }
    };
    of.variants.iter().map(&mut lower).collect()
}

/// One place alone is a list still, but to serde it would be what stands in it: so that is a tuple itself.
fn places(owner: &NamedType, items: &[TypeRef], types: &Types<'_>) -> Body {
    let mut places: Vec<_> = items.iter().map(|item| types.part_of(owner, item)).collect();
    if let [only] = places.as_slice() {
        places = vec![quote!((#only,))];
    }
    Body::Tuple(places)
}

fn fields(
    owner: &NamedType,
    fields: &[ir::Field],
    types: &Types<'_>,
    place: &Place,
    faults: &mut Faults,
) -> Vec<Field> {
    let mut claims = Claims::new("field");
    let mut lower = |field: &ir::Field| {
        let ident = value(&field.name);
        claims.claim(ident.to_string(), place.field(&field.received_as), faults);
        let option = types.prelude("Option");
        let mut type_ = types.part_of(owner, &field.type_ref);
        let null_is_sent = owner.uses.sent && field.defaulted && types.takes_null(&field.type_ref);
        if is_optional(field, owner.uses) && (null_is_sent || !matches!(field.type_ref, TypeRef::Option(_))) {
            type_ = quote!(#option<#type_>);
        }
        let mut serde = Vec::new();
        if field.flattened {
            serde.push(quote!(flatten));
        } else {
            serde.extend(rename(&ident, &field.sent_as, &field.received_as));
            if is_optional(field, owner.uses) {
                serde.push(quote!(default));
                serde.push(left_out(&option));
            }
            if null_is_sent {
                // serde's own reads null as the outer `None`, which is not what null means.
                serde.push(quote!(deserialize_with = "callsheet_client::given"));
            }
        }
        let mut about = About::new(
            &field.docs,
            format!("The field `{}`.", field.received_as),
            field.deprecated.as_ref(),
        )
        .with_form(&field.type_ref);
        if null_is_sent {
            let left_out = "Left out if `None`: the server then takes its default. `Some(None)` is null.";
            about.docs.extend([String::new(), left_out.to_owned()]);
        }
        Field {
            about,
            ident,
            serde,
            alias: alias(&field.sent_as, fields.iter().map(|of| &of.received_as)).filter(|_| !field.flattened),
            type_,
        }
    };
    // A flattened enum that keeps what it does not know keeps all entries that are left, so those that know theirs take
    // them first.
    let (last, first): (Vec<_>, Vec<_>) = fields.iter().partition(|field| types.takes_what_is_left(field));
    first.into_iter().chain(last).map(&mut lower).collect()
}

/// What tells serde the names on the wire, where it would use others.
fn rename(ident: &Ident, sent_as: &str, received_as: &str) -> Option<TokenStream> {
    if sent_as != received_as {
        return Some(quote!(rename(serialize = #sent_as, deserialize = #received_as)));
    }
    (without_escape(ident) != sent_as).then(|| quote!(rename = #sent_as))
}

/// The name by which something is written, unless it or another is read by that anyway.
fn alias<'a>(sent_as: &str, mut received_as: impl Iterator<Item = &'a String>) -> Option<String> {
    (!received_as.any(|received| received == sent_as)).then(|| sent_as.to_owned())
}

/// What tells serde to write no `None`.
fn left_out(option: &TokenStream) -> TokenStream {
    let is_none = format!("{option}::is_none").replace(' ', "");
    quote!(skip_serializing_if = #is_none)
}

fn services_of(api: &Api, types: &Types<'_>, faults: &mut Faults) -> Vec<Service> {
    let mut accessors = Claims::new("method");
    let mut lower = |service: &ir::Service| {
        let place = Place::contract(&service.contract);
        let accessor = not_one_of(
            value(&service.name),
            &["connect", "connect_with", "connection", "close", "introducing", "new"],
        );
        let accessor_at = escaped(format!("{}_at", service.name.snake()));
        accessors.claim(accessor.to_string(), place.clone(), faults);
        accessors.claim(accessor_at.to_string(), place.clone(), faults);
        let mut claims = Claims::new("method");
        Service {
            about: About::new(
                &service.docs,
                format!("The contract `{}`.", service.contract),
                service.deprecated.as_ref(),
            ),
            contract: service.contract.clone(),
            hash: service.hash.clone(),
            ident: type_name(&service.name),
            accessor,
            accessor_at,
            default_target: service.default_target.clone(),
            methods: service
                .methods
                .iter()
                .map(|of| method(of, types, &place.method(of.name.source()), &mut claims, faults))
                .collect(),
            events: service
                .events
                .iter()
                .map(|of| event(of, types, &mut claims, faults))
                .collect(),
        }
    };
    // A contract that nothing can be asked of has no use for a client.
    let useful = |service: &&ir::Service| !service.methods.is_empty() || !service.events.is_empty();
    api.services.iter().filter(useful).map(&mut lower).collect()
}

fn method(of: &ir::Method, types: &Types<'_>, place: &Place, claims: &mut Claims, faults: &mut Faults) -> Method {
    let ident = not_one_of(value(&of.name), &["new", "with_options", "with_timeout"]);
    claims.claim(ident.to_string(), place.clone(), faults);
    Method {
        about: About::new(&of.docs, format!("Calls `{}`.", of.message), of.deprecated.as_ref()),
        ident,
        kind: of.kind,
        idempotent: of.idempotent,
        message: message(of, types, place, faults),
        message_type: of.message.clone(),
        reply: types.owned(&of.reply),
        error: of.error.as_ref().map(|error| types.owned(&error.type_ref)),
        result: types.prelude("Result"),
        errors: errors(of),
    }
}

/// The contract's documentation says what the method fails with.
pub(super) fn tells_errors(of: &ir::Method) -> bool {
    outside_of_code(&prose(&of.docs)).0.contains(&"# Errors")
}

fn errors(of: &ir::Method) -> Vec<String> {
    if of.kind == Kind::Stream || tells_errors(of) {
        return Vec::new();
    }
    let errors = match (&of.error, of.kind) {
        (Some(_), _) => "The error that the contract declares, or what went wrong on the way.",
        (None, Kind::Tell) => "If it was not sent. What happens to it at the server is not told.",
        (None, _) => "What went wrong on the way.",
    };
    ["", "# Errors", "", errors].map(str::to_owned).into()
}

/// The lines of Markdown that are not between the fences of code, and the fence that is missing at the end, if one is.
fn outside_of_code(docs: &str) -> (Vec<&str>, Option<String>) {
    let (mut outside, mut open): (_, Option<&str>) = (Vec::new(), None);
    for line in docs.lines() {
        let text = line.trim();
        let fence = ['`', '~'].into_iter().find_map(|of| {
            let length = text.len() - text.trim_start_matches(of).len();
            (length >= 3).then(|| &text[..length])
        });
        match (open, fence) {
            (None, None) => outside.push(line),
            (None, Some(fence)) => open = Some(fence),
            (Some(before), Some(fence)) if fence.starts_with(before) && fence == text => open = None,
            (Some(_), _) => {}
        }
    }
    (outside, open.map(str::to_owned))
}

/// Some call or event speaks of a named type.
fn uses_models(api: &Api) -> bool {
    let mut found = false;
    visit_services(api, &mut |part| found |= matches!(part, TypeRef::Named(_)));
    found
}

fn message(of: &ir::Method, types: &Types<'_>, place: &Place, faults: &mut Faults) -> Message {
    let mut claims = Claims::new("parameter");
    let mut borrows = false;
    let mut lower = |argument: &ir::Argument| {
        let ident = value(&argument.name);
        claims.claim(ident.to_string(), place.argument(argument.name.source()), faults);
        let (type_, is_borrowed) = types.borrowed(&argument.type_ref, &TokenStream::new());
        let (field_type, _) = types.borrowed(&argument.type_ref, &quote!('a));
        borrows |= is_borrowed;
        let mut serde: Vec<_> = rename(&ident, &argument.wire_name, &argument.wire_name)
            .into_iter()
            .collect();
        let is_option = matches!(argument.type_ref, TypeRef::Option(_));
        if argument.optional && is_option {
            serde.push(left_out(&types.prelude("Option")));
        }
        Parameter {
            ident,
            type_,
            field_type,
            by_value: is_option || !is_borrowed,
            serde,
        }
    };
    match &of.request {
        Request::Message(argument) => Message::Whole(lower(argument)),
        Request::Arguments(arguments) if arguments.is_empty() => Message::Empty,
        Request::Arguments(arguments) => {
            let parameters = arguments.iter().map(&mut lower).collect();
            Message::Arguments { parameters, borrows }
        }
    }
}

fn event(of: &ir::Event, types: &Types<'_>, claims: &mut Claims, faults: &mut Faults) -> Event {
    let ident = escaped(led("subscribe", &of.name));
    claims.claim(ident.to_string(), Place::published(&of.event), faults);
    Event {
        ident,
        event: of.event.clone(),
        type_: types.owned(&of.type_ref),
        result: types.prelude("Result"),
    }
}

/// The name, with an underscore after it if the package needs it for itself.
fn not_one_of(ident: Ident, taken: &[&str]) -> Ident {
    if taken.iter().any(|taken| ident == taken) {
        escaped(format!("{ident}_"))
    } else {
        ident
    }
}
