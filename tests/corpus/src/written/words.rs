//! Names that mean something to a language, to its library, or to what is generated.

use std::collections::BTreeSet;

use callsheet_codegen::backends::Language;
use callsheet_schema::{Field, Shape, Tagging, TypeRef};

use super::Written;
use crate::spelling::{
    Draft, argument, ask, event, field, fields, list, newtype, one_of, option, record, stream, unit,
};

/// Words of the languages, hard and soft, and what their libraries and the generated code itself call things. Those that
/// are one word in another case are said once, so that nothing here collides.
const WORDS: &[&str] = &[
    // Python
    "and",
    "as",
    "assert",
    "async",
    "await",
    "break",
    "case",
    "class",
    "continue",
    "def",
    "del",
    "elif",
    "else",
    "except",
    "finally",
    "for",
    "from",
    "global",
    "if",
    "import",
    "in",
    "is",
    "lambda",
    "match",
    "nonlocal",
    "not",
    "or",
    "pass",
    "raise",
    "return",
    "try",
    "type",
    "while",
    "with",
    "yield",
    "None",
    "True",
    "False",
    "self",
    "cls",
    "__init__",
    "__slots__",
    "__dict__",
    "__eq__",
    "__hash__",
    "__class__",
    "__post_init__",
    "__annotations__",
    "__doc__",
    "__module__",
    "__match_args__",
    "__new__",
    "__repr__",
    "print",
    "id",
    "len",
    "str",
    "int",
    "float",
    "bool",
    "list",
    "dict",
    "set",
    "tuple",
    "object",
    "property",
    "super",
    "hash",
    "input",
    "open",
    "bytes",
    "map",
    "filter",
    "next",
    "iter",
    "max",
    "min",
    "sum",
    "any",
    "all",
    "abs",
    "dataclasses",
    "typing",
    "enum",
    "mro",
    "name",
    "value",
    "value_",
    "_value_",
    "_name_",
    "_missing_",
    "_ignore_",
    "copy",
    "upper",
    "lower",
    "format",
    "title",
    "count",
    "index",
    "encode",
    "decode",
    "join",
    "split",
    "strip",
    "replace",
    "kw_only",
    "slots",
    "frozen",
    "UNSET",
    // TypeScript
    "abstract",
    "any_",
    "arguments",
    "asserts",
    "bigint",
    "catch",
    "const",
    "constructor",
    "debugger",
    "declare",
    "default",
    "delete",
    "do",
    "eval",
    "export",
    "extends",
    "function",
    "get",
    "implements",
    "infer",
    "instanceof",
    "interface",
    "keyof",
    "let",
    "module",
    "namespace",
    "never",
    "new",
    "null",
    "number",
    "of",
    "package",
    "private",
    "protected",
    "prototype",
    "public",
    "readonly",
    "require",
    "satisfies",
    "static",
    "string",
    "switch",
    "symbol",
    "this",
    "throw",
    "typeof",
    "undefined",
    "unique",
    "unknown",
    "using",
    "var",
    "void",
    "then",
    "__proto__",
    "toString",
    "valueOf",
    "toJSON",
    "hasOwnProperty",
    "isPrototypeOf",
    "NaN",
    "Infinity",
    "globalThis",
    "process",
    "Buffer",
    "Symbol_asyncDispose",
    "dispose",
    "kind",
    // Rust
    "abstract_",
    "become",
    "box",
    "crate",
    "dyn",
    "enum_",
    "extern",
    "final",
    "fn",
    "gen",
    "impl",
    "loop",
    "macro",
    "mod",
    "move",
    "mut",
    "override",
    "priv",
    "pub",
    "ref",
    "struct",
    "trait",
    "union",
    "unsafe",
    "unsized",
    "use",
    "virtual",
    "where",
    "auto",
    "macro_rules",
    "raw",
    "safe",
    "r#type",
    "drop",
    "clone",
    "into",
    "from_str",
    "fmt",
    "eq",
    "cmp",
    "std",
    "core",
    "alloc",
    "main",
    "u8",
    "usize",
    "u64",
    "i128",
    "char",
    "Some",
    "Ok",
    "Err",
    "Box",
    "Vec",
    "Default",
    // What is generated
    "close",
    "connect",
    "connection",
    "client",
    "subscribe",
    "events",
    "actor",
    "target",
    "timeout",
    "options",
    "signal",
    "codec",
    "models",
    "errors",
    "services",
    "runtime",
    "wire",
    "made",
    "at",
    "failure",
    "parent",
    "key",
    "path",
    "with_timeout",
    "with_options",
    "ask",
    "tell",
    "stream",
    "message",
    "payload",
    "error",
    "details",
    "text",
    "code",
    "retryable",
    "delivered",
    "args",
    "kwargs",
    "callsheet",
    "contracts",
    "messages",
    "blocking",
    "introducing",
    "is_closed",
    "ready",
    "buffer",
];

