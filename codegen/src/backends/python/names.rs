//! How the contract's names are written in Python.

use std::collections::BTreeMap;

use super::{layout::string, taken};
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

/// The keywords that every call takes beside its arguments, and what holds them.
const CALL_OPTIONS: &[&str] = &["idempotent", "options", "timeout"];

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

/// The field of every variant's class that tells it from the others.
pub(super) const KIND: &str = "kind";

/// Whose fields are named.
#[derive(Clone, Copy)]
pub(super) enum Fields<'a> {
    OfStruct,
    /// A further field tells the variant, by this.
    OfVariant(&'a str),
}

impl Fields<'_> {
    /// A field of a class.
    pub(super) fn name(self, name: &Name) -> String {
        let own: &[&str] = match self {
            Self::OfStruct => &[],
            Self::OfVariant(_) => &[KIND],
        };
        escape(snake(name), &[KEYWORDS, ANNOTATIONS, own])
    }
}

/// A method of a class, which has the `others` of its own.
pub(super) fn method(name: &Name, others: &[&str]) -> String {
    escape(snake(name), &[KEYWORDS, ANNOTATIONS, others])
}

/// A parameter of a method, which has those of every call beside it.
pub(super) fn parameter(name: &Name) -> String {
    escape(snake(name), &[KEYWORDS, ANNOTATIONS, BUILTINS, CALL_OPTIONS])
}

/// A class; also what names a union or an alias.
///
/// One that would hide a class of the language, or could be none, says whose it is: a trailing underscore, which sets other
/// names apart, has no place in the name of a class.
pub(super) fn class(name: &str) -> String {
    let name = Name::new(name).upper_camel();
    if name.starts_with('_')
        || [KEYWORDS, BUILTIN_CLASSES]
            .iter()
            .any(|words| words.contains(&name.as_str()))
    {
        format!("Contract{}", name.trim_start_matches('_'))
    } else {
        name
    }
}

/// The exception of a declared error, whose name says that it is one.
pub(super) fn error_class(name: &Name) -> String {
    let name = name.upper_camel();
    match name.ends_with("Error") {
        true => class(&name),
        false => class(&format!("{name}Error")),
    }
}

/// A constant.
pub(super) fn constant(name: &Name) -> String {
    public(name.shouty_snake(), 'N')
}

/// What functions and members are called, before words of the language are escaped.
pub(super) fn snake(name: &Name) -> String {
    public(name.snake(), 'n')
}

/// A name that an underscore keeps from beginning with a digit would be private to its class or module: a letter does it too.
fn public(name: String, letter: char) -> String {
    match name.strip_prefix('_') {
        Some(rest) => format!("{letter}{rest}"),
        None => name,
    }
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
    } else if let Some(of) = taken::by(&module) {
        faults.add(
            Place::package(package),
            format!("would be imported as {}, which {of}", string(&module)),
            format!("give it another name, such as `{package}-client`"),
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
        let field = |name| Fields::OfStruct.name(&Name::new(name));
        assert_eq!(field("from"), "from_");
        assert_eq!(field("match"), "match_");
        assert_eq!(field("list"), "list_");
        assert_eq!(field("sum"), "sum");
        assert_eq!(parameter(&Name::new("sum")), "sum_");
        assert_eq!(parameter(&Name::new("timeout")), "timeout_");
        assert_eq!(field("self_"), "self_");
        assert_eq!(field("kind"), "kind");
        assert_eq!(Fields::OfVariant("A").name(&Name::new("kind")), "kind_");
        assert_eq!(method(&Name::new("__init__"), &[]), "init");
        assert_eq!(method(&Name::new("subscribe"), &["subscribe"]), "subscribe_");
        assert_eq!(parameter(&Name::new("idempotent")), "idempotent_");
        assert_eq!(parameter(&Name::new("options")), "options_");
    }

    #[test]
    fn no_name_of_a_contract_is_private() {
        let name = Name::new("_2nd");
        assert_eq!(Fields::OfStruct.name(&name), "n2nd");
        assert_eq!(method(&name, &[]), "n2nd");
        assert_eq!(parameter(&name), "n2nd");
        assert_eq!(constant(&name), "N2ND");
    }

    #[test]
    fn classes_of_the_language_are_not_hidden() {
        assert_eq!(class("none"), "ContractNone");
        assert_eq!(class("TimeoutError"), "ContractTimeoutError");
        assert_eq!(class("_2d"), "Contract2d");
        assert_eq!(class("Timeout"), "Timeout");
    }

    #[test]
    fn exceptions_are_called_errors() {
        assert_eq!(error_class(&Name::new("OutOfStock")), "OutOfStockError");
        assert_eq!(error_class(&Name::new("MathError")), "MathError");
        for (name, called) in [
            ("KeyError", "ContractKeyError"),
            ("Key", "ContractKeyError"),
            ("timeout", "ContractTimeoutError"),
            ("None", "NoneError"),
            ("_2d", "Contract2dError"),
        ] {
            assert_eq!(error_class(&Name::new(name)), called);
        }
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

    #[test]
    fn packages_that_would_hide_another_or_be_hidden_by_it_are_refused() {
        for (package, why) in [
            ("json", "is a module of Python itself"),
            ("Asyncio", "is a module of Python itself"),
            ("py.compile", "is a module of Python itself"),
            ("test", "is a module of Python itself"),
            ("msgpack", "is what the package takes for MessagePack"),
            ("callsheet-runtime", "is the runtime part of the package"),
        ] {
            let mut faults = Faults::default();
            check_package(package, &mut faults);
            let fault = faults.finish(()).expect_err(package).to_string();
            assert!(fault.contains(why), "{fault}");
            assert!(fault.ends_with(&format!("such as `{package}-client`")), "{fault}");
        }
        for good in ["json-client", "jsons", "my.json"] {
            let mut faults = Faults::default();
            check_package(good, &mut faults);
            assert!(faults.finish(()).is_ok(), "{good}");
        }
    }
}
