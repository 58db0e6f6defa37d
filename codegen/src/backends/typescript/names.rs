//! Names: casing, what is reserved, how a name is written as a key or looked up.

use sha2::{Digest, Sha256};

use crate::{backends::prose::is_shown, ir::Name};

/// The classes of the runtime that every package exports, and its other values.
pub(super) const RUNTIME_CLASSES: [&str; 26] = [
    "ActorFailed",
    "ActorNotFound",
    "ActorStopped",
    "AmbiguousMessageType",
    "CallCancelled",
    "CallError",
    "CallTimeout",
    "ConnectionLost",
    "ContractError",
    "Deadlock",
    "FrameTooLarge",
    "InternalError",
    "LimitExceeded",
    "PermissionDenied",
    "ProtocolViolation",
    "RateLimited",
    "SchemaMismatch",
    "SerializationError",
    "ShuttingDown",
    "SlowConsumer",
    "Stream",
    "Subscription",
    "TargetBusy",
    "UNKNOWN",
    "UnknownMessageType",
    "asUnknownName",
];

/// The types of the runtime that every package exports.
pub(super) const RUNTIME_TYPES: [&str; 22] = [
    "AnyIterable",
    "AskOptions",
    "Awaitable",
    "CallFacts",
    "CallOptions",
    "CodecName",
    "ConnectOptions",
    "Delivered",
    "Dial",
    "Duration",
    "EventOrGap",
    "FailureDetails",
    "HostOptions",
    "Hosted",
    "HostedContract",
    "HostedMailbox",
    "Receiver",
    "ReconnectOptions",
    "SubscribeOptions",
    "SystemTime",
    "Transport",
    "UnknownName",
];

/// Further names that mean something else where generated code uses them.
const OTHER_TYPES: [&str; 22] = [
    "AbortSignal",
    "Client",
    "Connection",
    "Decoder",
    "Disposing",
    "Encoder",
    "Error",
    "Key",
    "Map",
    "Method",
    "Path",
    "Promise",
    "Readonly",
    "ReadonlyMap",
    "ReadonlySet",
    "AsyncIterable",
    "Iterable",
    "PromiseLike",
    "Record",
    "Set",
    "Target",
    "Uint8Array",
];

/// Names of types that are free of contract, but that a reader would take for something else, or a compiler refuses.
const GLOBAL_TYPES: [&str; 10] = [
    "Array", "Boolean", "Date", "Function", "NaN", "Number", "Object", "String", "Symbol", "Infinity",
];

/// The words that cannot name a parameter, and the names that a generated method uses itself.
const RESERVED: [&str; 52] = [
    "arguments",
    "await",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "debugger",
    "default",
    "delete",
    "do",
    "else",
    "enum",
    "eval",
    "export",
    "extends",
    "false",
    "finally",
    "for",
    "function",
    "if",
    "implements",
    "import",
    "in",
    "instanceof",
    "interface",
    "let",
    "new",
    "null",
    "options",
    "package",
    "private",
    "protected",
    "public",
    "return",
    "static",
    "super",
    "switch",
    "this",
    "throw",
    "true",
    "try",
    "typeof",
    "undefined",
    "var",
    "void",
    "while",
    "with",
    "yield",
    "async",
    "of",
];

/// Methods that mean something to the language: a `then` would make every `await` of the object call it.
const SPECIAL_MEMBERS: [&str; 8] = [
    "constructor",
    "hasOwnProperty",
    "isPrototypeOf",
    "propertyIsEnumerable",
    "then",
    "toLocaleString",
    "toString",
    "valueOf",
];

/// What every object inherits an entry under.
const INHERITED: [&str; 12] = [
    "__defineGetter__",
    "__defineSetter__",
    "__lookupGetter__",
    "__lookupSetter__",
    "__proto__",
    "constructor",
    "hasOwnProperty",
    "isPrototypeOf",
    "propertyIsEnumerable",
    "toLocaleString",
    "toString",
    "valueOf",
];

/// The name of a type or a class of the package.
pub(super) fn type_name(name: &Name) -> String {
    escape_type(name.upper_camel())
}

/// The name of the type of a declared error's value: the error's own name is that of its class.
pub(super) fn detail_name(name: &Name) -> String {
    escape_type(format!("{}Detail", name.upper_camel()))
}

