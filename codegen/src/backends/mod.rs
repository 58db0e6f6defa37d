//! The languages that packages are generated for.
//!
//! Every backend works in three steps, one file each: `names` and `types` decide how the contract's words are written
//! in the language, `model` decides everything else, `render` only loops and prints.

mod claims;
mod prose;
mod python;
mod rust;
mod typescript;

use std::{collections::BTreeMap, fmt};

use crate::{fault::GenerateError, ir::Api, output::Files};

pub use claims::Claims;

/// A language that packages are generated for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// Python, for asyncio and for threads.
    Python,
    /// TypeScript, as ES modules.
    TypeScript,
    /// Rust, for callers without the runtime.
    Rust,
}

impl Language {
    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Language::Python => "python",
            Language::TypeScript => "typescript",
            Language::Rust => "rust",
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What makes the package of one language.
pub trait Backend: Sync {
    /// The language.
    fn language(&self) -> Language;

    /// The package's name where the user gives none, made from the namespace that all contracts share.
    fn default_package(&self, namespace: &str) -> String;

    /// The files of the package, in memory. The same arguments always give the same bytes.
    ///
    /// # Errors
    ///
    /// If the package's name does not suit the language, or something in `api` cannot be said in it: all faults at
    /// once.
    fn generate(&self, api: &Api, options: &Options) -> Result<Files, GenerateError>;
}

/// The backends there are, in the order they are listed to the user.
pub fn all() -> &'static [&'static dyn Backend] {
    &[&python::Python, &typescript::TypeScript, &rust::Rust]
}

/// What the user decides about the generated package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The package's name, as the language's package manager knows it. Each backend judges it by its language's rules.
    pub package: String,
    /// Where the generated Rust crate finds `callsheet-client`; of no meaning to other languages.
    pub rust_client: ClientSource,
    /// What integers of 64 bits are in TypeScript; of no meaning to other languages.
    pub int64: Integers,
}

/// What integers of 64 bits are in a TypeScript package, by contract.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Integers {
    /// In all contracts that are not named.
    pub default: Int64,
    /// In these, by their full names.
    pub contracts: BTreeMap<String, Int64>,
}

impl Integers {
    /// What they are in the contract of this name.
    pub fn of(&self, contract: &str) -> Int64 {
        self.contracts.get(contract).copied().unwrap_or(self.default)
    }
}

/// What an integer of 64 bits is in TypeScript.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Int64 {
    /// A `bigint`, which holds all of them.
    #[default]
    BigInt,
    /// A `number`: those beyond 2^53 are errors, both ways.
    Number,
    /// A `string` of decimal digits.
    String,
}

impl Int64 {
    /// All there are, in the order they are listed to the user.
    pub const ALL: [Self; 3] = [Self::BigInt, Self::Number, Self::String];

    /// The type in TypeScript, which is also what the user calls it.
    pub fn name(self) -> &'static str {
        match self {
            Int64::BigInt => "bigint",
            Int64::Number => "number",
            Int64::String => "string",
        }
    }
}

/// Where a generated Rust crate finds `callsheet-client`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ClientSource {
    /// In the package registry, in the version of this crate.
    #[default]
    Registry,
    /// In this folder, written into the manifest as it stands: relative to the generated crate.
    Path(String),
    /// In the Git repository at this address.
    Git(String),
}
