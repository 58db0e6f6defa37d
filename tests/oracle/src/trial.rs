//! The trial of one type.

use std::{collections::BTreeSet, fmt, process::ExitCode};

use callsheet_schema::{
    Direction, Document, Shape, Tagging, TypeRef, VariantShape,
    conform::{Codec, Misfit, Value, check},
};

use crate::{
    Case,
    case::{Described, Subject},
    changed,
    codec::{BOTH, By, CODECS, bytes_of, read, value_of, write},
    left_out,
    lenient::Facts,
    made::Maker,
};

/// A few differences of a type say as much as thousands of the same kind.
const ENOUGH: usize = 3;

/// How much is tried.
#[derive(Clone, Copy, Debug)]
pub struct Trial {
    /// What the random choices follow from.
    pub seed: u64,
    /// How many values are made for each codec.
    pub values: u32,
    /// How many changes are made to each.
    pub changes: u32,
}

/// The description says one thing, serde does another.
#[derive(Debug)]
pub struct Difference {
    /// The type.
    pub name: &'static str,
    /// What differs.
    pub what: String,
    /// In which codec.
    pub codec: Codec,
    /// The value, as far as it can be shown.
    pub value: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({:?}): {}\n    {}", self.name, self.codec, self.what, self.value)
    }
}

impl Trial {
    /// Tries all `cases` and prints what differs.
    pub fn report(self, cases: Vec<Case>) -> ExitCode {
        let mut differing = 0;
        let mut refused = 0;
        for case in &cases {
            let differences = self.of(case);
            differing += u32::from(!differences.is_empty());
            refused += u32::from(case.wild && case.describe().is_err());
            for difference in differences {
                println!("{difference}");
            }
        }
        let (tried, seed) = (cases.len(), self.seed);
        println!("{tried} types of seed {seed}: {refused} refused as wild, {differing} with differences");
        if differing == 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }

    /// Tries `case`; the first few differences of it.
    pub fn of(self, case: &Case) -> Vec<Difference> {
        let mut run = match (case.describe(), case.refused) {
            (Ok(described), None) => Run::new(self, *case, described),
            (Err(error), Some(code)) if error.to_string().contains(code) => return Vec::new(),
            (Err(error), None) if case.wild && error.to_string().contains("CS02") => return Vec::new(),
            (described, refused) => {
                let found = described.map_or_else(|error| error.to_string(), |_| "a document".to_owned());
                return vec![Difference {
                    name: case.name,
                    what: format!("expected {}, found {found}", refused.unwrap_or("a document")),
                    codec: Codec::Json,
                    value: String::new(),
                }];
            }
        };
        for codec in CODECS {
            run.codec(codec);
        }
        run.differences
    }
}

struct Run {
    trial: Trial,
    case: Case,
    described: Described,
    names: Vec<String>,
    facts: Facts,
    differences: Vec<Difference>,
}

impl Run {
    fn new(trial: Trial, case: Case, described: Described) -> Self {
        Run {
            trial,
            case,
            names: names(&described.document),
            facts: Facts::of(&described.document, case.buffers),
            described,
            differences: Vec::new(),
        }
    }

    fn codec(&mut self, codec: Codec) {
        let document = self.described.document.clone();
        let mut maker = Maker::new(&document.types, codec, self.trial.seed);
        let mut random = fastrand::Rng::with_seed(self.trial.seed);
        for _ in 0..self.trial.values {
            let Some(value) = maker.value(&document.contracts[0].methods[0].reply) else {
                return;
            };
            self.made(&value, codec);
            self.left_out(&value, codec);
            for _ in 0..self.trial.changes {
                let names: Vec<_> = self.names.iter().map(String::as_str).collect();
                let mut value = value.clone();
                changed::change(&mut value, &names, codec, &mut random);
                self.changed(&value, codec);
            }
        }
    }

