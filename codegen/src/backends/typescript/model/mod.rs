//! The package, with everything decided: what the templates loop over.

mod codecs;
mod decoders;
mod encoders;
mod example;
mod fakes;
mod hosted;
mod merged;
mod models;
mod services;

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    backends::{Claims, Integers, Options},
    fault::{Faults, GenerateError, Place},
    ir::{Api, Field, Name, Shape, TypeRef},
};

pub(super) use codecs::{Body, Codec};
pub(super) use example::Example;
pub(super) use fakes::{Fake, Fakes};
pub(super) use hosted::Hosted;
pub(super) use models::{Declaration, Form};
pub(super) use services::Service;

use super::{
    docs::comment,
    integers::Decided,
    names,
    references::{self, Types},
};

/// A package.
pub(super) struct Package {
    /// As npm knows it.
    pub(super) name: String,
    /// The types, sorted by id.
    pub(super) declarations: Vec<Declaration>,
    /// What reads and writes them, in the same order.
    pub(super) codecs: Vec<Codec>,
    pub(super) errors: Vec<ErrorClass>,
    pub(super) services: Vec<Service>,
    /// The contracts that clients host.
    pub(super) hosted: Vec<Hosted>,
    /// What stands in for the server in tests.
    pub(super) fakes: Fakes,
    /// The document of the contracts, as JSON within a template literal.
    pub(super) document: String,
    /// What the package's users could do first.
    pub(super) example: Example,
    /// All integers of 64 bits are `bigint`.
    pub(super) only_bigint: bool,
}

/// The class of a declared error.
pub(super) struct ErrorClass {
    /// The comment above it.
    pub(super) docs: String,
    /// The comment where users find it, if it is deprecated.
    pub(super) exported: Option<String>,
    pub(super) name: String,
    /// The type of its value.
    pub(super) detail: String,
    /// The expression that reads the value from `details`.
    pub(super) decode: String,
}

impl Package {
    /// Decides everything.
    ///
    /// # Errors
    ///
    /// If npm does not allow the package's name, or two parts of the contracts would get one name.
    pub(super) fn lower(api: &Api, options: &Options) -> Result<Self, GenerateError> {
        let package = options.package.as_str();
        let mut faults = Faults::default();
        if let Some(problem) = names::package_fault(package) {
            faults.add(
                Place::package(package),
                format!("is no name for an npm package: {problem}"),
                "choose another",
            );
        }
        let mut exports = Claims::new("export");
        let names = type_names(api, &mut exports, &mut faults);
        let integers = Decided::of(api, &options.int64, &mut faults);
        let types = Types {
            api,
            names: &names,
            int64: options.int64.default,
            mirrored: false,
        };
        let mirrored = api.clone().mirrored();
        let mirror = Types {
            api: &mirrored,
            mirrored: true,
            ..types
        };
        let errors: Vec<_> = api
            .errors
            .iter()
            .map(|error| {
                let class = error_class(&error.name);
                let types = types.with(integers.of_error(error));
                exports.claim(&class, Place::named_type(error.name.source()), &mut faults);
                let (docs, deprecated) = match &error.type_ref {
                    TypeRef::Named(id) => (api.named(id).docs.trim(), api.named(id).deprecated.as_deref()),
                    _ => ("", None),
                };
                let docs = if docs.is_empty() {
                    "An error that a contract declares."
                } else {
                    docs
                };
                ErrorClass {
                    docs: comment(docs, None, 0),
                    exported: deprecated.map(|reason| comment(docs, Some(reason), 2)),
                    decode: types.decode(&error.type_ref, "details", ERROR_PLACE),
                    detail: types.annotation(&error.type_ref),
                    name: class,
                }
            })
            .collect();
        let mut declarations = Vec::new();
        let mut codecs = Vec::new();
        let mut mirrored_codecs = Vec::new();
        for named in api.types.values() {
            if let Shape::Enum(of) = &named.shape
                && of.variants.is_empty()
            {
                let place = Place::named_type(&named.wire_name);
                faults.add(place, "has no variants, so that no value of it exists", "give it one");
                continue;
            }
            let types = types.with(integers.of_type(named));
            declarations.push(models::declaration(named, &types, &mut faults));
            codecs.push(codecs::codec(named, &types));
            let mirror = mirror.with(integers.of_type(named));
            mirrored_codecs.push(codecs::codec(mirrored.named(&named.id), &mirror));
        }
        let services = services::services(api, &types, &options.int64, &mut exports, &mut faults);
        let example = Example::of(api, &types, &options.int64);
        let hosted = hosted::hosted(api, &types, &options.int64, &mut exports, &mut faults);
        let taken = names.values().chain(errors.iter().map(|error| &error.name)).cloned();
        let fakes = Fakes {
            codecs: mirrored_codecs,
            contracts: fakes::contracts(&mirrored, &mirror, &options.int64, &taken.collect()),
        };
        faults.finish(Self {
            name: package.to_owned(),
            declarations,
            codecs,
            errors,
            services,
            hosted,
            fakes,
            document: names::template(&api.document.to_json()),
            example,
            only_bigint: options.int64 == Integers::default(),
        })
    }
}

