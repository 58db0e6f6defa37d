//! Documents made at random: types and contracts of every form, with names out of every language's nightmares.
//!
//! Some are refused, as a document or by a language; that is as good as a package that works. The same seed gives the same
//! documents.

use callsheet_schema::{
    Argument, Document, Field, Format, Kind, Method, Shape, Tagging, TypeRef, Variant, VariantShape,
};
use proptest::{
    collection::vec,
    prelude::{Just, Strategy, any},
    sample::select,
    strategy::{BoxedStrategy, Union, ValueTree},
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};

use crate::spelling::{Draft, adjacent, ask, definition, event, internal, list, map, named, non_zero, option, set};

/// Words that names are made of.
const WORDS: &[&str] = &[
    "user",
    "id",
    "class",
    "type",
    "self",
    "Self",
    "crate",
    "super",
    "then",
    "constructor",
    "proto",
    "init",
    "HTTP",
    "server2",
    "2nd",
    "x",
    "fn",
    "def",
    "await",
    "import",
    "from",
    "None",
    "null",
    "Error",
    "Result",
    "Option",
    "Client",
    "Connection",
    "value",
    "kind",
    "list",
    "match",
    "in",
    "is",
    "Größe",
    "naïve",
    "page",
    "size",
    "a",
    "b",
    "String",
    "object",
    "Promise",
    "Box",
];

/// What stands between them, or before and behind them.
const JOINTS: &[&str] = &[
    "",
    "_",
    "_",
    "_",
    "-",
    " ",
    ".",
    "__",
    "\"",
    "'",
    "\n",
    "*/",
    "\\",
    "${",
    "\u{202e}",
    "\u{1F3AD}",
];

/// Types that nothing stands behind.
const SCALARS: &[TypeRef] = &[
    TypeRef::Unit,
    TypeRef::Bool,
    TypeRef::I8,
    TypeRef::I16,
    TypeRef::I32,
    TypeRef::I64,
    TypeRef::I128,
    TypeRef::U8,
    TypeRef::U16,
    TypeRef::U32,
    TypeRef::U64,
    TypeRef::U128,
    TypeRef::F32,
    TypeRef::F64,
    TypeRef::Char,
    TypeRef::String,
    TypeRef::Bytes,
    TypeRef::Duration,
    TypeRef::SystemTime,
    TypeRef::Text(Format::Uuid),
    TypeRef::Text(Format::Date),
    TypeRef::Text(Format::Timestamp),
    TypeRef::Text(Format::Decimal),
    TypeRef::Text(Format::IpAddress),
    TypeRef::Text(Format::Url),
];

/// What is written into documentation.
const DOCS: &[&str] = &[
    "",
    "",
    "Does it.",
    "*/ \"\"\" ${x} \\",
    "\u{2028}\r\u{202e}\u{0}",
    "```\nopen",
    "ends\\",
    "\"",
    "# Errors\n\n- a\n- b",
];

/// How many named types a document has at most.
const TYPES: usize = 9;

/// The document of this number among those that follow from `seed`, not yet judged.
pub fn document(seed: u64, number: u32) -> Document {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes[8..12].copy_from_slice(&number.to_le_bytes());
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), random);
    match documents().new_tree(&mut runner) {
        Ok(tree) => tree.current(),
        // No strategy here filters anything.
        Err(reason) => unreachable!("{reason}"),
    }
}

/// So many documents that hold together, with what they are called: of those that do not, nobody makes anything.
pub fn those_that_hold(seed: u64, count: u32) -> Vec<(String, Document)> {
    let all = (0..).map(|number| (format!("made_{seed}_{number}"), document(seed, number)));
    all.filter(|(_, document)| document.clone().checked().is_ok())
        .take(usize::try_from(count).unwrap_or(usize::MAX))
        .collect()
}

/// All documents.
pub fn documents() -> impl Strategy<Value = Document> {
    (1..TYPES).prop_flat_map(|count| {
        let types = vec((shapes(count), docs()), count);
        let contracts = vec((vec(methods(count), 0..5), vec(uses(count), 0..3), docs()), 1..3);
        (types, contracts).prop_map(|(types, contracts)| assembled(types, contracts))
    })
}

/// Something, its documentation, and the reason for which it is deprecated.
type Told<T> = (T, (String, Option<String>));

/// The methods and the events of a contract, and what is said of it.
type Spoken = (Vec<Method>, Vec<TypeRef>, (String, Option<String>));

