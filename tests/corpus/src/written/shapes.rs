//! Types whose shape is the trouble: empty, recursive, generic, wrapped.

use callsheet_codegen::backends::Language;
use callsheet_schema::{Shape, Tagging, TypeRef, Variant, VariantShape};

use super::Written;
use crate::spelling::{
    Draft, adjacent, array, ask, event, field, fields, internal, list, map, named, newtype, one_of, option, optional,
    places, record, stream, tell, unit, variant,
};

pub(super) fn all() -> Vec<Written> {
    vec![
        Written::works("nothing", &Draft::default()),
        empty(),
        never(),
        recursive(),
        generic(),
        newtypes(),
        newtypes_in_a_circle(),
        without_end(),
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

/// Only a hand can write them.
fn newtypes_in_a_circle() -> Written {
    let mut draft = Draft::default();
    let first = draft.define("circle.First", Shape::Newtype(named("circle.Second")));
    draft.define("circle.Second", Shape::Newtype(option(named("circle.First"))));
    draft.gives_back("circle.Echo", &[first]);
    Written::refused("newtypes_in_a_circle", &draft, &["circle.First", "circle.Second"])
}

/// Types whose values hold one more of their own, so that there are none.
fn without_end() -> Written {
    let mut draft = Draft::default();
    let embedded = draft.define(
        "without_end.Embedded",
        fields([field("me", named("without_end.Embedded"))]),
    );
    let choice = draft.define(
        "without_end.Choice",
        one_of(
            Tagging::External,
            [variant("Again", VariantShape::Newtype(named("without_end.Choice")))],
        ),
    );
    draft.gives_back("without_end.Echo", &[embedded, choice]);
    Written::works("without_end", &draft)
}
