//! A versioned file of contracts.
//!
//! What the macros emit becomes a document in this order: names are judged, then what serde cannot read back, then what
//! is flattened; flattened structs are inlined; what only shows afterwards is judged; the hashes are computed. A document
//! that is read goes the same way, on which nothing that is right changes.

mod bare;
mod buffered;
mod echoes;
pub(crate) mod entries;
mod fault;
mod flatten;
pub(crate) mod keys;
mod names;
mod narrow;
mod sharing;
mod untold;
mod uses;
pub(crate) mod view;

pub use fault::{DocumentFault, FaultCode, Place};

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde::{Deserialize, Serialize};

use crate::{
    Contract, Definition, Direction, Encoding, Registered, Request, Shape, TypeRef, Types,
    describe::Conflict,
    encoding,
    hash::{self, ContractHashes},
};
use fault::Faults;
use view::View;

/// The version of the document's format that this crate reads and writes.
pub const FORMAT: u32 = 1;

/// Contracts and every type they speak of.
///
/// Its JSON is canonical: the same contracts give the same bytes. Contracts, types, encodings and hashes are sorted by
/// name; methods, arguments, fields and variants stand in the order of their declaration.
///
/// A value that serde cannot tell from another one is no fault: `Some(None)` of an `Option<Option<T>>` and `Some(())` of
/// an `Option<()>` are null, as `None` is, and are read as `None`. Every language sees the same null.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// The version of the format, [`FORMAT`].
    pub callsheet: u32,
    /// The package that was described, where `callsheet schema` described one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<Package>,
    /// Sorted by name.
    pub contracts: Vec<Contract>,
    /// The named types, sorted by name.
    pub types: BTreeMap<String, Definition>,
    /// The built-in types in use that the codecs write differently.
    pub encodings: BTreeMap<String, Encoding>,
    /// The hashes of the contracts, by their names. A document that is read without them has them afterwards.
    #[serde(default)]
    pub hashes: BTreeMap<String, ContractHashes>,
}

/// The package whose contracts a document holds, and how it was built: features may add contracts, methods and types.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Package {
    /// The package's name in its manifest.
    pub name: String,
    /// The features that were asked for, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub features: Vec<String>,
    /// Its default features were on.
    pub default_features: bool,
}

/// Why there is no document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DocumentError {
    /// The text is not a document.
    #[error("not a schema document: {}", crate::names::visible(.0))]
    Unreadable(String),
    /// The document is of a format that this version does not read.
    #[error("the document has format {found}; this version of callsheet reads format {FORMAT}")]
    Format {
        /// The format it has.
        found: u32,
    },
    /// The contracts or types cannot be what they say: everything that is wrong, at least one fault.
    #[error("{}", Lines(.0))]
    Faults(Vec<DocumentFault>),
}

/// The faults, each on a line of its own.
struct Lines<'a>(&'a [DocumentFault]);

impl fmt::Display for Lines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, fault) in self.0.iter().enumerate() {
            let end_of_line = if at > 0 { "\n" } else { "" };
            write!(f, "{end_of_line}{fault}")?;
        }
        Ok(())
    }
}

impl Document {
    /// The document of every contract that is linked into this program.
    ///
    /// # Errors
    ///
    /// As [`describe`](Self::describe).
    pub fn of_registered() -> Result<Self, DocumentError> {
        Self::describe(Registered::all().map(|registered| registered.describe))
    }

    /// The document of the given contracts.
    ///
    /// Contracts of one name are one if the document would say the same of each, word for word: nothing is lost by saying
    /// it once. Types of one name are one only if they are one in Rust, since a description does not tell all that a type
    /// checks.
    ///
    /// # Errors
    ///
    /// [`DocumentError::Faults`] with every conflict of names, and every type that serde would not read back or that
    /// cannot be flattened as it is.
    pub fn describe(contracts: impl IntoIterator<Item = fn(&mut Types) -> Contract>) -> Result<Self, DocumentError> {
        let mut types = Types::default();
        let described = described(contracts, &mut types);
        Self::of_described(described, types)
    }

