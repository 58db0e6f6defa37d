//! How the contract's names are written in Python.

use std::collections::BTreeMap;

use super::layout::string;
use crate::{
    fault::{Faults, Place},
    ir::{Api, Name, NamedType, Variant},
};

/// Words of the language, hard and soft, that no name may be.
const KEYWORDS: &[&str] = &[
    "False", "None", "True", "_", "and", "as", "assert", "async", "await", "break", "case", "class", "continue", "def",
    "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "match",
    "nonlocal", "not", "or", "pass", "raise", "return", "self", "try", "type", "while", "with", "yield",
];

/// Built-in names that generated annotations use, so that no member of a class may hide them.
const ANNOTATIONS: &[&str] = &[
    "bool", "bytes", "dict", "float", "int", "list", "object", "set", "str", "tuple",
];

/// The other built-in functions and types, which no parameter should hide.
const BUILTINS: &[&str] = &[
    "abs",
    "aiter",
    "all",
    "anext",
    "any",
    "ascii",
    "bin",
    "breakpoint",
    "bytearray",
    "callable",
    "chr",
    "classmethod",
    "compile",
    "complex",
    "copyright",
    "credits",
    "delattr",
    "dir",
    "divmod",
    "enumerate",
    "eval",
    "exec",
    "exit",
    "filter",
    "format",
    "frozenset",
    "getattr",
    "globals",
    "hasattr",
    "hash",
    "help",
    "hex",
    "id",
    "input",
    "isinstance",
    "issubclass",
    "iter",
    "len",
    "license",
    "locals",
    "map",
    "max",
    "memoryview",
    "min",
    "next",
    "oct",
    "open",
    "ord",
    "pow",
    "print",
    "property",
    "quit",
    "range",
    "repr",
    "reversed",
    "round",
    "setattr",
    "slice",
    "sorted",
    "staticmethod",
    "sum",
    "super",
    "vars",
    "zip",
];

/// Built-in classes.
const BUILTIN_CLASSES: &[&str] = &[
    "ArithmeticError",
    "AssertionError",
    "AttributeError",
    "BaseException",
    "BaseExceptionGroup",
    "BlockingIOError",
    "BrokenPipeError",
    "BufferError",
    "BytesWarning",
    "ChildProcessError",
    "ConnectionAbortedError",
    "ConnectionError",
    "ConnectionRefusedError",
    "ConnectionResetError",
    "DeprecationWarning",
    "EOFError",
    "Ellipsis",
    "EncodingWarning",
    "EnvironmentError",
    "Exception",
    "ExceptionGroup",
    "FileExistsError",
    "FileNotFoundError",
    "FloatingPointError",
    "FutureWarning",
    "GeneratorExit",
    "IOError",
    "ImportError",
    "ImportWarning",
    "IndentationError",
    "IndexError",
    "InterruptedError",
    "IsADirectoryError",
    "KeyError",
    "KeyboardInterrupt",
    "LookupError",
    "MemoryError",
    "ModuleNotFoundError",
    "NameError",
    "NotADirectoryError",
    "NotImplemented",
    "NotImplementedError",
    "OSError",
    "OverflowError",
    "PendingDeprecationWarning",
    "PermissionError",
    "ProcessLookupError",
    "PythonFinalizationError",
    "RecursionError",
    "ReferenceError",
    "ResourceWarning",
    "RuntimeError",
    "RuntimeWarning",
    "StopAsyncIteration",
    "StopIteration",
    "SyntaxError",
    "SyntaxWarning",
    "SystemError",
    "SystemExit",
    "TabError",
    "TimeoutError",
    "TypeError",
    "UnboundLocalError",
    "UnicodeDecodeError",
    "UnicodeEncodeError",
    "UnicodeError",
    "UnicodeTranslateError",
    "UnicodeWarning",
    "UserWarning",
    "ValueError",
    "Warning",
    "ZeroDivisionError",
];

/// A field of a class.
pub(super) fn field(name: &Name) -> String {
    escape(name.snake(), &[KEYWORDS, ANNOTATIONS])
}

/// A method of a class, which has the `others` of its own.
pub(super) fn method(name: &Name, others: &[&str]) -> String {
    escape(name.snake(), &[KEYWORDS, ANNOTATIONS, others])
}

/// A parameter of a method.
pub(super) fn parameter(name: &Name) -> String {
    escape(name.snake(), &[KEYWORDS, ANNOTATIONS, BUILTINS, &["timeout"]])
}

