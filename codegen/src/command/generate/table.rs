//! What a `callsheet.toml` may say to the generator, key by key.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

/// The table of the file that is the generator's.
pub(super) const GENERATE: &str = "generate";

/// The tables that are a program's settings, which have a file of this name too.
pub(super) const SETTINGS: [&str; 5] = ["actors", "calls", "listener", "shutdown", "supervision"];

/// The file, of which the other tables are judged apart.
#[derive(Deserialize)]
pub(super) struct File {
    pub(super) generate: Option<Generate>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Generate {
    /// Of every target that has none of its own.
    pub(super) source: Option<Spanned<Source>>,
    #[serde(default)]
    pub(super) targets: BTreeMap<Spanned<String>, Target>,
}

/// What the options of the same names say on the command line.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Target {
    pub(super) lang: Spanned<String>,
    pub(super) out: Spanned<String>,
    pub(super) package: Option<String>,
    #[serde(default)]
    pub(super) contracts: Vec<Spanned<String>>,
    pub(super) source: Option<Spanned<Source>>,
    pub(super) client_path: Option<Spanned<String>>,
    pub(super) client_git: Option<Spanned<String>>,
    pub(super) int64: Option<Spanned<Int64>>,
}

/// Of all contracts, or by the name of each.
#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "`int64` is the name of a type, or a table with such names under the names of contracts"
)]
pub(super) enum Int64 {
    All(String),
    Each(BTreeMap<String, String>),
}

/// Exactly one of `schema`, `package` and `from`; the rest goes with `package`.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Source {
    pub(super) schema: Option<String>,
    pub(super) package: Option<String>,
    pub(super) from: Option<Spanned<String>>,
    pub(super) lib: bool,
    pub(super) bin: Vec<String>,
    pub(super) example: Vec<String>,
    pub(super) features: Vec<String>,
    pub(super) all_features: bool,
    pub(super) no_default_features: bool,
    pub(super) manifest_path: Option<String>,
}