    /// The document of the given contracts and of those whose mailboxes they speak of.
    ///
    /// # Errors
    ///
    /// As [`describe`](Self::describe).
    pub fn describe_with_mailboxes(
        contracts: impl IntoIterator<Item = fn(&mut Types) -> Contract>,
    ) -> Result<Self, DocumentError> {
        let mut types = Types::default();
        let mut all = described(contracts, &mut types);
        loop {
            let mentioned = types.take_mentioned();
            if mentioned.is_empty() {
                return Self::of_described(all, types);
            }
            all.extend(described(mentioned, &mut types));
        }
    }

    /// The document of contracts, each with the trait that it is.
    fn of_described(mut contracts: Vec<(Contract, Option<&'static str>)>, types: Types) -> Result<Self, DocumentError> {
        // Stable: of one name, the first is the one that was given first.
        contracts.sort_by(|(a, _), (b, _)| a.name.cmp(&b.name));
        let mut faults = Faults::default();
        let contracts = names::one_for_each(contracts, &mut faults);
        for Conflict { name, claims } in types.conflicts() {
            let [first, second] = claims;
            faults.add(
                FaultCode::TypeConflict,
                &Place::named_type(name),
                format!("{first} and {second} both have this name on the wire"),
                "give one of them another name with `#[contract_type(name = \"…\")]`",
            );
        }
        let document = Document {
            callsheet: FORMAT,
            package: None,
            contracts,
            types: types.into_definitions(),
            encodings: BTreeMap::new(),
            hashes: BTreeMap::new(),
        };
        let mut document = document.completed(faults)?;
        document.drop_unused();
        document.encodings = document.encodings_in_use();
        Ok(document)
    }

    /// Reads a document from its JSON.
    ///
    /// # Errors
    ///
    /// If it is no document, is of another format, or does not hold together. Hashes may be missing, but not be wrong.
    pub fn from_json(text: &str) -> Result<Self, DocumentError> {
        #[derive(Deserialize)]
        struct Head {
            callsheet: u32,
        }
        let unreadable = |error: serde_json::Error| DocumentError::Unreadable(error.to_string());
        let Head { callsheet } = serde_json::from_str(text).map_err(unreadable)?;
        if callsheet != FORMAT {
            return Err(DocumentError::Format { found: callsheet });
        }
        let document: Document = serde_json::from_str(text).map_err(unreadable)?;
        document.checked()
    }

    /// The same document, which was read by other means than [`from_json`](Self::from_json), once it is known to hold
    /// together.
    ///
    /// # Errors
    ///
    /// If it is of another format, or does not hold together. Hashes may be missing, but not be wrong.
    pub fn checked(mut self) -> Result<Self, DocumentError> {
        if self.callsheet != FORMAT {
            return Err(DocumentError::Format { found: self.callsheet });
        }
        self.contracts.sort_by(|a, b| a.name.cmp(&b.name));
        self.completed(Faults::default())
    }

    /// The canonical JSON, indented by two spaces, with a newline at its end.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("every key of a document is a string");
        text.push('\n');
        text
    }

    /// The reference behind all newtypes, which the wire does not see, of a value that goes this way.
    ///
    /// Newtypes that wrap nothing but one another, which only a hand can write, end at one of them.
    pub fn behind_newtypes<'a>(&'a self, reference: &'a TypeRef, direction: Direction) -> &'a TypeRef {
        let types = &self.types;
        View { types, direction }.behind_newtypes(reference)
    }

    /// Calls `visit` for every type reference of the document.
    pub fn visit<'a>(&'a self, visit: &mut dyn FnMut(&'a TypeRef)) {
        for contract in &self.contracts {
            for method in &contract.methods {
                match &method.request {
                    Request::Arguments(arguments) => arguments.iter().for_each(|a| a.type_ref.visit(visit)),
                    Request::Message { type_ref, .. } => type_ref.visit(visit),
                }
                method.reply.visit(visit);
                if let Some(error) = &method.error {
                    error.visit(visit);
                }
            }
            contract.events.iter().for_each(|event| event.type_ref.visit(visit));
        }
        for definition in self.types.values() {
            definition.shape.visit(visit);
            definition.produces.iter().for_each(|shape: &Shape| shape.visit(visit));
        }
    }

