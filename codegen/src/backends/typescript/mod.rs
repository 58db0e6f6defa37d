//! TypeScript: strict ES modules with nothing to install besides.

mod docs;
mod format;
mod identity;
mod integers;
mod layout;
mod model;
mod names;
mod references;
mod render;
mod runtime;
mod text;

use crate::{
    backends::{Backend, Language, Options},
    fault::GenerateError,
    ir::Api,
    output::Files,
};

use model::Package;

/// Makes npm packages.
pub(super) struct TypeScript;

impl Backend for TypeScript {
    fn language(&self) -> Language {
        Language::TypeScript
    }

    fn default_package(&self, namespace: &str) -> String {
        namespace.to_lowercase().replace('.', "-")
    }

    fn generate(&self, api: &Api, options: &Options) -> Result<Files, GenerateError> {
        let package = Package::lower(api, options)?;
        Ok(render::render(&package).expect("the templates write to memory and call nothing that fails"))
    }
}

#[cfg(test)]
mod tests {
    use callsheet_schema::Document;

    use super::*;
    use crate::backends::{ClientSource, Int64, Integers};

    fn options(package: &str) -> Options {
        Options {
            package: package.to_owned(),
            rust_client: ClientSource::default(),
            int64: Integers::default(),
        }
    }

    fn generate(document: &str) -> Result<Files, GenerateError> {
        let document = Document::from_json(document).expect("a document of the tests is one");
        let api = Api::lower(&document).expect("a document of the tests can be lowered");
        TypeScript.generate(&api, &options("everything"))
    }

    fn everything() -> Files {
        generate(include_str!("../../../tests/documents/everything.json")).expect("everything can be generated")
    }

