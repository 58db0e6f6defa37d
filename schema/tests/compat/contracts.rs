//! Contracts, their calls and their events.

use callsheet_schema::{
    Document,
    compat::{self, Subject, Way},
};
use serde_json::{Value, json};

use crate::{ask, document, document_of, lines, with};

fn calls(methods: &[Value]) -> Document {
    document(&json!(methods), &json!([]), &json!({}))
}

fn call(changes: &Value) -> Document {
    calls(&[with(ask("Ring"), changes)])
}

fn taking(arguments: &Value) -> Document {
    call(&json!({"request": {"arguments": arguments}}))
}

/// The caller has the one, the server the other.
#[track_caller]
fn assert_breaks(caller: &Document, server: &Document, expected: &[&str]) {
    assert_eq!(lines(caller, server), expected);
}

#[test]
fn a_method_more_breaks_nothing_and_one_less_all_its_calls() {
    let (one, two) = (calls(&[ask("Ring")]), calls(&[ask("Ring"), ask("Wave")]));
    assert_breaks(&one, &two, &[]);
    let gone = "B003 demo.Desk.Wave: the server does not know the message: () -> unit at the caller, none at the server \
                (both ways)";
    assert_breaks(&two, &one, &[gone]);
}

#[test]
fn a_message_may_have_another_name_if_the_old_one_stays() {
    let old = calls(&[ask("Ring")]);
    let new = calls(&[with(ask("Sound"), &json!({"aliases": ["demo.Desk.Ring"]}))]);
    assert_breaks(&old, &new, &[]);
    let breaks = compat::breaks(&new, &old);
    assert_eq!(breaks.len(), 1, "{breaks:#?}");
    assert_eq!((breaks[0].rule.id(), breaks[0].served), ("B003", None));

    let narrower = json!({"aliases": ["demo.Desk.Ring"], "request": {"arguments": [{"name": "a", "type": "u8"}]}});
    let narrower = calls(&[with(ask("Sound"), &narrower)]);
    let breaks = compat::breaks(&old, &narrower);
    assert_eq!(breaks[0].message(), Some("demo.Desk.Ring"));
    assert_eq!(
        breaks[0].served,
        Some("demo.Desk.Sound"),
        "the server has another name for it"
    );

    let forgotten = calls(&[ask("Sound")]);
    let breaks = compat::breaks(&new, &forgotten);
    assert_eq!(breaks.len(), 1, "{breaks:#?}");
    assert!(breaks[0].rule.is_of_aliases());
    let line = "B004 demo.Desk.Sound: the server does not know a further name of the message: demo.Desk.Ring at the caller, \
                none at the server (accepted)";
    assert_eq!(breaks[0].to_string(), line);
}

#[test]
fn a_further_name_that_means_another_call_now_breaks() {
    let old = calls(&[with(ask("Ring"), &json!({"aliases": ["demo.Desk.Wave"]}))]);
    let new = calls(&[ask("Ring"), ask("Wave")]);
    let rules: Vec<_> = compat::breaks(&old, &new).iter().map(|found| found.rule.id()).collect();
    assert_eq!(rules, ["B004"]);
}

#[test]
fn only_a_tell_may_become_an_ask() {
    let kinds = ["ask", "tell", "stream"];
    for (asked, served) in kinds.iter().flat_map(|asked| kinds.map(|served| (*asked, served))) {
        let [caller, server] = [asked, served].map(|kind| call(&json!({"kind": kind})));
        let line = format!(
            "B005 demo.Desk.Ring: a call has another number of replies: {asked} at the caller, {served} at the server \
             (both ways)"
        );
        match (asked, served) {
            ("tell", "ask") => assert_breaks(&caller, &server, &[]),
            (asked, served) if asked == served => assert_breaks(&caller, &server, &[]),
            _ => assert_breaks(&caller, &server, &[&line]),
        }
    }
    // What the ask replies, and with which error, is nobody's then.
    let server = call(&json!({"reply": "u8", "error": "string"}));
    assert_breaks(&call(&json!({"kind": "tell"})), &server, &[]);
}

#[test]
fn what_callers_repeat_must_stay_harmless() {
    let [plain, repeated] = [false, true].map(|idempotent| call(&json!({"idempotent": idempotent})));
    assert_breaks(&plain, &repeated, &[]);
    assert_breaks(&repeated, &repeated, &[]);
    let line = "B008 demo.Desk.Ring: the call must not be made twice: yes at the caller, no at the server (accepted)";
    assert_breaks(&repeated, &plain, &[line]);
    // Nobody repeats a tell, whatever a hand has written.
    let [plain, repeated] = [false, true].map(|idempotent| call(&json!({"kind": "tell", "idempotent": idempotent})));
    assert_breaks(&repeated, &plain, &[]);
}