fn assembled(types: Vec<Told<Shape>>, contracts: Vec<Spoken>) -> Document {
    let mut draft = Draft::default();
    let mut all = Vec::new();
    for (at, (shape, (docs, deprecated))) in types.into_iter().enumerate() {
        all.push(named(&type_name(at)));
        draft.types.insert(
            type_name(at),
            callsheet_schema::Definition {
                docs,
                deprecated,
                ..definition(shape)
            },
        );
    }
    draft.gives_back("made.Everything", &all);
    for (at, (mut methods, events, (docs, deprecated))) in contracts.into_iter().enumerate() {
        apart(&mut methods, |method| &mut method.name);
        let contract = draft.contract(&format!("made.Contract{at}"), methods);
        for (number, method) in contract.methods.iter_mut().enumerate() {
            method.message = format!("made.Contract{at}.Message{number}");
        }
        (contract.docs, contract.deprecated) = (docs, deprecated);
        contract.events = events
            .into_iter()
            .enumerate()
            .map(|(number, of)| event(&format!("made.Event{at}x{number}"), of))
            .collect();
    }
    draft.document()
}

fn type_name(at: usize) -> String {
    // Some are called as what is generated, or its libraries, call things.
    let words = [
        "Data",
        "Connection",
        "Result",
        "Promise",
        "Error",
        "Page<u64>",
        "Option",
        "Client",
        "Object",
    ];
    format!("made.{}", words[at % words.len()])
}

/// Renames what would be called alike: collisions have documents of their own.
fn apart<T>(items: &mut [T], name: fn(&mut T) -> &mut String) {
    let mut seen = std::collections::BTreeSet::new();
    for (at, item) in items.iter_mut().enumerate() {
        let name = name(item);
        let bare = |name: &str| name.to_lowercase().replace(|c: char| !c.is_alphanumeric(), "");
        if bare(name).is_empty() || !seen.insert(bare(name)) {
            *name = format!("{name} other {at}");
            seen.insert(bare(name));
        }
    }
}

fn names() -> impl Strategy<Value = String> {
    let word = || select(WORDS);
    let joint = || select(JOINTS);
    let spoken =
        (word(), select(&["", "_"][..]), word()).prop_map(|(first, joint, second)| format!("{first}{joint}{second}"));
    let nasty = (joint(), word(), joint(), word(), joint()).prop_map(|(a, b, c, d, e)| format!("{a}{b}{c}{d}{e}"));
    Union::new_weighted(vec![
        (4, word().prop_map(str::to_owned).boxed()),
        (4, spoken.boxed()),
        (1, nasty.boxed()),
    ])
}

/// What Rust may call arguments and methods.
fn idents() -> impl Strategy<Value = String> {
    (select(WORDS), select(WORDS))
        .prop_map(|(first, second)| format!("{first}_{second}").replace(|c: char| !c.is_ascii_alphanumeric(), "_"))
}

fn docs() -> impl Strategy<Value = (String, Option<String>)> {
    let reason = proptest::option::weighted(0.1, select(DOCS).prop_map(str::to_owned));
    (select(DOCS).prop_map(str::to_owned), reason)
}

/// Uses of types, of which the document names so many.
fn uses(count: usize) -> BoxedStrategy<TypeRef> {
    let leaf = Union::new_weighted(vec![
        (3, select(SCALARS).boxed()),
        (2, (0..count).prop_map(|at| named(&type_name(at))).boxed()),
        (
            1,
            select(&[TypeRef::U8, TypeRef::I64, TypeRef::U128][..])
                .prop_map(non_zero)
                .boxed(),
        ),
    ]);
    let keys = select(
        &[
            TypeRef::String,
            TypeRef::U64,
            TypeRef::I8,
            TypeRef::Bool,
            TypeRef::Char,
            TypeRef::Text(Format::Uuid),
        ][..],
    );
    leaf.prop_recursive(3, 8, 3, move |inner| {
        Union::new(vec![
            inner.clone().prop_map(option).boxed(),
            inner.clone().prop_map(list).boxed(),
            inner.clone().prop_map(set).boxed(),
            (inner.clone(), 0..4_usize)
                .prop_map(|(of, length)| crate::spelling::array(of, length))
                .boxed(),
            (keys.clone(), inner.clone()).prop_map(|(key, of)| map(key, of)).boxed(),
            vec(inner, 1..4).prop_map(TypeRef::Tuple).boxed(),
        ])
    })
    .boxed()
}

