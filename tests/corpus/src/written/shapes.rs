//! Types whose shape is the trouble: empty, recursive, generic, tagged in every way, flattened.

use callsheet_codegen::backends::Language;
use callsheet_schema::{Field, Shape, Tag, Tagging, TypeRef, Variant, VariantShape};

use super::Written;
use crate::spelling::{
    Draft, adjacent, argument, array, ask, event, field, fields, flattened, internal, list, map, message, named,
    newtype, one_of, option, optional, places, record, set, stream, tell, unit, variant,
};

pub(super) fn all() -> Vec<Written> {
    vec![
        Written::works("nothing", &Draft::default()),
        empty(),
        never(),
        recursive(),
        generic(),
        taggings(),
        untagged(),
        flattening(),
        newtypes(),
        directions(),
        requests(),
        newtypes_in_a_circle(),
    ]
}

fn empty() -> Written {
    let mut draft = Draft::default();
    draft.contract("empty.NoMethods", Vec::new());
    let types = [
        draft.define("empty.NoFields", fields([])),
        draft.define("empty.NoPlaces", Shape::Tuple(Vec::new())),
        draft.define("empty.UnitStruct", Shape::Unit),
        draft.define(
            "empty.EmptyVariants",
            one_of(
                Tagging::External,
                [record("NoFields", []), places("NoPlaces", []), unit("Nothing")],
            ),
        ),
        draft.define("empty.OnlyOne", one_of(Tagging::External, [unit("Single")])),
        draft.define("empty.OnlyOneTagged", one_of(internal("tag"), [unit("Single")])),
        TypeRef::Unit,
        TypeRef::Tuple(Vec::new()),
        array(TypeRef::U8, 0),
    ];
    draft.gives_back("empty.Echo", &types);
    draft.contract(
        "empty.NoReply",
        vec![tell("nothing", []), stream("nothings", [], TypeRef::Unit)],
    );
    draft.contract("empty.OnlyEvents", Vec::new()).events = vec![event("empty.Happened", TypeRef::Unit)];
    Written::works("empty", &draft)
}

/// There is no value of it, but there is null, and there are lists and maps of none.
fn never() -> Written {
    let mut draft = Draft::default();
    let never = draft.define("never.Never", one_of(Tagging::External, []));
    draft.gives_back(
        "never.Echo",
        &[option(never.clone()), list(never.clone()), map(TypeRef::String, never)],
    );
    Written::works("never", &draft).but(Some(Language::TypeScript), &["`never.Never`", "no variants"])
}

fn recursive() -> Written {
    let mut draft = Draft::default();
    let me = |name: &str| named(&format!("recursive.{name}"));
    let direct = [
        ("ByOption", option(me("ByOption"))),
        ("ByList", list(me("ByList"))),
        ("ByMap", map(TypeRef::String, me("ByMap"))),
        ("ByArray", array(option(me("ByArray")), 2)),
        ("ByTuple", option(TypeRef::Tuple(vec![TypeRef::U8, me("ByTuple")]))),
        ("ByOptions", list(option(map(TypeRef::U8, list(me("ByOptions")))))),
    ];
    let mut types = Vec::new();
    for (name, of) in direct {
        types.push(draft.define(
            &format!("recursive.{name}"),
            fields([field("value", TypeRef::U8), field("next", of)]),
        ));
    }
    types.push(draft.define("recursive.Husband", fields([field("wife", option(me("Wife")))])));
    types.push(draft.define("recursive.Wife", fields([field("husband", list(me("Husband")))])));
    types.push(draft.define("recursive.Json", one_of(Tagging::Untagged, json(&me("Json")))));
    types.push(draft.define(
        "recursive.Expression",
        one_of(
            Tagging::External,
            [
                newtype("Number", TypeRef::I64),
                places("Sum", [me("Expression"), me("Expression")]),
                record(
                    "Call",
                    [
                        field("name", TypeRef::String),
                        field("arguments", list(me("Expression"))),
                    ],
                ),
                newtype("Negative", me("Expression")),
            ],
        ),
    ));
    types.push(draft.define(
        "recursive.Inner",
        one_of(
            internal("kind"),
            [
                unit("Leaf"),
                record("Branch", [field("left", me("Inner")), field("right", me("Inner"))]),
            ],
        ),
    ));
    types.push(draft.define(
        "recursive.Beside",
        one_of(
            adjacent("t", "c"),
            [unit("Leaf"), places("Branch", [me("Beside"), me("Beside")])],
        ),
    ));
    types.push(draft.define("recursive.Wrapped", Shape::Newtype(list(me("Wrapped")))));
    types.push(draft.define("recursive.First", Shape::Newtype(option(me("Second")))));
    types.push(draft.define("recursive.Second", fields([field("first", me("First"))])));
    draft.gives_back("recursive.Echo", &types);
    let mut refuse = ask("fail", [], TypeRef::Unit);
    refuse.error = Some(me("Expression"));
    draft.contract("recursive.Fails", vec![refuse]).events = vec![event("recursive.Grown", me("Json"))];
    Written::works("recursive", &draft)
}

