//! What is found, and how it is judged.

use callsheet_schema::{Document, compat};
use serde_json::{Value, json};

use crate::documents::{both_ways, contracts, document, fields, method, variants};

#[track_caller]
fn assert_changes(old: &Document, new: &Document, expected: &[&str]) {
    let lines = |old, new| -> Vec<String> { compat::changes(old, new).iter().map(ToString::to_string).collect() };
    assert_eq!(lines(old, new), expected);
    assert_eq!(
        lines(new, old).len(),
        expected.len(),
        "there are as many on the way back"
    );
    assert_eq!(lines(old, old), lines(new, new), "a document is like itself");
    assert!(lines(old, old).is_empty());
}

/// What changes if `before` becomes `after`, as a field of a struct that goes both ways.
#[track_caller]
fn assert_field(before: Value, after: Value, expected: &[&str]) {
    let of = |field| both_ways(fields(json!([field])));
    let expected: Vec<_> = expected
        .iter()
        .map(|change| format!("~ type User, field a: {change}"))
        .collect();
    let expected: Vec<_> = expected.iter().map(String::as_str).collect();
    assert_changes(&of(before), &of(after), &expected);
}

#[test]
fn contracts_methods_and_events_come_and_go() {
    let event = |name: &str, of: &str| json!({"name": name, "type": of});
    let old = contracts(
        json!([
            {"name": "demo.Gone", "methods": []},
            {"name": "demo.Users", "methods": [method("a", json!([]), json!("unit"))], "events": [event("X", "u8"), event("Y", "u8")]},
        ]),
        json!({}),
    );
    let new = contracts(
        json!([
            {"name": "demo.New", "methods": [method("z", json!([]), json!("unit"))]},
            {"name": "demo.Users", "extends": ["demo.New"], "events": [event("X", "u16"), event("Z", "u8")],
             "methods": [method("b", json!([{"name": "x", "type": "u8", "optional": true}]), json!("bool"))]},
        ]),
        json!({}),
    );
    assert_changes(
        &old,
        &new,
        &[
            "- contract demo.Gone: 0 methods (both ways)",
            "~ contract demo.Users: extends: none -> demo.New (both ways)",
            "- contract demo.Users, method a: () -> unit (both ways)",
            "+ contract demo.Users, method b: (x?: u8) -> bool (both ways)",
            "~ contract demo.Users, event X: type: u8 -> u16 (produced)",
            "- contract demo.Users, event Y: u8 (produced)",
            "+ contract demo.Users, event Z: u8 (produced)",
            "+ contract demo.New: 1 method (both ways)",
        ],
    );
}

#[test]
fn methods_are_told_by_their_messages() {
    let with = |change: &dyn Fn(&mut Value)| {
        let mut method = method(
            "get",
            json!([{"name": "id", "type": "u8"}, {"name": "all", "type": "bool"}]),
            json!("u8"),
        );
        change(&mut method);
        document(json!([method]), json!({}))
    };
    let old = with(&|_| {});
    for (key, value, expected) in [
        (
            "name",
            json!("fetch"),
            "~ contract demo.Users, method get: name: get -> fetch",
        ),
        (
            "message",
            json!("x.Get"),
            "~ contract demo.Users, method get: message: demo.Users.get -> x.Get (accepted)",
        ),
        (
            "aliases",
            json!(["x.Y"]),
            "~ contract demo.Users, method get: aliases: none -> x.Y (accepted)",
        ),
        (
            "kind",
            json!("stream"),
            "~ contract demo.Users, method get: kind: ask -> stream (both ways)",
        ),
        (
            "access",
            json!("exclusive"),
            "~ contract demo.Users, method get: access: shared -> exclusive",
        ),
        (
            "idempotent",
            json!(true),
            "~ contract demo.Users, method get: idempotent: no -> yes (accepted)",
        ),
        (
            "reply",
            json!({"option": "u8"}),
            "~ contract demo.Users, method get: reply: u8 -> option<u8> (produced)",
        ),
        (
            "error",
            json!("string"),
            "~ contract demo.Users, method get: error: none -> string (produced)",
        ),
        ("docs", json!("Gets."), "~ contract demo.Users, method get: docs"),
        (
            "deprecated",
            json!(""),
            "~ contract demo.Users, method get: deprecated: none -> yes",
        ),
    ] {
        assert_changes(&old, &with(&|method| method[key] = value.clone()), &[expected]);
    }
    let arguments = json!([{"name": "all", "type": "bool", "optional": true}, {"name": "key", "type": "string"}]);
    assert_changes(
        &old,
        &with(&|method| method["request"] = json!({"arguments": arguments})),
        &[
            "- contract demo.Users, method get, argument id: u8 (accepted)",
            "~ contract demo.Users, method get, argument all: optional: no -> yes (accepted)",
            "+ contract demo.Users, method get, argument key: string (accepted)",
        ],
    );
}

