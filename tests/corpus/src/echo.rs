//! A contract beside those of a document, by which values of its types are given to a client and taken back.

use std::collections::{BTreeMap, BTreeSet};

use callsheet_codegen::ir::Api;
use callsheet_oracle::made::Maker;
use callsheet_schema::{
    Definition, Document, Field, Request, Shape, TypeRef, VariantShape,
    conform::{Codec, Value},
};

use crate::spelling::{Draft, argument, ask, field, fields};

/// The name of the contract.
pub const CONTRACT: &str = "corpus.Mirror";

/// More types of one document are not tried.
const MOST: usize = 120;

/// A document with the contract.
#[derive(Clone, Debug)]
pub struct Echo {
    /// The document, judged.
    pub document: Document,
    /// The types that are given and taken, in the order of their numbers.
    pub types: Vec<TypeRef>,
}

impl Echo {
    /// Adds the contract to a document that holds together; none if it does not, or has no types.
    pub fn of(document: &Document) -> Option<Self> {
        let judged = document.clone().checked().ok()?;
        let types = types_of(&judged);
        let with_all = with_contract(document, &types)?;
        let api = Api::lower(&with_all).ok()?;
        // What is received in one shape and sent in another cannot be given back.
        let goes_both_ways = |at: usize| !api.types.contains_key(&format!("{} Input", probe(at)));
        let types: Vec<_> = (types.iter().enumerate())
            .filter(|(at, _)| goes_both_ways(*at))
            .map(|(_, of)| of.clone())
            .take(MOST)
            .collect();
        // Rust makes no service of a contract without methods.
        if types.is_empty() {
            return None;
        }
        let document = with_contract(document, &types)?;
        Some(Echo { document, types })
    }

    /// Values of the type with this number, as a server would send them, the same for the same seed.
    pub fn values(&self, at: usize, codec: Codec, count: usize, seed: u64) -> Vec<Value> {
        let types = as_produced(&self.document.types);
        let mut maker = Maker::new(&types, codec, seed);
        let mut values = Vec::new();
        for _ in 0..count {
            if let Some(mut value) = maker.value(&self.types[at]) {
                within_a_second(&mut value);
                if !values.contains(&value) {
                    values.push(value);
                }
            }
        }
        values
    }
}

/// A server takes more nanoseconds than a second has, but never sends them.
fn within_a_second(value: &mut Value) {
    match value {
        Value::List(items) => items.iter_mut().for_each(within_a_second),
        Value::Map(entries) => {
            for (key, value) in entries {
                match (&key, &mut *value) {
                    (Value::Text(name), Value::Unsigned(nanos)) if name.starts_with("nanos") => *nanos %= 1_000_000_000,
                    _ => within_a_second(value),
                }
            }
        }
        _ => {}
    }
}

/// What holds a value of the type with this number on its way.
fn probe(at: usize) -> String {
    format!("corpus.Probe{at}")
}

/// The types of the document, and those that its calls speak of in passing.
fn types_of(document: &Document) -> Vec<TypeRef> {
    let mut types: Vec<TypeRef> = Vec::new();
    let mut seen = BTreeSet::new();
    let mut add = |of: &TypeRef| {
        if seen.insert(of.clone()) {
            types.push(of.clone());
        }
    };
    for contract in &document.contracts {
        for method in &contract.methods {
            match &method.request {
                Request::Arguments(arguments) => arguments.iter().for_each(|argument| add(&argument.type_ref)),
                Request::Message { type_ref, .. } => add(type_ref),
            }
            add(&method.reply);
        }
        contract.events.iter().for_each(|event| add(&event.type_ref));
    }
    document
        .types
        .keys()
        .for_each(|name| add(&TypeRef::Named(name.clone())));
    types
}

fn with_contract(document: &Document, types: &[TypeRef]) -> Option<Document> {
    let mut draft = Draft::default();
    let mut methods = Vec::new();
    for (at, of) in types.iter().enumerate() {
        let holds = fields([field("note", TypeRef::String), field("value", of.clone())]);
        let held = draft.define(&probe(at), holds);
        methods.push(ask(
            &format!("give_{at}"),
            [argument("index", TypeRef::U32)],
            held.clone(),
        ));
        methods.push(ask(&format!("take_{at}"), [argument("probe", held)], TypeRef::Unit));
    }
    draft.contract(CONTRACT, methods);
    let mut document = document.clone();
    document.contracts.append(&mut draft.contracts);
    document.types.append(&mut draft.types);
    document.checked().ok()
}

/// The types as if what is sent by a server were all there is: every name its own, nothing left out that is always there.
pub fn as_produced(types: &BTreeMap<String, Definition>) -> BTreeMap<String, Definition> {
    let of_fields = |fields: &mut Vec<Field>| {
        for field in fields {
            field.optional = field.sometimes;
            field.aliases.clear();
            field.accepts = None;
        }
    };
    let mut types = types.clone();
    for definition in types.values_mut() {
        if let Some(produced) = definition.produces.take() {
            definition.shape = produced;
        }
        match &mut definition.shape {
            Shape::Struct { fields, .. } => of_fields(fields),
            Shape::Enum { variants, .. } => {
                for variant in variants {
                    variant.aliases.clear();
                    variant.accepts = None;
                    variant.other = false;
                    if let VariantShape::Struct(fields) = &mut variant.shape {
                        of_fields(fields);
                    }
                }
            }
            Shape::Newtype(_) | Shape::Tuple(_) | Shape::Unit => {}
        }
    }
    types
}
