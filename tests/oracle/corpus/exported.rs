//! The JSON Schema of every type of the corpus: valid by its own meta-schema, and of one mind with the description.

use callsheet_codegen::export::jsonschema::export;
use callsheet_oracle::{
    Case, Trial,
    case::Described,
    changed,
    codec::{By, bytes_of, read, write},
    made::Maker,
    trial::names,
};
use callsheet_schema::{
    Direction, TypeRef,
    conform::{Codec, Value, check},
};
use jsonschema::Validator;

/// What the schema and the description disagree about.
pub(crate) fn differences(case: &Case, trial: Trial) -> Vec<String> {
    let Ok(described) = case.describe() else {
        return Vec::new();
    };
    let text = export(&described.document, &[]).expect("the document has its own contract");
    let schema: serde_json::Value = serde_json::from_str(&text).expect("a schema is JSON");
    if let Err(error) = jsonschema::meta::validate(&schema) {
        return vec![format!("{}: no schema by the meta-schema: {error}", case.name)];
    }
    let of = |role: &str| {
        let mut schema = schema.clone();
        schema["$ref"] = format!("#/$defs/oracle.Oracle.Echo-{role}").into();
        jsonschema::validator_for(&schema).expect("a schema by the meta-schema")
    };
    let comparison = Comparison {
        case,
        request: of("request"),
        reply: of("reply"),
        inexact: is_inexact(&described),
        orderless: text.contains("-entries"),
        described,
    };
    comparison.differences(trial)
}

struct Comparison<'c> {
    case: &'c Case,
    described: Described,
    request: Validator,
    reply: Validator,
    inexact: bool,
    /// Where several variants are there at once, the first one counts; a schema sees no order.
    orderless: bool,
}

/// JSON Schema says less or more of it than the description does, on purpose: of sets, which it wants without repetitions;
/// of nanoseconds, of which it wants less than a second's; of URLs; of integers that a validator has as floats.
fn is_inexact(described: &Described) -> bool {
    use TypeRef::*;
    let mut is_inexact = false;
    described
        .document
        .visit(&mut |part| is_inexact |= matches!(part, Set(_) | Duration | SystemTime | Text(_) | I128 | U128 | F32));
    is_inexact
}

impl Comparison<'_> {
    fn differences(&self, trial: Trial) -> Vec<String> {
        let mut differences = Vec::new();
        let document = &self.described.document;
        let names = names(document);
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        let mut maker = Maker::new(&document.types, Codec::Json, trial.seed);
        let mut random = fastrand::Rng::with_seed(trial.seed);
        for _ in 0..trial.values {
            let Some(made) = maker.value(&document.contracts[0].methods[0].reply) else {
                break;
            };
            if !self.inexact {
                differences.extend(self.compare(Direction::Accepted, &made));
            }
            for _ in 0..trial.changes {
                let mut changed = made.clone();
                changed::change(&mut changed, &names, Codec::Json, &mut random);
                if !self.inexact {
                    differences.extend(self.compare(Direction::Accepted, &changed));
                }
            }
            let bytes = bytes_of(&made, Codec::Json).expect("values are made for JSON");
            let produced = read(self.case, Codec::Json, By::Wire, &bytes)
                .and_then(|subject| write(&*subject, Codec::Json, By::Wire));
            if let Ok(produced) = produced {
                let produced: serde_json::Value = serde_json::from_slice(&produced).expect("what was written is JSON");
                if let Err(error) = self.reply.validate(&produced) {
                    differences.push(format!(
                        "{}: is produced, but not valid: {error}: {produced}",
                        self.case.name
                    ));
                }
            }
        }
        differences.truncate(3);
        differences
    }

    fn compare(&self, direction: Direction, value: &Value) -> Option<String> {
        let text = String::from_utf8(bytes_of(value, Codec::Json).ok()?).ok()?;
        let json: serde_json::Value = serde_json::from_str(&text).ok()?;
        // A parser that keeps one entry of a name does not see another.
        if serde_json::to_string(&json).ok()?.len() != text.len() {
            return None;
        }
        let value = Value::from_json(&text).ok()?;
        let types = &self.described.document.types;
        let fits = check(types, &self.described.reference, direction, Codec::Json, &value);
        match (fits, self.request.validate(&json)) {
            (Ok(()), Err(error)) => Some(format!("{}: fits, but is not valid: {error}: {json}", self.case.name)),
            (Err(misfit), Ok(())) if !self.orderless => Some(format!(
                "{}: is valid, but does not fit: {misfit}: {json}",
                self.case.name
            )),
            _ => None,
        }
    }
}
