//! The functions that read and write the types of a package.

use crate::ir::{Enum, NamedType};

use super::{
    super::{names::literal, types::Types},
    decoders::decoder,
    encoders::encoder,
};

/// What reads and writes a type. A type that goes one way has one of them.
pub(in super::super) struct Codec {
    /// The type.
    pub(in super::super) name: String,
    pub(in super::super) decoder: Option<Body>,
    pub(in super::super) encoder: Option<Body>,
}

impl Codec {
    /// The expressions of both functions.
    pub(in super::super) fn code(&self) -> String {
        [&self.decoder, &self.encoder]
            .into_iter()
            .flatten()
            .map(Body::code)
            .collect()
    }
}

/// The body of a function.
pub(in super::super) enum Body {
    /// Statements, then a result.
    Return(Block),
    /// One of several texts: the entries of the set or of the map that holds them, which stands beside the function.
    Choice(String),
    /// Statements, then a result for each value of `on`.
    Switch {
        setup: Vec<String>,
        on: String,
        cases: Vec<Case>,
        /// The expression for all other values.
        otherwise: String,
    },
    /// The first of several functions that does not fail.
    FirstOf(Vec<String>),
}

impl Body {
    fn code(&self) -> String {
        match self {
            Body::Return(block) => format!("{}\n", block.result),
            Body::Choice(_) => String::new(),
            Body::Switch { cases, .. } => cases.iter().map(|case| format!("{}\n", case.block.result)).collect(),
            Body::FirstOf(functions) => functions.join("\n"),
        }
    }
}

/// Statements, then a result.
pub(in super::super) struct Block {
    pub(in super::super) setup: Vec<String>,
    pub(in super::super) result: String,
}

/// A case of a switch.
pub(in super::super) struct Case {
    /// The literal.
    pub(in super::super) label: String,
    pub(in super::super) block: Block,
}

/// The statement that makes the path of the value itself.
pub(super) const AT: &str = "const at = { parent, key };";

/// The indentation of the `return` of a function, and of a case or an alternative in it.
pub(super) const IN_FUNCTION: usize = 2;
pub(super) const IN_BRANCH: usize = 6;

impl Block {
    /// A result alone.
    pub(super) fn result(result: String) -> Self {
        Self {
            setup: Vec::new(),
            result,
        }
    }
}

/// The functions for a named type.
pub(super) fn codec(named: &NamedType, types: &Types<'_>) -> Codec {
    Codec {
        name: types.names[named.id.as_str()].clone(),
        decoder: named.uses.received.then(|| decoder(named, types)),
        encoder: named.uses.sent.then(|| encoder(named, types)),
    }
}

/// The names of all variants, as a list.
pub(super) fn variant_names(of: &Enum) -> String {
    let names: Vec<_> = of
        .variants
        .iter()
        .map(|variant| literal(&variant.received_as))
        .collect();
    format!("[{}]", names.join(", "))
}