#[test]
fn an_argument_more_may_be_left_out_or_breaks_the_call() {
    let none = taking(&json!([]));
    let optional = taking(&json!([{"name": "a", "type": {"option": "u8"}, "optional": true}]));
    let needed = taking(&json!([{"name": "a", "type": "u8"}]));
    assert_breaks(&none, &optional, &[]);
    assert_breaks(&optional, &none, &[]);
    assert_breaks(&needed, &none, &[]);
    assert_breaks(&needed, &optional, &[]);
    let line = "B010 demo.Desk.Ring: argument `a`: the reader needs an entry that is never written: none at the caller, u8 \
                at the server (accepted)";
    assert_breaks(&none, &needed, &[line]);
    let lines = [
        "B011 demo.Desk.Ring: argument `a`: the reader needs an entry that may be left out: option<u8>, optional at the \
         caller, u8 at the server (accepted)",
        "B033 demo.Desk.Ring: argument `a`: the reader does not take null: null at the caller, u8 at the server (accepted)",
    ];
    assert_breaks(&optional, &needed, &lines);
}

#[test]
fn an_argument_of_another_type_is_told_with_its_place() {
    let types = |of: &str| {
        json!({
            "demo.Order": {"shape": {"struct": {"fields": [{"name": "item", "type": {"named": "demo.Item"}}]}}},
            "demo.Item": {"shape": {"enum": {"tagging": "external", "variants": [
                {"name": "Book", "shape": {"struct": [{"name": "pages", "type": {"list": of}}]}},
            ]}}},
        })
    };
    let document = |of: &str| {
        let order = json!({"request": {"arguments": [{"name": "order", "type": {"named": "demo.Order"}}]}});
        document(&json!([with(ask("Buy"), &order)]), &json!([]), &types(of))
    };
    let line = "B031 demo.Desk.Buy: argument `order`, type `demo.Item`, variant `Book`, field `pages`: numbers may be out of \
                the reader's range: u32 at the caller, u16 at the server (accepted)";
    assert_breaks(&document("u32"), &document("u16"), &[line]);
}

#[test]
fn a_payload_may_be_arguments_or_a_type_with_the_same_entries() {
    let arguments = taking(&json!([{"name": "a", "type": "u8"}]));
    let message = |shape: &Value| {
        let request = json!({"request": {"message": {"name": "ring", "type": {"named": "demo.Ring"}}}});
        document(
            &json!([with(ask("Ring"), &request)]),
            &json!([]),
            &json!({"demo.Ring": {"shape": shape}}),
        )
    };
    let same = message(&json!({"struct": {"fields": [{"name": "a", "type": "u8"}]}}));
    assert_breaks(&arguments, &same, &[]);
    assert_breaks(&same, &arguments, &[]);
    let wider = message(&json!({"struct": {"fields": [{"name": "a", "type": "u16"}, {"name": "b", "type": "u8"}]}}));
    let rules = |caller: &Document, server: &Document| -> Vec<_> {
        let breaks = compat::breaks(caller, server);
        breaks.iter().map(|found| found.rule.id()).collect()
    };
    assert_eq!(rules(&arguments, &wider), ["B010"]);
    assert_eq!(rules(&wider, &arguments), ["B031"]);
    let list = message(&json!({"tuple": ["u8", "u8"]}));
    assert_eq!(rules(&arguments, &list), ["B030"]);
    assert_eq!(rules(&list, &arguments), ["B030"]);
    // Null is no arguments.
    assert_eq!(rules(&message(&json!("unit")), &taking(&json!([]))), [] as [&str; 0]);
    assert_eq!(rules(&message(&json!("unit")), &arguments), ["B010"]);
}

#[test]
fn replies_and_errors_must_be_known_to_the_caller() {
    let replying = |of: &str| call(&json!({"reply": of}));
    assert_breaks(&replying("u16"), &replying("u8"), &[]);
    let line = "B031 demo.Desk.Ring: reply: numbers may be out of the reader's range: u8 at the caller, u16 at the server \
                (produced)";
    assert_breaks(&replying("u8"), &replying("u16"), &[line]);

    let failing = |of: &str| call(&json!({"error": of}));
    let never = call(&json!({}));
    assert_breaks(&failing("u8"), &never, &[]);
    let line = "B006 demo.Desk.Ring: error: the server may refuse with an error that the caller does not know: none at the \
                caller, u8 at the server (produced)";
    assert_breaks(&never, &failing("u8"), &[line]);
    assert_breaks(&failing("u16"), &failing("u8"), &[]);
    let line = "B031 demo.Desk.Ring: error: numbers may be out of the reader's range: u8 at the caller, u16 at the server \
                (produced)";
    assert_breaks(&failing("u8"), &failing("u16"), &[line]);
}

#[test]
fn items_of_a_stream_are_judged_as_replies_are() {
    let streaming = |of: &str| call(&json!({"kind": "stream", "reply": of}));
    assert_breaks(&streaming("string"), &streaming("char"), &[]);
    let line = "B032 demo.Desk.Ring: reply: texts may have a form that the reader refuses: char at the caller, string at the \
                server (produced)";
    assert_breaks(&streaming("char"), &streaming("string"), &[line]);
}

