//! The decoders and encoders of the contracts' types.

use super::messages::{event_stem, reply_stem};
use crate::{
    backends::python::{
        layout::{Code, string},
        names,
        types::Types,
    },
    ir::{DeclaredError, Enum, Field, Kind, NamedType, Shape, TypeRef, Variant},
};

/// The module of codecs.
pub(in crate::backends::python) struct Codecs {
    pub(in crate::backends::python) codecs: Vec<Codec>,
    pub(in crate::backends::python) makers: Vec<Maker>,
}

/// What reads and writes one type.
pub(in crate::backends::python) enum Codec {
    Record(Record),
    Strings(Strings),
    Plain(Plain),
}

/// The codec of a struct or of a variant with named fields.
pub(in crate::backends::python) struct Record {
    pub(in crate::backends::python) class: String,
    pub(in crate::backends::python) stem: String,
    pub(in crate::backends::python) reads: Option<Vec<Read>>,
    pub(in crate::backends::python) writes: Option<Vec<Write>>,
}

/// How a field is read.
pub(in crate::backends::python) struct Read {
    /// The statement that defines what sets the field.
    pub(in crate::backends::python) slot: String,
    /// The literal of its name on the wire.
    pub(in crate::backends::python) at: String,
    pub(in crate::backends::python) statement: String,
    pub(in crate::backends::python) required: bool,
}

/// How a field is written.
pub(in crate::backends::python) struct Write {
    /// The literal of its name in Python.
    pub(in crate::backends::python) at: String,
    pub(in crate::backends::python) statement: String,
}

/// The codec of an enum of strings.
pub(in crate::backends::python) struct Strings {
    pub(in crate::backends::python) class: String,
    pub(in crate::backends::python) stem: String,
    pub(in crate::backends::python) decodes: bool,
    pub(in crate::backends::python) encodes: bool,
    /// The table of names to write, where they differ from those that are read.
    pub(in crate::backends::python) sent: Option<String>,
}

/// A codec that is one expression, with the tables that it uses.
pub(in crate::backends::python) struct Plain {
    /// The annotation of what is decoded.
    pub(in crate::backends::python) annotation: Code,
    pub(in crate::backends::python) stem: String,
    pub(in crate::backends::python) decode: Option<Expression>,
    pub(in crate::backends::python) encode: Option<Expression>,
}

/// A function's body and the tables before it.
pub(in crate::backends::python) struct Expression {
    pub(in crate::backends::python) tables: Vec<String>,
    pub(in crate::backends::python) statement: String,
}

/// What makes the exception of a declared error.
pub(in crate::backends::python) struct Maker {
    pub(in crate::backends::python) stem: String,
    pub(in crate::backends::python) class: String,
    pub(in crate::backends::python) statement: String,
}

/// What stands before the function that makes a declared error, in the codecs and where it is used.
pub(super) fn maker_name(error: &DeclaredError) -> String {
    format!("make_{}", error.name.snake())
}

impl Codecs {
    pub(super) fn of(types: Types<'_>) -> Self {
        let mut codecs = Vec::new();
        for of in types.api.in_dependency_order() {
            Builder {
                types,
                of,
                codecs: &mut codecs,
            }
            .add();
        }
        codecs.extend(composites(types));
        let maker = |error: &DeclaredError| {
            let class = names::class(error.name.source());
            let details = types.decoded(&error.type_ref, Code::text("details"));
            let made = Code::call(format!("errors.{class}"), [details, Code::text("text")]);
            Maker {
                stem: error.name.snake(),
                class,
                statement: made.statement(4, "return ", ""),
            }
        };
        Codecs {
            codecs,
            makers: types.api.errors.iter().map(maker).collect(),
        }
    }

    /// Whether there is nothing to read or write.
    pub(in crate::backends::python) fn is_empty(&self) -> bool {
        self.codecs.is_empty() && self.makers.is_empty()
    }

    fn mentions(&self, text: &str) -> bool {
        let expression = |of: &Option<Expression>| {
            of.as_ref()
                .is_some_and(|of| of.statement.contains(text) || of.tables.iter().any(|table| table.contains(text)))
        };
        self.makers.iter().any(|maker| maker.statement.contains(text))
            || self.codecs.iter().any(|codec| match codec {
                Codec::Record(of) => {
                    of.reads.iter().flatten().any(|read| read.statement.contains(text))
                        || of.writes.iter().flatten().any(|write| write.statement.contains(text))
                }
                Codec::Strings(_) => false,
                Codec::Plain(of) => expression(&of.decode) || expression(&of.encode),
            })
    }