/// Names of types that the generated modules import, define or take from their languages.
const TYPES: &[&str] = &[
    "Connection",
    "BlockingConnection",
    "AsyncConnection",
    "CodecName",
    "TracebackType",
    "Self",
    "Overload",
    "TypeChecking",
    "Stream",
    "AsyncStream",
    "Subscription",
    "AsyncSubscription",
    "Mismatch",
    "WireValue",
    "Method",
    "Event",
    "Target",
    "Origin",
    "Gap",
    "Models",
    "Errors",
    "Promise",
    "Object",
    "Error",
    "Result",
    "Option",
    "Vec",
    "String",
    "Box",
    "Some",
    "None",
    "Ok",
    "Err",
    "Array",
    "Map",
    "Set",
    "Date",
    "Symbol",
    "Function",
    "Number",
    "Boolean",
    "BigInt",
    "Uint8Array",
    "Record",
    "Readonly",
    "Partial",
    "Encoder",
    "Decoder",
    "Key",
    "Path",
    "Disposing",
    "ConnectOptions",
    "CallOptions",
    "ConnectionLost",
    "CallTimeout",
    "Timeout",
    "Failure",
    "Code",
    "Codec",
    "Notice",
    "Delivered",
    "Bytes",
    "ReplyStream",
    "Events",
    "Arguments",
    "Serialize",
    "Deserialize",
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "Display",
    "From",
    "Into",
    "Eq",
    "Ord",
    "Hash",
    "Send",
    "Sync",
    "Drop",
    "Iterator",
    "Duration",
    "SystemTime",
    "Cow",
    "BTreeMap",
    "BTreeSet",
    "Literal",
    "Final",
    "StrEnum",
    "Enum",
    "Dataclass",
    "Exception",
    "BaseException",
    "ValueError",
    "TypeError",
    "RuntimeError",
    "KeyError",
    "RangeError",
    "Protocol",
    "NamedTuple",
    "Annotated",
    "Any",
    "Generic",
    "Sequence",
    "Mapping",
    "Iterable",
    "Datetime",
    "Timedelta",
    "Decimal",
    "UUID",
    "Unset",
    "Awaitable",
    "Dial",
    "Transport",
    "MadeFrom",
    "AbortSignal",
    "Module",
    "Crate",
    "Super",
    "Type",
    "Class",
    "Constructor",
    "Prototype",
    "Then",
    "Undefined",
    "Null",
    "Void",
    "Never",
    "Unknown",
];

/// Classes that every Python package has, and whose names are no one else's there.
const TAKEN: [&str; 4] = ["Client", "AsyncClient", "CallError", "ContractError"];

