//! The decoders and encoders of the contracts' types.

use super::{
    messages::{event_stem, reply_stem},
    records::Record,
};
use crate::{
    backends::python::{
        layout::{Code, string},
        merged::entries_stem,
        modules,
        names::{self, Fields},
        references::Types,
    },
    ir::{DeclaredError, Enum, Kind, NamedType, Shape, Tagging, TypeRef, Variant},
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

/// The codec of an enum of strings.
pub(in crate::backends::python) struct Strings {
    pub(in crate::backends::python) class: String,
    pub(in crate::backends::python) stem: String,
    pub(in crate::backends::python) decodes: bool,
    pub(in crate::backends::python) encodes: bool,
    /// The statement that defines the table of names to read.
    pub(in crate::backends::python) names: String,
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
        let among_entries = types.enums_among_entries();
        for of in types.api.in_dependency_order() {
            Builder {
                types,
                of,
                among_entries: among_entries.contains(of.id.as_str()),
                codecs: &mut codecs,
            }
            .add();
        }
        if types.mirrored {
            // What answers here is written, and no reply is read.
            return Codecs {
                codecs,
                makers: Vec::new(),
            };
        }
        codecs.extend(composites(types));
        let maker = |error: &DeclaredError| {
            let class = names::error_class(&error.name);
            let details = types.decoded_payload(&error.type_ref, Code::text("details"));
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

    /// Whether any code here, or only its annotations, name something in a module.
    fn mentions(&self, module: &str) -> bool {
        let names = |code: &str| modules::mentions(code, module);
        let expression = |of: &Option<Expression>| {
            of.as_ref()
                .is_some_and(|of| names(&of.statement) || of.tables.iter().any(|table| names(table)))
        };
        self.makers.iter().any(|maker| names(&maker.statement))
            || self.codecs.iter().any(|codec| match codec {
                Codec::Record(of) => {
                    of.reads.iter().flatten().any(|read| names(&read.statement))
                        || of.writes.iter().flatten().any(|write| names(&write.statement))
                }
                Codec::Strings(_) => false,
                Codec::Plain(of) => expression(&of.decode) || expression(&of.encode),
            })
    }

    /// Whether an annotation names something in a module: one that stands alone, or one within code.
    fn annotates(&self, module: &str) -> bool {
        let annotation = |codec: &Codec| match codec {
            Codec::Plain(of) => of.decode.is_some() && modules::mentions(&of.annotation.flat(), module),
            _ => false,
        };
        self.mentions(module) || self.codecs.iter().any(annotation)
    }

    /// What the module imports.
    pub(in crate::backends::python) fn uses(&self) -> Uses {
        let codecs = || self.codecs.iter();
        let reads = codecs().any(|codec| matches!(codec, Codec::Record(of) if of.reads.is_some()));
        let names = codecs().any(|codec| matches!(codec, Codec::Strings(of) if of.decodes));
        let expressions = codecs().any(|codec| matches!(codec, Codec::Plain(of) if of.decode.is_some()));
        let checks_class = |codec: &Codec| match codec {
            Codec::Record(of) => of.writes.is_some(),
            Codec::Strings(of) => of.encodes,
            Codec::Plain(_) => false,
        };
        let has_fields = |codec: &Codec| match codec {
            Codec::Record(of) => {
                of.reads.as_ref().is_some_and(|reads| !reads.is_empty())
                    || of.writes.as_ref().is_some_and(|writes| !writes.is_empty())
            }
            _ => false,
        };
        Uses {
            standard: modules::of_standard(|module| self.annotates(module)),
            runtime: modules::of_runtime(|module| {
                self.mentions(module) || (reads && module == "decode.") || (names && module == "unions.")
            }),
            errors: !self.makers.is_empty(),
            models: self.annotates("models.") || codecs().any(|codec| !matches!(codec, Codec::Plain(_))),
            cast: self.mentions("cast("),
            mismatch: codecs().any(has_fields),
            wrong_type: codecs().any(checks_class),
            wire_value: reads || names || expressions || !self.makers.is_empty(),
        }
    }
}

impl Strings {
    pub(in crate::backends::python) fn decoder(&self) -> String {
        decoder(&self.stem, Code::text(format!("models.{}", self.class)))
    }

    pub(in crate::backends::python) fn encoder(&self) -> String {
        encoder(&self.stem, "str")
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

pub(super) fn decoder(stem: &str, returns: Code) -> String {
    let parameters = [Code::text("value: WireValue")];
    Code::signature(format!("def decode_{stem}("), parameters, returns, 0)
}

pub(super) fn encoder(stem: &str, returns: &str) -> String {
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

    /// The imports for annotations alone.
    pub(in crate::backends::python) fn standard_imports(&self) -> String {
        self.standard
            .iter()
            .map(|module| format!("    import {module}\n"))
            .collect()
    }

    /// The other imports.
    pub(in crate::backends::python) fn imports(&self) -> String {
        import("from .", &[("errors", self.errors), ("models", self.models)])
            + &import(
                "from ._runtime",
                &self.runtime.iter().map(|module| (*module, true)).collect::<Vec<_>>(),
            )
            + &import(
                "from ._runtime.mismatch",
                &[("MismatchError", self.mismatch), ("wrong_type", self.wrong_type)],
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
pub(in crate::backends::python) struct Uses {
    /// Of the standard library, for annotations.
    standard: Vec<&'static str>,
    runtime: Vec<&'static str>,
    errors: bool,
    models: bool,
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
        Code::Text(_) if !types.is_recursive(of) => None,
        _ => Some(Codec::Plain(Plain {
            annotation: types.annotation(of, "models."),
            stem,
            decode: Some(returning(types.decoded_payload(of, Code::text("value")), Vec::new())),
            encode: None,
        })),
    };
    replies.chain(events).filter_map(composite)
}

pub(super) struct Builder<'a> {
    pub(super) types: Types<'a>,
    pub(super) of: &'a NamedType,
    /// It is an enum whose values also stand among the entries of others, where they are written in another way.
    pub(super) among_entries: bool,
    pub(super) codecs: &'a mut Vec<Codec>,
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
                self.record((class, stem), Fields::OfStruct, &shape.fields);
            }
            Shape::Enum(shape) if shape.variants.is_empty() => self.add_union(&Enum {
                // A value of a type that has none cannot be one that is not known either.
                tagging: Tagging::Untagged,
                ..shape.clone()
            }),
            Shape::Enum(shape) if shape.strings => self.strings(shape),
            Shape::Enum(shape) => self.add_union(shape),
        }
    }

    pub(super) fn class(&self) -> &str {
        self.types.names.class(&self.of.id)
    }

    pub(super) fn stem(&self) -> &str {
        self.types.names.stem(&self.of.id)
    }

    pub(super) fn plain(
        &mut self,
        stem: String,
        decode: impl FnOnce() -> Expression,
        encode: impl FnOnce() -> Expression,
    ) {
        let uses = self.of.uses;
        let plain = Plain {
            annotation: Code::text(format!("models.{}", self.class())),
            stem,
            decode: uses.received.then(decode),
            encode: uses.sent.then(encode),
        };
        self.codecs.push(Codec::Plain(plain));
    }

    fn alias(&mut self, inner: &TypeRef) {
        let types = self.types;
        self.plain(
            self.stem().to_owned(),
            || returning(types.decoded(inner, Code::text("value")), Vec::new()),
            || returning(types.encoded(inner, Code::text("value")), Vec::new()),
        );
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
        let names = if self.types.mirrored && differ {
            let entry = |variant: &Variant| {
                let member = format!("models.{class}.{}", names::constant(&variant.name));
                Code::prefixed(format!("{}: ", string(&variant.received_as)), Code::text(member))
            };
            Code::group("{", shape.variants.iter().map(entry), "}")
        } else {
            Code::call("unions.names_of", [Code::text(format!("models.{class}"))])
        };
        self.codecs.push(Codec::Strings(Strings {
            names: names.statement(0, &format!("_{stem}__names = "), ""),
            decodes: self.of.uses.received,
            encodes: self.of.uses.sent,
            class,
            stem: stem.clone(),
            sent,
        }));
        if self.among_entries {
            let value = || Code::text("value");
            let entry = || {
                let arguments = [Code::text("{}"), Code::text(format!("_{stem}__names")), value()];
                returning(Code::call("unions.decode_entry", arguments), Vec::new())
            };
            let written = || {
                let name = Code::call(format!("encode_{stem}"), [value()]);
                let entry = Code::suffixed(name, ": None");
                returning(Code::group("{", [entry], "}"), Vec::new())
            };
            self.plain(entries_stem(&stem), entry, written);
        }
    }
}

pub(super) fn returning(value: Code, tables: Vec<String>) -> Expression {
    Expression {
        tables,
        statement: value.statement(4, "return ", ""),
    }
}