    /// Judges what no single contract or type can see for itself, inlines what is flattened, and computes the hashes.
    fn completed(mut self, mut faults: Faults) -> Result<Self, DocumentError> {
        names::check_contracts(&self.contracts, &mut faults);
        names::check_defined(&self.contracts, &self.types, &mut faults);
        for view in View::both(&self.types) {
            keys::check(&self.contracts, view, &mut faults);
            buffered::check(view, &mut faults);
            sharing::check(view, &mut faults);
            untold::check(view, &mut faults);
        }
        self.types = flatten::inline(&self.types, &mut faults);
        for view in View::both(&self.types) {
            names::check_types(view, &mut faults);
        }
        for (name, definition) in &self.types {
            echoes::check(name, definition, View::both(&self.types), &mut faults);
        }
        faults.finish().map_err(DocumentError::Faults)?;
        let stated = std::mem::replace(&mut self.hashes, hash::of(&self.contracts, &self.types));
        self.check_hashes(&stated)?;
        Ok(self)
    }

    /// Hashes that do not fit mean that the document was changed after it was made.
    fn check_hashes(&self, stated: &BTreeMap<String, ContractHashes>) -> Result<(), DocumentError> {
        let mut faults = Faults::default();
        if !stated.is_empty() {
            let names: BTreeSet<_> = self.hashes.keys().chain(stated.keys()).collect();
            for name in names
                .into_iter()
                .filter(|name| self.hashes.get(*name) != stated.get(*name))
            {
                faults.add(
                    FaultCode::Hashes,
                    &Place::contract(name),
                    "its hashes are not those of what the document says: it was changed by hand",
                    "make the document again with `callsheet schema`, or leave out `hashes`",
                );
            }
        }
        faults.finish().map_err(DocumentError::Faults)
    }

    /// Leaves out the types that nothing refers to once they were inlined.
    fn drop_unused(&mut self) {
        let used: BTreeSet<String> = self.used_by(&self.contracts).into_iter().map(str::to_owned).collect();
        self.types.retain(|name, _| used.contains(name));
    }

    /// The names of the types that the contracts speak of, directly or not.
    fn used_by<'a>(&'a self, contracts: impl IntoIterator<Item = &'a Contract>) -> BTreeSet<&'a str> {
        let mut used: BTreeSet<&str> = BTreeSet::new();
        let uses = contracts.into_iter().flat_map(uses::of_contract);
        let mut open: Vec<&TypeRef> = uses.map(|(_, reference)| reference).collect();
        while let Some(reference) = open.pop() {
            reference.visit(&mut |part| {
                let TypeRef::Named(name) = part else { return };
                if let Some(definition) = self.types.get(name)
                    && used.insert(name)
                {
                    let shapes = std::iter::once(&definition.shape).chain(&definition.produces);
                    open.extend(
                        shapes
                            .flat_map(|shape| uses::of_shape(name, shape))
                            .map(|(_, used)| used),
                    );
                }
            });
        }
        used
    }

    fn encodings_in_use(&self) -> BTreeMap<String, Encoding> {
        let views = View::both(&self.types);
        let mut encodings = BTreeMap::new();
        self.visit(&mut |reference| {
            for view in views {
                if let Some((key, encoding)) = encoding::of(view, reference) {
                    encodings.insert(key.to_owned(), encoding);
                }
            }
        });
        encodings
    }
}

/// The contracts, each with the path of the trait that it is.
fn described(
    contracts: impl IntoIterator<Item = fn(&mut Types) -> Contract>,
    types: &mut Types,
) -> Vec<(Contract, Option<&'static str>)> {
    let described = contracts.into_iter().map(|describe| (describe(types), types.end()));
    described.collect()
}
