//! A versioned file of contracts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Contract, Definition, Encoding, Registered, Request, Shape, TypeRef, Types, encoding};

/// The version of the document's format that this crate reads and writes.
pub const FORMAT: u32 = 1;

/// Contracts and every type they speak of.
///
/// Its JSON is canonical: the same contracts give the same bytes. Contracts, types and encodings are sorted by name;
/// methods, arguments, fields and variants stand in the order of their declaration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// The version of the format, [`FORMAT`].
    pub callsheet: u32,
    /// Sorted by name.
    pub contracts: Vec<Contract>,
    /// The named types, sorted by name.
    pub types: BTreeMap<String, Definition>,
    /// The built-in types in use that the codecs write differently.
    pub encodings: BTreeMap<String, Encoding>,
}

/// Why there is no document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DocumentError {
    /// Two types claim one name.
    #[error(
        "two types are called `{name}` on the wire: `{first}` and `{second}`; \
         give one of them another name with `#[contract_type(name = \"…\")]`"
    )]
    TypeConflict {
        /// The name both claim.
        name: String,
        /// The Rust path of the one met first.
        first: String,
        /// The Rust path of the other.
        second: String,
    },
    /// Two contracts claim one name.
    #[error(
        "two contracts are called `{0}`; give one of them another namespace with `#[actor_contract(namespace = \"…\")]`"
    )]
    ContractConflict(String),
    /// Two methods of a contract use one message name.
    #[error("`{contract}` has two methods whose message is called `{message}`: `{first}` and `{second}`")]
    MessageConflict {
        /// The contract.
        contract: String,
        /// The name both claim.
        message: String,
        /// The method declared first.
        first: String,
        /// The other method.
        second: String,
    },
    /// The text is not a document.
    #[error("not a schema document: {0}")]
    Unreadable(String),
    /// The document is of a format that this version does not read.
    #[error("the document has format {found}; this version of callsheet reads format {FORMAT}")]
    Format {
        /// The format it has.
        found: u32,
    },
    /// A type is used but not defined.
    #[error("the type `{0}` is used but not defined in the document")]
    Undefined(String),
}

impl Document {
    /// The document of every contract that is linked into this program.
    ///
    /// # Errors
    ///
    /// If two contracts, two types or two messages of a contract share a name.
    pub fn of_registered() -> Result<Self, DocumentError> {
        Self::describe(Registered::all().map(|registered| registered.describe))
    }

    /// The document of the given contracts.
    ///
    /// # Errors
    ///
    /// If two contracts, two types or two messages of a contract share a name.
    pub fn describe(contracts: impl IntoIterator<Item = fn(&mut Types) -> Contract>) -> Result<Self, DocumentError> {
        let mut types = Types::default();
        let mut contracts: Vec<_> = contracts.into_iter().map(|describe| describe(&mut types)).collect();
        contracts.sort_by(|a, b| a.name.cmp(&b.name));
        if let Some((name, first, second)) = types.conflicts().first() {
            return Err(DocumentError::TypeConflict {
                name: name.clone(),
                first: (*first).to_owned(),
                second: (*second).to_owned(),
            });
        }
        let mut document = Document {
            callsheet: FORMAT,
            contracts,
            types: types.into_definitions(),
            encodings: BTreeMap::new(),
        };
        document.check()?;
        let mut encodings = BTreeMap::new();
        document.visit(&mut |reference| {
            if let Some((key, encoding)) = encoding::of(reference) {
                encodings.insert(key.to_owned(), encoding);
            }
        });
        document.encodings = encodings;
        Ok(document)
    }

    /// Reads a document from its JSON.
    ///
    /// # Errors
    ///
    /// If it is no document, is of another format, or does not hold together.
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
        document.check()?;
        Ok(document)
    }

    /// The canonical JSON, indented by two spaces, with a newline at its end.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("every key of a document is a string");
        text.push('\n');
        text
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

    /// What no single contract or type can see for itself.
    fn check(&self) -> Result<(), DocumentError> {
        for pair in self.contracts.windows(2) {
            if pair[0].name == pair[1].name {
                return Err(DocumentError::ContractConflict(pair[0].name.clone()));
            }
        }
        for contract in &self.contracts {
            let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
            for method in &contract.methods {
                for message in std::iter::once(&method.message).chain(&method.aliases) {
                    if let Some(first) = seen.insert(message, &method.name) {
                        return Err(DocumentError::MessageConflict {
                            contract: contract.name.clone(),
                            message: message.clone(),
                            first: first.to_owned(),
                            second: method.name.clone(),
                        });
                    }
                }
            }
        }
        let mut undefined = None;
        self.visit(&mut |reference| {
            if let TypeRef::Named(name) = reference
                && !self.types.contains_key(name)
            {
                undefined.get_or_insert(name);
            }
        });
        undefined.map_or(Ok(()), |name| Err(DocumentError::Undefined(name.clone())))
    }
}
