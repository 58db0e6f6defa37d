//! One fault of each kind, and what is none.

use callsheet_schema::{Contract, Document, DocumentError, FaultCode, Types};
use serde_json::json;

use super::{document, document_of, enum_of, fault, faults, flattening, method, struct_of};

fn two_types_of_one_name(types: &mut Types) -> Contract {
    let unit = || callsheet_schema::Definition {
        docs: String::new(),
        deprecated: None,
        shape: callsheet_schema::Shape::Unit,
        produces: None,
        checked: false,
        mailbox: None,
    };
    types.define::<u8>("demo.Tick", |_| unit());
    let type_ref = types.define::<u16>("demo.Tick", |_| unit());
    Contract {
        name: "demo.Clock".to_owned(),
        docs: String::new(),
        deprecated: None,
        extends: Vec::new(),
        methods: Vec::new(),
        events: vec![callsheet_schema::Event {
            name: "demo.Tick".to_owned(),
            type_ref,
        }],
    }
}

#[test]
fn two_types_of_one_name_are_told_by_their_paths() {
    assert_eq!(
        fault(Document::describe(
            [two_types_of_one_name as fn(&mut Types) -> Contract]
        )),
        "CS0201: type `demo.Tick`: `u8` and `u16` both have this name on the wire; give one of them another name with \
         `#[contract_type(name = \"…\")]`"
    );
}

#[test]
fn a_contract_is_there_once() {
    let contract = json!({"name": "demo.Clock", "methods": []});
    assert_eq!(
        fault(document_of(&json!([contract, contract]), &json!({}))),
        "CS0202: contract `demo.Clock`: two contracts have this name; give one of them another namespace with \
         `#[actor_contract(namespace = \"…\")]`"
    );
}

#[test]
fn a_message_means_one_method() {
    let mut old = method("Old", &json!("u8"));
    old["aliases"] = json!(["demo.Swap.New"]);
    let methods = json!([old, method("New", &json!("u8"))]);
    assert_eq!(
        fault(document_of(
            &json!([{"name": "demo.Swap", "methods": methods}]),
            &json!({})
        )),
        "CS0203: contract `demo.Swap`: the messages of `Old` and `New` are both called `demo.Swap.New`; give one of them \
         another name with `#[method(name = \"…\")]`"
    );
}

#[test]
fn what_is_named_is_defined() {
    let contracts = json!([{
        "name": "demo.Swap", "extends": ["demo.Health"],
        "methods": [method("One", &json!({"list": {"named": "Gone"}}))],
    }]);
    let found = faults(document_of(&contracts, &json!({})));
    let found: Vec<_> = found.iter().map(|(_, fault)| fault.as_str()).collect();
    let remedy = "is not defined in the document; make the document again with `callsheet schema`";
    assert_eq!(
        found,
        [
            format!("CS0204: contract `demo.Swap`: the contract `demo.Health` {remedy}"),
            format!("CS0204: contract `demo.Swap`, method `One`, argument `value`: the type `Gone` {remedy}"),
            format!("CS0204: contract `demo.Swap`, method `One`, reply: the type `Gone` {remedy}"),
        ]
    );
}

#[test]
fn an_entry_means_one_field() {
    let inner = struct_of(&json!([{"name": "id", "type": "u8"}]));
    let own = struct_of(&json!([
        {"name": "number", "aliases": ["id", "number"], "type": "u8"},
        {"name": "inner", "type": {"named": "Inner"}, "flattened": true},
    ]));
    assert_eq!(
        fault(document(&json!({"Inner": inner, "Outer": own}))),
        "CS0205: type `Outer`, field `id`: a second entry of the same map is called `id`; rename one of them"
    );
    let tagged = json!({"shape": {"struct": {
        "tags": [{"name": "type", "value": "T"}], "fields": [{"name": "type", "type": "u8"}],
    }}});
    assert!(fault(document(&json!({"Tagged": tagged}))).starts_with("CS0205: type `Tagged`, field `type`"));
    let choice = enum_of(&json!("external"), &json!([{"name": "own", "shape": "unit"}]));
    let types = json!({"Choice": choice, "Outer": flattening(&[json!({"named": "Choice"})])});
    assert!(fault(document(&types)).starts_with("CS0205: type `Outer`, field `a`"));
}

#[test]
fn names_that_differ_by_direction_do_not_meet() {
    let fields = json!([
        {"name": "a", "accepts": "b", "type": "u8"},
        {"name": "b", "accepts": "a", "type": "u8"},
    ]);
    assert_eq!(faults(document(&json!({"Crossed": struct_of(&fields)}))), []);
}

