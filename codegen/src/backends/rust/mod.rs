//! The Rust package: a crate over `callsheet-client`, async, and blocking behind a feature.

mod derives;
mod embedding;
mod example;
mod handlers;
mod manifest;
mod model;
mod names;
mod reading;
mod references;
mod render;

use heck::ToKebabCase;

use super::{Backend, Language, Options};
use crate::{
    fault::{Faults, GenerateError},
    ir::Api,
    output::Files,
};

use example::Example;
use model::Package;

/// Generates a crate for callers without the runtime.
pub(super) struct Rust;

impl Backend for Rust {
    fn language(&self) -> Language {
        Language::Rust
    }

    fn default_package(&self, namespace: &str) -> String {
        format!("{}-client", namespace.to_kebab_case())
    }

    fn generate(&self, api: &Api, options: &Options) -> Result<Files, GenerateError> {
        let mut faults = Faults::default();
        names::check_package(&options.package, &mut faults);
        let package = Package::of(api, options, &mut faults);
        let package = faults.finish(package)?;

        let mut files = Files::default();
        files.insert("Cargo.toml", manifest::manifest(&package, &options.rust_client));
        files.insert("README.md", manifest::readme(&package, &Example::of(api, &package)));
        files.insert(format!("src/{}", render::DOCUMENT), api.document.to_json());
        for (path, items) in render::files(&package) {
            files.insert(format!("src/{path}"), render::print(items));
        }
        Ok(files)
    }
}
