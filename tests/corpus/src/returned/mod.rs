//! Values that go to a client and come back: as a server sends them, read by the client's codecs, written by them again.
//!
//! One after the other, the languages get what the one before has written, where that is also what a server may send. What
//! comes back must fit what the server accepts, to the letter, and be the value that was sent first.

mod alike;
mod client;
mod server;

use std::{
    collections::BTreeMap,
    io,
    sync::{Arc, Mutex},
};

use callsheet_codegen::backends::Language;
use callsheet_schema::{
    Direction,
    conform::{self, Codec, Value},
};

use crate::{
    checked::Bench,
    echo::{Echo, as_produced},
    finding::Finding,
};
use alike::Comparison;

/// How many values of each type are tried in each codec.
const COUNT: usize = 6;

/// Where one value stands: the document, the codec, the number of the type, and its own.
type Place = (String, &'static str, usize, usize);

/// The codecs, as the clients call them.
const CODECS: [(Codec, &str); 2] = [(Codec::Json, "json"), (Codec::MessagePack, "messagepack")];

/// The values on their way.
#[derive(Debug, Default)]
pub(crate) struct Values {
    /// What is given out.
    given: BTreeMap<Place, Value>,
    /// What came back in this turn.
    taken: BTreeMap<Place, Value>,
}

/// Gives values of the documents' types to the clients of these packages, and says what did not come back as it went.
///
/// # Errors
///
/// If a client could not be run at all.
pub fn try_all(
    bench: &Bench,
    echoes: &BTreeMap<String, Echo>,
    packages: &[(Language, Vec<String>)],
    seed: u64,
) -> io::Result<Vec<Finding>> {
    let mut first = BTreeMap::new();
    for (document, echo) in echoes {
        for at in 0..echo.types.len() {
            for (codec, called) in CODECS {
                for (index, value) in echo
                    .values(at, codec, COUNT, seed.wrapping_add(at as u64))
                    .into_iter()
                    .enumerate()
                {
                    first.insert((document.clone(), called, at, index), value);
                }
            }
        }
    }
    let values = Arc::new(Mutex::new(Values {
        given: first.clone(),
        taken: BTreeMap::new(),
    }));
    let socket = server::start(&bench.into.join("echo.sock"), &values)?;
    let mut findings = Vec::new();
    let mut count = 0;
    for (language, documents) in packages {
        let documents: Vec<&String> = documents
            .iter()
            .filter(|document| echoes.contains_key(*document))
            .collect();
        let said = client::run(bench, *language, &documents, echoes, &first, &socket)?;
        let check = check_of(*language);
        for complaint in &said {
            findings.push(Finding {
                document: complaint.document.clone(),
                check,
                says: complaint.to_string(),
            });
        }
        let mut values = values.lock().map_err(|_| io::Error::other("the server broke"))?;
        let taken = std::mem::take(&mut values.taken);
        for (place, value) in taken {
            count += 1;
            let echo = &echoes[&place.0];
            match compared(echo, &place, &values.given[&place], &value) {
                // Not everything that a client may send is what a server sends.
                Ok(true) => drop(values.given.insert(place, value)),
                Ok(false) => {}
                Err(says) => findings.push(Finding {
                    document: place.0.clone(),
                    check,
                    says: format!("{}: {}: {says}", place.1, echo.types[place.2]),
                }),
            }
        }
    }
    println!("-- {count} values came back, {} complaints", findings.len());
    Ok(findings)
}

fn check_of(language: Language) -> &'static str {
    match language {
        Language::Python => "python values",
        Language::TypeScript => "typescript values",
        Language::Rust => "rust values",
    }
}

/// Whether what came back is what a server could send, too.
fn compared(echo: &Echo, place: &Place, sent: &Value, back: &Value) -> Result<bool, String> {
    let codec = if place.1 == "json" {
        Codec::Json
    } else {
        Codec::MessagePack
    };
    let of = &echo.types[place.2];
    let types = &echo.document.types;
    let shown = || format!("{} became {}", shown(sent), shown(back));
    conform::check(types, of, Direction::Accepted, codec, back).map_err(|misfit| format!("{misfit}: {}", shown()))?;
    let comparison = Comparison::new(types);
    if !comparison.alike(of, sent, back) {
        return Err(shown());
    }
    Ok(conform::check(&as_produced(types), of, Direction::Produced, codec, back).is_ok())
}

/// A value as people read it, cut where it gets long.
fn shown(value: &Value) -> String {
    serde_json::to_string(value)
        .unwrap_or_else(|_| format!("{value:?}"))
        .chars()
        .take(300)
        .collect()
}
