//! Types written by hand, one file for each of serde's attributes and for their combinations, on trial.
#![allow(dead_code, missing_docs, reason = "the types are only ever tried")]

mod aliases;
mod combinations;
mod conversions;
mod defaults;
mod denial;
mod erased;
mod exported;
mod flattening;
mod generics;
mod opinion;
mod other;
mod refusals;
mod renaming;
mod shells;
mod skipping;
mod standard;
mod stated;
mod tagging;
mod third_party;
mod untagged;

use callsheet_oracle::{Case, Trial};

/// Tries every type of a file, and its JSON Schema.
#[track_caller]
fn assert_described(cases: Vec<Case>) {
    let trial = Trial {
        seed: 20_241_122,
        values: 40,
        changes: 15,
    };
    let differences = cases.iter().flat_map(|case| trial.of(case));
    let mut shown: Vec<_> = differences.map(|difference| difference.to_string()).collect();
    let fewer = Trial { changes: 5, ..trial };
    shown.extend(cases.iter().flat_map(|case| exported::differences(case, fewer)));
    assert!(shown.is_empty(), "{} differences:\n{}", shown.len(), shown.join("\n"));
}
