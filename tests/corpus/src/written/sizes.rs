//! More of everything than anybody had in mind.

use callsheet_schema::{Shape, Tagging, TypeRef};

use super::Written;
use crate::spelling::{
    Draft, argument, array, ask, field, fields, internal, list, map, named, newtype, one_of, option, optional, record,
    unit,
};

/// As long as a file's name may be.
const LONG: usize = 255;

pub(super) fn all() -> Vec<Written> {
    vec![
        many_fields(),
        many_variants(),
        many_methods(),
        many_arguments(),
        many_types(),
        deep_types(),
        long_names(),
    ]
}

fn many_fields() -> Written {
    let mut draft = Draft::default();
    let of = [
        TypeRef::U64,
        TypeRef::String,
        TypeRef::Bool,
        option(TypeRef::I64),
        list(TypeRef::F64),
    ];
    let numbered = |at: usize| field(&format!("field_{at}"), of[at % of.len()].clone());
    let types = [
        draft.define("many_fields.Big", fields((0..200).map(numbered))),
        draft.define(
            "many_fields.Optional",
            fields((0..200).map(|at| optional(&format!("field_{at}"), option(TypeRef::U8)))),
        ),
        draft.define(
            "many_fields.Choice",
            one_of(internal("kind"), [record("Big", (0..200).map(numbered))]),
        ),
        draft.define(
            "many_fields.Places",
            Shape::Tuple((0..16).map(|at| of[at % of.len()].clone()).collect()),
        ),
    ];
    draft.gives_back("many_fields.Echo", &types);
    Written::works("many_fields", &draft)
}

fn many_variants() -> Written {
    let mut draft = Draft::default();
    let of = [TypeRef::U64, TypeRef::String, named("many_variants.Units")];
    let types = [
        draft.define(
            "many_variants.Units",
            one_of(Tagging::External, (0..200).map(|at| unit(&format!("Variant{at}")))),
        ),
        draft.define(
            "many_variants.Data",
            one_of(
                Tagging::External,
                (0..200).map(|at| newtype(&format!("Variant{at}"), of[at % of.len()].clone())),
            ),
        ),
        draft.define(
            "many_variants.Records",
            one_of(
                internal("kind"),
                (0..200).map(|at| record(&format!("Variant{at}"), [field("value", of[at % of.len()].clone())])),
            ),
        ),
        draft.define(
            "many_variants.Untagged",
            one_of(
                Tagging::Untagged,
                (0..60).map(|at| record(&format!("Variant{at}"), [field(&format!("value_{at}"), TypeRef::U8)])),
            ),
        ),
    ];
    draft.gives_back("many_variants.Echo", &types);
    Written::works("many_variants", &draft)
}

fn many_methods() -> Written {
    let mut draft = Draft::default();
    let methods = (0..100).map(|at| {
        ask(
            &format!("method_{at}"),
            [argument("value", TypeRef::U64)],
            TypeRef::String,
        )
    });
    draft.contract("many_methods.Big", methods.collect());
    for at in 0..20 {
        draft.contract(&format!("many_methods.Small{at}"), vec![ask("go", [], TypeRef::Unit)]);
    }
    Written::works("many_methods", &draft)
}

fn many_arguments() -> Written {
    let mut draft = Draft::default();
    let data = draft.define("many_arguments.Data", fields([field("value", TypeRef::U8)]));
    let of = [
        TypeRef::U64,
        TypeRef::String,
        option(TypeRef::String),
        data,
        list(TypeRef::U8),
    ];
    let arguments = (0..60).map(|at| argument(&format!("argument_{at}"), of[at % of.len()].clone()));
    draft.contract("many_arguments.Call", vec![ask("call", arguments, TypeRef::Unit)]);
    Written::works("many_arguments", &draft)
}

/// One module of many types that all hold one another.
fn many_types() -> Written {
    let mut draft = Draft::default();
    let name = |at: usize| format!("many_types.Type{at}");
    let types: Vec<_> = (0..60)
        .map(|at| {
            let others = [at + 1, at * 7, at + 30].map(|other| named(&name(other % 60)));
            let of = fields([
                field("next", option(others[0].clone())),
                field("several", list(others[1].clone())),
                field("named", map(TypeRef::String, others[2].clone())),
            ]);
            draft.define(&name(at), of)
        })
        .collect();
    draft.gives_back("many_types.Echo", &types[..20]);
    Written::works("many_types", &draft)
}

/// Types within types within types.
fn deep_types() -> Written {
    let mut draft = Draft::default();
    let lists = (0..6).fold(TypeRef::U8, |of, _| list(of));
    let options = (0..6).fold(
        TypeRef::String,
        |of, at| if at % 2 == 0 { option(of) } else { list(of) },
    );
    let maps = (0..6).fold(TypeRef::U8, |of, at| {
        if at % 2 == 0 {
            map(TypeRef::U32, of)
        } else {
            map(TypeRef::String, of)
        }
    });
    let arrays = (0..4).fold(TypeRef::U8, |of, _| array(of, 2));
    let mut types = vec![lists, options, maps, arrays];
    for at in 0..25 {
        let inner = match at {
            0 => TypeRef::U8,
            _ => named(&format!("deep_types.Level{}", at - 1)),
        };
        let of = match at % 3 {
            0 => fields([field("inner", inner)]),
            1 => Shape::Newtype(inner),
            _ => one_of(Tagging::External, [newtype("Inner", inner)]),
        };
        types.push(draft.define(&format!("deep_types.Level{at}"), of));
    }
    draft.gives_back("deep_types.Echo", &types);
    Written::works("deep_types", &draft)
}

fn long_names() -> Written {
    let mut draft = Draft::default();
    let long = |start: &str| start.repeat(LONG / start.len());
    let of = draft.define(
        &format!("long_names.{}", long("Type")),
        fields([
            field(&long("field_"), TypeRef::U8),
            field(&long("other"), option(TypeRef::String)),
        ]),
    );
    let choice = draft.define(
        "long_names.Choice",
        one_of(
            Tagging::External,
            [
                unit(&long("Unit")),
                newtype(&long("Data"), of.clone()),
                record(&long("Record"), [field(&long("of_it"), of.clone())]),
            ],
        ),
    );
    let mut method = ask(
        &long("method_"),
        [argument(&long("argument_"), of.clone())],
        choice.clone(),
    );
    method.error = Some(of);
    // The modules of some languages are called as the contracts are, and no file's name is longer.
    draft
        .contract(&format!("long_names.{}", "Contract".repeat(30)), vec![method])
        .events = vec![crate::spelling::event(&format!("long_names.{}", long("Event")), choice)];
    Written::works("long_names", &draft)
}