/// The words, each of which is still another one in every case.
fn apart(words: &[&'static str]) -> Vec<&'static str> {
    let mut seen = BTreeSet::new();
    let bare = |word: &str| word.to_lowercase().replace(|c: char| !c.is_alphanumeric(), "");
    words.iter().copied().filter(|word| seen.insert(bare(word))).collect()
}

/// What Rust may call a trait's method or argument.
fn plain(words: Vec<&'static str>) -> Vec<&'static str> {
    words.into_iter().filter(|word| !word.contains('#')).collect()
}

pub(super) fn all() -> Vec<Written> {
    vec![
        members(),
        methods(),
        types(),
        contracts(),
        taken(),
        events_and_errors(),
        tags(),
    ]
}

fn members() -> Written {
    let mut draft = Draft::default();
    let words = apart(WORDS);
    let types = [
        draft.define(
            "words.Fields",
            fields(words.iter().map(|word| field(word, TypeRef::U8))),
        ),
        draft.define(
            "words.Texts",
            fields(
                words
                    .iter()
                    .map(|word| crate::spelling::optional(word, option(TypeRef::String))),
            ),
        ),
        draft.define(
            "words.Names",
            one_of(Tagging::External, words.iter().map(|word| unit(word))),
        ),
        draft.define(
            "words.Data",
            one_of(Tagging::External, words.iter().map(|word| newtype(word, TypeRef::U8))),
        ),
        draft.define(
            "words.Records",
            one_of(
                crate::spelling::internal("the tag"),
                words.iter().map(|word| record(word, [field(word, list(TypeRef::U8))])),
            ),
        ),
    ];
    draft.gives_back("words.Echo", &types);
    Written::works("words_members", &draft)
}

fn methods() -> Written {
    let mut draft = Draft::default();
    let words = plain(apart(WORDS));
    draft.contract(
        "words.Methods",
        words
            .iter()
            .map(|word| ask(word, [argument(word, TypeRef::String)], TypeRef::U8))
            .collect(),
    );
    let all = words.iter().map(|word| argument(word, option(TypeRef::U8)));
    draft.contract(
        "words.Arguments",
        vec![
            ask("all_of_them", all.clone(), TypeRef::Unit),
            stream("streamed", all, TypeRef::Unit),
        ],
    );
    Written::works("words_methods", &draft)
}

fn types() -> Written {
    let mut draft = Draft::default();
    let uses: Vec<_> = apart(TYPES)
        .iter()
        .enumerate()
        .map(|(at, word)| {
            let shape = match at % 4 {
                0 => fields([
                    field("value", option(TypeRef::String)),
                    field("items", list(TypeRef::U8)),
                ]),
                1 => one_of(Tagging::External, [unit("First"), unit("Second")]),
                2 => one_of(
                    Tagging::External,
                    [unit("Nothing"), newtype("Number", option(list(TypeRef::U8)))],
                ),
                _ => Shape::Newtype(list(TypeRef::String)),
            };
            draft.define(&format!("words.{word}"), shape)
        })
        .collect();
    draft.gives_back("words.Echo", &uses);
    Written::works("words_types", &draft)
}

fn taken() -> Written {
    let mut draft = Draft::default();
    let types = TAKEN.map(|word| draft.define(&format!("taken.{word}"), fields([field("value", TypeRef::U8)])));
    draft.gives_back("taken.Echo", &types);
    let names = TAKEN.map(|word| format!("taken.{word}"));
    Written::works("words_taken", &draft).but(Some(Language::Python), &names.each_ref().map(String::as_str))
}

fn contracts() -> Written {
    let mut draft = Draft::default();
    for word in apart(TYPES) {
        let data = option(TypeRef::String);
        draft.contract(
            &format!("words.{word}"),
            vec![
                ask("go", [argument("value", data.clone())], list(data.clone())),
                stream("all", [], data),
            ],
        );
    }
    Written::works("words_contracts", &draft)
}

fn events_and_errors() -> Written {
    let mut draft = Draft::default();
    let words = apart(TYPES);
    let declare = |at: usize, word: &&'static str, draft: &mut Draft| {
        let shape = match at % 3 {
            0 => fields([
                field("message", TypeRef::String),
                field("code", TypeRef::U8),
                Field {
                    ident: Some("details".to_owned()),
                    ..field("name", option(TypeRef::String))
                },
            ]),
            1 => one_of(Tagging::External, [unit("First"), unit("Second")]),
            _ => one_of(Tagging::External, [unit("Nothing"), newtype("Number", TypeRef::U8)]),
        };
        draft.define(&format!("faults.{word}"), shape)
    };
    let errors: Vec<_> = words
        .iter()
        .enumerate()
        .map(|(at, word)| declare(at, word, &mut draft))
        .collect();
    let fails = errors.iter().enumerate().map(|(at, error)| callsheet_schema::Method {
        error: Some(error.clone()),
        ..ask(&format!("fails_{at}"), [], TypeRef::Unit)
    });
    draft.contract("words.Fails", fails.collect());
    draft.contract("words.Publishes", Vec::new()).events = words
        .iter()
        .map(|word| event(&format!("words.{word}"), TypeRef::U8))
        .collect();
    Written::works("words_events", &draft)
}

/// What tells variants apart is called as other things are.
fn tags() -> Written {
    let mut draft = Draft::default();
    let tags = [
        "kind",
        "type",
        "class",
        "value",
        "constructor",
        "__proto__",
        "self",
        "then",
        "tag name",
        "0",
        "a\"b",
        "\u{1F3AD}",
    ];
    let mut types = Vec::new();
    for (at, tag) in tags.iter().enumerate() {
        let content = tags[(at + 1) % tags.len()];
        types.push(draft.define(
            &format!("tags.Internal{at}"),
            one_of(
                crate::spelling::internal(tag),
                [
                    unit("Unit"),
                    record("Record", [field("data", TypeRef::U8)]),
                    record(tag, [field(content, TypeRef::U8), field("a_field", TypeRef::Bool)]),
                ],
            ),
        ));
        types.push(draft.define(
            &format!("tags.Adjacent{at}"),
            one_of(
                crate::spelling::adjacent(tag, content),
                [
                    unit("Unit"),
                    record("Record", [field(content, TypeRef::U8), field("data", TypeRef::U8)]),
                    newtype(content, TypeRef::U8),
                ],
            ),
        ));
    }
    draft.gives_back("tags.Echo", &types);
    // A variant without a letter or digit, as one of these tags is, has no name in any language.
    let names = ["variant `\u{1F3AD}`", "no letter or digit"];
    Written::refused("tags_without_letters", &draft, &names)
}