fn json(me: &TypeRef) -> Vec<Variant> {
    vec![
        unit("Null"),
        newtype("Bool", TypeRef::Bool),
        newtype("Integer", TypeRef::I64),
        newtype("Text", TypeRef::String),
        newtype("Items", list(me.clone())),
        newtype("Entries", map(TypeRef::String, me.clone())),
    ]
}

fn generic() -> Written {
    let mut draft = Draft::default();
    let user = draft.define("generic.User", fields([field("id", TypeRef::U64)]));
    let mut types = Vec::new();
    for (name, of) in [
        ("generic.Page<generic.User>", user.clone()),
        ("generic.Page<u64>", TypeRef::U64),
        ("generic.Page<option<generic.User>>", option(user.clone())),
        (
            "generic.Page<list<generic.Page<u64>>>",
            list(named("generic.Page<u64>")),
        ),
        ("generic.Page<array<u8, 4>>", array(TypeRef::U8, 4)),
        (
            "generic.Page<tuple<u8, 84>>",
            TypeRef::Tuple(vec![TypeRef::U8, TypeRef::U32]),
        ),
        (
            "generic.Page<map<string, generic.User>>",
            map(TypeRef::String, user.clone()),
        ),
        ("other.Page<generic.User>", user),
    ] {
        types.push(draft.define(
            name,
            fields([
                field("items", list(of.clone())),
                field("first", option(of)),
                field("next", option(named(name))),
            ]),
        ));
    }
    draft.gives_back("generic.Echo", &types);
    Written::works("generic", &draft)
}

/// The data that a variant can have, each once.
fn every_data(inner: &TypeRef) -> Vec<Variant> {
    vec![
        unit("Unit"),
        newtype("Number", TypeRef::I32),
        newtype("Named", inner.clone()),
        newtype("Nullable", option(TypeRef::String)),
        newtype("Items", list(inner.clone())),
        newtype("Entries", map(TypeRef::String, TypeRef::U8)),
        newtype("Nothing", TypeRef::Unit),
        places("Pair", [TypeRef::U8, option(inner.clone())]),
        record(
            "Fields",
            [field("a", TypeRef::Bool), optional("b", option(TypeRef::String))],
        ),
        record("NoFields", []),
    ]
}

