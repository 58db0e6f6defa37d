//! The codecs of structs and of variants with named fields.

use std::collections::BTreeSet;

use super::codecs::{Builder, Codec, decoder, encoder};
use crate::{
    backends::python::{
        layout::{Code, string},
        names,
    },
    ir::{Field, TypeRef},
};

/// The codec of a struct or of a variant with named fields.
pub(in crate::backends::python) struct Record {
    pub(in crate::backends::python) class: String,
    pub(in crate::backends::python) stem: String,
    pub(in crate::backends::python) reads: Option<Vec<Read>>,
    pub(in crate::backends::python) writes: Option<Vec<Write>>,
    /// The statement that defines the entries that fields stand in, if flattened ones must have none of them.
    pub(in crate::backends::python) taken: Option<String>,
}

/// How a field is read.
pub(in crate::backends::python) struct Read {
    /// The statements that define what sets the field and, if it is flattened, the entries that are not its own.
    pub(in crate::backends::python) tables: String,
    /// The literal of its name on the wire; empty if it is flattened.
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

impl Record {
    pub(in crate::backends::python) fn decoder(&self) -> String {
        decoder(&self.stem, Code::text(format!("models.{}", self.class)))
    }

    pub(in crate::backends::python) fn encoder(&self) -> String {
        encoder(&self.stem, "dict[str, object]")
    }

    /// Whether an entry must be there.
    pub(in crate::backends::python) fn has_required(&self) -> bool {
        self.reads.iter().flatten().any(|read| read.required)
    }
}

impl Builder<'_> {
    pub(super) fn record(&mut self, class: String, stem: String, fields: &[Field]) {
        let uses = self.of.uses;
        let flattens = fields.iter().any(|field| field.flattened);
        let taken: BTreeSet<&str> = fields
            .iter()
            .filter(|field| flattens && !field.flattened)
            .flat_map(|field| [&field.sent_as].into_iter().chain(&field.aliases))
            .map(String::as_str)
            .collect();
        let taken_name = (!taken.is_empty()).then(|| format!("_{stem}__fields__taken"));
        let read = |field: &Field| match field.flattened {
            true => self.read_flattened((&class, &stem), field, fields),
            false => self.read((&class, &stem), field),
        };
        let write = |field: &Field| match field.flattened {
            true => self.write_flattened(field, taken_name.as_deref()),
            false => self.write(field),
        };
        let record = Record {
            reads: uses.received.then(|| fields.iter().map(read).collect()),
            writes: uses.sent.then(|| fields.iter().map(write).collect()),
            taken: taken_name.as_ref().map(|name| names_table(name, taken)),
            class,
            stem,
        };
        self.codecs.push(Codec::Record(record));
    }

    fn read(&self, record: (&str, &str), field: &Field) -> Read {
        let at = string(&field.received_as);
        let required = !field.sometimes && !matches!(field.type_ref, TypeRef::Option(_));
        let value = if required {
            self.types.decoded(&field.type_ref, Code::text(format!("fields[{at}]")))
        } else {
            let found = Code::text(format!("fields.get({at})"));
            Code::call(
                "decode.decode_optional",
                [self.types.decoder(present(&field.type_ref)), found],
            )
        };
        Read {
            tables: slot(record, field),
            statement: set(record, field, value),
            at,
            required,
        }
    }

    fn read_flattened(&self, record: (&str, &str), field: &Field, fields: &[Field]) -> Read {
        let mut others: BTreeSet<&str> = BTreeSet::new();
        if self.types.own_entries(&field.type_ref).is_empty() {
            for other in fields {
                match other.flattened {
                    true => others.extend(self.types.own_entries(&other.type_ref)),
                    false => drop(others.insert(&other.received_as)),
                }
            }
        }
        let (table, entries) = if others.is_empty() {
            (String::new(), Code::text("fields"))
        } else {
            let name = format!("_{}__{}__others", record.1, names::field(&field.name));
            let entries = Code::call("decode.others", [Code::text("fields"), Code::text(&name)]);
            (names_table(&name, others), entries)
        };
        let value = if field.sometimes {
            let decoder = self.types.merged_decoder(present(&field.type_ref));
            Code::call("decode.decode_fitting", [decoder, entries])
        } else {
            self.types.merged_decoded(&field.type_ref, entries)
        };
        Read {
            tables: slot(record, field) + &table,
            statement: set(record, field, value),
            at: string(""),
            required: false,
        }
    }

    fn write(&self, field: &Field) -> Write {
        let entry = format!("wire[{}] = ", string(&field.sent_as));
        Write {
            at: string(&names::field(&field.name)),
            statement: written(field, |of, value, indent| {
                self.types.encoded(of, value).statement(indent, &entry, "")
            }),
        }
    }

    fn write_flattened(&self, field: &Field, taken: Option<&str>) -> Write {
        Write {
            at: string(&names::field(&field.name)),
            statement: written(field, |of, value, indent| {
                let mut arguments = vec![Code::text("wire"), self.types.merged_encoded(of, value)];
                arguments.extend(taken.map(Code::text));
                Code::call("encode.merge", arguments).statement(indent, "", "")
            }),
        }
    }
}

/// The type of a value that is there.
fn present(of: &TypeRef) -> &TypeRef {
    match of {
        TypeRef::Option(inner) => inner,
        other => other,
    }
}

fn slot((class, stem): (&str, &str), field: &Field) -> String {
    let name = names::field(&field.name);
    let found = [Code::text(format!("models.{class}")), Code::text(string(&name))];
    Code::call("decode.slot", found).statement(0, &format!("_{stem}__{name} = "), "")
}

fn set((_, stem): (&str, &str), field: &Field, value: Code) -> String {
    let slot = format!("_{stem}__{}", names::field(&field.name));
    Code::call(slot, [Code::text("made"), value]).statement(8, "", "")
}

/// The statement that writes a field, made for its type, its value and an indentation; only if the value is there, for a
/// field that may be left out.
fn written(field: &Field, statement: impl Fn(&TypeRef, Code, usize) -> String) -> String {
    let name = names::field(&field.name);
    let value = Code::text(format!("value.{name}"));
    if field.optional {
        let written = statement(present(&field.type_ref), value, 12);
        format!("        if value.{name} is not None:\n{written}")
    } else {
        statement(&field.type_ref, value, 8)
    }
}

/// The statement that defines a set of names on the wire.
fn names_table(name: &str, names: BTreeSet<&str>) -> String {
    let set = Code::group("{", names.into_iter().map(|name| Code::text(string(name))), "}");
    Code::call("frozenset", [set]).statement(0, &format!("{name} = "), "")
}