#[test]
fn a_variant_has_a_name_of_its_own() {
    let variants = json!([
        {"name": "Red", "shape": "unit"},
        {"name": "Crimson", "aliases": ["Red"], "shape": "unit"},
    ]);
    assert_eq!(
        fault(document(&json!({"Colour": enum_of(&json!("external"), &variants)}))),
        "CS0206: type `Colour`, variant `Crimson`: `Red` means the variant `Red` too; rename one of them"
    );
    assert_eq!(
        faults(document(&json!({"Colour": enum_of(&json!("untagged"), &variants)}))),
        []
    );
}

#[test]
fn keys_are_text_integers_or_booleans() {
    let types = json!({
        "Id": {"shape": {"newtype": "u32"}},
        "Level": enum_of(&json!("external"), &json!([{"name": "Low", "shape": "unit"}])),
        "Open": enum_of(&json!("external"), &json!([
            {"name": "Low", "shape": "unit"},
            {"name": "Other", "shape": {"newtype": "string"}, "untagged": true},
        ])),
        "Texts": enum_of(&json!("untagged"), &json!([{"name": "One", "shape": {"newtype": {"named": "Open"}}}])),
        "Data": enum_of(&json!("external"), &json!([{"name": "Low", "shape": {"newtype": "u8"}}])),
        "Numbers": enum_of(&json!("untagged"), &json!([{"name": "One", "shape": {"newtype": "u8"}}])),
        "Kind": enum_of(&json!({"internal": {"tag": "t"}}), &json!([{"name": "Low", "shape": "unit"}])),
        "Empty": {"shape": "unit"},
    });
    let with_key = |key: serde_json::Value| {
        let mut types = types.clone();
        types["Map"] = struct_of(&json!([{"name": "map", "type": {"list": {"map": [key, "u8"]}}}]));
        faults(document(&types))
    };
    let named = |name: &str| json!({"named": name});
    for key in [
        json!("string"),
        json!("char"),
        json!({"text": "uuid"}),
        json!("i128"),
        json!({"non_zero": "u8"}),
    ] {
        assert_eq!(with_key(key), []);
    }
    for key in ["Id", "Level", "Open", "Texts"] {
        assert_eq!(with_key(named(key)), [], "{key}");
    }
    for key in ["Data", "Numbers", "Kind", "Empty"] {
        let found = with_key(named(key));
        assert!(matches!(found[..], [(FaultCode::MapKey, _)]), "{key}: {found:?}");
    }
    for key in [
        json!("f64"),
        json!("unit"),
        json!("bytes"),
        json!("duration"),
        json!({"option": "string"}),
    ] {
        let found = with_key(key);
        assert!(matches!(found[..], [(FaultCode::MapKey, _)]), "{found:?}");
    }
    assert_eq!(
        with_key(json!({"list": "u8"}))[0].1,
        "CS0207: type `Map`, field `map`: list<u8> cannot be the key of a map; use text, an integer, a bool or an enum \
         of variants without data, or a list of pairs"
    );
}

#[test]
fn the_tag_needs_a_map() {
    let event = |data| {
        enum_of(
            &json!({"internal": {"tag": "type"}}),
            &json!([{"name": "Made", "shape": data}]),
        )
    };
    let list = event(json!({"newtype": {"named": "Names"}}));
    let names = json!({"shape": {"newtype": {"list": "string"}}});
    assert_eq!(
        fault(document(&json!({"Event": list, "Names": names}))),
        "CS0210: type `Event`, variant `Made`: list<string> is no map, and the tag `type` has no place beside it; use a \
         struct, or give the enum a `content` beside its `tag`"
    );
    for data in [
        json!({"newtype": {"option": {"map": ["string", "u8"]}}}),
        json!({"tuple": []}),
    ] {
        assert!(fault(document(&json!({"Event": event(data)}))).starts_with("CS0210"));
    }
    for data in [
        json!("unit"),
        json!({"newtype": "unit"}),
        json!({"newtype": {"map": ["string", "u8"]}}),
    ] {
        assert_eq!(faults(document(&json!({"Event": event(data)}))), []);
    }
    let untagged_list = enum_of(
        &json!({"internal": {"tag": "type"}}),
        &json!([{"name": "Made", "shape": {"newtype": "u8"}, "untagged": true}]),
    );
    assert_eq!(faults(document(&json!({"Event": untagged_list}))), []);
}

#[test]
fn the_tag_is_the_only_entry_of_its_name() {
    let event = enum_of(
        &json!({"internal": {"tag": "type"}}),
        &json!([{"name": "Made", "shape": {"newtype": {"named": "Made"}}}]),
    );
    let made = struct_of(&json!([{"name": "kind", "aliases": ["type"], "type": "u8"}]));
    assert_eq!(
        fault(document(&json!({"Event": event, "Made": made}))),
        "CS0211: type `Event`, variant `Made`: its data has an entry `type`, which is the tag; rename the entry or the \
         tag, or give the enum a `content` beside its `tag`"
    );
    let itself = enum_of(
        &json!({"internal": {"tag": "type"}}),
        &json!([{"name": "Not", "shape": {"newtype": {"named": "Event"}}}]),
    );
    assert!(fault(document(&json!({"Event": itself}))).starts_with("CS0211"));
}