fn members(count: usize) -> impl Strategy<Value = Vec<Field>> {
    let optional = uses(count).prop_map(|of| (option(of), true));
    let of = Union::new_weighted(vec![
        (3, uses(count).prop_map(|of| (of, false)).boxed()),
        (1, optional.boxed()),
    ]);
    let field =
        (names(), of, docs(), any::<bool>()).prop_map(|(name, (type_ref, optional), (docs, deprecated), sometimes)| {
            Field {
                docs,
                deprecated,
                optional,
                sometimes: optional && sometimes,
                ..crate::spelling::field(&name, type_ref)
            }
        });
    vec(field, 0..6).prop_map(|mut fields| {
        apart(&mut fields, |field| &mut field.name);
        fields
    })
}

fn variants(count: usize) -> impl Strategy<Value = Vec<Variant>> {
    let data = Union::new(vec![
        Just(VariantShape::Unit).boxed(),
        uses(count).prop_map(VariantShape::Newtype).boxed(),
        vec(uses(count), 0..4).prop_map(VariantShape::Tuple).boxed(),
        members(count).prop_map(VariantShape::Struct).boxed(),
    ]);
    let variant = (names(), data, docs()).prop_map(|(name, shape, (docs, deprecated))| Variant {
        docs,
        deprecated,
        ..crate::spelling::variant(&name, shape)
    });
    // One without data comes first, so that recursion has an end.
    vec(variant, 0..6).prop_map(|mut variants| {
        variants.insert(0, crate::spelling::unit("Nothing at all"));
        apart(&mut variants, |variant| &mut variant.name);
        variants
    })
}

fn shapes(count: usize) -> impl Strategy<Value = Shape> {
    let structs = (members(count), any::<bool>()).prop_map(|(fields, deny_unknown)| Shape::Struct {
        tags: Vec::new(),
        fields,
        deny_unknown,
    });
    let tags = select(&["kind", "type", "the \"tag\"", "__proto__"][..]);
    let tagging = Union::new(vec![
        Just(Tagging::External).boxed(),
        tags.clone().prop_map(internal).boxed(),
        (tags, select(&["value", "content", "class"][..]))
            .prop_map(|(tag, content)| adjacent(tag, content))
            .boxed(),
        Just(Tagging::Untagged).boxed(),
    ]);
    let enums = (tagging, variants(count)).prop_map(|(tagging, variants)| Shape::Enum {
        // Only maps can stand beside a tag.
        variants: match &tagging {
            Tagging::Internal { .. } => variants.into_iter().filter(stands_beside_a_tag).collect(),
            _ => variants,
        },
        tagging,
        deny_unknown: false,
    });
    Union::new_weighted(vec![
        (4, structs.boxed()),
        (4, enums.boxed()),
        (1, uses(count).prop_map(Shape::Newtype).boxed()),
        (1, vec(uses(count), 0..4).prop_map(Shape::Tuple).boxed()),
        (1, Just(Shape::Unit).boxed()),
    ])
}

fn stands_beside_a_tag(variant: &Variant) -> bool {
    matches!(variant.shape, VariantShape::Unit | VariantShape::Struct(_))
}

fn methods(count: usize) -> impl Strategy<Value = Method> {
    let argument =
        (idents(), uses(count), any::<bool>()).prop_map(|(name, of, may_be_left_out)| match may_be_left_out {
            true => Argument {
                name,
                type_ref: option(of),
                optional: true,
            },
            false => Argument {
                name,
                type_ref: of,
                optional: false,
            },
        });
    let arguments = vec(argument, 0..4).prop_map(|mut arguments| {
        apart(&mut arguments, |argument| &mut argument.name);
        arguments
    });
    let kinds = select(&[Kind::Ask, Kind::Ask, Kind::Tell, Kind::Stream][..]);
    let error = proptest::option::weighted(0.3, (0..count).prop_map(|at| named(&type_name(at))));
    (idents(), arguments, uses(count), kinds, docs(), error).prop_map(
        |(name, arguments, reply, kind, (docs, deprecated), error)| Method {
            docs,
            deprecated,
            kind,
            error: error.filter(|_| kind != Kind::Tell),
            ..ask(&name, arguments, if kind == Kind::Tell { TypeRef::Unit } else { reply })
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_documents() {
        assert_eq!(document(7, 3), document(7, 3));
        assert_ne!(document(7, 3), document(7, 4));
        assert_ne!(document(7, 3), document(8, 3));
    }

    #[test]
    fn not_all_of_them_are_refused() {
        let whole = (0..60).filter(|number| document(1, *number).checked().is_ok()).count();
        assert!(whole >= 15, "{whole} of 60");
    }
}
