//! The Python package: blocking and asyncio clients over an embedded runtime, with nothing else to install.

mod docs;
mod layout;
mod lint;
mod merged;
mod model;
mod modules;
mod names;
mod references;
mod render;
mod taken;

use super::{Backend, Language, Options};
use crate::{
    fault::{Faults, GenerateError},
    ir::Api,
    output::Files,
};

/// Generates a package for Python 3.11 and later.
pub(super) struct Python;

impl Backend for Python {
    fn language(&self) -> Language {
        Language::Python
    }

    fn default_package(&self, namespace: &str) -> String {
        namespace.replace('.', "-")
    }

    fn generate(&self, api: &Api, options: &Options) -> Result<Files, GenerateError> {
        let mut faults = Faults::default();
        let package = model::Package::of(api, options, &mut faults);
        let package = faults.finish(package)?;
        Ok(render::files(&package))
    }
}

#[cfg(test)]
mod tests {
    use callsheet_schema::Document;

    use super::*;
    use crate::backends::{ClientSource, Integers};

    fn generate(document: &str, package: &str) -> Result<Files, GenerateError> {
        let document = Document::from_json(document).expect("a document of the tests is one");
        let api = Api::lower(&document).expect("a document of the tests can be lowered");
        let options = Options {
            package: package.to_owned(),
            rust_client: ClientSource::default(),
            int64: Integers::default(),
        };
        Python.generate(&api, &options)
    }

    fn everything() -> Files {
        let document = include_str!("../../../tests/documents/everything.json");
        generate(document, "every-thing").expect("everything can be generated")
    }

    /// A document with these types and one method, which sends the first and declares an error.
    fn sending(types: &str, argument: &str) -> String {
        format!(
            r#"{{"callsheet": 1, "encodings": {{}}, "types": {types}, "contracts": [{{
                "name": "demo.Orders",
                "methods": [{{
                    "name": "place", "message": "demo.Orders.Place", "kind": "ask", "access": "shared",
                    "request": {{"arguments": [{argument}]}}, "reply": "unit"
                }}]
            }}]}}"#
        )
    }

    fn faults(types: &str, argument: &str) -> String {
        let error = generate(&sending(types, argument), "demo").expect_err("something stands in the way");
        error.to_string()
    }

    #[test]
    fn everything_is_written_as_expected() {
        let files = everything();
        for path in [
            "README.md",
            "pyproject.toml",
            "every_thing/__init__.py",
            "every_thing/_codecs.py",
            "every_thing/_contracts.py",
            "every_thing/_messages.py",
            "every_thing/async_client.py",
            "every_thing/client.py",
            "every_thing/errors.py",
            "every_thing/models.py",
        ] {
            let text = files.get(path).unwrap_or_else(|| panic!("{path} is generated"));
            insta::assert_snapshot!(path.replace('/', "."), text);
        }
    }

    #[test]
    fn the_same_document_gives_the_same_bytes() {
        assert_eq!(everything(), everything());
    }

    #[test]
    fn the_runtime_is_embedded_as_it_stands() {
        let source = include_str!("../../../support/python/callsheet_runtime/turns.py");
        assert_eq!(everything().get("every_thing/_runtime/turns.py"), Some(source));
        assert_eq!(everything().get("every_thing/py.typed"), Some(""));
    }

    #[test]
    fn a_document_without_contracts_gives_a_package_without_any() {
        let nothing = r#"{"callsheet": 1, "contracts": [], "types": {}, "encodings": {}}"#;
        let files = generate(nothing, "nothing").expect("there is nothing to refuse");
        assert!(
            files
                .get("nothing/client.py")
                .is_some_and(|client| client.contains("class Client:"))
        );
        assert_eq!(files.get("nothing/_codecs.py"), None);
        assert_eq!(files.get("nothing/_messages.py"), None);
    }

    #[test]
    fn only_what_is_used_is_imported() {
        let place = r#"{"name": "id", "type": {"text": "uuid"}}, {"name": "cost", "type": {"text": "decimal"}}"#;
        let files = generate(&sending("{}", place), "demo").expect("texts can be sent");
        let of = |path: &str| files.get(path).expect("every package with methods has it");
        let client = of("demo/client.py");
        let imports: Vec<_> = client.lines().filter(|line| line.contains("import ")).collect();
        assert!(
            imports.contains(&"    import decimal as _decimal") && imports.contains(&"    import uuid as _uuid"),
            "{imports:?}"
        );
        for absent in ["datetime", "ipaddress", "uuids", "decimals"] {
            assert!(
                !imports.iter().any(|line| line.ends_with(absent)),
                "{absent}: {imports:?}"
            );
        }
        let messages = of("demo/_messages.py");
        assert!(
            messages.contains("from ._runtime import decimals as _decimals\n"),
            "{messages}"
        );
        assert!(
            !messages.contains("dates") && !messages.contains("import uuid as"),
            "{messages}"
        );
        assert!(!of("README.md").contains("microseconds"));
    }

    #[test]
    fn fields_that_become_one_are_a_fault_that_names_both() {
        let types = r#"{"demo.Order": {"shape": {"struct": {"fields": [
            {"name": "unitPrice", "type": "u8"}, {"name": "unit_price", "type": "u8"}
        ]}}}}"#;
        assert_eq!(
            faults(types, r#"{"name": "order", "type": {"named": "demo.Order"}}"#),
            "type `demo.Order`, field `unit_price`: becomes the field `unit_price`, \
             which type `demo.Order`, field `unitPrice` is already; rename one of them"
        );
    }

    #[test]
    fn a_variant_and_a_type_that_become_one_class_are_a_fault() {
        let types = r#"{
            "demo.Order": {"shape": {"enum": {"tagging": "external", "variants": [
                {"name": "Item", "shape": {"newtype": {"named": "demo.OrderItem"}}}
            ]}}},
            "demo.OrderItem": {"shape": {"struct": {"fields": []}}}
        }"#;
        let problem = faults(types, r#"{"name": "order", "type": {"named": "demo.Order"}}"#);
        assert!(problem.contains("becomes the class `OrderItem`"), "{problem}");
    }

    #[test]
    fn what_every_package_has_cannot_be_a_type() {
        let types = r#"{"demo.Client": {"shape": {"struct": {"fields": []}}}}"#;
        assert_eq!(
            faults(types, r#"{"name": "order", "type": {"named": "demo.Client"}}"#),
            "type `demo.Client`: becomes the class `Client`, which every generated package has; rename it"
        );
    }

    #[test]
    fn a_type_called_as_a_failure_is_hides_it_in_the_package_alone() {
        let types = r#"{"demo.Deadlock": {"shape": {"struct": {"fields": []}}}}"#;
        let document = sending(types, r#"{"name": "order", "type": {"named": "demo.Deadlock"}}"#);
        let files = generate(&document, "demo").expect("the names stand in modules of their own");
        let init = files.get("demo/__init__.py").expect("every package has it");
        assert!(init.contains("from .models import Deadlock\n"), "{init}");
        assert_eq!(init.matches("    Deadlock,\n").count(), 0, "{init}");
    }

    #[test]
    fn a_package_that_cannot_be_imported_is_refused() {
        let error = generate(&sending("{}", ""), "for").expect_err("it is a word of the language");
        assert!(
            error.to_string().starts_with("package `for`: would be imported as"),
            "{error}"
        );
    }
}
