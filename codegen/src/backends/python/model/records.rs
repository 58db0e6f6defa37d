//! The codecs of structs and of variants with named fields.

use std::collections::BTreeSet;

use super::codecs::{Builder, Codec, decoder, encoder};
use crate::{
    backends::python::{
        layout::{Code, string},
        names::{self, Fields},
    },
    ir::{Field, TypeRef},
};

/// A function of the module of codecs has no more statements for fields than these,
const STATEMENTS: usize = 36;

/// and no more of those that depend on a value: what has more is hard on readers, and on type checkers.
const BRANCHES: usize = 8;

/// The codec of a struct or of a variant with named fields.
pub(in crate::backends::python) struct Record {
    pub(in crate::backends::python) class: String,
    pub(in crate::backends::python) stem: String,
    pub(in crate::backends::python) reads: Option<Vec<Read>>,
    pub(in crate::backends::python) writes: Option<Vec<Write>>,
    /// The statement that defines what sets the field that tells a variant, and the one that sets it.
    pub(in crate::backends::python) kind: Option<(String, String)>,
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

/// How a field or an argument is written.
pub(in crate::backends::python) struct Write {
    /// The literal of its name in Python.
    pub(in crate::backends::python) at: String,
    pub(in crate::backends::python) statement: String,
    /// Whether its value decides if it is written.
    pub(super) conditional: bool,
}

impl Write {
    /// The statements and branches that it takes.
    pub(super) fn cost(&self) -> (usize, usize) {
        if self.conditional { (3, 1) } else { (2, 0) }
    }
}

impl Record {
    pub(in crate::backends::python) fn decoder(&self) -> String {
        decoder(&self.stem, Code::text(format!("models.{}", self.class)))
    }

    pub(in crate::backends::python) fn encoder(&self) -> String {
        encoder(&self.stem, "dict[str, object]")
    }

    /// What is read, in as many parts as it takes functions.
    pub(in crate::backends::python) fn read_parts(&self) -> Vec<&[Read]> {
        parts(self.reads.as_deref().unwrap_or_default(), |_| (2, 0))
    }

    /// What is written, in as many parts as it takes functions.
    pub(in crate::backends::python) fn write_parts(&self) -> Vec<&[Write]> {
        parts(self.writes.as_deref().unwrap_or_default(), Write::cost)
    }

    /// The signature of the function that reads a part.
    pub(in crate::backends::python) fn part_reader(&self, number: &usize) -> String {
        let parameters = [
            Code::text("fields: dict[str | int, WireValue]"),
            Code::text(format!("made: models.{}", self.class)),
        ];
        let open = format!("def _read_{}__part_{number}(", self.stem);
        Code::signature(open, parameters, Code::text("None"), 0)
    }

    /// The signature of the function that writes a part.
    pub(in crate::backends::python) fn part_writer(&self, number: &usize) -> String {
        let parameters = [
            Code::text(format!("value: models.{}", self.class)),
            Code::text("wire: dict[str, object]"),
        ];
        let open = format!("def _write_{}__part_{number}(", self.stem);
        Code::signature(open, parameters, Code::text("None"), 0)
    }

    /// Whether an entry must be there.
    pub(in crate::backends::python) fn has_required(part: &[Read]) -> bool {
        part.iter().any(|read| read.required)
    }
}

impl Builder<'_> {
    pub(super) fn record(&mut self, (class, stem): (String, String), names: Fields<'_>, fields: &[Field]) {
        let uses = self.of.uses;
        let of = Of {
            class: &class,
            stem: &stem,
            names,
        };
        let flattens = fields.iter().any(|field| field.flattened);
        let taken: BTreeSet<&str> = fields
            .iter()
            .filter(|field| flattens && !field.flattened)
            .flat_map(|field| [&field.sent_as].into_iter().chain(&field.aliases))
            .map(String::as_str)
            .collect();
        let taken_name = (!taken.is_empty()).then(|| format!("_{stem}__fields__taken"));
        let read = |field: &Field| match field.flattened {
            true => self.read_flattened(of, field, fields),
            false => self.read(of, field),
        };
        let write = |field: &Field| match field.flattened {
            true => self.write_flattened(of, field, taken_name.as_deref()),
            false => self.write(of, field),
        };
        let record = Record {
            reads: uses.received.then(|| fields.iter().map(read).collect()),
            writes: uses.sent.then(|| fields.iter().map(write).collect()),
            kind: of.kind().filter(|_| uses.received && !fields.is_empty()),
            taken: taken_name.as_ref().map(|name| names_table(name, taken)),
            class,
            stem,
        };
        self.codecs.push(Codec::Record(record));
    }