fn taggings() -> Written {
    let mut draft = Draft::default();
    let inner = draft.define(
        "taggings.Data",
        fields([field("x", TypeRef::F64), optional("y", option(TypeRef::I8))]),
    );
    let units = || [unit("first"), unit("second-one"), unit("Third")];
    let maps = [
        unit("Unit"),
        newtype("Named", inner.clone()),
        newtype("Entries", map(TypeRef::String, TypeRef::U8)),
        newtype("Nothing", TypeRef::Unit),
        record(
            "Fields",
            [field("a", TypeRef::Bool), optional("b", option(TypeRef::String))],
        ),
        record("NoFields", []),
    ];
    let shapes = [
        ("External", one_of(Tagging::External, every_data(&inner))),
        ("Internal", one_of(internal("type"), maps)),
        ("Adjacent", one_of(adjacent("t", "c"), every_data(&inner))),
        ("Words", one_of(adjacent("class", "default"), every_data(&inner))),
        ("Units", one_of(Tagging::External, units())),
        ("InternalUnits", one_of(internal("kind"), units())),
        ("AdjacentUnits", one_of(adjacent("kind", "value"), units())),
    ];
    let mut types: Vec<_> = (shapes.into_iter())
        .map(|(name, shape)| draft.define(&format!("taggings.{name}"), shape))
        .collect();
    types.push(draft.define(
        "taggings.Tagged",
        Shape::Struct {
            tags: vec![Tag {
                name: "kind".to_owned(),
                value: "Tagged \"so\"".to_owned(),
            }],
            fields: vec![field("value", TypeRef::U8)],
            deny_unknown: false,
        },
    ));
    types.push(draft.define(
        "taggings.Strict",
        Shape::Enum {
            tagging: internal("is"),
            variants: vec![unit("A"), record("B", [field("b", TypeRef::U8)])],
            deny_unknown: true,
        },
    ));
    types.push(draft.define(
        "taggings.Nested",
        one_of(
            internal("outer"),
            [
                newtype("Internal", named("taggings.InternalUnits")),
                newtype("Adjacent", named("taggings.AdjacentUnits")),
            ],
        ),
    ));
    draft.gives_back("taggings.Echo", &types);
    Written::works("taggings", &draft)
}

fn untagged() -> Written {
    let mut draft = Draft::default();
    let inner = draft.define(
        "untagged.Data",
        fields([field("x", TypeRef::I64), field("y", TypeRef::String)]),
    );
    let mixture = [
        unit("Null"),
        newtype("Flag", TypeRef::Bool),
        newtype("Small", TypeRef::U8),
        newtype("Integer", TypeRef::I64),
        newtype("Float", TypeRef::F64),
        newtype("Day", TypeRef::Text(callsheet_schema::Format::Date)),
        newtype("Text", TypeRef::String),
        places("Pair", [TypeRef::U8, TypeRef::String]),
        newtype("Numbers", list(TypeRef::I64)),
        newtype("Texts", list(TypeRef::String)),
        newtype("Data", inner.clone()),
        record("Fields", [field("x", TypeRef::String)]),
        newtype("Entries", map(TypeRef::String, TypeRef::Bool)),
    ];
    let own_untagged = |name: &str, of: TypeRef| Variant {
        untagged: true,
        ..newtype(name, of)
    };
    let types = [
        draft.define("untagged.Mixture", one_of(Tagging::Untagged, mixture)),
        draft.define(
            "untagged.Either",
            one_of(
                Tagging::Untagged,
                [newtype("Left", TypeRef::U32), newtype("Right", TypeRef::String)],
            ),
        ),
        draft.define(
            "untagged.Rest",
            one_of(
                Tagging::External,
                [
                    unit("Known"),
                    newtype("Counted", TypeRef::U8),
                    own_untagged("Other", TypeRef::String),
                ],
            ),
        ),
        draft.define(
            "untagged.RestInternally",
            one_of(internal("kind"), [unit("Known"), own_untagged("Other", inner.clone())]),
        ),
        draft.define(
            "untagged.RestAdjacently",
            one_of(
                adjacent("t", "c"),
                [newtype("Known", TypeRef::U8), own_untagged("Other", list(TypeRef::U8))],
            ),
        ),
        draft.define(
            "untagged.AnyOther",
            one_of(
                Tagging::External,
                [
                    unit("Known"),
                    Variant {
                        other: true,
                        ..unit("Unknown")
                    },
                ],
            ),
        ),
        draft.define(
            "untagged.Structs",
            one_of(
                Tagging::Untagged,
                [
                    record("Both", [field("a", TypeRef::U8), field("b", TypeRef::U8)]),
                    record("OnlyA", [field("a", TypeRef::U8)]),
                    record("Maybe", [optional("c", option(TypeRef::U8))]),
                ],
            ),
        ),
    ];
    draft.gives_back("untagged.Echo", &types);
    Written::works("untagged", &draft)
}