impl Package {
    /// The names of all types.
    pub(super) fn model_names(&self) -> impl Iterator<Item = &str> {
        self.declarations.iter().map(|declaration| declaration.name.as_str())
    }

    /// The decoders that the code mentions.
    pub(super) fn decoders_in(&self, code: &str) -> Vec<String> {
        self.functions_in("decode", code)
    }

    /// The encoders that the code mentions.
    pub(super) fn encoders_in(&self, code: &str) -> Vec<String> {
        self.functions_in("encode", code)
    }

    fn functions_in(&self, verb: &str, code: &str) -> Vec<String> {
        let words = words(code);
        let functions = self.model_names().map(|name| format!("{verb}{name}"));
        functions.filter(|function| words.contains(function.as_str())).collect()
    }
}

/// The value of a declared error stands at the top, under this name.
const ERROR_PLACE: references::Place<'static> = references::Place {
    parent: "null",
    key: "\"error\"",
};

/// The class of a declared error.
pub(super) fn error_class(name: &Name) -> String {
    names::type_name(name)
}

/// The names of all types, by their ids. The value of a declared error leaves the error's name to its class.
fn type_names<'a>(api: &'a Api, exports: &mut Claims, faults: &mut Faults) -> BTreeMap<&'a str, String> {
    let mut type_names = BTreeMap::new();
    for named in api.types.values() {
        let name = if named.uses.declared_error {
            names::detail_name(&named.name)
        } else {
            names::type_name(&named.name)
        };
        exports.claim(&name, Place::named_type(&named.wire_name), faults);
        type_names.insert(named.id.as_str(), name);
    }
    type_names
}

/// The names of the properties of an object with these fields, in their order; `others` are those that it has besides.
fn properties(fields: &[Field], others: &[&str]) -> Vec<String> {
    fields
        .iter()
        .map(|field| names::property(&field.name, others))
        .collect()
}

/// Adds a fault for every two fields that would be one property.
fn claim_properties(fields: &[Field], others: &[&str], place: &Place, faults: &mut Faults) {
    let mut claims = Claims::new("property");
    for (field, property) in fields.iter().zip(properties(fields, others)) {
        claims.claim(property, place.field(field.name.source()), faults);
    }
}

/// Those of `candidates` that the code mentions, for its imports.
pub(super) fn mentioned<'a>(candidates: impl IntoIterator<Item = &'a str>, code: &str) -> Vec<&'a str> {
    let words = words(code);
    candidates
        .into_iter()
        .filter(|candidate| words.contains(candidate))
        .collect()
}

/// The names that a piece of code refers to: its words, but for those in its literals, keys, and what follows a dot.
pub(super) fn words(code: &str) -> BTreeSet<&str> {
    let mut words = BTreeSet::new();
    let mut rest = code;
    let mut before = "";
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' => literal_length(rest),
            _ if is_part_of_word(first) => rest.find(|c| !is_part_of_word(c)).unwrap_or(rest.len()),
            _ => first.len_utf8(),
        };
        let (taken, left) = rest.split_at(length);
        let is_key = (left.starts_with(':') || left.starts_with("?:")) && !before.ends_with("case ");
        let is_member = before.ends_with('.') && !before.ends_with("...");
        if is_part_of_word(first) && !is_key && !is_member {
            words.insert(taken);
        }
        rest = left;
        before = &code[..code.len() - rest.len()];
    }
    words
}

fn is_part_of_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$')
}

/// The length of the literal in double quotes that `code` begins with.
fn literal_length(code: &str) -> usize {
    let mut is_escaped = false;
    let end = code.bytes().enumerate().skip(1).find(|(_, byte)| {
        let ends = *byte == b'"' && !is_escaped;
        is_escaped = *byte == b'\\' && !is_escaped;
        ends
    });
    end.map_or(code.len(), |(at, _)| at + 1)
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn only_what_code_refers_to_is_a_word_of_it() {
        let code = r#"{ Duration: decode.Path(from["Key \" Set"], at), ...encodeKey(a ? B : c) } readonly Map?: readonly [X] case Y: {"#;
        let expected = [
            "B",
            "X",
            "Y",
            "a",
            "at",
            "c",
            "case",
            "decode",
            "encodeKey",
            "from",
            "readonly",
        ];
        assert_eq!(words(code).into_iter().collect::<Vec<_>>(), expected);
    }
}