#[test]
fn fields_change_the_way_of_values_that_they_concern() {
    let a = |rest: Value| {
        let mut field = json!({"name": "a", "type": "u8"});
        field
            .as_object_mut()
            .expect("it is one")
            .append(&mut rest.as_object().expect("it is one").clone());
        field
    };
    let plain = || a(json!({}));
    assert_field(plain(), a(json!({"type": "u16"})), &["type: u8 -> u16 (both ways)"]);
    assert_field(
        plain(),
        a(json!({"optional": true})),
        &["optional: no -> yes (accepted)"],
    );
    let left_out = |defaulted: bool| a(json!({"optional": true, "defaulted": defaulted}));
    assert_field(
        left_out(false),
        left_out(true),
        &["default of its own: no -> yes (accepted)"],
    );
    assert_field(a(json!({})), left_out(true), &["optional: no -> yes (accepted)"]);
    assert_field(
        plain(),
        a(json!({"sometimes": true})),
        &["sometimes left out: no -> yes (produced)"],
    );
    assert_field(
        plain(),
        a(json!({"aliases": ["b"]})),
        &["aliases: none -> b (accepted)"],
    );
    assert_field(
        a(json!({"aliases": ["b", "c"]})),
        a(json!({"aliases": ["c", "b"]})),
        &[],
    );
    assert_field(
        plain(),
        a(json!({"docs": "A.", "ident": "x"})),
        &["name in Rust: none -> x", "docs"],
    );
}

#[test]
fn fields_that_keep_an_old_name_alive_are_renamed_and_not_replaced() {
    let field =
        |name: &str, aliases: Value| both_ways(fields(json!([{"name": name, "aliases": aliases, "type": "u8"}])));
    assert_changes(
        &field("a", json!([])),
        &field("b", json!(["a"])),
        &[
            "~ type User, field a: name: a -> b (accepted)",
            "~ type User, field a: aliases: none -> a (accepted)",
            "- type User, field a: u8 (produced)",
            "+ type User, field b: u8 (produced)",
        ],
    );
    assert_changes(
        &field("a", json!([])),
        &field("b", json!([])),
        &[
            "- type User, field a: u8 (both ways)",
            "+ type User, field b: u8 (both ways)",
        ],
    );
}

#[test]
fn only_the_ways_that_a_type_goes_are_compared() {
    let of = |field: &str, reply: Value| {
        let get = method("get", json!([]), reply);
        document(
            json!([get]),
            json!({"User": fields(json!([{"name": field, "type": "u8"}]))}),
        )
    };
    assert_changes(
        &of("a", json!({"named": "User"})),
        &of("b", json!({"named": "User"})),
        &[
            "- type User, field a: u8 (produced)",
            "+ type User, field b: u8 (produced)",
        ],
    );
}

#[test]
fn order_matters_only_where_the_wire_has_no_names() {
    let (a, b) = (json!({"name": "a", "type": "u8"}), json!({"name": "b", "type": "u8"}));
    assert_changes(
        &both_ways(fields(json!([a, b]))),
        &both_ways(fields(json!([b, a]))),
        &[],
    );
    let (x, y) = (
        json!({"name": "x", "shape": {"newtype": "u8"}}),
        json!({"name": "y", "shape": {"newtype": "i8"}}),
    );
    for (tagging, expected) in [
        ("external", &[][..]),
        ("untagged", &["~ type User: order: x, y -> y, x (both ways)"]),
    ] {
        let of = |items| both_ways(variants(tagging, items));
        assert_changes(&of(json!([x, y])), &of(json!([y, x])), expected);
    }
    let tuple = |items| both_ways(json!({"shape": {"tuple": items}}));
    assert_changes(
        &tuple(json!(["u8", "bool"])),
        &tuple(json!(["bool", "u8"])),
        &["~ type User: shape: tuple<u8, bool> -> tuple<bool, u8> (both ways)"],
    );
}

