//! Enums in every form they can have on the wire, with every kind of data, and among the fields of structs.

use callsheet_schema::{Shape, Tag, Tagging, TypeRef, Variant};

use super::Written;
use crate::spelling::{
    Draft, adjacent, field, fields, flattened, internal, list, map, named, newtype, non_zero, one_of, option, optional,
    places, record, set, unit,
};

pub(super) fn all() -> Vec<Written> {
    vec![taggings(), untagged(), alike(), flattening()]
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
            "untagged.RestOfNothing",
            one_of(
                Tagging::External,
                [unit("Known"), record("Empty", []), own_untagged("Other", TypeRef::U8)],
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

/// Variants, and what may be null besides, that are one type under several names.
fn alike() -> Written {
    let mut draft = Draft::default();
    let nothing = draft.define("alike.Nothing", Shape::Unit);
    let renamed = draft.define("alike.Renamed", Shape::Newtype(nothing.clone()));
    let only_null = draft.define("alike.OnlyNull", one_of(Tagging::Untagged, [unit("Null")]));
    let text = draft.define("alike.Text", Shape::Newtype(TypeRef::String));
    let maybe = draft.define("alike.Maybe", Shape::Newtype(option(TypeRef::String)));
    let only = draft.define("alike.Only", one_of(Tagging::Untagged, [newtype("Text", text.clone())]));
    let pair = |of: &TypeRef| Shape::Tuple(vec![of.clone(), TypeRef::U8]);
    let (one, other) = (
        draft.define("alike.Pair", pair(&TypeRef::String)),
        draft.define("alike.PairOfTexts", pair(&text)),
    );
    let types = [
        draft.define(
            "alike.Nulls",
            fields([
                field("nothing", option(nothing.clone())),
                field("renamed", list(option(renamed.clone()))),
                field("only_null", map(TypeRef::String, option(only_null.clone()))),
                field("maybe", option(maybe.clone())),
            ]),
        ),
        draft.define(
            "alike.Nullable",
            one_of(
                Tagging::Untagged,
                [
                    newtype("MaybeText", option(TypeRef::String)),
                    newtype("Text", text.clone()),
                    newtype("Number", TypeRef::U8),
                    newtype("Renamed", renamed),
                    newtype("MaybeNumber", option(TypeRef::I8)),
                ],
            ),
        ),
        draft.define(
            "alike.Lists",
            one_of(
                Tagging::Untagged,
                [
                    newtype("Strings", list(TypeRef::String)),
                    newtype("Texts", set(text.clone())),
                    newtype("Onlys", list(only)),
                    newtype("NoZeros", list(non_zero(TypeRef::I64))),
                    newtype("Pairs", list(one.clone())),
                    newtype("PairsOfTexts", list(other.clone())),
                ],
            ),
        ),
        draft.define(
            "alike.Pairs",
            one_of(
                Tagging::Untagged,
                [
                    newtype("One", one),
                    newtype("Other", other),
                    places("Third", [text, TypeRef::I8]),
                    unit("Null"),
                    newtype("Nothing", nothing.clone()),
                    newtype("OnlyNull", only_null.clone()),
                ],
            ),
        ),
    ];
    let types = types.into_iter().chain([option(nothing), option(only_null)]);
    draft.gives_back("alike.Echo", &types.collect::<Vec<_>>());
    Written::works("alike", &draft)
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
