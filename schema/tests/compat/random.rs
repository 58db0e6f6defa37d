//! Types made at random, against the same types changed a little.

use std::collections::BTreeMap;

use callsheet_schema::{
    Access, Contract, Definition, Direction, Document, FORMAT, Kind, Method, Request, TypeRef,
    compat::{self, Way},
};

use crate::{
    made::{Dice, change, types},
    oracle::refused,
};

/// A document of a contract that takes and gives each type, under the name of the one `shift` places before it. None if
/// the types cannot be a document's.
fn document(types: BTreeMap<String, Definition>, shift: usize) -> Option<Document> {
    let method = |(name, of): (&String, &String)| Method {
        name: name.to_lowercase(),
        message: format!("demo.Desk.{name}"),
        aliases: Vec::new(),
        docs: String::new(),
        deprecated: None,
        kind: Kind::Ask,
        access: Access::Shared,
        idempotent: false,
        request: Request::Message {
            name: "value".to_owned(),
            type_ref: TypeRef::Named(of.clone()),
        },
        reply: TypeRef::Named(of.clone()),
        error: None,
    };
    let contract = Contract {
        name: "demo.Desk".to_owned(),
        docs: String::new(),
        deprecated: None,
        extends: Vec::new(),
        methods: types.keys().zip(types.keys().cycle().skip(shift)).map(method).collect(),
        events: Vec::new(),
    };
    let document = Document {
        callsheet: FORMAT,
        package: None,
        contracts: vec![contract],
        types,
        encodings: BTreeMap::new(),
        hashes: BTreeMap::new(),
    };
    document.checked().ok()
}

/// So many documents.
fn documents(number: usize, dice: &mut Dice) -> Vec<Document> {
    std::iter::repeat_with(|| document(types(dice), 0))
        .flatten()
        .take(number)
        .collect()
}

/// A document and one that is made from it by a change or two; now and then its types are taken for one another.
fn pairs(number: usize, dice: &mut Dice) -> Vec<(Document, Document)> {
    let mut pairs = Vec::new();
    while pairs.len() < number {
        let one = documents(1, dice).remove(0);
        let mut types = one.types.clone();
        for _ in 0..=dice.below(2) {
            change(&mut types, dice);
        }
        let shift = if dice.one_in(6) { dice.below(4) } else { 0 };
        pairs.extend(document(types, shift).map(|other| (one, other)));
    }
    pairs
}

fn without_hashes(document: &Document) -> Document {
    Document {
        hashes: BTreeMap::new(),
        ..document.clone()
    }
}

#[test]
fn a_document_fits_itself_however_it_is_judged() {
    let mut dice = Dice::new();
    for document in documents(300, &mut dice) {
        assert_eq!(compat::breaks(&document, &document), []);
        // Without hashes every type is looked at.
        let unhashed = without_hashes(&document);
        assert_eq!(compat::breaks(&unhashed, &unhashed), [], "{}", document.to_json());
    }
}

#[test]
fn where_hashes_are_equal_nothing_breaks_however_it_is_judged() {
    let mut dice = Dice::new();
    let mut equal = 0;
    for (one, other) in pairs(800, &mut dice) {
        let hashes = |document: &Document| document.hashes["demo.Desk"].methods.clone();
        let [all, all_others] = [&one, &other].map(hashes);
        let [one, other] = [&one, &other].map(without_hashes);
        let breaks = compat::breaks(&one, &other);
        for (message, own) in &all {
            let breaks_way = |way: Way| {
                let of_message = breaks.iter().filter(|found| found.message() == Some(message));
                of_message.filter(|found| found.way == way).count()
            };
            let others = &all_others[message];
            for (same, way) in [
                (own.request == others.request, Way::Accepted),
                (own.reply == others.reply, Way::Produced),
            ] {
                if same {
                    equal += 1;
                    assert_eq!(
                        breaks_way(way),
                        0,
                        "{breaks:#?}\n{}\n{}",
                        one.to_json(),
                        other.to_json()
                    );
                }
            }
        }
    }
    assert!(equal > 500, "only {equal} had equal hashes");
}

/// How often a judgement was right.
#[derive(Debug, Default)]
struct Tally {
    /// It fits although it is another type.
    fits: usize,
    /// It does not, and a value shows it.
    shown: usize,
    /// It does not, and no value was found that shows it.
    not_shown: usize,
}

#[test]
fn what_fits_is_read_and_what_breaks_mostly_is_not() {
    let mut dice = Dice::new();
    let mut tally = Tally::default();
    let mut not_shown: BTreeMap<&str, usize> = BTreeMap::new();
    for (one, other) in pairs(500, &mut dice) {
        for (caller, server) in [(&one, &other), (&other, &one)] {
            let breaks = compat::breaks(caller, server);
            for name in one.types.keys() {
                let message = format!("demo.Desk.{name}");
                let of = |document: &Document| {
                    let methods = &document.contracts[0].methods;
                    let method = methods.iter().find(|method| method.message == message);
                    method.expect("every type has a method").reply.clone()
                };
                let [asked_of, served_of] = [of(caller), of(server)];
                let [asked, served] = [caller, server].map(|of| of.hashes["demo.Desk"].methods[&message].clone());
                for (way, direction) in [
                    (Way::Accepted, Direction::Accepted),
                    (Way::Produced, Direction::Produced),
                ] {
                    let (writer, reader, is_same) = match way {
                        Way::Accepted => (
                            (caller, &asked_of),
                            (server, &served_of),
                            asked.request == served.request,
                        ),
                        _ => ((server, &served_of), (caller, &asked_of), asked.reply == served.reply),
                    };
                    let found: Vec<_> = (breaks.iter())
                        .filter(|found| found.message() == Some(&message) && found.way == way)
                        .collect();
                    let number = if found.is_empty() { 20 } else { 60 };
                    let refused = refused(writer, reader, direction, number, &mut dice);
                    match (found.first(), refused) {
                        (None, None) => tally.fits += usize::from(!is_same),
                        (None, Some(refused)) => panic!(
                            "{message} is said to fit ({way}) and does not: {refused}\n{}\n{}",
                            writer.0.to_json(),
                            reader.0.to_json()
                        ),
                        (Some(_), Some(_)) => tally.shown += 1,
                        (Some(first), None) => {
                            tally.not_shown += 1;
                            *not_shown.entry(first.rule.id()).or_default() += 1;
                        }
                    }
                }
            }
        }
    }
    assert!(tally.fits > 300, "{tally:?}");
    assert!(
        tally.shown > 9 * tally.not_shown,
        "{tally:?}, of these by rule: {not_shown:?}"
    );
}
