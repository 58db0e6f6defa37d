//! The rules, and documents that go as far as they can.

use std::collections::BTreeSet;

use callsheet_schema::{
    Document,
    compat::{self, Rule},
};
use serde_json::{Value, json};

use crate::{ask, document, values::rules_of_cases, with};

#[test]
fn each_rule_has_an_id_of_its_own_and_says_what_to_do() {
    let ids: Vec<_> = Rule::ALL.iter().map(|rule| rule.id()).collect();
    assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");
    for rule in Rule::ALL {
        let (id, text) = (rule.id(), rule.explain());
        assert!(
            id.len() == 4 && id.starts_with('B') && id[1..].parse::<u16>().is_ok(),
            "{id}"
        );
        assert_eq!(rule.to_string(), id);
        assert_eq!(json!(rule), json!(id));
        assert!((2..=4).contains(&text.lines().count()), "{id}: {text}");
        for line in text.lines() {
            assert!(line.chars().count() <= 118 && line.trim() == line, "{id}: {line}");
        }
        assert!(text.ends_with('.'), "{id}");
        let title = rule.title();
        assert!(
            !title.ends_with('.') && title.starts_with(char::is_lowercase),
            "{id}: {title}"
        );
    }
}

#[test]
fn each_rule_about_values_has_a_case() {
    let cases: BTreeSet<String> = rules_of_cases().into_iter().collect();
    let of_values = Rule::ALL
        .iter()
        .map(|rule| rule.id())
        .filter(|id| ("B010".."B090").contains(id));
    let expected: BTreeSet<String> = of_values.map(str::to_owned).collect();
    assert_eq!(cases, expected);
}

/// So many structs that refer to one another in a circle, each by a field `next`.
fn circle(length: usize, last: &Value) -> Document {
    let types: serde_json::Map<_, _> = (0..length)
        .map(|at| {
            let next = json!({"option": {"named": format!("demo.T{}", (at + 1) % length)}});
            let mut fields = vec![json!({"name": "next", "type": next})];
            if at + 1 == length {
                fields.push(json!({"name": "last", "type": last, "optional": true}));
            }
            (format!("demo.T{at}"), json!({"shape": {"struct": {"fields": fields}}}))
        })
        .collect();
    let request = json!({"request": {"message": {"name": "value", "type": {"named": "demo.T0"}}}});
    let contracts = json!([{"name": "demo.Desk", "methods": [with(ask("Ring"), &request)]}]);
    // Not checked, which takes longer than what is tried here.
    let document = json!({"callsheet": 1, "contracts": contracts, "types": types, "encodings": {}});
    serde_json::from_value(document).expect("it has the form of a document")
}

#[test]
fn how_deep_types_refer_to_one_another_does_not_matter() {
    let judge = || {
        let (caller, server) = (circle(5_000, &json!("u16")), circle(5_000, &json!("u8")));
        let breaks = compat::breaks(&caller, &server);
        breaks.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let thread = std::thread::Builder::new().stack_size(256 << 10).spawn(judge);
    let breaks = thread
        .expect("a thread starts")
        .join()
        .expect("the stack is deep enough");
    let line = "B031 demo.Desk.Ring: type `demo.T4999`, field `last`: numbers may be out of the reader's range: u16 at the \
                caller, u8 at the server (accepted)";
    assert_eq!(breaks, [line]);
}

#[test]
fn what_would_take_too_long_to_judge_does_not_fit() {
    // Every struct of the one meets every struct of the other.
    let (caller, server) = (circle(1_009, &json!("u8")), circle(1_013, &json!("u8")));
    let breaks = compat::breaks(&caller, &server);
    let rules: Vec<_> = breaks.iter().map(|found| found.rule).collect();
    assert_eq!(rules, [Rule::TooLarge]);
    assert!(
        breaks[0]
            .to_string()
            .ends_with("the documents are too large to be judged (accepted)"),
        "{}",
        breaks[0]
    );
    // So it is with small ones, which do not take long.
    let (caller, server) = (circle(100, &json!("u8")), circle(101, &json!("u8")));
    assert_eq!(compat::breaks(&caller, &server), []);
}

#[test]
fn types_that_a_hand_has_written_end_somewhere() {
    let endless = json!({
        "demo.A": {"shape": {"newtype": {"named": "demo.B"}}},
        "demo.B": {"shape": {"newtype": {"option": {"named": "demo.A"}}}},
        "demo.C": {"shape": {"enum": {"tagging": "untagged", "variants": [
            {"name": "One", "shape": {"newtype": {"named": "demo.C"}}},
        ]}}},
    });
    let of = |of: &Value| {
        let request = json!({"request": {"message": {"name": "value", "type": of}}});
        document(&json!([with(ask("Ring"), &request)]), &json!([]), &endless)
    };
    let rules = |caller: &Value, server: &Value| -> Vec<_> {
        let (caller, server) = (of(caller), of(server));
        let breaks = compat::breaks(&caller, &server);
        breaks.iter().map(|found| found.rule.id()).collect()
    };
    let [a, c, number] = [json!({"named": "demo.A"}), json!({"named": "demo.C"}), json!("u8")];
    assert_eq!(rules(&a, &json!({"option": "u8"})), [] as [&str; 0], "nothing but null");
    assert_eq!(rules(&number, &a), ["B030"]);
    assert_eq!(rules(&c, &number), [] as [&str; 0], "there are no values");
    assert_eq!(rules(&number, &c), ["B030"], "nothing is read");
}