/// A class; also what names a union or an alias.
pub(super) fn class(name: &str) -> String {
    escape(Name::new(name).upper_camel(), &[KEYWORDS, BUILTIN_CLASSES])
}

/// The class of a contract, in a module that imports some classes itself.
pub(super) fn service_class(name: &Name) -> String {
    let imported: &[&str] = &[
        "AsyncStream",
        "AsyncSubscription",
        "Event",
        "Self",
        "Stream",
        "Subscription",
    ];
    escape(class(name.source()), &[imported])
}

/// A constant.
pub(super) fn constant(name: &Name) -> String {
    name.shouty_snake()
}

fn escape(name: String, reserved: &[&[&str]]) -> String {
    if reserved.iter().any(|words| words.contains(&name.as_str())) {
        name + "_"
    } else {
        name
    }
}

/// The names of the types, each decided once.
pub(super) struct TypeNames(BTreeMap<String, TypeName>);

struct TypeName {
    class: String,
    stem: String,
}

impl TypeNames {
    pub(super) fn of(api: &Api) -> Self {
        let name = |of: &NamedType| {
            // The exception of a declared error has the error's own name.
            let suffix = if of.uses.declared_error { "Detail" } else { "" };
            TypeName {
                class: class(&format!("{}{suffix}", of.name.upper_camel())),
                stem: of.name.snake(),
            }
        };
        Self(api.types.iter().map(|(id, of)| (id.clone(), name(of))).collect())
    }

    /// The class, union or alias of a type.
    pub(super) fn class(&self, id: &str) -> &str {
        &self.name(id).class
    }

    /// What the names of a type's functions end in.
    pub(super) fn stem(&self, id: &str) -> &str {
        &self.name(id).stem
    }

    fn name(&self, id: &str) -> &TypeName {
        self.0.get(id).expect("every type of the api has a name")
    }
}

/// The class of a variant with data.
pub(super) fn variant_class(of: &NamedType, variant: &Variant) -> String {
    class(&format!("{}{}", of.name.upper_camel(), variant.name.upper_camel()))
}

/// What the names of a variant's functions end in.
pub(super) fn variant_stem(of: &NamedType, variant: &Variant) -> String {
    format!("{}__{}", of.name.snake(), variant.name.snake())
}

/// The name of the module that a package is imported as.
pub(super) fn module(package: &str) -> String {
    package.to_lowercase().replace(['-', '.'], "_")
}

/// Adds a fault if a package cannot have this name.
pub(super) fn check_package(package: &str, faults: &mut Faults) {
    let module = module(package);
    let ends_well = |end: Option<char>| end.is_some_and(|end| end.is_ascii_alphanumeric());
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    if !package.chars().all(allowed) || !ends_well(package.chars().next()) || !ends_well(package.chars().last()) {
        faults.add(
            Place::package(package),
            "is no name for a Python package",
            "use letters, digits, `-`, `_` and `.`, with a letter or digit at both ends",
        );
    } else if module.starts_with(|first: char| first.is_ascii_digit()) || KEYWORDS.contains(&module.as_str()) {
        faults.add(
            Place::package(package),
            format!("would be imported as {}, which is no name in Python", string(&module)),
            "begin with a letter, and use no word of the language",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_the_language_are_escaped_and_others_are_not() {
        assert_eq!(field(&Name::new("from")), "from_");
        assert_eq!(field(&Name::new("match")), "match_");
        assert_eq!(field(&Name::new("list")), "list_");
        assert_eq!(field(&Name::new("sum")), "sum");
        assert_eq!(parameter(&Name::new("sum")), "sum_");
        assert_eq!(parameter(&Name::new("timeout")), "timeout_");
        assert_eq!(field(&Name::new("self_")), "self_");
        assert_eq!(method(&Name::new("__init__"), &[]), "init");
        assert_eq!(method(&Name::new("subscribe"), &["subscribe"]), "subscribe_");
        assert_eq!(class("none"), "None_");
        assert_eq!(class("TimeoutError"), "TimeoutError_");
    }

    #[test]
    fn packages_must_be_importable() {
        let check = |package: &str| {
            let mut faults = Faults::default();
            check_package(package, &mut faults);
            faults.finish(()).is_ok()
        };
        assert!(check("acme-orders.v2"));
        for bad in ["", "-a", "a-", "ä", "a b", "1a", "class", "../a", "a/b"] {
            assert!(!check(bad), "{bad}");
        }
    }
}
