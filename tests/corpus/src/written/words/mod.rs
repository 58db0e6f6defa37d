//! Names that mean something to a language, to its library, or to what is generated.

mod vocabulary;

use std::collections::BTreeSet;

use callsheet_codegen::backends::Language;
use callsheet_schema::{Field, Shape, Tagging, TypeRef};

use super::Written;
use crate::spelling::{
    Draft, argument, ask, event, field, fields, list, newtype, one_of, option, record, stream, unit,
};
use vocabulary::{TYPES, WORDS};

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
        secrets(),
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

/// Names of what linters want to see nowhere in code.
fn secrets() -> Written {
    const SECRETS: [&str; 7] = ["password", "paswd", "pass", "pwd", "secret", "api_token", "PassPhrase"];
    let mut draft = Draft::default();
    let texts = || SECRETS.map(|word| field(word, TypeRef::String));
    let mut types = vec![
        draft.define("secrets.Fields", fields(texts())),
        draft.define("secrets.Names", one_of(Tagging::External, SECRETS.map(unit))),
        draft.define(
            "secrets.Data",
            one_of(Tagging::External, SECRETS.map(|word| newtype(word, TypeRef::String))),
        ),
    ];
    for word in SECRETS {
        let told = one_of(crate::spelling::internal(word), SECRETS.map(|word| record(word, [])));
        types.push(draft.define(&format!("secrets.By{}", word.replace('_', "")), told));
    }
    let error = draft.define("secrets.Refused", fields(texts()));
    let arguments = SECRETS.map(|word| argument(word, TypeRef::String));
    draft.contract(
        "secrets.Door",
        vec![callsheet_schema::Method {
            error: Some(error),
            ..ask("open", arguments, TypeRef::String)
        }],
    );
    draft.gives_back("secrets.Echo", &types);
    Written::works("words_secrets", &draft)
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
    let mut words = apart(TYPES);
    // Python's exceptions of `Key` and of `KeyError` would have one name.
    words.retain(|word| !TYPES.contains(&format!("{word}Error").as_str()));
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