fn escape_type(cased: String) -> String {
    let lists: [&[&str]; 4] = [&RUNTIME_CLASSES, &RUNTIME_TYPES, &OTHER_TYPES, &GLOBAL_TYPES];
    let taken = lists.iter().any(|list| list.contains(&cased.as_str()));
    escape_if(taken, cased)
}

/// More bytes of a contract's name are not in the name of its file, which compilers put several endings behind.
const LONG_FILE: usize = 120;

/// The file of a contract, without its ending.
///
/// Of a name that is too long stands its beginning, and a hash of all of it: that is longer than every name that stands whole.
pub(super) fn file(name: &Name) -> String {
    let whole = name.kebab();
    if whole.len() <= LONG_FILE {
        return whole;
    }
    let start = &whole[..whole.floor_char_boundary(LONG_FILE)];
    let hash: String = Sha256::digest(&whole)
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("{start}-{hash}")
}

/// The name of a property; `others` are those that its object has anyway.
pub(super) fn property(name: &Name, others: &[&str]) -> String {
    let cased = name.lower_camel();
    escape_if(others.contains(&cased.as_str()), cased)
}

/// The name of a method of a class; `others` are those that the class has anyway.
pub(super) fn member(name: &Name, others: &[&str]) -> String {
    let cased = name.lower_camel();
    let taken = SPECIAL_MEMBERS.contains(&cased.as_str()) || others.contains(&cased.as_str());
    escape_if(taken, cased)
}

/// The name of a parameter.
pub(super) fn parameter(name: &Name) -> String {
    let cased = name.lower_camel();
    escape_if(RESERVED.contains(&cased.as_str()), cased)
}

fn escape_if(taken: bool, cased: String) -> String {
    if taken { format!("{cased}_") } else { cased }
}

/// A string literal. JSON's are TypeScript's too, and what JSON leaves as it is and no editor shows is escaped.
pub(super) fn literal(text: &str) -> String {
    let json = serde_json::Value::from(text).to_string();
    if json.chars().all(is_shown) {
        return json;
    }
    seen(&json)
}

/// What stands for the text between the backticks of a template literal. What no editor shows is escaped, but for the ends of
/// lines.
pub(super) fn template(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('`', "\\`").replace("${", "\\${");
    let lines: Vec<String> = escaped.split('\n').map(seen).collect();
    lines.join("\n")
}

/// The text within a literal, with what no editor shows escaped.
fn seen(text: &str) -> String {
    text.chars()
        .map(|character| match is_shown(character) {
            true => character.to_string(),
            false => format!("\\u{{{:x}}}", u32::from(character)),
        })
        .collect()
}

/// A key of an object literal or of an object type. `__proto__` would set the prototype in any other form.
pub(super) fn key(name: &str) -> String {
    if name == "__proto__" {
        format!("[{}]", literal(name))
    } else if is_identifier(name) {
        name.to_owned()
    } else {
        literal(name)
    }
}

/// The property `name` of `object`.
pub(super) fn access(object: &str, name: &str) -> String {
    if is_identifier(name) {
        format!("{object}.{name}")
    } else {
        format!("{object}[{}]", literal(name))
    }
}

/// The entry `name` of `fields`, which came from the wire.
pub(super) fn entry(fields: &str, name: &str) -> String {
    if INHERITED.contains(&name) || is_moved(name) {
        format!("decode.entry({fields}, {})", literal(name))
    } else {
        format!("{fields}[{}]", literal(name))
    }
}

/// The runtime's readers put keys of such names elsewhere (`keys.ts`): objects would sort them before all others.
fn is_moved(name: &str) -> bool {
    name.starts_with('\0') || (!name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit()))
}

fn is_identifier(name: &str) -> bool {
    let mut characters = name.chars();
    characters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || matches!(first, '_' | '$'))
        && characters.all(|character| character.is_ascii_alphanumeric() || matches!(character, '_' | '$'))
}

/// The modules of Node that are imported without `node:`: `builtinModules` of its `node:module`, in version 22.
const NODE_MODULES: [&str; 42] = [
    "assert",
    "async_hooks",
    "buffer",
    "child_process",
    "cluster",
    "console",
    "constants",
    "crypto",
    "dgram",
    "diagnostics_channel",
    "dns",
    "domain",
    "events",
    "fs",
    "http",
    "http2",
    "https",
    "inspector",
    "module",
    "net",
    "os",
    "path",
    "perf_hooks",
    "process",
    "punycode",
    "querystring",
    "readline",
    "repl",
    "stream",
    "string_decoder",
    "sys",
    "timers",
    "tls",
    "trace_events",
    "tty",
    "url",
    "util",
    "v8",
    "vm",
    "wasi",
    "worker_threads",
    "zlib",
];

