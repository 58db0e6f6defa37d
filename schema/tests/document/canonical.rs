//! The text of a document is always the same one.

use std::collections::BTreeMap;

use callsheet_schema::{
    Access, Argument, Contract, Definition, Document, Event, FORMAT, Field, Kind, Method, Package, Request, Shape, Tag,
    Tagging, TypeRef, Types, Variant, VariantShape,
};
use proptest::{collection::vec, option, prelude::*};

/// How many named types a document has; they refer to each other freely.
const TYPES: usize = 4;

fn type_ref() -> impl Strategy<Value = TypeRef> {
    let named = (0..TYPES).prop_map(|at| TypeRef::Named(format!("demo.T{at}")));
    let leaf = prop_oneof![
        Just(TypeRef::Unit),
        Just(TypeRef::Bool),
        Just(TypeRef::U64),
        Just(TypeRef::F32),
        Just(TypeRef::String),
        Just(TypeRef::Duration),
        Just(TypeRef::Text(callsheet_schema::Format::Uuid)),
        Just(TypeRef::NonZero(Box::new(TypeRef::U8))),
        named,
    ];
    leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|inner| TypeRef::Option(Box::new(inner))),
            inner.clone().prop_map(|item| TypeRef::List(Box::new(item))),
            (inner.clone(), 0..40_usize).prop_map(|(item, length)| TypeRef::Array(Box::new(item), length)),
            inner
                .clone()
                .prop_map(|value| TypeRef::Map(Box::new(TypeRef::String), Box::new(value))),
            vec(inner, 1..4).prop_map(TypeRef::Tuple),
        ]
    })
}

fn docs() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), ".{0,20}"]
}

fn field(at: usize) -> impl Strategy<Value = Field> {
    let flags = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    (docs(), option::of(docs()), type_ref(), flags).prop_map(
        move |(docs, deprecated, type_ref, (optional, sometimes, is_aliased, is_renamed))| Field {
            name: format!("f{at}-é\"\\"),
            ident: is_renamed.then(|| format!("f{at}")),
            accepts: is_renamed.then(|| format!("r{at}")),
            aliases: if is_aliased {
                vec![format!("z{at}"), format!("a{at}")]
            } else {
                Vec::new()
            },
            docs,
            deprecated,
            type_ref,
            optional,
            defaulted: optional && is_renamed,
            sometimes,
            flattened: false,
        },
    )
}

fn fields() -> impl Strategy<Value = Vec<Field>> {
    (0..4_usize).prop_flat_map(|count| (0..count).map(field).collect::<Vec<_>>())
}

fn variant(at: usize) -> impl Strategy<Value = Variant> {
    let shape = prop_oneof![
        Just(VariantShape::Unit),
        type_ref().prop_map(VariantShape::Newtype),
        vec(type_ref(), 2..4).prop_map(VariantShape::Tuple),
        fields().prop_map(VariantShape::Struct),
    ];
    (docs(), any::<bool>(), any::<bool>(), shape).prop_map(move |(docs, untagged, other, shape)| Variant {
        name: format!("V{at}"),
        ident: None,
        accepts: None,
        aliases: Vec::new(),
        docs,
        deprecated: None,
        untagged,
        other,
        shape,
    })
}

fn shape() -> impl Strategy<Value = Shape> {
    let tagging = prop_oneof![
        Just(Tagging::External),
        Just(Tagging::Untagged),
        Just(Tagging::Adjacent {
            tag: "t".to_owned(),
            content: "c".to_owned()
        }),
    ];
    let variants = (0..4_usize).prop_flat_map(|count| (0..count).map(variant).collect::<Vec<_>>());
    let tags = prop_oneof![
        Just(Vec::new()),
        Just(vec![Tag {
            name: "type".to_owned(),
            value: "T".to_owned()
        }]),
    ];
    prop_oneof![
        Just(Shape::Unit),
        type_ref().prop_map(Shape::Newtype),
        vec(type_ref(), 0..3).prop_map(Shape::Tuple),
        (tags, fields(), any::<bool>()).prop_map(|(tags, fields, deny_unknown)| Shape::Struct {
            tags,
            fields,
            deny_unknown
        }),
        (tagging, variants, any::<bool>()).prop_map(|(tagging, variants, deny_unknown)| Shape::Enum {
            tagging,
            variants,
            deny_unknown
        }),
    ]
}

fn definition() -> impl Strategy<Value = Definition> {
    let shapes = (shape(), option::of(shape()));
    (docs(), option::of(docs()), shapes, any::<bool>()).prop_map(|(docs, deprecated, (shape, produces), checked)| {
        Definition {
            docs,
            deprecated,
            produces: produces.filter(|produces| *produces != shape),
            shape,
            checked,
            mailbox: checked.then(|| "demo.C0".to_owned()),
        }
    })
}