    fn read(&self, of: Of<'_>, field: &Field) -> Read {
        let at = string(&field.received_as);
        let required = !field.sometimes && !matches!(field.type_ref, TypeRef::Option(_));
        let value = if self.types.tells_null(field, self.of.uses) {
            let found = [
                self.types.decoder(&field.type_ref),
                Code::text("fields"),
                Code::text(&at),
            ];
            Code::call("decode.decode_given", found)
        } else if required {
            self.types.decoded(&field.type_ref, Code::text(format!("fields[{at}]")))
        } else {
            let found = Code::text(format!("fields.get({at})"));
            Code::call(
                "decode.decode_optional",
                [self.types.decoder(present(&field.type_ref)), found],
            )
        };
        Read {
            tables: of.slot(field),
            statement: of.set(field, value),
            at,
            required,
        }
    }

    fn read_flattened(&self, of: Of<'_>, field: &Field, fields: &[Field]) -> Read {
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
            let name = format!("_{}__{}__others", of.stem, of.names.name(&field.name));
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
            tables: of.slot(field) + &table,
            statement: of.set(field, value),
            at: string(""),
            required: false,
        }
    }

    fn write(&self, of: Of<'_>, field: &Field) -> Write {
        let entry = format!("wire[{}] = ", string(&field.sent_as));
        self.written(of, field, |of, value, indent| {
            self.types.encoded(of, value).statement(indent, &entry, "")
        })
    }

    fn write_flattened(&self, of: Of<'_>, field: &Field, taken: Option<&str>) -> Write {
        self.written(of, field, |of, value, indent| {
            let mut arguments = vec![Code::text("wire"), self.types.merged_encoded(of, value)];
            arguments.extend(taken.map(Code::text));
            Code::call("encode.merge", arguments).statement(indent, "", "")
        })
    }

    /// What writes a field, made for its type, its value and an indentation; only if the value is there, for a field that
    /// may be left out.
    fn written(&self, of: Of<'_>, field: &Field, statement: impl Fn(&TypeRef, Code, usize) -> String) -> Write {
        let name = of.names.name(&field.name);
        let value = Code::text(format!("value.{name}"));
        let given = |absent: &str, of: &TypeRef| {
            let written = statement(of, value.clone(), 12);
            format!("        if value.{name} is not {absent}:\n{written}")
        };
        Write {
            at: string(&name),
            statement: if self.types.mirrored && self.types.tells_null(field, self.of.uses) && !field.optional {
                // The client expects it there: what is left out is null.
                statement(&field.type_ref, Code::call("unset.or_none", [value.clone()]), 8)
            } else if self.types.tells_null(field, self.of.uses) {
                given("unset.UNSET", &field.type_ref)
            } else if field.optional {
                given("None", present(&field.type_ref))
            } else {
                statement(&field.type_ref, value.clone(), 8)
            },
            conditional: field.optional,
        }
    }
}

/// The class whose fields are read and written.
#[derive(Clone, Copy)]
struct Of<'a> {
    class: &'a str,
    stem: &'a str,
    names: Fields<'a>,
}

impl Of<'_> {
    /// The statement that defines what sets a field.
    fn slot(self, field: &Field) -> String {
        self.slot_named(&self.names.name(&field.name))
    }

    fn slot_named(self, name: &str) -> String {
        let found = [Code::text(format!("models.{}", self.class)), Code::text(string(name))];
        Code::call("decode.slot", found).statement(0, &format!("_{}__{name} = ", self.stem), "")
    }

    /// The statement that sets a field.
    fn set(self, field: &Field, value: Code) -> String {
        self.set_named(&self.names.name(&field.name), value, 8)
    }

    fn set_named(self, name: &str, value: Code, indent: usize) -> String {
        let slot = format!("_{}__{name}", self.stem);
        Code::call(slot, [Code::text("made"), value]).statement(indent, "", "")
    }

    /// The statements for the field that tells a variant.
    fn kind(self) -> Option<(String, String)> {
        match self.names {
            Fields::OfStruct => None,
            Fields::OfVariant(kind) => Some((
                self.slot_named(names::KIND),
                self.set_named(names::KIND, Code::text(string(kind)), 4),
            )),
        }
    }
}

/// So many entries together as one function may have, by the statements and branches that each needs.
pub(super) fn parts<T>(entries: &[T], cost: impl Fn(&T) -> (usize, usize)) -> Vec<&[T]> {
    let (mut parts, mut start, mut used) = (Vec::new(), 0, (0, 0));
    for (at, entry) in entries.iter().enumerate() {
        let (statements, branches) = cost(entry);
        used = (used.0 + statements, used.1 + branches);
        if used.0 > STATEMENTS || used.1 > BRANCHES {
            parts.push(&entries[start..at]);
            (start, used) = (at, (statements, branches));
        }
    }
    parts.push(&entries[start..]);
    parts
}

/// The type of a value that is there.
fn present(of: &TypeRef) -> &TypeRef {
    match of {
        TypeRef::Option(inner) => inner,
        other => other,
    }
}

/// The statement that defines a set of names on the wire.
fn names_table(name: &str, names: BTreeSet<&str>) -> String {
    let set = Code::group("{", names.into_iter().map(|name| Code::text(string(name))), "}");
    Code::call("frozenset", [set]).statement(0, &format!("{name} = "), "")
}