#[test]
fn flattening_needs_entries() {
    for of in [
        json!("u8"),
        json!({"list": "u8"}),
        json!({"option": "string"}),
        json!({"tuple": []}),
    ] {
        let outer = flattening(&[of]);
        assert!(fault(document(&json!({"Outer": outer}))).starts_with("CS0212: type `Outer`, field `a`: "));
    }
    let choice = enum_of(
        &json!("untagged"),
        &json!([{"name": "Count", "shape": {"newtype": "u8"}}]),
    );
    assert_eq!(
        fault(document(
            &json!({"Choice": choice, "Outer": flattening(&[json!({"named": "Choice"})])})
        )),
        "CS0212: type `Outer`, field `a`: u8 has no entries that could be flattened; flatten a struct, a map or an enum \
         whose variants are maps, or do not flatten"
    );
}

#[test]
fn flattening_and_denying_do_not_go_together() {
    let mut outer = flattening(&[json!({"map": ["string", "u8"]})]);
    outer["shape"]["struct"]["deny_unknown"] = json!(true);
    assert_eq!(
        fault(document(&json!({"Outer": outer}))),
        "CS0213: type `Outer`: serde cannot deny unknown fields where fields are flattened; leave out \
         `deny_unknown_fields` or `flatten`"
    );
}

#[test]
fn a_map_takes_what_others_leave() {
    let map = json!({"map": ["string", "u8"]});
    let inner = struct_of(&json!([{"name": "x", "type": "u8"}]));
    let outer = flattening(&[map, json!({"named": "Inner"})]);
    assert_eq!(
        fault(document(&json!({"Inner": inner, "Outer": outer}))),
        "CS0214: type `Outer`, field `a`: it takes the entries of `b`, which is flattened after it, for its own; flatten \
         it last, after nothing but structs and externally or adjacently tagged enums, or do not flatten it"
    );
}

#[test]
fn a_struct_is_not_flattened_into_itself() {
    let outer = flattening(&[json!({"option": {"named": "Inner"}})]);
    let inner = struct_of(&json!([{"name": "outer", "type": {"named": "Outer"}, "flattened": true}]));
    let found = faults(document(&json!({"Outer": outer, "Inner": inner})));
    assert!(
        found.iter().all(|(code, _)| *code == FaultCode::FlattenedIntoItself) && found.len() == 2,
        "{found:?}"
    );
    assert_eq!(
        found[1].1,
        "CS0215: type `Outer`, field `a`, field `outer`: `Outer` is flattened into itself; do not flatten it"
    );
}

#[test]
fn the_tag_of_a_flattened_struct_needs_a_place() {
    let tagged = json!({"shape": {"struct": {"tags": [{"name": "type", "value": "T"}], "fields": []}}});
    let outer = flattening(&[json!({"option": {"named": "Tagged"}})]);
    assert_eq!(
        fault(document(&json!({"Tagged": tagged, "Outer": outer}))),
        "CS0216: type `Outer`, field `a`: the tag of `Tagged` has no place in a variant, nor where it may be missing; \
         flatten it into a struct where it is always there, or do not flatten it"
    );
}

#[test]
fn hashes_that_were_left_behind_are_noticed() {
    let document =
        document(&json!({"Inner": struct_of(&json!([{"name": "x", "type": "u8"}]))})).expect("nothing is wrong");
    let changed = document.to_json().replace("\"u8\"", "\"u16\"");
    assert_eq!(
        fault(Document::from_json(&changed)),
        "CS0217: contract `demo.Swap`: its hashes are not those of what the document says: it was changed by hand; make \
         the document again with `callsheet schema`, or leave out `hashes`"
    );
}

#[test]
fn everything_is_reported_at_once_by_code() {
    let types = json!({
        "B": struct_of(&json!([{"name": "map", "type": {"map": ["f64", "u8"]}}])),
        "A": struct_of(&json!([{"name": "x", "type": "u8"}, {"name": "x", "type": {"named": "Gone"}}])),
    });
    let codes: Vec<_> = faults(document(&types))
        .into_iter()
        .map(|(code, _)| code.as_str())
        .collect();
    assert_eq!(codes, ["CS0204", "CS0205", "CS0207"]);
}

#[test]
fn codes_are_numbered_without_gaps() {
    for (code, number) in FaultCode::ALL.iter().zip(201..) {
        assert_eq!(code.to_string(), format!("CS0{number}"));
    }
}

#[test]
fn what_is_no_document_is_refused_before() {
    assert!(matches!(Document::from_json("{}"), Err(DocumentError::Unreadable(_))));
    assert_eq!(
        Document::from_json(r#"{"callsheet": 7}"#),
        Err(DocumentError::Format { found: 7 })
    );
}
