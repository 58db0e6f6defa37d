//! Calls of every kind, and types that are another on the way out than on the way back.

use callsheet_schema::{Field, Shape, Tagging, TypeRef, Variant};

use super::Written;
use crate::spelling::{
    Draft, argument, ask, event, field, fields, list, map, message, named, newtype, one_of, option, optional, set,
    stream, tell, unit,
};

pub(super) fn all() -> Vec<Written> {
    vec![requests(), directions()]
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
