//! A second opinion: what schemars, which knows nothing of Callsheet, makes of the same types and attributes.

use std::collections::BTreeMap;

use callsheet::contract_type;
use callsheet_oracle::{
    Case, changed,
    codec::{By, bytes_of, read, write},
    made::Maker,
    trial::names,
};
use callsheet_schema::{
    Direction,
    conform::{Codec, Misfit, Value, check},
};
use jsonschema::Validator;
use schemars::{JsonSchema, generate::SchemaSettings};

#[contract_type]
#[derive(JsonSchema)]
struct Plain {
    a: u8,
    b: Option<String>,
    c: Vec<bool>,
}

#[contract_type]
#[derive(JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Renamed {
    two_words: i64,
    #[serde(rename = "ODD name")]
    odd: String,
    #[serde(default)]
    may_be_left_out: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    sometimes: Option<f64>,
    #[serde(skip)]
    hidden: u8,
}

#[contract_type]
#[derive(JsonSchema)]
struct OneWay {
    #[serde(skip_serializing)]
    secret: String,
    #[serde(skip_deserializing)]
    computed: u64,
    #[serde(rename(serialize = "out", deserialize = "in"))]
    both: bool,
}

#[contract_type]
#[derive(JsonSchema)]
struct Flattened {
    own: u8,
    #[serde(flatten)]
    plain: Plain,
    #[serde(flatten)]
    rest: BTreeMap<String, i32>,
}

#[contract_type]
#[derive(JsonSchema)]
struct FlattenedEnum {
    own: u8,
    #[serde(flatten)]
    kind: Internal,
}

#[contract_type]
#[derive(JsonSchema)]
#[serde(transparent)]
struct Transparent {
    inner: Plain,
}

#[contract_type]
#[derive(JsonSchema)]
struct Newtype(Plain);

#[contract_type]
#[derive(JsonSchema)]
struct Tuple(u8, String, Option<bool>);

#[contract_type]
#[derive(JsonSchema)]
struct Unit;

#[contract_type]
#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
enum External {
    UnitVariant,
    Newtype(u8),
    Tuple(u8, String),
    Struct { a: u8, b: Option<bool> },
}

#[contract_type]
#[derive(JsonSchema)]
#[serde(tag = "kind", rename_all_fields = "UPPERCASE")]
enum Internal {
    Unit,
    Struct { a: u8, b: Option<bool> },
    Newtype(Plain),
}

#[contract_type]
#[derive(JsonSchema)]
#[serde(tag = "t", content = "c")]
enum Adjacent {
    Unit,
    Newtype(i64),
    Tuple(u8, String),
    Struct { a: u8 },
}

#[contract_type]
#[derive(JsonSchema)]
#[serde(untagged)]
enum Untagged {
    Flag(bool),
    Struct { a: String },
    List(Vec<Untagged>),
}

#[contract_type]
#[derive(JsonSchema)]
enum WithUntagged {
    Tagged(u8),
    #[serde(untagged)]
    Text(String),
}

#[contract_type]
#[derive(JsonSchema)]
struct Recursive {
    value: u8,
    children: Vec<Recursive>,
    parent: Option<Box<Recursive>>,
}

#[contract_type]
#[derive(JsonSchema)]
struct Page<T> {
    items: Vec<T>,
    by_name: BTreeMap<String, T>,
}

#[contract_type]
#[derive(JsonSchema)]
struct Standard {
    character: char,
    fixed: [u8; 3],
    pair: (bool, String),
    numbers: BTreeMap<u32, String>,
    nothing: (),
    wide: Option<f64>,
}

fn validator<T: JsonSchema>(settings: SchemaSettings) -> Validator {
    let schema = settings.into_generator().into_root_schema_for::<T>();
    jsonschema::validator_for(schema.as_value()).expect("schemars makes schemas")
}

/// schemars says less than the description of: how wide integers are, what stands beside an entry that tells a variant, and
/// content beside the tag of a variant that has none.
fn says_less(misfit: &Misfit) -> bool {
    let message = misfit.message();
    message.ends_with(", found integer") || message.starts_with("unknown field") || message.starts_with("expected null")
}

fn differences<T: callsheet::ContractType + JsonSchema>(name: &'static str) -> Vec<String> {
    let case = Case::of::<T>(name);
    let described = case.describe().expect("schemars knows no type that is refused");
    let (document, reference) = (&described.document, &described.reference);
    let accepted = validator::<T>(SchemaSettings::draft2020_12().for_deserialize());
    let produced = validator::<T>(SchemaSettings::draft2020_12().for_serialize());
    let names = names(document);
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let mut maker = Maker::new(&document.types, Codec::Json, 7);
    let mut random = fastrand::Rng::with_seed(7);
    let mut differences = Vec::new();
    for _ in 0..100 {
        let made = maker.value(reference).expect("each of the types has values");
        let bytes = bytes_of(&made, Codec::Json).expect("values are made for JSON");
        let subject = read(&case, Codec::Json, By::Serde, &bytes).expect("what fits is accepted");
        let bytes = write(&*subject, Codec::Json, By::Serde).expect("what was accepted can be produced");
        let reply = serde_json::from_slice(&bytes).expect("what was written is JSON");
        if let Err(error) = produced.validate(&reply) {
            differences.push(format!("{name}: is produced, but not valid: {error}: {reply}"));
        }
        for _ in 0..10 {
            let mut value = made.clone();
            changed::change(&mut value, &names, Codec::Json, &mut random);
            differences.extend(compare(&value, &accepted, |value| {
                check(&document.types, reference, Direction::Accepted, Codec::Json, value)
            }));
        }
    }
    differences.truncate(3);
    differences
}

fn compare(value: &Value, schema: &Validator, check: impl Fn(&Value) -> Result<(), Misfit>) -> Option<String> {
    let text = serde_json::to_string(value).ok()?;
    let json: serde_json::Value = serde_json::from_str(&text).ok()?;
    // A parser that keeps one entry of a name does not see another.
    if serde_json::to_string(&json).ok()?.len() != text.len() {
        return None;
    }
    match (check(&Value::from_json(&text).ok()?), schema.validate(&json)) {
        (Ok(()), Err(error)) => Some(format!("fits, but is not valid: {error}: {json}")),
        (Err(misfit), Ok(())) if !says_less(&misfit) => Some(format!("is valid, but does not fit: {misfit}: {json}")),
        _ => None,
    }
}

macro_rules! differences {
    ($($kind:ty),* $(,)?) => {
        [$(differences::<$kind>(stringify!($kind))),*].concat()
    };
}

#[test]
fn schemars_agrees() {
    let differences = differences![
        Plain,
        Renamed,
        OneWay,
        Flattened,
        FlattenedEnum,
        Transparent,
        Newtype,
        Tuple,
        Unit,
        External,
        Internal,
        Adjacent,
        Untagged,
        WithUntagged,
        Recursive,
        Page<External>,
        Page<Option<u8>>,
        Standard,
    ];
    assert!(
        differences.is_empty(),
        "{} differences:\n{}",
        differences.len(),
        differences.join("\n")
    );
}
