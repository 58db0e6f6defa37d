//! How the words of a contract are written in Rust.

use proc_macro2::{Ident, Span};

use crate::{
    fault::{Faults, Place},
    ir::Name,
};

/// Names that Cargo refuses for a package, or that would hide a crate that the generated one needs.
const NO_PACKAGES: &[&str] = &[
    "alloc",
    "bytes",
    "callsheet_client",
    "core",
    "proc_macro",
    "serde",
    "std",
    "test",
];

/// Adds a fault if a crate cannot be called `package`.
pub(super) fn check_package(package: &str, faults: &mut Faults) {
    let place = Place::package(package);
    let allowed = |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_');
    if !package.starts_with(|first: char| first.is_ascii_alphabetic()) || !package.chars().all(allowed) {
        faults.add(
            place,
            "a crate's name starts with an ASCII letter and goes on with ASCII letters, digits, `-` and `_`",
            "give the package another name",
        );
    } else if NO_PACKAGES.contains(&crate_name(package).as_str()) || is_keyword(&crate_name(package)) {
        faults.add(
            place,
            "the name is taken by Rust or by a crate that is needed",
            "give the package another name",
        );
    }
}

/// The name that code uses for the crate of `package`.
pub(super) fn crate_name(package: &str) -> String {
    package.replace('-', "_")
}

/// A function, a field, a parameter or a module.
pub(super) fn value(name: &Name) -> Ident {
    escaped(name.snake())
}

/// A function whose name begins with other words.
pub(super) fn led(lead: &str, name: &Name) -> String {
    // The underscore that keeps a name from beginning with a digit has no place inside of one.
    format!("{lead}_{}", name.snake().trim_start_matches('_'))
}

/// A type or a variant.
pub(super) fn type_name(name: &Name) -> Ident {
    escaped(name.upper_camel())
}

/// What serde calls the item `ident` unless told otherwise.
pub(super) fn without_escape(ident: &Ident) -> String {
    let text = ident.to_string();
    text.strip_prefix("r#").map_or(text.clone(), str::to_owned)
}

/// The name as an identifier: keywords raw, and the few that cannot be raw with an underscore after them.
pub(super) fn escaped(name: String) -> Ident {
    match name.as_str() {
        "self" | "Self" | "super" | "crate" => Ident::new(&format!("{name}_"), Span::call_site()),
        word if is_keyword(word) => Ident::new_raw(word, Span::call_site()),
        word => Ident::new(word, Span::call_site()),
    }
}

fn is_keyword(word: &str) -> bool {
    // A word that is reserved in any edition does not parse as an identifier of this one or needs an escape later.
    syn::parse_str::<Ident>(word).is_err() || matches!(word, "gen" | "union" | "dyn" | "async" | "await" | "try")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_raw_where_they_can_be() {
        let written = |name: &str| value(&Name::new(name)).to_string();
        assert_eq!(written("delayMs"), "delay_ms");
        assert_eq!(written("type"), "r#type");
        assert_eq!(written("await"), "r#await");
        assert_eq!(written("gen"), "r#gen");
        assert_eq!(written("self_"), "self_");
        assert_eq!(written("crate"), "crate_");
        assert_eq!(type_name(&Name::new("self")).to_string(), "Self_");
        assert_eq!(written("_1st"), "_1st");
        assert_eq!(led("serve", &Name::new("_1st")), "serve_1st");
        assert_eq!(led("serve", &Name::new("type")), "serve_type");
        assert_eq!(without_escape(&value(&Name::new("type"))), "type");
    }

    #[test]
    fn packages_have_names_that_cargo_takes() {
        let fault = |package: &str| {
            let mut faults = Faults::default();
            check_package(package, &mut faults);
            faults.finish(()).is_err()
        };
        for good in ["demo", "demo-client", "demo_client2"] {
            assert!(!fault(good), "{good}");
        }
        for bad in [
            "",
            "2demo",
            "-demo",
            "démo",
            "de mo",
            "../demo",
            "serde",
            "callsheet-client",
            "fn",
            "test",
        ] {
            assert!(fault(bad), "{bad}");
        }
    }
}
