//! Every built-in type, everywhere it may stand.

use callsheet_schema::{Format, TypeRef};

use super::Written;
use crate::spelling::{
    Draft, array, field, fields, list, map, newtype, non_zero, one_of, option, optional, record, set, unit,
};

/// Every integer.
const INTEGERS: [TypeRef; 10] = [
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
];

/// What else has no parts.
const SCALARS: [TypeRef; 9] = [
    TypeRef::Unit,
    TypeRef::Bool,
    TypeRef::F32,
    TypeRef::F64,
    TypeRef::Char,
    TypeRef::String,
    TypeRef::Bytes,
    TypeRef::Duration,
    TypeRef::SystemTime,
];

/// Every form of text.
const FORMATS: [Format; 12] = [
    Format::Uuid,
    Format::IpAddress,
    Format::Ipv4Address,
    Format::Ipv6Address,
    Format::SocketAddress,
    Format::Timestamp,
    Format::DateTime,
    Format::Date,
    Format::Time,
    Format::Decimal,
    Format::Url,
    Format::Path,
];

pub(super) fn all() -> Vec<Written> {
    vec![scalars(), containers(), keys(), keys_that_are_none()]
}

fn every_scalar() -> Vec<TypeRef> {
    let texts = FORMATS.map(TypeRef::Text);
    (INTEGERS.into_iter())
        .chain(INTEGERS.map(non_zero))
        .chain(SCALARS)
        .chain(texts)
        .collect()
}

/// What a type is called in a field's name.
fn spoken(of: &TypeRef) -> String {
    of.to_string().replace(['<', '>', ',', ' '], "_")
}

fn scalars() -> Written {
    let mut draft = Draft::default();
    let every = every_scalar();
    let mut types = vec![
        draft.define(
            "scalars.All",
            fields(every.iter().map(|of| field(&spoken(of), of.clone()))),
        ),
        draft.define(
            "scalars.Optional",
            fields(every.iter().map(|of| optional(&spoken(of), option(of.clone())))),
        ),
        draft.define(
            "scalars.Choice",
            one_of(
                callsheet_schema::Tagging::External,
                every.iter().map(|of| newtype(&spoken(of), of.clone())),
            ),
        ),
    ];
    types.extend(every);
    draft.gives_back("scalars.Echo", &types);
    Written::works("scalars", &draft)
}

fn containers() -> Written {
    let mut draft = Draft::default();
    let pair = TypeRef::Tuple(vec![TypeRef::U8, option(TypeRef::String)]);
    let types = [
        array(option(pair.clone()), 3),
        list(array(option(pair.clone()), 2)),
        option(option(TypeRef::U8)),
        list(option(option(TypeRef::String))),
        option(list(option(TypeRef::U64))),
        option(TypeRef::Unit),
        list(TypeRef::Unit),
        list(TypeRef::Bytes),
        option(TypeRef::Bytes),
        array(TypeRef::U8, 32),
        array(TypeRef::U8, 33),
        array(array(array(TypeRef::Bool, 2), 2), 2),
        set(TypeRef::String),
        set(TypeRef::U64),
        set(pair.clone()),
        set(TypeRef::Bytes),
        set(list(TypeRef::I128)),
        set(TypeRef::F64),
        set(option(TypeRef::Char)),
        map(TypeRef::String, option(TypeRef::U8)),
        map(TypeRef::U64, map(TypeRef::String, list(option(pair.clone())))),
        TypeRef::Tuple(vec![TypeRef::F32]),
        TypeRef::Tuple(vec![pair.clone(), pair, TypeRef::Unit, TypeRef::U128]),
        TypeRef::Tuple(vec![TypeRef::U8; 12]),
    ];
    draft.define(
        "containers.All",
        fields(
            types
                .iter()
                .enumerate()
                .map(|(at, of)| field(&format!("f{at}"), of.clone())),
        ),
    );
    let mut all = types.to_vec();
    all.push(crate::spelling::named("containers.All"));
    draft.gives_back("containers.Echo", &all);
    Written::works("containers", &draft)
}

fn keys() -> Written {
    let mut draft = Draft::default();
    let name = draft.define("keys.Name", callsheet_schema::Shape::Newtype(TypeRef::String));
    let number = draft.define("keys.Number", callsheet_schema::Shape::Newtype(TypeRef::I64));
    let colour = draft.define(
        "keys.Colour",
        one_of(
            callsheet_schema::Tagging::External,
            [unit("red"), unit("__proto__"), unit("constructor"), unit("dark red")],
        ),
    );
    let texts = FORMATS.map(TypeRef::Text);
    let keys: Vec<_> = (INTEGERS.into_iter())
        .chain(INTEGERS.map(non_zero))
        .chain([TypeRef::Bool, TypeRef::String, TypeRef::Char])
        .chain(texts)
        .chain([name, number, colour])
        .collect();
    let mut types: Vec<_> = keys.iter().map(|key| map(key.clone(), option(TypeRef::U8))).collect();
    types.push(draft.define(
        "keys.All",
        fields(keys.iter().map(|key| {
            field(
                &format!("by_{}", spoken(key).replace('.', "_")),
                map(key.clone(), TypeRef::U8),
            )
        })),
    ));
    types.push(draft.define("keys.Deep", record_of_maps()));
    draft.gives_back("keys.Echo", &types);
    Written::works("keys", &draft)
}

fn record_of_maps() -> callsheet_schema::Shape {
    one_of(
        callsheet_schema::Tagging::External,
        [record(
            "Maps",
            [field(
                "outer",
                map(TypeRef::U8, map(TypeRef::Bool, map(TypeRef::String, TypeRef::U64))),
            )],
        )],
    )
}

fn keys_that_are_none() -> Written {
    let mut draft = Draft::default();
    draft.gives_back(
        "bad_keys.Echo",
        &[
            map(TypeRef::Tuple(vec![TypeRef::U8, TypeRef::U8]), TypeRef::U8),
            map(TypeRef::F64, TypeRef::U8),
            map(option(TypeRef::String), TypeRef::U8),
            map(TypeRef::Bytes, TypeRef::U8),
            map(TypeRef::Unit, TypeRef::U8),
        ],
    );
    let names = [
        "bad_keys.Echo",
        "echo_0",
        "echo_1",
        "echo_2",
        "echo_3",
        "echo_4",
        "cannot be the key",
    ];
    Written::refused("keys_that_are_none", &draft, &names)
}