fn flattening() -> Written {
    let mut draft = Draft::default();
    let choice = draft.define(
        "flattening.Choice",
        one_of(
            internal("kind"),
            [unit("None"), record("Some", [field("value", TypeRef::U32)])],
        ),
    );
    let outside = draft.define(
        "flattening.Outside",
        one_of(
            Tagging::External,
            [
                newtype("Left", TypeRef::U8),
                record("Right", [field("r", TypeRef::Bool)]),
            ],
        ),
    );
    let beside = draft.define(
        "flattening.Beside",
        one_of(adjacent("t", "c"), [unit("Nothing"), newtype("Number", TypeRef::I16)]),
    );
    let id = || field("id", TypeRef::U64);
    let types = [
        draft.define(
            "flattening.Open",
            fields([id(), flattened("rest", map(TypeRef::String, TypeRef::String))]),
        ),
        draft.define("flattening.Chosen", fields([id(), flattened("choice", choice.clone())])),
        draft.define(
            "flattening.Perhaps",
            fields([id(), flattened("choice", option(choice))]),
        ),
        draft.define(
            "flattening.External",
            fields([id(), flattened("outside", outside.clone())]),
        ),
        draft.define("flattening.Adjacent", fields([id(), flattened("beside", beside)])),
        draft.define(
            "flattening.InVariant",
            one_of(
                Tagging::External,
                [unit("Nothing"), record("Fields", [id(), flattened("outside", outside)])],
            ),
        ),
        draft.define(
            "flattening.Elapsed",
            fields([id(), flattened("elapsed", TypeRef::Duration)]),
        ),
    ];
    draft.gives_back("flattening.Echo", &types);
    Written::works("flattening", &draft)
}

fn newtypes() -> Written {
    let mut draft = Draft::default();
    let mut types = Vec::new();
    let wrapped = [
        ("Text", TypeRef::String),
        ("Count", TypeRef::U64),
        ("Nullable", option(TypeRef::String)),
        ("Again", named("newtypes.Nullable")),
        ("Items", list(named("newtypes.Text"))),
        ("Nothing", TypeRef::Unit),
        ("Pair", TypeRef::Tuple(vec![TypeRef::U8, named("newtypes.Text")])),
        ("Entries", map(named("newtypes.Text"), named("newtypes.Count"))),
        (
            "Numbered",
            map(named("newtypes.Count"), option(named("newtypes.Again"))),
        ),
        ("Blob", TypeRef::Bytes),
        ("Once", named("newtypes.Fields")),
    ];
    for (name, of) in wrapped {
        types.push(draft.define(&format!("newtypes.{name}"), Shape::Newtype(of)));
    }
    types.push(draft.define(
        "newtypes.Fields",
        fields([
            optional("a", named("newtypes.Again")),
            field("b", named("newtypes.Nothing")),
        ]),
    ));
    types.push(draft.define(
        "newtypes.Tuple",
        Shape::Tuple(vec![TypeRef::U8, named("newtypes.Again"), TypeRef::String]),
    ));
    types.push(draft.define("newtypes.Single", Shape::Tuple(vec![TypeRef::U8])));
    draft.gives_back("newtypes.Echo", &types);
    Written::works("newtypes", &draft)
}

/// Types that go both ways in two shapes, and names that differ by the way they go.
fn directions() -> Written {
    let mut draft = Draft::default();
    let accepts = |name: &str, accepts: &str, of: TypeRef| Field {
        accepts: Some(accepts.to_owned()),
        aliases: vec![format!("{name}-alias")],
        ..field(name, of)
    };
    let types = [
        draft.define(
            "directions.Renamed",
            fields([
                accepts("out", "in", TypeRef::U8),
                accepts("class", "def", TypeRef::String),
            ]),
        ),
        draft.define(
            "directions.Variants",
            one_of(
                Tagging::External,
                [
                    Variant {
                        accepts: Some("in".to_owned()),
                        aliases: vec!["alias".to_owned(), "const".to_owned()],
                        ..unit("out")
                    },
                    newtype("data", TypeRef::U8),
                ],
            ),
        ),
        draft.define("directions.Converted", fields([field("text", TypeRef::String)])),
        draft.define(
            "directions.Holder",
            fields([field("held", list(named("directions.Converted")))]),
        ),
        draft.define(
            "directions.Omitted",
            fields([
                Field {
                    sometimes: true,
                    ..optional("seldom", option(TypeRef::String))
                },
                Field {
                    defaulted: true,
                    ..optional("defaulted", TypeRef::U8)
                },
                Field {
                    defaulted: true,
                    ..optional("nullable", option(TypeRef::U8))
                },
                Field {
                    sometimes: true,
                    ..field("needed", TypeRef::U8)
                },
            ]),
        ),
    ];
    if let Some(converted) = draft.types.get_mut("directions.Converted") {
        converted.produces = Some(one_of(
            Tagging::External,
            [unit("Parsed"), newtype("Failed", TypeRef::String)],
        ));
        converted.checked = true;
    }
    draft.gives_back("directions.Echo", &types);
    Written::works("directions", &draft)
}