    /// A value made from the description must fit it, be accepted, and lead to values that fit.
    fn made(&mut self, value: &Value, codec: Codec) {
        if let Err(misfit) = self.check(Direction::Accepted, codec, value) {
            return self.differ(
                codec,
                value,
                format!("made from the description, does not fit it: {misfit}"),
            );
        }
        let bytes = match bytes_of(value, codec) {
            Ok(bytes) => bytes,
            Err(error) => return self.differ(codec, value, format!("cannot be written: {error}")),
        };
        for by in BOTH {
            match read(&self.case, codec, by, &bytes) {
                Ok(subject) => self.produced(&subject, value),
                Err(_) if self.described.is_checked() => {}
                Err(error) => self.differ(codec, value, format!("fits, but {by:?} refuses it: {error}")),
            }
        }
    }

    /// A field that is said to read as null where it is left out is the same either way.
    fn left_out(&mut self, value: &Value, codec: Codec) {
        for pair in left_out::pairs(&self.described.document, &self.described.reference, value) {
            if self.check(Direction::Accepted, codec, &pair.with_null).is_err() {
                // It takes no null, and so is read where it is left out alone.
                continue;
            }
            let [without, with_null] = [&pair.without, &pair.with_null].map(|value| {
                bytes_of(value, codec)
                    .and_then(|bytes| read(&self.case, codec, By::Wire, &bytes))
                    .and_then(|subject| write(&*subject, codec, By::Wire))
                    .and_then(|bytes| value_of(&bytes, codec))
                    .map(sorted)
            });
            if without != with_null {
                let what = format!(
                    "where `{}` is left out, something else is read than null: {without:?}, {with_null:?}",
                    pair.field
                );
                self.differ(codec, &pair.without, what);
            }
        }
    }

    /// A value at random must be accepted if it fits, and refused if it does not.
    fn changed(&mut self, value: &Value, codec: Codec) {
        // What was changed may be beyond what the codec can write, or be another value in it.
        let Ok(bytes) = bytes_of(value, codec) else { return };
        let Ok(value) = &value_of(&bytes, codec) else { return };
        let judgement = self.check(Direction::Accepted, codec, value);
        let outcome = read(&self.case, codec, By::Wire, &bytes);
        match (judgement, outcome) {
            (Ok(()), Ok(subject)) => self.produced(&subject, value),
            (Ok(()), Err(_)) if self.described.is_checked() => {}
            (Ok(()), Err(error)) => self.differ(codec, value, format!("fits, but is refused: {error}")),
            (Err(misfit), Ok(subject)) => {
                // Entries of a flattened option that was no value may have become those of a map.
                if !self.case.lenient && !self.facts.has_flattened_option() {
                    self.produced(&subject, value);
                }
                let lenient = self.case.lenient || self.facts.explain(&misfit, value, codec).is_some();
                if !lenient {
                    self.differ(codec, value, format!("does not fit ({misfit}), but is accepted"));
                }
            }
            (Err(_), Err(_)) => {}
        }
    }

    /// What is produced must fit, in both codecs, and be the same again after it was read.
    fn produced(&mut self, subject: &Subject, from: &Value) {
        for codec in CODECS {
            for by in BOTH {
                // What one codec has no form for is an error there. serde_json writes null.
                let Ok(bytes) = write(&**subject, codec, By::Wire) else {
                    continue;
                };
                let written = write(&**subject, codec, by).and_then(|bytes| value_of(&bytes, codec));
                let value = match written {
                    Ok(value) => value,
                    Err(error) => {
                        self.differ(
                            codec,
                            from,
                            format!("{by:?} cannot write what was read from it: {error}"),
                        );
                        continue;
                    }
                };
                if let Err(misfit) = self.check(Direction::Produced, codec, &value) {
                    // rmp-serde writes unit structs as empty lists; the server does not.
                    if by == By::Serde && codec == Codec::MessagePack && self.described.has_units() {
                        continue;
                    }
                    let what = format!(
                        "is produced by {by:?}, but does not fit: {misfit}; read from {}",
                        shown(from, codec)
                    );
                    self.differ(codec, &value, what);
                } else if by == By::Wire {
                    self.again(&bytes, &value, codec);
                }
            }
        }
    }

