//! The modules that code for values takes functions and classes from.

/// Those of the runtime, in the order of import statements.
const RUNTIME: [&str; 10] = [
    "addresses",
    "dates",
    "decimals",
    "decode",
    "encode",
    "moments",
    "unions",
    "unknown",
    "unset",
    "uuids",
];

/// Those of the standard library, whose classes stand for forms of text.
const STANDARD: [&str; 4] = ["datetime", "decimal", "ipaddress", "uuid"];

/// Whether `code` names something in `module`, which ends in a full stop.
pub(super) fn mentions(code: &str, module: &str) -> bool {
    let begins_there = |before: &str| !before.ends_with(|last: char| last.is_alphanumeric() || "_.".contains(last));
    code.match_indices(module).any(|(at, _)| begins_there(&code[..at]))
}

/// The modules of the runtime that code names, by `mentions` of a text.
pub(super) fn of_runtime(mentions: impl Fn(&str) -> bool) -> Vec<&'static str> {
    RUNTIME
        .into_iter()
        .filter(|module| mentions(&format!("{module}.")))
        .collect()
}

/// The modules of the standard library that code names.
pub(super) fn of_standard(mentions: impl Fn(&str) -> bool) -> Vec<&'static str> {
    STANDARD
        .into_iter()
        .filter(|module| mentions(&format!("{module}.")))
        .collect()
}

/// The statements that import what code names of the runtime with an underscore before it, so that it hides no name of
/// the contract.
pub(super) fn runtime_imports(mentions: impl Fn(&str) -> bool) -> Vec<String> {
    of_runtime(|module| mentions(&format!("_{module}")))
        .into_iter()
        .map(import)
        .collect()
}

/// The statement that imports a module of the runtime so.
pub(super) fn import(module: &str) -> String {
    format!("from ._runtime import {module} as _{module}")
}

/// The same for the standard library.
pub(super) fn standard_imports(mentions: impl Fn(&str) -> bool) -> Vec<String> {
    of_standard(|module| mentions(&format!("_{module}")))
        .iter()
        .map(|module| format!("import {module} as _{module}"))
        .collect()
}

/// What a module imports for its annotations alone, within the condition for it; empty if there is nothing.
pub(super) fn type_imports(mentions: impl Fn(&str) -> bool) -> String {
    let line = |statement: String| format!("    {statement}\n");
    let standard: String = standard_imports(&mentions).into_iter().map(line).collect();
    let own: String = [
        ("_models.", "from . import models as _models"),
        ("_moments.", "from ._runtime import moments as _moments"),
    ]
    .into_iter()
    .filter(|(module, _)| mentions(module))
    .map(|(_, statement)| line(statement.to_owned()))
    .collect();
    let between = if standard.is_empty() || own.is_empty() {
        ""
    } else {
        "\n"
    };
    format!("{standard}{between}{own}")
}

/// A name of the codecs' own module as modules beside it write it.
pub(super) fn qualified(name: String) -> String {
    if ["decode_", "encode_"].iter().any(|start| name.starts_with(start)) {
        format!("_codecs.{name}")
    } else if name
        .split_once('.')
        .is_some_and(|(module, _)| RUNTIME.contains(&module))
    {
        format!("_{name}")
    } else {
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_is_mentioned_where_its_name_begins() {
        assert!(mentions("x = dates.decode_date(value)", "dates."));
        assert!(mentions("\"list[datetime.date]\"", "datetime."));
        for other in ["updates.decode()", "a.dates.x", "_dates.decode_date", "dates"] {
            assert!(!mentions(other, "dates."), "{other}");
        }
    }

    #[test]
    fn names_of_the_codecs_are_qualified_beside_them() {
        assert_eq!(qualified("decode_user".to_owned()), "_codecs.decode_user");
        assert_eq!(qualified("uuids.decode_uuid".to_owned()), "_uuids.decode_uuid");
        assert_eq!(qualified("item.decode_user".to_owned()), "item.decode_user");
    }
}