#[test]
fn events_go_to_the_caller() {
    let publishing = |events: Value| document(&json!([]), &events, &json!({}));
    let none = publishing(json!([]));
    let small = publishing(json!([{"name": "demo.Bell", "type": "u8"}]));
    let large = publishing(json!([{"name": "demo.Bell", "type": "u16"}]));
    assert_breaks(&none, &small, &[]);
    assert_breaks(&large, &small, &[]);
    let line = "B007 demo.Desk, event `demo.Bell`: the server does not publish the event: u8 at the caller, none at the \
                server (produced)";
    assert_breaks(&small, &none, &[line]);
    let line = "B031 demo.Desk, event `demo.Bell`: numbers may be out of the reader's range: u8 at the caller, u16 at the \
                server (produced)";
    assert_breaks(&small, &large, &[line]);
    let breaks = compat::breaks(&small, &large);
    assert_eq!(
        (breaks[0].subject, breaks[0].way),
        (Subject::Event("demo.Bell"), Way::Produced)
    );
    assert_eq!(breaks[0].message(), None);
}

#[test]
fn an_event_is_read_whichever_contract_publishes_it() {
    let publishing = |contract: &str, of: &str| {
        let text = format!(
            r#"{{"callsheet": 1, "types": {{}}, "encodings": {{}}, "contracts": [
                {{"name": "{contract}", "methods": [], "events": [{{"name": "demo.Bell", "type": "{of}"}}]}}
            ]}}"#
        );
        Document::from_json(&text).expect("it holds together")
    };
    let (caller, same, other) = (
        publishing("demo.Desk", "u8"),
        publishing("demo.Tower", "u8"),
        publishing("demo.Tower", "u16"),
    );
    let gone = "B001 demo.Desk: the server does not have the contract: 0 methods at the caller, none at the server (both ways)";
    assert_breaks(&caller, &same, &[gone]);
    let misread = "B031 demo.Desk, event `demo.Bell`: numbers may be out of the reader's range: u8 at the caller, u16 at the \
                   server (produced)";
    assert_breaks(&caller, &other, &[gone, misread]);
    let events: Vec<_> = compat::breaks(&caller, &other)
        .iter()
        .map(compat::Break::misread_event)
        .collect();
    assert_eq!(events, [None, Some("demo.Bell")]);
}

#[test]
fn a_contract_less_is_one_break_and_one_more_is_none() {
    let contract =
        |name: &str| json!({"name": name, "methods": [with(ask("Ring"), &json!({"message": format!("{name}.Ring")}))]});
    let one = document_of(&json!([contract("demo.Desk")]), &json!({}));
    let two = document_of(&json!([contract("demo.Desk"), contract("demo.Door")]), &json!({}));
    assert_breaks(&one, &two, &[]);
    let line =
        "B001 demo.Door: the server does not have the contract: 1 method at the caller, none at the server (both ways)";
    assert_breaks(&two, &one, &[line]);
}

#[test]
fn what_a_contract_extends_may_be_extended_by_others_in_between() {
    let contract = |name: &str, extends: &[&str]| json!({"name": name, "extends": extends, "methods": []});
    let document = |contracts: &[Value]| document_of(&json!(contracts), &json!({}));
    let health = || contract("demo.Health", &[]);
    let plain = document(&[contract("demo.Desk", &[]), health()]);
    let direct = document(&[contract("demo.Desk", &["demo.Health"]), health()]);
    let between = [
        contract("demo.Desk", &["demo.Base"]),
        contract("demo.Base", &["demo.Health"]),
        health(),
    ];
    let between = document(&between);
    assert_breaks(&plain, &direct, &[]);
    assert_breaks(&direct, &between, &[]);
    let line = "B002 demo.Desk: the server's contract does not extend the other one: demo.Health at the caller, none at the \
                server (both ways)";
    assert_breaks(&direct, &plain, &[line]);
}

#[test]
fn what_the_wire_does_not_see_breaks_nothing() {
    let types = |name: &str| json!({name: {"shape": {"struct": {"fields": [{"name": "a", "type": "u8"}]}}}});
    let of = |name: &str, words: &Value| {
        let swap = json!({
            "request": {"arguments": [{"name": "value", "type": {"named": name}}]}, "reply": {"named": name},
        });
        let method = with(with(ask("Ring"), &swap), words);
        document(&json!([method]), &json!([]), &types(name))
    };
    let one = of("demo.One", &json!({}));
    let words = json!({"name": "chime", "docs": "Rings.", "deprecated": "Wave.", "access": "exclusive"});
    assert_breaks(&one, &of("demo.Other", &words), &[]);
}

#[test]
fn a_break_is_told_to_programs_as_json() {
    let (caller, server) = (
        taking(&json!([{"name": "a", "type": "u16"}])),
        taking(&json!([{"name": "a", "type": "u8"}])),
    );
    let breaks = json!(compat::breaks(&caller, &server));
    let expected = json!([{
        "contract": "demo.Desk", "subject": {"message": "demo.Desk.Ring"}, "served": "demo.Desk.Ring", "way": "accepted",
        "rule": "B031", "aspect": "request", "place": [{"argument": "a"}], "before": "u16", "after": "u8",
    }]);
    assert_eq!(breaks, expected);
}