fn method(contract: usize, at: usize) -> impl Strategy<Value = Method> {
    let arguments = vec((type_ref(), any::<bool>()), 0..3).prop_map(|arguments| {
        let arguments = arguments.into_iter().zip('a'..);
        let arguments = arguments.map(|((type_ref, optional), name)| Argument {
            name: name.to_string(),
            type_ref,
            optional,
        });
        Request::Arguments(arguments.collect())
    });
    let message = type_ref().prop_map(|type_ref| Request::Message {
        name: "request".to_owned(),
        type_ref,
    });
    let kind = prop_oneof![Just(Kind::Ask), Just(Kind::Tell), Just(Kind::Stream)];
    let access = prop_oneof![Just(Access::Shared), Just(Access::Exclusive)];
    let request = prop_oneof![arguments, message];
    let parts = (
        docs(),
        kind,
        access,
        request,
        type_ref(),
        option::of(type_ref()),
        any::<bool>(),
        any::<bool>(),
    );
    parts.prop_map(
        move |(docs, kind, access, request, reply, error, is_aliased, idempotent)| Method {
            name: format!("m{at}"),
            message: format!("demo.C{contract}.M{at}"),
            aliases: if is_aliased {
                vec![format!("demo.C{contract}.Old{at}")]
            } else {
                Vec::new()
            },
            docs,
            deprecated: None,
            kind,
            access,
            idempotent,
            request,
            reply,
            error,
        },
    )
}

fn contract(at: usize) -> impl Strategy<Value = Contract> {
    let methods = (0..4_usize).prop_flat_map(move |count| (0..count).map(|m| method(at, m)).collect::<Vec<_>>());
    let events = vec(type_ref(), 0..2).prop_map(|types| {
        let events = types.into_iter().enumerate();
        let events = events.map(|(at, type_ref)| Event {
            name: format!("demo.E{at}"),
            type_ref,
        });
        events.collect()
    });
    (docs(), methods, events).prop_map(move |(docs, methods, events)| Contract {
        name: format!("demo.C{at}"),
        docs,
        deprecated: None,
        extends: (0..at).map(|at| format!("demo.C{at}")).collect(),
        methods,
        events,
    })
}

fn document() -> impl Strategy<Value = Document> {
    let package = option::of(any::<bool>().prop_map(|default_features| Package {
        name: "demo".to_owned(),
        features: if default_features {
            vec!["a".to_owned(), "b".to_owned()]
        } else {
            Vec::new()
        },
        default_features,
    }));
    let types = vec(definition(), TYPES).prop_map(|types| {
        let types = types.into_iter().enumerate();
        types
            .map(|(at, definition)| (format!("demo.T{at}"), definition))
            .collect::<BTreeMap<_, _>>()
    });
    let contracts = (0..3_usize).prop_flat_map(|count| (0..count).map(contract).collect::<Vec<_>>());
    (package, types, contracts).prop_map(|(package, types, contracts)| Document {
        callsheet: FORMAT,
        package,
        contracts,
        types,
        encodings: BTreeMap::new(),
        hashes: BTreeMap::new(),
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn reading_and_writing_change_nothing(document in document()) {
        let read = Document::from_json(&document.to_json()).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(&read.contracts, &document.contracts);
        prop_assert_eq!(&read.types, &document.types);
        prop_assert_eq!(&read.package, &document.package);
        prop_assert_eq!(read.hashes.len(), read.contracts.len());
        let text = read.to_json();
        let again = Document::from_json(&text).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(&again, &read);
        prop_assert_eq!(again.to_json(), text);
    }
}

fn catalogue(types: &mut Types) -> Contract {
    let shape = |shape| Definition {
        docs: String::new(),
        deprecated: None,
        shape,
        produces: None,
        checked: false,
        mailbox: None,
    };
    let field = |name: &str, type_ref: TypeRef, flattened: bool| Field {
        name: name.to_owned(),
        ident: None,
        accepts: None,
        aliases: Vec::new(),
        docs: String::new(),
        deprecated: None,
        type_ref,
        optional: false,
        defaulted: false,
        sometimes: false,
        flattened,
    };
    let type_ref = types.define::<u64>("demo.Item", |types| {
        let id = types.define::<u8>("demo.Id", |_| shape(Shape::Newtype(TypeRef::U32)));
        let names = TypeRef::Map(Box::new(id), Box::new(TypeRef::String));
        let page = types.define::<u16>("demo.Page", |_| {
            shape(Shape::Struct {
                tags: Vec::new(),
                fields: vec![field("bytes", TypeRef::Bytes, false)],
                deny_unknown: false,
            })
        });
        shape(Shape::Struct {
            tags: Vec::new(),
            fields: vec![field("names", names, false), field("page", page, true)],
            deny_unknown: false,
        })
    });
    Contract {
        name: "demo.Catalogue".to_owned(),
        docs: String::new(),
        deprecated: None,
        extends: Vec::new(),
        methods: Vec::new(),
        events: vec![Event {
            name: "demo.Item".to_owned(),
            type_ref,
        }],
    }
}

#[test]
fn a_document_holds_what_it_needs() {
    let document = Document::describe([catalogue as fn(&mut Types) -> Contract]).expect("nothing is wrong");
    let types: Vec<_> = document.types.keys().map(String::as_str).collect();
    assert_eq!(types, ["demo.Id", "demo.Item"], "nothing refers to what was inlined");
    let encodings: Vec<_> = document.encodings.keys().map(String::as_str).collect();
    assert_eq!(encodings, ["bytes", "integer map keys"], "newtypes are looked through");
    assert_eq!(Document::from_json(&document.to_json()), Ok(document));
}

#[test]
fn contracts_are_sorted_whatever_order_they_come_in() {
    let contract = |name: &str| serde_json::json!({"name": name, "methods": []});
    let [one, two] = ["a.A", "b.B"].map(contract);
    let texts = [[&one, &two], [&two, &one]].map(|contracts| {
        let document = super::document_of(&serde_json::json!(contracts), &serde_json::json!({}));
        document.expect("nothing is wrong").to_json()
    });
    assert_eq!(texts[0], texts[1]);
}