    fn again(&mut self, bytes: &[u8], value: &Value, codec: Codec) {
        let differs = self.case.ambiguous || self.case.lenient || self.described.has_two_sides();
        if differs || self.check(Direction::Accepted, codec, value).is_err() {
            return;
        }
        let again = read(&self.case, codec, By::Wire, bytes)
            .and_then(|subject| write(&*subject, codec, By::Wire))
            .and_then(|bytes| value_of(&bytes, codec));
        match again {
            Ok(again) if sorted(again.clone()) == sorted(value.clone()) => {}
            Ok(again) => {
                let what = format!("is not the same after it was read: {}", shown(&again, codec));
                self.differ(codec, value, what);
            }
            Err(_) if self.described.is_checked() => {}
            Err(error) => self.differ(codec, value, format!("is produced and fits, but is refused: {error}")),
        }
    }

    fn check(&self, direction: Direction, codec: Codec, value: &Value) -> Result<(), Misfit> {
        check(
            &self.described.document.types,
            &self.described.reference,
            direction,
            codec,
            value,
        )
    }

    fn differ(&mut self, codec: Codec, value: &Value, what: String) {
        if self.differences.len() == ENOUGH {
            return;
        }
        self.differences.push(Difference {
            name: self.case.name,
            what,
            codec,
            value: shown(value, codec),
        });
    }
}

/// As much of a value as anyone will read.
fn shown(value: &Value, codec: Codec) -> String {
    let text = match codec {
        Codec::Json => serde_json::to_string(value).unwrap_or_else(|_| format!("{value:?}")),
        Codec::MessagePack => format!("{value:?}"),
    };
    text.chars().take(400).collect()
}

/// Sets and maps that are hashed come in any order, and floats that are no number equal nothing.
fn sorted(value: Value) -> String {
    fn sort(value: Value) -> Value {
        match value {
            Value::List(items) => {
                let mut items: Vec<_> = items.into_iter().map(sort).collect();
                items.sort_by_cached_key(|item| format!("{item:?}"));
                Value::List(items)
            }
            Value::Map(entries) => {
                let mut entries: Vec<_> = entries.into_iter().map(|(key, value)| (key, sort(value))).collect();
                entries.sort_by_cached_key(|(key, _)| format!("{key:?}"));
                Value::Map(entries)
            }
            other => other,
        }
    }
    format!("{:?}", sort(value))
}

/// Every name that a description speaks of.
pub fn names(document: &Document) -> Vec<String> {
    let mut names = BTreeSet::new();
    for definition in document.types.values() {
        for shape in std::iter::once(&definition.shape).chain(&definition.produces) {
            let mut field_names = |fields: &[callsheet_schema::Field]| {
                for field in fields {
                    names.extend(
                        std::iter::once(&field.name)
                            .chain(&field.accepts)
                            .chain(&field.aliases)
                            .cloned(),
                    );
                }
            };
            match shape {
                Shape::Struct { fields, tags, .. } => {
                    field_names(fields);
                    names.extend(tags.iter().flat_map(|tag| [tag.name.clone(), tag.value.clone()]));
                }
                Shape::Enum { tagging, variants, .. } => {
                    for variant in variants {
                        if let VariantShape::Struct(fields) = &variant.shape {
                            field_names(fields);
                        }
                    }
                    for variant in variants {
                        let all = std::iter::once(&variant.name)
                            .chain(&variant.accepts)
                            .chain(&variant.aliases);
                        names.extend(all.cloned());
                    }
                    match tagging {
                        Tagging::Internal { tag } => names.extend([tag.clone()]),
                        Tagging::Adjacent { tag, content } => names.extend([tag.clone(), content.clone()]),
                        Tagging::External | Tagging::Untagged => {}
                    }
                }
                Shape::Newtype(_) | Shape::Tuple(_) | Shape::Unit => {}
            }
        }
    }
    let mut has_time = false;
    document.visit(&mut |reference| has_time |= matches!(reference, TypeRef::Duration | TypeRef::SystemTime));
    if has_time {
        names.extend(["secs", "nanos", "secs_since_epoch", "nanos_since_epoch"].map(str::to_owned));
    }
    names.into_iter().collect()
}