#[test]
fn variants_come_go_and_change() {
    let old = both_ways(variants(
        "external",
        json!([
            {"name": "a", "shape": "unit"},
            {"name": "b", "shape": {"newtype": "u8"}},
            {"name": "c", "shape": {"struct": [{"name": "x", "type": "u8"}]}},
            {"name": "d", "shape": "unit"},
        ]),
    ));
    let new = both_ways(variants(
        "external",
        json!([
            {"name": "a", "shape": {"newtype": "u8"}, "docs": "A."},
            {"name": "b", "shape": {"newtype": "u16"}},
            {"name": "c", "shape": {"struct": [{"name": "x", "type": "u8"}, {"name": "y", "type": "u8", "optional": true}]}},
            {"name": "e", "shape": "unit", "other": true},
        ]),
    ));
    assert_changes(
        &old,
        &new,
        &[
            "~ type User, variant a: data: without data -> u8 (both ways)",
            "~ type User, variant a: docs",
            "~ type User, variant b: data: u8 -> u16 (both ways)",
            "+ type User, variant c, field y: u8, optional (both ways)",
            "- type User, variant d: without data (both ways)",
            "+ type User, variant e: without data (both ways)",
        ],
    );
    let tagged = |tagging: Value| {
        both_ways(json!({"shape": {"enum": {"tagging": tagging, "variants": [{"name": "a", "shape": "unit"}]}}}))
    };
    assert_changes(
        &tagged(json!("external")),
        &tagged(json!({"internal": {"tag": "t"}})),
        &["~ type User: tagging: external -> internal (t) (both ways)"],
    );
}

#[test]
fn types_that_look_alike_on_the_wire_are_no_change_to_it() {
    let echo = |name: &str| {
        method(
            "echo",
            json!([{"name": "user", "type": {"named": name}}]),
            json!({"list": {"named": name}}),
        )
    };
    let recursive =
        |name: &str| fields(json!([{"name": "next", "type": {"option": {"named": name}}, "optional": true}]));
    let old = document(json!([echo("User")]), json!({"User": recursive("User")}));
    let new = document(json!([echo("Person")]), json!({"Person": recursive("Person")}));
    assert_changes(
        &old,
        &new,
        &[
            "~ contract demo.Users, method echo, argument user: type: User -> Person",
            "~ contract demo.Users, method echo: reply: list<User> -> list<Person>",
            "~ type User: name: User -> Person",
        ],
    );
}

#[test]
fn a_newtype_or_a_message_in_place_of_arguments_is_no_change_to_the_wire() {
    let get = |request: Value| {
        let mut get = method("get", json!([]), json!("unit"));
        get["request"] = request;
        get
    };
    let types =
        json!({"Get": fields(json!([{"name": "id", "type": {"named": "Id"}}])), "Id": {"shape": {"newtype": "u8"}}});
    let arguments = document(
        json!([get(json!({"arguments": [{"name": "id", "type": "u8"}]}))]),
        types.clone(),
    );
    let message = |types| {
        document(
            json!([get(json!({"message": {"name": "get", "type": {"named": "Get"}}}))]),
            types,
        )
    };
    assert_changes(
        &arguments,
        &message(types.clone()),
        &["~ contract demo.Users, method get: request: (id: u8) -> (#[message] get: Get)"],
    );
    let mut wider = types;
    wider["Id"]["shape"]["newtype"] = json!("u16");
    let new = message(wider);
    let changes = compat::changes(&arguments, &new);
    assert_eq!(
        changes[0].to_string(),
        "~ contract demo.Users, method get: request: (id: u8) -> (#[message] get: Get) (accepted)"
    );
}