    /// A document with one type, which one method sends.
    fn sending(shape: &str) -> String {
        format!(
            r#"{{"callsheet": 1, "encodings": {{}}, "types": {{"demo.Order": {{"shape": {shape}}}}}, "contracts": [{{
                "name": "demo.Orders",
                "methods": [{{
                    "name": "place", "message": "demo.Orders.Place", "kind": "ask", "access": "shared", "reply": "unit",
                    "request": {{"arguments": [{{"name": "order", "type": {{"named": "demo.Order"}}}}]}}
                }}]
            }}]}}"#
        )
    }

    #[test]
    fn everything_is_written_as_expected() {
        let files = everything();
        for path in [
            "package.json",
            "README.md",
            "src/client.ts",
            "src/codecs.ts",
            "src/contracts.ts",
            "src/errors.ts",
            "src/index.ts",
            "src/models.ts",
            "src/services/containers.ts",
            "src/services/feed.ts",
            "src/services/keywords.ts",
            "src/services/orders.ts",
        ] {
            let text = files.get(path).unwrap_or_else(|| panic!("{path} is generated"));
            insta::assert_snapshot!(path.replace('/', "."), text);
        }
    }

    /// What these codecs read and write is tested where there is a compiler: `test/generated.test.ts` of the runtime.
    #[test]
    fn less_usual_forms_have_types_of_their_own() {
        let files =
            generate(include_str!("../../../tests/documents/typescript_forms.json")).expect("all can be generated");
        let models = files.get("src/models.ts").expect("there are types");
        for line in [
            "  readonly extra: { readonly [key: string]: bigint };",
            "  readonly shape?: Shape | null | undefined;",
            "  | { readonly type: \"external\"; readonly value: Shape }",
            "  | ({ readonly type: \"open\" } & Labelled)",
            "  | { readonly type: \"clash\"; readonly value: Typed }",
            "  | { readonly kind: number; readonly level: string }",
            "  | { readonly command: typeof UNKNOWN; readonly name: string; readonly data: unknown };",
            "  | UnknownName;",
            "export type Pair = readonly [bigint, Account, boolean];",
            "export type PairInput = readonly [string, AccountInput];",
            "export interface PageListMapStringOptionUser {",
            "export interface Readonly_ {",
        ] {
            assert!(models.lines().any(|written| written == line), "{line}\n\n{models}");
        }
    }

    #[test]
    fn the_same_document_gives_the_same_bytes() {
        assert_eq!(everything(), everything());
    }

    fn counting(contracts: &[(&str, Int64)]) -> Result<Files, GenerateError> {
        let document = Document::from_json(include_str!("../../../tests/documents/integers.json"))
            .expect("a document of the tests is one");
        let api = Api::lower(&document).expect("a document of the tests can be lowered");
        let int64 = Integers {
            default: Int64::BigInt,
            contracts: contracts
                .iter()
                .map(|(name, int64)| ((*name).to_owned(), *int64))
                .collect(),
        };
        TypeScript.generate(
            &api,
            &Options {
                int64,
                ..options("counts")
            },
        )
    }

    #[test]
    fn each_contract_has_its_own_integers() {
        let files = counting(&[("demo.Counter", Int64::Number), ("demo.Other", Int64::Number)]).expect("they agree");
        let service = |name: &str| files.get(&format!("src/services/{name}.ts")).expect("there is one");
        assert!(service("counter").contains("by: number"), "{}", service("counter"));
        assert!(service("other").contains("since: number"), "{}", service("other"));
        let [one, other] = ["demo.Counter", "demo.Other"].map(|name| counting(&[(name, Int64::String)]));
        assert!(one.is_err() && other.is_err(), "they share a type");
    }

    #[test]
    fn a_type_that_two_contracts_want_with_other_integers_is_refused_and_both_are_named() {
        let error = counting(&[("demo.Counter", Int64::String)]).expect_err("the contracts share a type");
        assert_eq!(
            error.to_string(),
            "type `demo.Counts`: has integers of 64 bits, which are to be `bigint` for `demo.Other` and `string` for \
             `demo.Counter`; let `int64` say the same for both, or generate two packages",
        );
    }

    #[test]
    fn integers_of_a_contract_that_there_is_not_are_refused() {
        let error = counting(&[("demo.Conter", Int64::Number)]).expect_err("there is no such contract");
        assert_eq!(
            error.to_string(),
            "contract `demo.Conter`: is none that is generated, but `int64` names it; name one of: demo.Counter, demo.Other",
        );
    }

    #[test]
    fn no_text_of_the_contract_ends_a_comment() {
        let files = everything();
        for (path, text) in files.iter() {
            // The runtime's own files hold nothing of a contract.
            if !path.ends_with(".ts") || path.starts_with("src/runtime/") {
                continue;
            }
            assert_eq!(text.matches("/**").count(), text.matches("*/").count(), "{path}");
        }
    }

    #[test]
    fn a_document_without_contracts_gives_a_package_too() {
        let files = generate(r#"{"callsheet": 1, "contracts": [], "types": {}, "encodings": {}}"#)
            .expect("nothing stands in the way");
        assert!(
            files
                .get("src/models.ts")
                .is_some_and(|text| text.contains("export {};"))
        );
    }

    #[test]
    fn fields_that_become_one_property_are_both_named() {
        let fields = r#"[{"name": "unit_price", "type": "u8"}, {"name": "unitPrice", "type": "u8"}]"#;
        let error = generate(&sending(&format!(r#"{{"struct": {{"fields": {fields}}}}}"#)))
            .expect_err("it cannot be generated");
        assert_eq!(
            error.to_string(),
            "type `demo.Order`, field `unitPrice`: becomes the property `unitPrice`, which type `demo.Order`, field \
             `unit_price` is already; rename one of them",
        );
    }

    #[test]
    fn an_enum_without_variants_is_refused() {
        let error = generate(&sending(r#"{"enum": {"tagging": "external", "variants": []}}"#))
            .expect_err("it cannot be generated");
        assert_eq!(
            error.to_string(),
            "type `demo.Order`: has no variants, so that no value of it exists; give it one",
        );
    }

    #[test]
    fn a_package_name_that_npm_refuses_is_refused_with_everything_else() {
        let document = Document::from_json(&sending(r#"{"enum": {"tagging": "external", "variants": []}}"#))
            .expect("a document of the tests is one");
        let api = Api::lower(&document).expect("a document of the tests can be lowered");
        let error = TypeScript
            .generate(&api, &options("../escape"))
            .expect_err("it cannot be generated");
        assert_eq!(error.faults().len(), 2, "{error}");
        assert!(
            error
                .to_string()
                .starts_with("package `../escape`: is no name for an npm package"),
            "{error}"
        );
    }

    #[test]
    fn the_default_package_is_a_name_that_npm_allows() {
        assert_eq!(TypeScript.default_package("acme.Billing"), "acme-billing");
    }
}
