//! Types at both ends, and what of them does not fit. Each judgement is tried on values.
//!
//! In `cases/`, each case has the caller's type and the server's, and the rules by which requests and replies break. A
//! definition stands for itself under the name `demo.T`, definitions by name for the one of that name, and all else is a
//! use of a type.

use callsheet_schema::{
    Direction, Document,
    compat::{self, Break, Enums, Way},
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{ask, document, made::Dice, oracle::refused, with};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    what: String,
    request: Vec<String>,
    reply: Vec<String>,
    /// By which rules replies break for those who keep variants that they do not know; as others if it is not said.
    open: Option<Vec<String>>,
    /// Values show what breaks. They do not where integers that a float cannot tell apart are read as one.
    #[serde(default = "yes")]
    shown: bool,
    caller: Value,
    server: Value,
}

fn yes() -> bool {
    true
}

fn cases(text: &str) -> Vec<Case> {
    serde_json::from_str(text).expect("a list of cases")
}

const SCALARS: &str = include_str!("cases/scalars.json");
const CONTAINERS: &str = include_str!("cases/containers.json");
const STRUCTS: &str = include_str!("cases/structs.json");
const FLATTENED: &str = include_str!("cases/flattened.json");
const ENUMS: &str = include_str!("cases/enums.json");
const MAILBOXES: &str = include_str!("cases/mailboxes.json");
const CIRCLES: &str = include_str!("cases/circles.json");

fn document_of_type(of: &Value) -> Document {
    let named = json!({"named": "demo.T"});
    let (types, reference) = match of {
        of if of.get("shape").is_some() => (json!({"demo.T": of}), named),
        of if of.get("demo.T").is_some() => (of.clone(), named),
        of => (json!({}), of.clone()),
    };
    let swap = json!({"request": {"message": {"name": "value", "type": reference}}, "reply": reference});
    document(&json!([with(ask("Swap"), &swap)]), &json!([]), &types)
}

fn rules(breaks: &[Break<'_>], way: Way) -> Vec<&'static str> {
    let found = breaks.iter().filter(|found| found.way == way);
    found.map(|found| found.rule.id()).collect()
}

fn check(text: &str) {
    for case in cases(text) {
        let what = &case.what;
        let [caller, server] = [&case.caller, &case.server].map(document_of_type);
        let breaks = compat::breaks(&caller, &server);
        let kept = compat::breaks_with(&caller, &server, Enums::Open);
        let [closed, open] = [&breaks, &kept].map(|breaks| rules(breaks, Way::Produced));
        assert_eq!(&open, case.open.as_ref().unwrap_or(&case.reply), "{what}: {kept:#?}");
        assert_eq!(case.open.is_some(), open != closed, "{what}: it is said again");
        assert_eq!(rules(&kept, Way::Accepted), rules(&breaks, Way::Accepted), "{what}");
        let reference = |of: &Document| of.contracts[0].methods[0].reply.clone();
        let (asked, served) = (reference(&caller), reference(&server));
        let (caller, server) = ((&caller, &asked), (&server, &served));
        for (way, direction, expected, writer, reader) in [
            (Way::Accepted, Direction::Accepted, &case.request, caller, server),
            (Way::Produced, Direction::Produced, &case.reply, server, caller),
        ] {
            let rules = rules(&breaks, way);
            assert_eq!(rules, *expected, "{what} ({way}): {breaks:#?}");
            let refused = refused(writer, reader, direction, 300, &mut Dice::new());
            if rules.is_empty() {
                assert_eq!(refused, None, "{what} ({way})");
            } else if case.shown {
                assert!(refused.is_some(), "{what} ({way}): no value shows {rules:?}");
            }
        }
    }
}

#[test]
fn numbers_may_become_wider_and_texts_freer_for_those_who_read_them() {
    check(SCALARS);
}

#[test]
fn containers_fit_as_what_is_in_them_and_how_much_of_it() {
    check(CONTAINERS);
}

#[test]
fn entries_must_be_there_and_be_known_where_they_are_needed_or_refused() {
    check(STRUCTS);
}

#[test]
fn what_is_flattened_is_taken_for_nothing_else() {
    check(FLATTENED);
}

#[test]
fn a_mailbox_is_of_the_contract_that_is_expected() {
    check(MAILBOXES);
}

#[test]
fn variants_must_be_known_and_told_alike() {
    check(ENUMS);
}

#[test]
fn types_that_refer_to_themselves_are_judged_once() {
    check(CIRCLES);
}

/// The rules that the cases tell of.
pub(crate) fn rules_of_cases() -> Vec<String> {
    let texts = [SCALARS, CONTAINERS, STRUCTS, FLATTENED, ENUMS, MAILBOXES, CIRCLES];
    let cases = texts.into_iter().flat_map(cases);
    cases.flat_map(|case| [case.request, case.reply].concat()).collect()
}