    /// Whether the modules of decoders, encoders, unions and mismatches are used by the templates themselves.
    pub(in crate::backends::python) fn uses(&self) -> Uses {
        let mut uses = Uses {
            decode: self.mentions("decode."),
            encode: self.mentions("encode."),
            unions: self.mentions("unions."),
            moments: self.mentions("moments."),
            cast: self.mentions("cast("),
            ..Uses::default()
        };
        uses.errors = !self.makers.is_empty();
        uses.wire_value = uses.errors;
        uses.models = self.mentions("models.");
        for codec in &self.codecs {
            match codec {
                Codec::Record(of) => {
                    uses.models = true;
                    uses.decode |= of.reads.is_some();
                    uses.wire_value |= of.reads.is_some();
                    uses.wrong_type |= of.writes.is_some();
                    uses.mismatch |= [of.reads.as_ref().map(Vec::len), of.writes.as_ref().map(Vec::len)]
                        .into_iter()
                        .flatten()
                        .any(|fields| fields > 0);
                }
                Codec::Strings(of) => {
                    uses.models = true;
                    uses.unions |= of.decodes;
                    uses.wire_value |= of.decodes;
                    uses.wrong_type |= of.encodes;
                }
                Codec::Plain(of) => {
                    uses.models |= of.decode.is_some() && of.annotation.flat().contains("models.");
                    uses.wire_value |= of.decode.is_some();
                }
            }
        }
        uses
    }
}

impl Record {
    pub(in crate::backends::python) fn decoder(&self) -> String {
        decoder(&self.stem, Code::text(format!("models.{}", self.class)))
    }

    pub(in crate::backends::python) fn encoder(&self) -> String {
        encoder(&self.stem, "dict[str, object]")
    }

    /// Whether a field must be there.
    pub(in crate::backends::python) fn has_required(&self) -> bool {
        self.reads.iter().flatten().any(|read| read.required)
    }
}

impl Strings {
    pub(in crate::backends::python) fn decoder(&self) -> String {
        decoder(&self.stem, Code::text(format!("models.{}", self.class)))
    }

    pub(in crate::backends::python) fn encoder(&self) -> String {
        encoder(&self.stem, "str")
    }

    /// The statement that defines the table of names.
    pub(in crate::backends::python) fn names(&self) -> String {
        let members = Code::call("unions.names_of", [Code::text(format!("models.{}", self.class))]);
        members.statement(0, &format!("_{}__names = ", self.stem), "")
    }
}

impl Plain {
    pub(in crate::backends::python) fn decoder(&self) -> String {
        decoder(&self.stem, self.annotation.clone())
    }

    pub(in crate::backends::python) fn encoder(&self) -> String {
        encoder(&self.stem, "object")
    }
}

impl Maker {
    pub(in crate::backends::python) fn signature(&self) -> String {
        let parameters = ["details: WireValue", "text: str"].map(Code::text);
        let open = format!("def make_{}(", self.stem);
        Code::group(open, parameters, format!(") -> errors.{}:", self.class)).statement(0, "", "")
    }
}

fn decoder(stem: &str, returns: Code) -> String {
    let parameters = [Code::text("value: WireValue")];
    Code::signature(format!("def decode_{stem}("), parameters, returns, 0)
}

fn encoder(stem: &str, returns: &str) -> String {
    let parameters = [Code::text("value: object")];
    Code::signature(format!("def encode_{stem}("), parameters, Code::text(returns), 0)
}

impl Uses {
    /// The import from the standard library.
    pub(in crate::backends::python) fn typing_import(&self) -> String {
        import(
            "from typing",
            &[("TYPE_CHECKING", self.wire_value), ("cast", self.cast)],
        )
    }

    /// The other imports.
    pub(in crate::backends::python) fn imports(&self) -> String {
        import("from .", &[("errors", self.errors), ("models", self.models)])
            + &import(
                "from ._runtime",
                &[
                    ("decode", self.decode),
                    ("encode", self.encode),
                    ("moments", self.moments),
                    ("unions", self.unions),
                ],
            )
            + &import(
                "from ._runtime.mismatch",
                &[("Mismatch", self.mismatch), ("wrong_type", self.wrong_type)],
            )
    }
}

fn import(from: &str, names: &[(&str, bool)]) -> String {
    let names: Vec<_> = names.iter().filter_map(|(name, used)| used.then_some(*name)).collect();
    if names.is_empty() {
        return String::new();
    }
    format!("{from} import {}\n", names.join(", "))
}

/// What the module of codecs imports.
#[derive(Default)]
pub(in crate::backends::python) struct Uses {
    errors: bool,
    models: bool,
    decode: bool,
    encode: bool,
    unions: bool,
    moments: bool,
    cast: bool,
    mismatch: bool,
    wrong_type: bool,
    pub(in crate::backends::python) wire_value: bool,
}

/// The decoders of replies and events that are no single function otherwise.
fn composites(types: Types<'_>) -> impl Iterator<Item = Codec> {
    let replies = types.api.services.iter().flat_map(|service| {
        let answered = service.methods.iter().filter(|method| method.kind != Kind::Tell);
        answered.map(move |method| (reply_stem(service, method), &method.reply))
    });
    let events = types
        .api
        .events
        .iter()
        .map(|event| (event_stem(event), &event.type_ref));
    let composite = move |(stem, of): (String, &TypeRef)| match types.decoder(of) {
        Code::Text(_) => None,
        _ => Some(Codec::Plain(Plain {
            annotation: types.laid_annotation(of, "models."),
            stem,
            decode: Some(returning(types.decoded(of, Code::text("value")), Vec::new())),
            encode: None,
        })),
    };
    replies.chain(events).filter_map(composite)
}