/// The packages that every generated one is built with or may use.
const NEEDED: [&str; 2] = ["@msgpack/msgpack", "typescript"];

/// What npm does not allow in the name of a package, if there is something.
pub(super) fn package_fault(package: &str) -> Option<&'static str> {
    let allowed = |part: &str| {
        part.starts_with(|first: char| first.is_ascii_lowercase() || first.is_ascii_digit())
            && part
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.'))
    };
    let (scope, name) = match package.strip_prefix('@').map(|scoped| scoped.split_once('/')) {
        Some(Some((scope, name))) => (scope, name),
        Some(None) => return Some("a scoped name has the form `@scope/name`"),
        None => ("scope", package),
    };
    if package.len() > 214 {
        Some("npm allows 214 characters")
    } else if !allowed(scope) || !allowed(name) {
        Some("npm allows lower-case letters, digits, `-`, `_` and `.`, and begins with a letter or a digit")
    } else if matches!(name, "node_modules" | "favicon.ico") {
        Some("npm keeps this name for itself")
    } else if NODE_MODULES.contains(&package) {
        Some("an import of it gives the module that Node itself has; put it into a scope, such as `@acme/client`")
    } else if NEEDED.contains(&package) {
        Some("the package itself needs the one that has this name; put it into a scope, such as `@acme/client`")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_the_language_are_escaped_where_they_mean_something() {
        assert_eq!(parameter(&Name::new("class")), "class_");
        assert_eq!(parameter(&Name::new("options")), "options_");
        assert_eq!(property(&Name::new("class"), &[]), "class");
        assert_eq!(property(&Name::new("kind"), &["kind"]), "kind_");
        assert_eq!(member(&Name::new("then"), &[]), "then_");
        assert_eq!(member(&Name::new("to_string"), &[]), "toString_");
        assert_eq!(member(&Name::new("delete"), &[]), "delete");
        assert_eq!(type_name(&Name::new("Map")), "Map_");
        assert_eq!(type_name(&Name::new("CallError")), "CallError_");
        assert_eq!(type_name(&Name::new("Error")), "Error_");
        assert_eq!(detail_name(&Name::new("Error")), "ErrorDetail");
    }

    #[test]
    fn files_of_long_names_are_short_and_of_different_names_different() {
        assert_eq!(file(&Name::new("PriceFeed")), "price-feed");
        let long = |end: &str| file(&Name::new(format!("{}{end}", "größe_".repeat(40))));
        let (one, other) = (long("one"), long("other"));
        assert_ne!(one, other);
        assert_eq!(one, long("one"));
        assert!(one.starts_with("größe-größe-"), "{one}");
        for name in [one, other] {
            assert!((LONG_FILE + 1..LONG_FILE + 20).contains(&name.len()), "{name}");
        }
    }

    #[test]
    fn keys_are_quoted_where_they_have_to_be() {
        assert_eq!(key("plain_1"), "plain_1");
        assert_eq!(key("display-name"), "\"display-name\"");
        assert_eq!(key("__proto__"), "[\"__proto__\"]");
        assert_eq!(key("a\r\u{202e}\u{a0}"), "\"a\\r\\u{202e}\\u{a0}\"");
        assert_eq!(access("value", "@type"), "value[\"@type\"]");
        assert_eq!(entry("from", "a"), "from[\"a\"]");
        assert_eq!(entry("from", "constructor"), "decode.entry(from, \"constructor\")");
        assert_eq!(entry("from", "7"), "decode.entry(from, \"7\")");
    }

    #[test]
    fn a_template_literal_stands_for_its_text_alone() {
        assert_eq!(template("a `b` ${c} \\n $d"), "a \\`b\\` \\${c} \\\\n $d");
    }

    #[test]
    fn package_names_follow_npm() {
        for package in ["showcase", "@acme/show-case.2", "@acme/fs", "7zip", "fs-client"] {
            assert_eq!(package_fault(package), None, "{package}");
        }
        for package in [
            "",
            "Show",
            "@acme",
            "@/x",
            "a b",
            "../x",
            ".x",
            "node_modules",
            "fs",
            "http",
            "node:fs",
            "typescript",
            "@msgpack/msgpack",
            &"x".repeat(215),
        ] {
            assert!(package_fault(package).is_some(), "{package}");
        }
    }
}
