//! A document as JSON Schema 2020-12, for those who write or check payloads without Callsheet.
//!
//! The schema is one file whose `$defs` hold, for each message of a method, `demo.Calculator.Add-request` and
//! `demo.Calculator.Add-reply` (`-item` for a stream, neither for a tell), `demo.Calculator.Add-error` where the method
//! declares one, `PriceUpdate-event` for each event, and every named type that these need. A type whose values look alike
//! both ways is called as it is on the wire; one that does not is two: `User-accepted`, which the server accepts, and
//! `User-produced`, which it produces. `Shape-entries` is what a value adds to an object that it is flattened into. No
//! wire name has a hyphen. The file itself, taken as a schema, lets everything through: refer to one of its definitions.
//!
//! It speaks of JSON alone. What it cannot say, or says on purpose as it does:
//!
//! - Unknown entries are allowed wherever the type does not deny them, in what is produced too: the server never writes
//!   them today, and a later version of it may.
//! - Where the server reads several forms of one value, the schema has the one to send: sets without repetitions, at most
//!   999,999,999 nanoseconds, a variant without data as a string.
//! - JSON Schema takes `1.0` for an integer; the server does not. Integers beyond 53 bits are exact only with a validator
//!   that reads them exactly.
//! - `format` is checked only by validators that are told to. UUIDs, IPv4 addresses, times and decimals have exact patterns
//!   beside it; `uri` is narrower than what the server takes for a URL.
//! - Types whose values are converted on the server may be refused although they fit; a `$comment` says so.
//!
//! ```
//! use callsheet_codegen::export::jsonschema;
//! use callsheet_schema::Document;
//!
//! let document = Document::from_json(r#"{"callsheet": 1, "contracts": [{"name": "demo.Clock", "methods": [
//!     {"name": "now", "message": "demo.Clock.Now", "kind": "ask", "access": "shared",
//!      "request": {"arguments": []}, "reply": "u64"}]}], "types": {}, "encodings": {}}"#)?;
//! let schema = jsonschema::export(&document, &[])?;
//! assert!(schema.contains(r#""demo.Clock.Now-reply": {"#));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod keywords;
mod scalars;
mod variants;
mod writer;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use callsheet_schema::{Contract, Direction, Document, Kind, Method, Request, Shape, TypeRef};
use serde::Serialize;

use crate::chosen::{UnknownContracts, chosen};

use self::{
    keywords::{Keywords, Named, Schema, Types},
    writer::{Form, Key, Writer},
};

#[derive(Serialize)]
struct Root {
    #[serde(rename = "$schema")]
    dialect: &'static str,
    #[serde(rename = "$comment")]
    comment: &'static str,
    #[serde(rename = "$defs")]
    definitions: Named,
}

/// The JSON Schema of the named contracts and of those that they extend; of all, if none is named.
///
/// The same document gives the same text, which ends with a newline.
///
/// # Errors
///
/// If the document has no contract of a name.
pub fn export(document: &Document, contracts: &[String]) -> Result<String, UnknownContracts> {
    let document = &chosen(document, contracts)?;
    let split = split(document);
    let mut export = Export {
        document,
        split: &split,
        definitions: BTreeMap::new(),
        references: HashSet::new(),
    };
    document.contracts.iter().for_each(|contract| export.contract(contract));
    export.types();
    let root = Root {
        dialect: "https://json-schema.org/draft/2020-12/schema",
        comment: "made by `callsheet export jsonschema`; refer to one of the definitions",
        definitions: Named(export.definitions.into_iter().collect()),
    };
    let mut text = serde_json::to_string_pretty(&root).expect("every key of a schema is a string");
    text.push('\n');
    Ok(text)
}

/// The types whose schemas differ by direction, in themselves or in something they are made of.
fn split(document: &Document) -> BTreeSet<&str> {
    let none = BTreeSet::new();
    let forms = |name: &str, direction| {
        let mut writer = Writer {
            document,
            direction,
            split: &none,
            references: HashSet::new(),
        };
        let definition = &document.types[name];
        [Form::Whole, Form::Entries].map(|form| writer.definition(definition, form))
    };
    let names = document.types.keys().map(String::as_str);
    let mut split: BTreeSet<&str> = names
        .filter(|name| forms(name, Direction::Accepted) != forms(name, Direction::Produced))
        .collect();
    loop {
        let holds = |shape: &Shape| {
            let mut found = false;
            shape.visit(&mut |reference| {
                found |= matches!(reference, TypeRef::Named(name) if split.contains(name.as_str()));
            });
            found
        };
        let more: Vec<&str> = (document.types.iter())
            .filter(|(name, _)| !split.contains(name.as_str()))
            .filter(|(_, definition)| [&definition.shape].into_iter().chain(&definition.produces).any(holds))
            .map(|(name, _)| name.as_str())
            .collect();
        if more.is_empty() {
            return split;
        }
        split.extend(more);
    }
}

struct Export<'a> {
    document: &'a Document,
    split: &'a BTreeSet<&'a str>,
    definitions: BTreeMap<String, Schema>,
    references: HashSet<Key<'a>>,
}

impl<'a> Export<'a> {
    /// What `write` makes, with the types it refers to noted.
    fn write(&mut self, direction: Direction, write: impl FnOnce(&mut Writer<'a>) -> Schema) -> Schema {
        let mut writer = Writer {
            document: self.document,
            direction,
            split: self.split,
            references: HashSet::new(),
        };
        let schema = write(&mut writer);
        self.references.extend(writer.references);
        schema
    }

    fn contract(&mut self, contract: &'a Contract) {
        for method in &contract.methods {
            self.method(method);
        }
        for event in &contract.events {
            let schema = self.write(Direction::Produced, |writer| writer.value(&event.type_ref));
            self.definitions.insert(format!("{}-event", event.name), schema);
        }
    }

    fn method(&mut self, method: &'a Method) {
        let request = self.write(Direction::Accepted, |writer| match &method.request {
            Request::Arguments(arguments) if arguments.is_empty() => Keywords {
                types: Some(Types::Any(&["object", "null"])),
                ..Keywords::default()
            }
            .into(),
            Request::Arguments(arguments) => writer.arguments(arguments),
            Request::Message { type_ref, .. } => writer.value(type_ref),
        });
        let request = request.with(|keywords| keywords.words(&method.docs, method.deprecated.as_deref()));
        for message in [&method.message].into_iter().chain(&method.aliases) {
            self.definitions.insert(format!("{message}-request"), request.clone());
        }
        let answer = match method.kind {
            Kind::Tell => None,
            Kind::Ask => Some("reply"),
            Kind::Stream => Some("item"),
        };
        if let Some(answer) = answer {
            let schema = self.write(Direction::Produced, |writer| writer.value(&method.reply));
            self.definitions.insert(format!("{}-{answer}", method.message), schema);
        }
        if let Some(error) = &method.error {
            let schema = self.write(Direction::Produced, |writer| writer.value(error));
            self.definitions.insert(format!("{}-error", method.message), schema);
        }
    }

    /// Every named type that is referred to, and those that these refer to.
    fn types(&mut self) {
        let mut done: HashSet<Key<'a>> = HashSet::new();
        while let Some(key) = self.references.difference(&done).next().copied() {
            done.insert(key);
            let (name, direction, form) = key;
            if let Some(definition) = self.document.types.get(name) {
                let mut full = String::new();
                let schema = self.write(direction, |writer| {
                    full = writer.name(name, form);
                    writer.definition(definition, form)
                });
                self.definitions.insert(full, schema);
            }
        }
    }
}