pub(super) struct Builder<'a> {
    pub(super) types: Types<'a>,
    pub(super) of: &'a NamedType,
    codecs: &'a mut Vec<Codec>,
}

impl Builder<'_> {
    fn add(&mut self) {
        if self.types.inlined(&self.of.id).is_some() {
            return;
        }
        let of = self.of;
        match &of.shape {
            Shape::Newtype(inner) => self.alias(inner),
            Shape::Tuple(items) => self.alias(&TypeRef::Tuple(items.clone())),
            Shape::Unit => {}
            Shape::Struct(shape) => {
                let (class, stem) = (self.class().to_owned(), self.stem().to_owned());
                self.record(class, stem, &shape.fields);
            }
            Shape::Enum(shape) if shape.strings && !shape.variants.is_empty() => self.strings(shape),
            Shape::Enum(shape) => self.add_union(shape),
        }
    }

    pub(super) fn class(&self) -> &str {
        self.types.names.class(&self.of.id)
    }

    pub(super) fn stem(&self) -> &str {
        self.types.names.stem(&self.of.id)
    }

    pub(super) fn plain(&mut self, decode: impl FnOnce() -> Expression, encode: impl FnOnce() -> Expression) {
        let uses = self.of.uses;
        let plain = Plain {
            annotation: Code::text(format!("models.{}", self.class())),
            stem: self.stem().to_owned(),
            decode: uses.received.then(decode),
            encode: uses.sent.then(encode),
        };
        self.codecs.push(Codec::Plain(plain));
    }

    fn alias(&mut self, inner: &TypeRef) {
        let types = self.types;
        self.plain(
            || returning(types.decoded(inner, Code::text("value")), Vec::new()),
            || returning(types.encoded(inner, Code::text("value")), Vec::new()),
        );
    }

    pub(super) fn record(&mut self, class: String, stem: String, fields: &[Field]) {
        let uses = self.of.uses;
        let reads = || fields.iter().map(|field| self.read(&class, &stem, field)).collect();
        let writes = || fields.iter().map(|field| self.write(field)).collect();
        let record = Record {
            reads: uses.received.then(reads),
            writes: uses.sent.then(writes),
            class,
            stem,
        };
        self.codecs.push(Codec::Record(record));
    }

    fn read(&self, class: &str, stem: &str, field: &Field) -> Read {
        let name = names::field(&field.name);
        let at = string(&field.received_as);
        let required = !field.sometimes && !matches!(field.type_ref, TypeRef::Option(_));
        let value = if required {
            self.types.decoded(&field.type_ref, Code::text(format!("fields[{at}]")))
        } else {
            let present = match &field.type_ref {
                TypeRef::Option(inner) => inner,
                other => other,
            };
            let found = Code::text(format!("fields.get({at})"));
            Code::call("decode.decode_optional", [self.types.decoder(present), found])
        };
        let set = Code::call(format!("_{stem}__{name}"), [Code::text("made"), value]);
        let found = [Code::text(format!("models.{class}")), Code::text(string(&name))];
        Read {
            slot: Code::call("decode.slot", found).statement(0, &format!("_{stem}__{name} = "), ""),
            statement: set.statement(8, "", ""),
            at,
            required,
        }
    }

    fn write(&self, field: &Field) -> Write {
        let name = names::field(&field.name);
        let value = Code::text(format!("value.{name}"));
        let entry = format!("wire[{}] = ", string(&field.sent_as));
        let statement = if field.optional {
            let present = match &field.type_ref {
                TypeRef::Option(inner) => inner,
                other => other,
            };
            let written = self.types.encoded(present, value).statement(12, &entry, "");
            format!("        if value.{name} is not None:\n{written}")
        } else {
            self.types.encoded(&field.type_ref, value).statement(8, &entry, "")
        };
        Write {
            at: string(&name),
            statement,
        }
    }

    fn strings(&mut self, shape: &Enum) {
        let class = self.class().to_owned();
        let stem = self.stem().to_owned();
        let differ = shape
            .variants
            .iter()
            .any(|variant| variant.sent_as != variant.received_as);
        let sent = (differ && self.of.uses.sent).then(|| {
            let entry = |variant: &Variant| {
                let member = names::constant(&variant.name);
                Code::text(format!("models.{class}.{member}: {}", string(&variant.sent_as)))
            };
            Code::group("{", shape.variants.iter().map(entry), "}").statement(0, &format!("_{stem}__sent = "), "")
        });
        self.codecs.push(Codec::Strings(Strings {
            decodes: self.of.uses.received,
            encodes: self.of.uses.sent,
            class,
            stem,
            sent,
        }));
    }
}

pub(super) fn returning(value: Code, tables: Vec<String>) -> Expression {
    Expression {
        tables,
        statement: value.statement(4, "return ", ""),
    }
}