/// Payloads that are one value, and every kind of call.
fn requests() -> Written {
    let mut draft = Draft::default();
    let data = draft.define("requests.Data", fields([field("value", TypeRef::U8)]));
    let choice = draft.define(
        "requests.Choice",
        one_of(
            Tagging::Untagged,
            [newtype("A", TypeRef::U8), newtype("B", TypeRef::String)],
        ),
    );
    let wrapped = draft.define("requests.Wrapped", Shape::Newtype(option(TypeRef::String)));
    let payloads = [
        data.clone(),
        choice.clone(),
        wrapped.clone(),
        TypeRef::U8,
        TypeRef::Unit,
        option(data.clone()),
        list(data.clone()),
        set(TypeRef::String),
        map(TypeRef::U8, data.clone()),
        TypeRef::Tuple(vec![TypeRef::U8, data.clone()]),
        TypeRef::Bytes,
        TypeRef::F32,
    ];
    let messages = payloads.iter().enumerate();
    let mut methods: Vec<_> = (messages.clone())
        .map(|(at, of)| message(&format!("whole_{at}"), of.clone(), of.clone()))
        .collect();
    methods.extend(
        messages
            .clone()
            .map(|(at, of)| stream(&format!("items_{at}"), [argument("of", of.clone())], of.clone())),
    );
    methods.extend(messages.map(|(at, of)| tell(&format!("tell_{at}"), [argument("of", of.clone())])));
    let mut errors: Vec<_> = [TypeRef::String, TypeRef::U64, data, choice, wrapped, TypeRef::Unit]
        .into_iter()
        .enumerate()
        .map(|(at, error)| callsheet_schema::Method {
            error: Some(error),
            ..ask(&format!("fails_{at}"), [], TypeRef::Unit)
        })
        .collect();
    methods.append(&mut errors);
    let arguments = [
        argument("first", TypeRef::U8),
        callsheet_schema::Argument {
            optional: true,
            ..argument("second", option(TypeRef::String))
        },
        argument("third", TypeRef::Bool),
        callsheet_schema::Argument {
            optional: true,
            ..argument("fourth", option(list(TypeRef::U8)))
        },
    ];
    methods.push(ask("mixed_arguments", arguments, TypeRef::Unit));
    draft.contract("requests.Calls", methods).events = payloads
        .iter()
        .enumerate()
        .map(|(at, of)| event(&format!("requests.Event{at}"), of.clone()))
        .collect();
    Written::works("requests", &draft)
}

/// Only a hand can write them.
fn newtypes_in_a_circle() -> Written {
    let mut draft = Draft::default();
    let first = draft.define("circle.First", Shape::Newtype(named("circle.Second")));
    draft.define("circle.Second", Shape::Newtype(named("circle.First")));
    let embedded = draft.define("circle.Embedded", fields([field("me", named("circle.Embedded"))]));
    let choice = draft.define(
        "circle.Choice",
        one_of(
            Tagging::External,
            [variant("Again", VariantShape::Newtype(named("circle.Choice")))],
        ),
    );
    draft.gives_back("circle.Echo", &[first, embedded, choice]);
    Written::works("newtypes_in_a_circle", &draft)
}
